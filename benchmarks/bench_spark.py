"""What a matrix costs on Spark: seconds of a sheet by its size on one core and on two, beside one machine by columns.

    python benchmarks/bench_spark.py [--small] [--json FILE]

Every setting runs in a process of its own, a Spark in this machine (`local[cores]`). It makes four sheets (four deals) and
writes them as Parquet; the first is left out, since Java is still warming up, and of the others the median counts. Two
terms are fitted to the sizes, seconds for a sheet and microseconds for a pairing on a core, and put to clusters of other
sizes; these are calculated, not measured, and take it that all cores are as fast and the disk keeps up.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import figures
from benchmarks.bench_matrix import DAY, DEALS
from benchmarks.figures import Cell, Table
from riskapi.errors import RiskapiError
from riskapi.matrix.kept import KeptRows
from riskapi.matrix.plan import Plan
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import plan, run
from riskapi.spark.extra import require_spark
from riskapi.workspace import Workspace

SHEETS = 4
SIDES = {"10^4": 100, "10^5": 317, "10^6": 1001, "2·10^6": 1463}
ENGINES = ("columns", "local[1]", "local[2]")
CLUSTERS = (2, 16, 64, 256)
LARGE = (10**8, 10**9, 10**10)


@dataclass(frozen=True)
class Figure:
    """The sheets of one size by one engine."""

    size: str
    engine: str
    pairings: int
    first: float
    seconds: float
    bytes_a_row: float


@dataclass(frozen=True)
class Cost:
    """Seconds that a sheet takes whatever its size, and seconds of a core that a pairing takes."""

    sheet: float
    pairing: float

    @classmethod
    def fitted(cls, figures_of: Sequence[tuple[Figure, int]]) -> Cost:
        """By least squares of the relative error; each figure with the number of its cores."""
        terms = np.array([[1.0, figure.pairings / cores] for figure, cores in figures_of])
        seconds = np.array([figure.seconds for figure, _ in figures_of])
        found, *_ = np.linalg.lstsq(terms / seconds[:, None], np.ones(len(seconds)), rcond=None)
        return cls(*(max(float(value), 0.0) for value in found))

    def hours(self, pairings: int, cores: int) -> float:
        """Of one sheet of so many pairings."""
        return (self.sheet + self.pairing * pairings / cores) / 3600


def main() -> int:
    options = _options()
    if options.only:
        print(json.dumps(asdict(_measured(*options.only))))
        return 0
    try:
        require_spark()
    except RiskapiError as error:
        print(f"left out: {error}")
        figures.report([], options.json)
        return 0
    sizes = list(SIDES)[: 1 if options.small else None]
    found = [Figure(**figures.in_own_process(__file__, "--only", size, engine)) for size in sizes for engine in ENGINES]
    figures.report([_sheets(found), *([] if options.small else [_clusters(found)])], options.json)
    return 0


def _options() -> argparse.Namespace:
    parser = figures.options(__doc__)
    parser.add_argument("--small", action="store_true", help="the smallest size only")
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


# Measuring


def _measured(size: str, engine: str) -> Figure:
    with Workspace.open() as workspace, TemporaryDirectory() as name, _session(engine) as session:
        asked, folder, ends = _plan(workspace, SIDES[size]), Path(name), [time.perf_counter()]
        stops = {sheet.stop for sheet in asked.sheets}

        def report(done: int) -> None:
            if done in stops:
                ends.append(time.perf_counter())

        _write(workspace, asked, session, folder / "rows", report)
        written = sum(path.stat().st_size for path in (folder / "rows").rglob("*.parquet"))
    taken = [after - before for before, after in pairwise(ends)]
    each = asked.pairings // SHEETS
    return Figure(size, engine, each, taken[0], median(taken[1:]), written / asked.pairings)


def _plan(workspace: Workspace, size: int) -> Plan:
    everybody = sorted(workspace.profiles.register().companies)
    chance = random.Random(7)  # figures
    sides = [{"names": chance.sample(everybody, min(size, len(everybody)))} for _ in range(2)]
    deals = [{"name": str(at), "deal": deal} for at, deal in enumerate(DEALS[:SHEETS])]
    return plan(workspace, read_matrix({"foreign": sides[0], "hosts": sides[1], "templates": deals}, workspace, DAY))


def _session(engine: str) -> AbstractContextManager[Any]:
    if engine == ENGINES[0]:
        return nullcontext()
    from riskapi.spark.session import spark_session  # noqa: PLC0415  # an optional library

    return spark_session(engine, ["spark.driver.memory=4g"])


def _write(workspace: Workspace, asked: Plan, session: Any, folder: Path, report: Any) -> None:  # noqa: ANN401  # Spark's
    if session is None:
        KeptRows.open(folder, asked, resume=False).add(run(workspace, asked), report)
        return
    from riskapi.spark.run import SparkRun  # noqa: PLC0415  # an optional library

    SparkRun(workspace, asked, session, folder).write(folder, report)


# Tables


def _sheets(found: Sequence[Figure]) -> Table:
    base = {figure.size: figure.seconds for figure in found if figure.engine == ENGINES[0]}
    rows: list[Sequence[Cell]] = [
        [figure.size, figure.engine, figure.pairings, figure.first, figure.seconds, figure.seconds / base[figure.size],
         1e6 * figure.seconds / figure.pairings, figure.bytes_a_row]
        for figure in found
    ]  # fmt: skip
    columns = (
        "pairings",
        "engine",
        "exactly",
        "first sheet, s",
        "a sheet, s",
        "÷ columns",
        "µs a pairing",
        "bytes a row",
    )
    notes = [
        "All write Parquet. `columns` is one machine without Spark.",
        "The first sheet pays for starting Java's compiler.",
    ]
    return Table("A sheet on Spark and on one machine", columns, rows, notes)


def _clusters(found: Sequence[Figure]) -> Table:
    cores = {"columns": 1, "local[1]": 1, "local[2]": 2}
    here = Cost.fitted([(figure, 1) for figure in found if figure.engine == ENGINES[0]])
    spark = Cost.fitted([(figure, cores[figure.engine]) for figure in found if figure.engine != ENGINES[0]])
    size = median(figure.bytes_a_row for figure in found if figure.size == found[-1].size)
    rows: list[Sequence[Cell]] = [
        [f"10^{len(str(pairings)) - 1}", here.hours(pairings, 1), *(spark.hours(pairings, count) for count in CLUSTERS),
         pairings * size / 1e9]
        for pairings in LARGE
    ]  # fmt: skip
    heads = ("pairings", "one machine, h", *(f"{count} cores, h" for count in CLUSTERS), "GB of Parquet")
    notes = [
        "Calculated for one sheet, not measured.",
        f"One machine: {here.sheet:.2f} s a sheet and {1e6 * here.pairing:.2f} µs a pairing.",
        f"Spark: {spark.sheet:.1f} s a sheet and {1e6 * spark.pairing:.2f} µs a pairing on a core.",
    ]
    return Table("Larger sheets, calculated", heads, rows, notes)


if __name__ == "__main__":
    sys.exit(main())
