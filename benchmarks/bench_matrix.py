"""Many pairings: time, pairings a second and peak memory by columns; one by one and DuckDB, the reference, beside it.

    python benchmarks/bench_matrix.py [--large | --small] [--check 2000] [--json FILE]

Every size runs in a process of its own, so that its peak memory is its own. Pairings are of real companies, with what is
not known left unknown; the rules are the whole book. 10,000 to 1,000,000 pairings are one deal; 10,000,000 (`--large`)
are all companies with all on five deals, 10^9 all with all on a hundred deals and five days, of which only the highest
100 rows are made. `shuffled` are as many companies whose facts were dealt out anew, each by itself, and every tenth
forgotten: hardly two are alike, which is the worst case for a method that joins what is alike. Seconds of cores are
what the process worked, on however many cores: the better figure on a machine that does other things as well.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from benchmarks import figures
from benchmarks.figures import Cell, Table, peak_mb
from riskapi.facts.assembly import Party
from riskapi.matrix.by_sql import by_sql
from riskapi.matrix.grid import Sides
from riskapi.matrix.plan import Plan
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import highest, one_by_one, plan, run
from riskapi.matrix.sheets import Sheets
from riskapi.workspace import Workspace

DAY = date(2026, 11, 22)
DEALS: tuple[dict[str, Any], ...] = (
    {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "foreign_stake": 0.5},
    {"type": "acquisition", "sector": "semiconductors", "activity_country": "US", "foreign_stake": 1.0},
    {"type": "minority_stake", "sector": "software_ai", "activity_country": "US", "foreign_stake": 0.1},
    {"type": "licence", "sector": "ev_battery", "activity_country": "US", "foreign_supplies_technology": True},
    {"type": "greenfield", "sector": "critical_minerals_mining", "activity_country": "US", "market_countries": ["US"]},
)
SIDE = {"10^4": 100, "10^5": 317, "10^6": 1001}
ALONE = 300
SMALLEST, BASE = "10^4", "10^6"
TOP = "top 100 of 10^9"
DAYS = ("2022-11-22", "2023-11-22", "2024-11-22", "2025-11-22", "2026-11-22")
STAKES = 20
GOAL_SECONDS, GOAL_MB = 10.0, 2048
FORGOTTEN = 0.1


@dataclass(frozen=True)
class Figure:
    """One measured run."""

    name: str
    pairings: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    def row(self, base: Figure) -> list[Cell]:
        """The figure in a table; `base` is what its pairings are compared with."""
        each = self.seconds / self.pairings
        return [self.name, self.pairings, self.seconds, self.cpu_seconds, 1e6 * each, each / base.seconds * base.pairings,
                self.peak_mb]  # fmt: skip


class Shuffled(Sheets):
    """Sheets of companies whose facts were dealt out anew."""

    def _make_sides(self, day: date) -> Sides:
        sides, chance = super()._make_sides(day), random.Random(5)  # figures
        return Sides.of(_dealt(sides.foreign, chance), _dealt(sides.hosts, chance))


def _dealt(parties: Sequence[Party], chance: random.Random) -> list[Party]:
    columns = {}
    for leaf in parties[0].values:
        values = [None if chance.random() < FORGOTTEN else party.values[leaf] for party in parties]
        chance.shuffle(values)
        columns[leaf] = values
    return [replace(party, values={leaf: columns[leaf][at] for leaf in columns}) for at, party in enumerate(parties)]


def main() -> int:
    options = _options()
    if options.only:
        print(json.dumps(asdict(_measured(options.only))))
        return 0
    few, many = ["one by one", "10^4 in DuckDB", SMALLEST], ["10^5", BASE, "10^6 shuffled", "10^6 at the host"]
    names = [*few, *([] if options.small else many), *(["10^7", TOP] if options.large else [])]
    found = [Figure(**figures.in_own_process(__file__, "--only", name)) for name in names]
    base = next(figure for figure in found if figure.name == (SMALLEST if options.small else BASE))
    notes = [
        f"Goals on 2 cores: 10^6 in {GOAL_SECONDS:.0f} s and {GOAL_MB} MB, 10^7 in {10 * GOAL_SECONDS:.0f} s and as much.",
        "The whole rule book, what is not known left unknown; the others are by columns. Each size in a process of its own.",
        *([_check(options.check)] if options.check else []),
    ]
    columns = (
        "matrix",
        "pairings",
        "s",
        "s of cores",
        "µs a pairing",
        f"a pairing ÷ one of {base.name}",
        "peak memory, MB",
    )
    figures.report([Table("Many pairings", columns, [figure.row(base) for figure in found], notes)], options.json)
    return 0


def _options() -> argparse.Namespace:
    parser = figures.options(__doc__)
    parser.add_argument("--large", action="store_true", help="10^7 pairings, too, and the highest 100 of 10^9")
    parser.add_argument("--small", action="store_true", help="10^4 pairings only")
    parser.add_argument("--check", type=int, default=0, metavar="N", help="hold N pairings against one by one")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measured(name: str) -> Figure:
    with Workspace.open() as workspace:
        asked = _plan(workspace, name)
        workspace.profiles.register()  # read once, by whoever asks first
        start, cpu, rows = time.perf_counter(), time.process_time(), 0
        for frame in _frames(workspace, asked, name):
            rows += asked.pairings if name == TOP else len(frame)
        seconds, worked = time.perf_counter() - start, time.process_time() - cpu
    return Figure(name, rows, seconds, worked, peak_mb())


def _plan(workspace: Workspace, name: str) -> Plan:
    everybody = sorted(workspace.profiles.register().companies)
    chance = random.Random(7)  # figures
    size = SIDE.get(name.split(maxsplit=1)[0], 18 if name == "one by one" else len(everybody))
    sides = [{"names": chance.sample(everybody, size)} for _ in range(2)]
    deals: list[dict[str, Any]] = [{"name": str(at), "deal": deal} for at, deal in enumerate(DEALS)]
    if name.endswith("at the host"):
        deals = [{"deal": {"type": "joint_venture", "foreign_stake": 0.5}, "at_host": True}]
    if name == TOP:
        stakes = [(at + 1) / STAKES for at in range(STAKES)]
        deals = [{"name": f"{at} {stake}", "deal": {**deal, "foreign_stake": stake}}
                 for at, deal in enumerate(DEALS) for stake in stakes]  # fmt: skip
    templates = deals if name in ("10^7", TOP) else deals[:1]
    data: dict[str, Any] = {"foreign": sides[0], "hosts": sides[1], "templates": templates}
    data["dates"] = list(DAYS if name == TOP else DAYS[-1:])
    return plan(workspace, read_matrix(data, workspace, DAY))


def _frames(workspace: Workspace, asked: Plan, name: str) -> Iterator[pl.DataFrame]:
    if name == "one by one":
        yield from one_by_one(workspace, asked, chunk=ALONE)
    elif name == TOP:
        yield highest(workspace, asked, 100)
    elif name == "10^4 in DuckDB":
        yield from by_sql(workspace, asked)
    elif name.endswith("shuffled"):
        sheets = Shuffled(workspace, asked)
        for sheet in asked.sheets:
            yield from sheets.frames(sheet, 0, 5_000)
    else:
        yield from run(workspace, asked)


def _check(count: int) -> str:
    """Both ways, on pairings of two samples of companies; an unequal cell ends the program."""
    with Workspace.open() as workspace:
        everybody, size = sorted(workspace.profiles.register().companies), round(count**0.5)
        chance = random.Random(11)  # figures
        sides = [{"names": chance.sample(everybody, size)} for _ in range(2)]
        data = {"foreign": sides[0], "hosts": sides[1], "templates": [{"deal": DEALS[0]}]}
        asked = plan(workspace, read_matrix(data, workspace, DAY))
        found, wanted = (pl.concat(way(workspace, asked)) for way in (run, one_by_one))
    assert found.equals(wanted), "by columns is not one by one"
    return f"{len(found):,} pairings are equal in every column by columns and one by one."


if __name__ == "__main__":
    raise SystemExit(main())
