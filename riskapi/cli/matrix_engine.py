"""What makes the rows of `riskapi matrix`: the options --engine, --master, --shared and --spark-conf in, an engine out.

All engines make the same rows. `columns` is the one to use; `duckdb` is what it is checked against; `spark` is for a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

import typer

from riskapi.errors import Problem

if TYPE_CHECKING:
    import polars as pl

    from riskapi.matrix.plan import Plan
    from riskapi.workspace import Workspace


class EngineName(StrEnum):
    """Who makes the rows."""

    COLUMNS = "columns"
    DUCKDB = "duckdb"
    SPARK = "spark"


class Engine(Protocol):
    """Makes the rows of one plan."""

    def rows(self, *, start: int = 0) -> Iterator[pl.DataFrame]:
        """The rows from row `start` on."""

    def highest(self, count: int, report: Callable[[int], None]) -> pl.DataFrame:
        """The rows with the highest scores."""


EngineOption: TypeAlias = Annotated[
    EngineName, typer.Option("--engine", help="Who makes the rows; all make the same. `spark` needs a cluster.")
]
Master: TypeAlias = Annotated[
    str | None, typer.Option("--master", metavar="URL", help="Address of the Spark master; with --engine spark.")
]
Shared: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--shared", metavar="FOLDER", help="A folder that all machines of the cluster see. Default: beside --out."
    ),
]
SparkSettings: TypeAlias = Annotated[
    list[str] | None, typer.Option("--spark-conf", metavar="KEY=VALUE", help="A setting of Spark; may be repeated.")
]


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The options that say who makes the rows."""

    name: EngineName
    master: str | None
    shared: Path | None
    settings: tuple[str, ...]

    @property
    def problems(self) -> list[Problem]:
        """Options that are told and that the engine does not have."""
        told = {"--master": self.master, "--shared": self.shared, "--spark-conf": self.settings}
        return [
            Problem(code="one-way", field=option, detail=f"`{self.name}` has no {option}", hint="add --engine spark")
            for option, value in told.items()
            if value and self.name is not EngineName.SPARK
        ]


def is_folder(target: Path) -> bool:
    """Whether a target of rows is a folder of many files: it has no ending."""
    return not target.suffix


@contextmanager
def engine_of(choice: EngineChoice, workspace: Workspace, plan: Plan, out: Path | None) -> Iterator[Engine]:
    """The engine, as long as it is needed; without --shared the tables of a cluster lie beside what it makes."""
    if choice.name is not EngineName.SPARK:
        yield _OneMachine(workspace, plan, choice.name)
        return
    from riskapi.spark.extra import require_spark

    require_spark()
    from riskapi.spark.run import SparkRun
    from riskapi.spark.session import LOCAL, spark_session

    shared = choice.shared or (out.parent if out else Path(gettempdir()))
    with spark_session(choice.master or LOCAL, choice.settings) as session:
        yield SparkRun(workspace, plan, session, shared.absolute())


@dataclass(frozen=True, slots=True)
class _OneMachine:
    workspace: Workspace
    plan: Plan
    name: EngineName

    def rows(self, *, start: int = 0) -> Iterator[pl.DataFrame]:
        from riskapi.matrix.by_sql import by_sql
        from riskapi.matrix.run import run

        return (by_sql if self.name is EngineName.DUCKDB else run)(self.workspace, self.plan, start=start)

    def highest(self, count: int, report: Callable[[int], None]) -> pl.DataFrame:
        from riskapi.matrix.run import best, highest

        if self.name is EngineName.DUCKDB:
            return best(self.rows(), count)
        return highest(self.workspace, self.plan, count, report)
