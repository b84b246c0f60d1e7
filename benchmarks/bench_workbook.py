"""How long the workbook of a portfolio takes, beside plain openpyxl that writes the same cells.

    python benchmarks/bench_workbook.py [PAIRINGS]

The rows are made up from a seed; no rule is asked. Each side is run in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import io
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook, load_workbook

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


SIDES = {"riskapi workbook": ours, "plain openpyxl, the same cells": peer, "riskapi CSV": csv}


def measure(side: str, pairings: int) -> None:
    work = SIDES[side](pairings)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"median": statistics.median(times), "peak_mb": peak / 1024, "before_mb": before / 1024}))


def main() -> None:
    if len(sys.argv) > 2:
        measure(sys.argv[1], int(sys.argv[2]))
        return
    pairings = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRINGS
    found = {}
    for side in SIDES:
        command = [sys.executable, str(Path(__file__)), side, str(pairings)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # ourselves
        found[side] = json.loads(done.stdout)
    base = found["plain openpyxl, the same cells"]["median"]
    print(f"{pairings:,} pairings, median of {REPEATS}")
    for side, figures in found.items():
        ratio = figures["median"] / base
        print(
            f"{side:32} {figures['median']:7.2f} s   {ratio:5.2f} of plain openpyxl   peak {figures['peak_mb']:6.0f} MB"
        )


if __name__ == "__main__":
    main()
