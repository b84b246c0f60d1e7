"""The rows of a matrix in the order of a ranking: a frame of `riskapi.matrix` in, `Rows` out.

Also what the sheets count: pairings by band, gates and drivers by rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import polars as pl

from riskapi.errors import Problem, RequestError
from riskapi.matrix.schema import SCHEMA

_ORDER: Final = ("score", "low", "high")
#: What a sheet can hold: the drivers of a pairing take up to three rows.
MOST_ROWS: Final = 340_000


@dataclass(frozen=True)
class Rows:
    """The pairings, the highest score first."""

    frame: pl.DataFrame

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """One mapping for each pairing, with its `rank`; equal scores have the same."""
        return self.frame.to_dicts()

    @property
    def count(self) -> int:
        """How many pairings there are."""
        return self.frame.height

    @property
    def dates(self) -> list[date]:
        """The as-of dates, in order."""
        return sorted(self.frame["date"].unique().to_list())

    @property
    def templates(self) -> list[str]:
        """The names of the templates, in order of their names."""
        return sorted(self.frame["template"].unique().to_list())

    @cached_property
    def bands(self) -> Counter[str]:
        """Pairings by band."""
        return Counter(self.frame["band"].to_list())

    @cached_property
    def gates(self) -> Counter[str]:
        """Pairings by the rule whose gate applies."""
        return _counted(gate_rules(self.texts("gates")))

    @cached_property
    def possible_gates(self) -> Counter[str]:
        """Pairings by the rule whose gate may apply."""
        return _counted(gate_rules(self.texts("possible_gates")))

    @cached_property
    def drivers(self) -> Counter[str]:
        """Pairings by the rule that is one of their drivers."""
        return _counted(self.texts("drivers"))

    def texts(self, column: str) -> Sequence[Sequence[str]]:
        """A column of lists."""
        return [value or () for value in self.frame[column].to_list()]


def ranked(frame: pl.DataFrame) -> Rows:
    """The rows in their order; raises `RequestError` where they are not those of a matrix, or too many for a workbook."""
    missing = [name for name in SCHEMA if name not in frame.columns]
    if missing:
        detail = f"this is no matrix: the columns {', '.join(missing)} are missing"
        raise RequestError(Problem(code="no-matrix", detail=detail, hint="write what `riskapi matrix` gave"))
    if frame.height > MOST_ROWS:
        detail = f"{frame.height:,} pairings, a workbook holds at most {MOST_ROWS:,}"
        raise RequestError(Problem(code="too-many-pairings", detail=detail, hint="choose parquet or csv"))
    names = ("date", "template", "foreign_id", "host_id")
    ordered = frame.sort(*_ORDER, *names, descending=[*[True] * len(_ORDER), *[False] * len(names)])
    rank = ordered["score"].rank("min", descending=True).cast(pl.Int64).alias("rank")
    return Rows(ordered.with_columns(rank))


def gate_rules(lists: Iterable[Sequence[str]]) -> Iterable[list[str]]:
    """The rules of gates that are written as `gate:rule`."""
    return ([text.split(":", 1)[-1] for text in texts] for texts in lists)


def gate_kinds(texts: Sequence[str] | None) -> Counter[str]:
    """How often each kind stands in gates that are written as `gate:rule`."""
    return Counter(text.split(":", 1)[0] for text in texts or ())


def _counted(lists: Iterable[Sequence[str]]) -> Counter[str]:
    return Counter(item for items in lists for item in set(items))
