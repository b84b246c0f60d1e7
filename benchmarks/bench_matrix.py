"""Many pairings: time, pairings a second and peak memory by columns; one by one and DuckDB, the reference, beside it.

    python benchmarks/bench_matrix.py [--large] [--check 2000] [--json FILE]

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
import os
import platform
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

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

    def __str__(self) -> str:
        rate = self.pairings / self.seconds
        return (
            f"{self.name:<22}{self.pairings:>12,} pairings {self.seconds:>8.2f} s {self.cpu_seconds:>8.2f} s of cores "
            f"{rate:>10,.0f} a second {1e6 * self.seconds / self.pairings:>9.2f} µs each {self.peak_mb:>6.0f} MB"
        )


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
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; seconds are of one process")
    names = [
        "one by one",
        "10^4 in DuckDB",
        *SIDE,
        "10^6 shuffled",
        "10^6 at the host",
        *(["10^7", TOP] if options.large else []),
    ]
    figures = []
    for name in names:
        figures.append(_in_own_process(name))
        print(figures[-1], flush=True)
    by_name = {figure.name: figure for figure in figures}
    alone, million = by_name["one by one"], by_name["10^6"]
    for figure, what in ((alone, "one by one"), (by_name["10^4 in DuckDB"], "in DuckDB")):
        ratio = (figure.seconds / figure.pairings) / (million.seconds / million.pairings)
        print(f"by columns a pairing costs 1/{ratio:,.0f} of what it costs {what}")
    print(f"goal: 10^6 pairings in {GOAL_SECONDS:.0f} s and {GOAL_MB} MB on 2 cores")
    if options.check:
        _check(options.check)
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2), encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="10^7 pairings, too, and the highest 100 of 10^9")
    parser.add_argument("--check", type=int, default=0, metavar="N", help="hold N pairings against one by one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_own_process(name: str) -> Figure:
    program = [sys.executable, __file__, "--only", name]
    found = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603  # our own program
    return Figure(**json.loads(found.stdout.splitlines()[-1]))


def _measured(name: str) -> Figure:
    with Workspace.open() as workspace:
        asked = _plan(workspace, name)
        workspace.profiles.register()  # read once, by whoever asks first
        start, cpu, rows = time.perf_counter(), time.process_time(), 0
        for frame in _frames(workspace, asked, name):
            rows += asked.pairings if name == TOP else len(frame)
        seconds, worked = time.perf_counter() - start, time.process_time() - cpu
    return Figure(name, rows, seconds, worked, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


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


def _check(count: int) -> None:
    """Both ways, on pairings of two samples of companies; an unequal cell ends the program."""
    with Workspace.open() as workspace:
        everybody, size = sorted(workspace.profiles.register().companies), round(count**0.5)
        chance = random.Random(11)  # figures
        sides = [{"names": chance.sample(everybody, size)} for _ in range(2)]
        data = {"foreign": sides[0], "hosts": sides[1], "templates": [{"deal": DEALS[0]}]}
        asked = plan(workspace, read_matrix(data, workspace, DAY))
        found, wanted = (pl.concat(way(workspace, asked)) for way in (run, one_by_one))
    assert found.equals(wanted), "by columns is not one by one"
    print(f"{len(found):,} pairings are equal in every column")


if __name__ == "__main__":
    raise SystemExit(main())
