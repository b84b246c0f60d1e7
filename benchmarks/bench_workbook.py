"""How long the workbook of a portfolio takes, beside plain openpyxl that writes the same cells.

    python benchmarks/bench_workbook.py [PAIRINGS] [--json FILE]

The rows are made up from a seed; no rule is asked. Each side is run in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from openpyxl import Workbook, load_workbook

from benchmarks import figures
from benchmarks.figures import Cell, Table, middle_and_slow, peak_mb, timed
from riskapi.briefing.portfolio import portfolio_csv, portfolio_workbook
from riskapi.briefing.portfolio_about import PortfolioAbout, RuleAbout
from riskapi.matrix.schema import PILLARS, SCHEMA
from riskapi.scoring.scorecard import Band

REPEATS = 3
PAIRINGS = 10_000
CUTS = {"low": 0, "moderate": 20, "elevated": 40, "high": 65, "severe": 85}
KINDS = ("prohibition", "licence_required", "mandatory_filing")


def made_up(pairings: int) -> tuple[pl.DataFrame, PortfolioAbout]:
    dice = random.Random(1)
    side = round(pairings**0.5)
    rules = {
        f"us.law.rule-{number}": RuleAbout(
            id=f"us.law.rule-{number}", title=f"A rule with a title of usual length, number {number}", jurisdiction="US",
            authority="An authority", citation=f"15 CFR 791.{number}", pillar="Threat (who)", points=float(number % 30 - 5),
            gate=KINDS[number % 3], address="https://www.example.org/law",
        )
        for number in range(60)
    }  # fmt: skip
    rows = [_row(dice, list(rules), number // side, number % side) for number in range(side * side)]
    bands = tuple(Band(name=name, label=name.capitalize(), at_least=cut, meaning="") for name, cut in CUTS.items())
    about = PortfolioAbout(
        foreign="made up", hosts="made up", templates={"venture": []}, day=date(2026, 11, 22), engine="0", rule_set="0",
        dataset="0", bands=bands, pillars={}, rules=rules,
    )  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA), about


def _row(dice: random.Random, rules: list[str], foreign: int, host: int) -> dict[str, Any]:
    score = dice.uniform(0, 100)
    names = dice.sample(rules, 5)
    return {
        "date": date(2026, 11, 22), "template": "venture", "foreign_id": f"foreign-{foreign}",
        "foreign": f"Foreign Company {foreign}", "host_id": f"host-{host}", "host": f"Host Company {host}", "score": score,
        "low": score / 2, "high": (score + 100) / 2, "band": [name for name, cut in CUTS.items() if score >= cut][-1],
        "gates": [f"prohibition:{names[0]}", f"mandatory_filing:{names[1]}"], "possible_gates": [f"licence_required:{names[2]}"],
        **{name: float(dice.randint(-10, 30)) for name in PILLARS}, "drivers": names[:3], "undetermined": dice.randint(0, 60),
    }  # fmt: skip


def ours(pairings: int) -> Callable[[], object]:
    frame, about = made_up(pairings)
    return lambda: portfolio_workbook(frame, about)


def peer(pairings: int) -> Callable[[], object]:
    """The same values by the plainest means: one cell after the other, no style, no link, no chart."""
    frame, about = made_up(pairings)
    book = load_workbook(io.BytesIO(portfolio_workbook(frame, about)), read_only=True)
    sheets = [[list(row) for row in page.iter_rows(values_only=True)] for page in book.worksheets]

    def write() -> None:
        plain = Workbook()
        for rows in sheets:
            page = plain.create_sheet()
            for row in rows:
                page.append(row)
        plain.save(io.BytesIO())

    return write


def csv(pairings: int) -> Callable[[], object]:
    frame, _ = made_up(pairings)
    return lambda: portfolio_csv(frame)


PLAIN = "plain openpyxl"
SIDES = {"riskapi workbook": ours, PLAIN: peer, "riskapi CSV": csv}


def measure(side: str, pairings: int) -> dict[str, float]:
    """Median of the seconds, and the peak memory of the process."""
    work = SIDES[side](pairings)
    taken = [timed(work)[0] for _ in range(REPEATS)]
    return {"seconds": middle_and_slow(taken)[0], "megabytes": peak_mb()}


def main() -> int:
    parser = figures.options(__doc__)
    parser.add_argument("pairings", nargs="?", type=int, default=PAIRINGS)
    parser.add_argument("--only", choices=SIDES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(measure(given.only, given.pairings)))
        return 0
    found = {side: figures.in_own_process(__file__, str(given.pairings), "--only", side) for side in SIDES}
    base = found[PLAIN]["seconds"]
    rows: list[list[Cell]] = [
        [side, one["seconds"], one["seconds"] / base, one["megabytes"]] for side, one in found.items()
    ]
    note = (
        f"Made-up rows, median of {REPEATS}, each in a process of its own. Plain openpyxl: no style, no link, no chart."
    )
    columns = ("what", "seconds", f"time ÷ {PLAIN}'s", "peak memory, MB")
    figures.report(
        [Table(f"Workbook of a portfolio of {given.pairings:,} pairings", columns, rows, (note,))], given.json
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
