"""One pairing at a time: how long opening takes, and one answer with its full explanation.

    python benchmarks/bench_single.py [--pairings 400] [--seed 7] [--json FILE]

The pairings are all different: companies, deal types, sectors, countries, dates and told facts are drawn at random from
the datasets (the seed fixes them). Warm-up uses other pairings, so no answer is measured twice in the first line; the
second line asks the same questions again. Wall time is what a caller waits, CPU time what the process works.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from benchmarks import figures
from benchmarks.figures import Cell, Table, timed
from riskapi.settings import Settings
from riskapi.workspace import Workspace, build_warehouse, warehouse_path

BUDGET_OPEN = 2.0  # seconds
BUDGET_P50_MS = 5.0
WARM_UP = 40

Question: TypeAlias = dict[str, Any]

DAYS = ("2021-03-01", "2023-01-01", "2024-09-15", "2025-06-30", "2026-11-22")
COUNTRIES = ("US", "US", "US", "DE", "GB", "FR", "CA", "JP", "AU", "CN", "HU", "MX")
FACTS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("foreign_stake", (0.1, 0.25, 0.49, 0.51, 1.0)),
    ("model_year", (2026, 2027, 2028, 2030)),
    ("foreign_board_seat", (True, False)),
    ("critical_technology", (True, False)),
    ("sensitive_personal_data", (True, False)),
    ("near_military_site", (True, False)),
    ("value_usd", (5e7, 5e8, 5e9)),
)


def main() -> int:
    parser = figures.options(__doc__)
    parser.add_argument("--pairings", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    settings = Settings.from_environment()
    built = _build_once(settings)
    fresh = _fresh_process()
    wall, cpu = time.perf_counter(), time.process_time()
    with Workspace.open(settings) as workspace:
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        answers = _answers(workspace, questions(workspace, given.pairings + WARM_UP, given.seed))
    opening: list[list[Cell]] = [["fresh process to open", fresh, None, None],
                                 ["Workspace.open", wall, cpu, BUDGET_OPEN]]  # fmt: skip
    if built is not None:
        opening.append(["building the warehouse (once for each dataset)", built, None, None])
    figures.report([Table("Opening", ("what", "wall, s", "processor, s", "budget, s"), opening), answers], given.json)
    return 0


def _answers(workspace: Workspace, asked: Sequence[Question]) -> Table:
    warm_up, measured = asked[:WARM_UP], asked[WARM_UP:]
    _times(workspace, warm_up)
    rows = [_row("Workspace.score, new", _times(workspace, measured), BUDGET_P50_MS),
            _row("Workspace.score, again", _times(workspace, measured), None)]  # fmt: skip
    return Table(
        f"One answer with its full explanation, {len(measured)} different pairings",
        ("what", "wall p50, ms", "wall p99, ms", "processor p50, ms", "processor p99, ms", "budget for wall p50, ms"),
        rows,
        (f"{len(workspace.book.rules)} rules, {workspace.dataset.rows['companies']:,} companies; after warm-up.",),
    )


def _build_once(settings: Settings) -> float | None:
    return None if warehouse_path(settings).is_file() else timed(lambda: build_warehouse(settings))[0]


def _fresh_process() -> float:
    """Start Python, import riskapi, open the workspace, end."""
    program = [sys.executable, "-c", "from riskapi import Workspace; Workspace.open().close()"]
    return timed(lambda: subprocess.run(program, check=True))[0]  # noqa: S603  # our own program


def questions(workspace: Workspace, count: int, seed: int) -> list[Question]:
    """`count` questions, all different."""
    chance = random.Random(seed)
    companies = sorted(workspace.profiles.register().companies)
    found: dict[str, Question] = {}
    while len(found) < count:
        question = _question(workspace, companies, chance)
        found[str(question)] = question
    return list(found.values())


def _question(workspace: Workspace, companies: Sequence[str], chance: random.Random) -> Question:
    codes = workspace.vocabulary.domains
    activity = chance.choice(COUNTRIES)
    deal: dict[str, Any] = {
        "type": chance.choice(sorted(codes["deal_type"])),
        "sector": chance.choice(sorted(codes["sector"])),
        "activity_country": activity,
        "market_countries": sorted({activity, chance.choice(COUNTRIES)}),
    }
    deal |= {name: chance.choice(values) for name, values in FACTS if chance.random() < 0.4}
    parties = chance.sample(companies, 2)
    return {"parties": parties, "deal": deal, "as_of": chance.choice(DAYS), "foreign_party": parties[0]}


def ask(workspace: Workspace, question: Question) -> object:
    """The whole answer."""
    return workspace.score(
        *question["parties"], as_of=question["as_of"], foreign_party=question["foreign_party"], **question["deal"]
    )


def _times(workspace: Workspace, asked: Iterable[Question]) -> list[tuple[float, float]]:
    taken = []
    for question in asked:
        wall, cpu = time.perf_counter(), time.process_time()
        ask(workspace, question)
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    return taken


def _row(label: str, taken: Sequence[tuple[float, float]], budget: float | None) -> list[Cell]:
    ranked = [sorted(values) for values in zip(*taken, strict=True)]
    places = (len(taken) // 2, min(len(taken) - 1, int(len(taken) * 0.99)))
    return [label, *(values[place] * 1000 for values in ranked for place in places), budget]


if __name__ == "__main__":
    raise SystemExit(main())
