from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from riskapi.backtest.cases import Announcement, load_cases
from riskapi.backtest.misses import waterfall
from riskapi.backtest.run import ScoredCase, rule_table, run_cases
from riskapi.rules import Status
from riskapi.scoring.scorecard import score_of
from tests.backtest.synthetic import case, record, records, write
from tests.shipped import shipped_workspace

SHARED = Path(__file__).resolve().parents[3] / "shared" / "facts" / "cases_dev.jsonl"
#: Everything of a record that nobody knew the day before, or that says who wrote it down.
LATER: dict[str, Any] = {
    "case_id": "another-id",
    "title": "Blocked by everyone",
    "regime": "IN-PN3",
    "outcome": "prohibited",
    "outcome_date": "2031-01-01",
    "reason": "National security.",
    "claims": [
        {"date": "2030-01-01", "claimant": "A senator", "role": "legislator", "stance": "opposes", "url": "x"},
    ],
    "sources": ["https://example.org/prohibited"],
    "confidence": "low",
}


def run(*made: Any) -> list[ScoredCase]:
    return run_cases(shipped_workspace(), made)


def figures(item: ScoredCase) -> tuple[Any, ...]:
    return item.request, item.points, item.result.low, item.result.high, item.statuses, item.open_facts


class Closed:
    """Stands for a part of the datasets that must stay shut."""

    def __init__(self, name: str) -> None:
        self.__dict__["name"] = name

    def __getattr__(self, attribute: str) -> Any:
        raise AssertionError(f"the back-test opened {self.__dict__['name']}.{attribute}")


# Leakage


def test_the_announcement_holds_nothing_that_came_later() -> None:
    assert set(Announcement.model_fields).isdisjoint(LATER)
    assert set(Announcement.model_fields) | set(LATER) == set(record())


@pytest.mark.parametrize("field", LATER)
def test_no_field_that_came_later_moves_a_score(field: str) -> None:
    for number in range(6):
        (before,) = run(case(number))
        (after,) = run(case(number, **{field: LATER[field]}))
        assert figures(before) == figures(after)


def test_a_field_that_was_known_does_move_a_score() -> None:
    (before,) = run(case(0))
    (after,) = run(case(0, sensitivities={"defence_supplier": False, "critical_technology": False}))
    assert before.points != after.points


def test_neither_past_deals_nor_claims_nor_names_are_opened() -> None:
    shut: dict[str, Any] = {name: Closed(name) for name in ("ledger", "names", "profiles")}
    real = shipped_workspace()
    made = [case(number) for number in range(6)]
    assert [figures(item) for item in run_cases(replace(real, **shut), made)] == [
        figures(item) for item in run_cases(real, made)
    ]


@pytest.mark.parametrize("name", ["Huawei Technologies", "Ford", "Invented Buyer"])
def test_a_famous_name_scores_like_an_unknown_one(name: str) -> None:
    plain, famous = run(case(0), case(0, foreign_party={"name": name}, host_party={"name": "Ford Motor Company"}))
    assert plain.points == famous.points


@pytest.mark.skipif(not SHARED.is_file(), reason="needs ../shared")
def test_no_real_case_is_moved_by_what_came_later() -> None:
    cases = load_cases(SHARED).cases
    later = {name: value for name, value in LATER.items() if name in type(cases[0]).model_fields and name != "case_id"}
    changed = [item.model_copy(update=later) for item in cases]
    assert [figures(item) for item in run(*cases)] == [figures(item) for item in run(*changed)]


# Results


def test_the_waterfall_adds_up_to_the_points_and_these_to_the_score() -> None:
    for item in run(*[case(number) for number in range(36)]):
        assert sum(step.points for step in waterfall(item, shipped_workspace().card)) == pytest.approx(item.points)
        assert item.result.score == pytest.approx(score_of(item.points))
        assert item.result.low <= item.result.score <= item.result.high


def test_rules_are_those_of_the_day() -> None:
    """The rule on connected vehicles is of 2025: a deal of 2015 cannot meet it."""
    early, late = run(case(0, announced="2015-05-01"), case(0, announced="2026-05-01"))
    assert not [rule for rule in early.statuses if rule.startswith("us.icts.connected-vehicles")]
    assert [rule for rule in late.statuses if rule.startswith("us.icts.connected-vehicles")]


def test_an_unknown_fact_that_matters_opens_the_case() -> None:
    known = {"sensitivities": {"near_military_site": False}, "stake_pct": 100}
    (told,) = run(case(2, host_country="US", **known))
    (untold,) = run(case(2, host_country="US", deal_type="minority_stake", stake_pct=None))
    assert "deal.foreign_stake" in untold.open_facts
    assert "deal.foreign_stake" not in told.open_facts
    assert untold.is_open


def test_the_table_of_rules_has_one_row_a_case_and_tells_fired_from_absent() -> None:
    scored = run(*[case(number) for number in range(6)])
    ids, rows = rule_table(scored)
    assert [len(row) for row in rows] == [len(ids)] * len(scored)
    for item, row in zip(scored, rows, strict=True):
        fired = {rule for rule, status in zip(ids, row, strict=True) if status is Status.FIRED}
        assert set(item.counted) <= fired | {rule for rule, status in item.statuses.items() if status != "not_fired"}
        assert {rule for rule, status in zip(ids, row, strict=True) if status is not None} == set(item.statuses)


def test_cases_are_scored_apart_from_one_another(tmp_path: Path) -> None:
    file = load_cases(write(tmp_path / "c.jsonl", *records()))
    together = [item.points for item in run(*file.cases)]
    assert [run(one)[0].points for one in reversed(file.cases)] == together[::-1]
