"""One pairing at a time: how long opening takes, and one answer with its full explanation.

    python benchmarks/single.py [--pairings 400] [--seed 7]

The pairings are all different: companies, deal types, sectors, countries, dates and told facts are drawn at random from
the datasets (the seed fixes them). Warm-up uses other pairings, so no answer is measured twice in the first line; the
second line asks the same questions again. Wall time is what a caller waits, CPU time what the process works.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from riskapi.settings import Settings
from riskapi.workspace import Workspace, build_warehouse, warehouse_path

BUDGET_OPEN = 2.0  # seconds
BUDGET_P50_MS = 5.0
WARM_UP = 40

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
    options = _options()
    settings = Settings.from_environment()
    _build_once(settings)
    print(f"fresh process to open       wall  {_fresh_process():8.2f} s")
    wall, cpu = time.perf_counter(), time.process_time()
    with Workspace.open(settings) as workspace:
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"Workspace.open              wall  {wall:8.2f} s     cpu {cpu:8.2f} s     budget {BUDGET_OPEN:.1f} s")
        _answers(workspace, options.pairings, random.Random(options.seed))
    return 0


def _answers(workspace: Workspace, pairings: int, chance: random.Random) -> None:
    questions = _questions(workspace, pairings + WARM_UP, chance)
    warm_up, measured = questions[:WARM_UP], questions[WARM_UP:]
    _times(workspace, warm_up)
    print(
        f"{len(workspace.book.rules)} rules, {workspace.dataset.rows['companies']} companies, {len(measured)} pairings"
    )
    _report("Workspace.score, new", _times(workspace, measured))
    _report("Workspace.score, again", _times(workspace, measured))
    print(f"budget: p50 {BUDGET_P50_MS:.1f} ms wall with the full explanation, after warm-up")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairings", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def _build_once(settings: Settings) -> None:
    if not warehouse_path(settings).is_file():
        wall = time.perf_counter()
        build_warehouse(settings)
        print(f"building the warehouse      wall  {time.perf_counter() - wall:8.2f} s     (once for each dataset)")


def _fresh_process() -> float:
    """Start Python, import riskapi, open the workspace, end."""
    wall = time.perf_counter()
    program = "from riskapi import Workspace; Workspace.open().close()"
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603  # our own program
    return time.perf_counter() - wall


def _questions(workspace: Workspace, count: int, chance: random.Random) -> list[dict[str, Any]]:
    """`count` questions, all different."""
    companies = sorted(workspace.profiles.register().companies)
    found: dict[str, dict[str, Any]] = {}
    while len(found) < count:
        question = _question(workspace, companies, chance)
        found[str(question)] = question
    return list(found.values())


def _question(workspace: Workspace, companies: Sequence[str], chance: random.Random) -> dict[str, Any]:
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


def _times(workspace: Workspace, questions: Iterable[dict[str, Any]]) -> list[tuple[float, float]]:
    taken = []
    for question in questions:
        wall, cpu = time.perf_counter(), time.process_time()
        workspace.score(
            *question["parties"], as_of=question["as_of"], foreign_party=question["foreign_party"], **question["deal"]
        )
        taken.append((time.perf_counter() - wall, time.process_time() - cpu))
    return taken


def _report(label: str, taken: Sequence[tuple[float, float]]) -> None:
    for kind, values in (("wall", sorted(wall for wall, _ in taken)), ("cpu", sorted(cpu for _, cpu in taken))):
        p50, p99 = values[len(values) // 2], values[min(len(values) - 1, int(len(values) * 0.99))]
        print(f"{label:<24}{kind:>5}    p50 {p50 * 1000:7.2f} ms    p99 {p99 * 1000:7.2f} ms")


if __name__ == "__main__":
    raise SystemExit(main())
