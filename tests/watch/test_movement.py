"""What is told of a result that moved: numbers, gates, rules, causes and alerts."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from riskapi.assessment.answer import Versions
from riskapi.store.watchlists import Item
from riskapi.watch.model import Change, plain, read_change
from riskapi.watch.movement import Told, causes_of, has_moved, result_of
from tests.store.watching import FIRST, NEXT, NOON, TODAY, answer, state


def result(score: float = 50.0, *gates: str, versions: Versions = FIRST, day: date = TODAY) -> dict[str, Any]:
    return result_of(answer(versions, day, score, gates))


def told(
    before: dict[str, Any], after: dict[str, Any] | None, thresholds: dict[str, float] | None = None, **more: Any
) -> Change:
    item = Item(
        id="i", watchlist="w", question={}, label=None, thresholds=thresholds, added_at=NOON, added_by="anna", serial=1,
        changed_at=None, state=more.pop("state", state()),
    )  # fmt: skip
    fields: dict[str, Any] = {"causes": ("dataset",), "failure": None, **more}
    return Told(watchlist_name="cars", item=item, at=NOON, before=before, after=after, **fields).change(7)


def test_a_change_tells_numbers_gates_and_the_rules_behind_them() -> None:
    change = told(result(50, "tariff"), result(72.5, "prohibition", versions=NEXT))
    assert (change.seq, change.kind, change.delta) == (7, "moved", 22.5)
    assert change.after
    assert (change.before.score, change.before.band, change.after.score, change.after.band) == (50, "low", 72.5, "high")
    assert [gate.gate for gate in change.gates_gained] == ["prohibition"]
    assert [gate.gate for gate in change.gates_lost] == ["tariff"]
    rules = {rule.id: (rule.points_before, rule.points_after) for rule in change.rules}
    assert rules == {"us.test.prohibition": (None, 10.0), "us.test.tariff": (10.0, None)}
    assert change.says == (
        "score 50.0 to 72.5 (low to high); prohibition (us.test.prohibition) applies; tariff (us.test.tariff) is gone "
        "[dataset]"
    )


def test_a_score_near_an_end_of_the_scale_is_not_told_as_the_end() -> None:
    assert "score 50.0 to >99.9 " in told(result(50), result(99.99)).says
    before, after = result(50) | {"low": 0.01, "high": 99.99}, result(50) | {"low": 0.2, "high": 99.99}
    assert "interval <0.1 to >99.9, now 0.2 to >99.9 " in told(before, after).says


def test_a_gate_that_becomes_certain_is_altered_and_neither_gained_nor_lost() -> None:
    before, after = result(50, "tariff"), result(50, "tariff")
    before["gates"][0]["status"] = "undetermined"
    change = told(before, after)
    assert [(gate.status_before, gate.status_after) for gate in change.gates_altered] == [("undetermined", "fired")]
    assert change.gates_gained == change.gates_lost == ()


def test_a_change_comes_back_from_the_json_in_which_it_is_kept() -> None:
    change = told(result(50, "tariff"), result(72.5))
    assert read_change(json.dumps(plain(change))) == change


def test_only_what_is_shown_moves_a_result() -> None:
    before, quiet = result(50, "tariff"), result(50, "tariff", versions=NEXT, day=TODAY + timedelta(days=1))
    quiet["rules"] = []
    assert not has_moved(before, quiet)
    assert not has_moved(before, {**quiet, "score": 50 + 1e-12})
    for name, value in (
        ("score", 50.1), ("low", 1.0), ("high", 99.0), ("gates", []), ("band", {"name": "other"}),
        ("parties", [{"name": "A", "company_id": "x"}, {"name": "B", "company_id": "b"}]),
    ):  # fmt: skip
        assert has_moved(before, {**quiet, name: value}), name


@pytest.mark.parametrize(
    ("versions", "day", "causes"),
    [
        (NEXT, TODAY, ("dataset",)),
        (Versions(engine="1", rule_set="r2", dataset="d1"), TODAY, ("rules",)),
        (Versions(engine="2", rule_set="r2", dataset="d1+edits.abc"), TODAY, ("rules", "edits", "engine")),
        (FIRST, TODAY + timedelta(days=1), ("calendar",)),
        (NEXT, TODAY + timedelta(days=1), ("dataset", "calendar")),
    ],
)
def test_causes_are_what_differs(versions: Versions, day: date, causes: tuple[str, ...]) -> None:
    assert causes_of(result(50), result(60, versions=versions, day=day), None) == causes


def test_the_result_between_tells_versions_from_the_calendar() -> None:
    before, after = result(50), result(60, versions=NEXT, day=TODAY + timedelta(days=1))
    assert causes_of(before, after, result(50, versions=NEXT)) == ("calendar",)
    assert causes_of(before, after, result(60, versions=NEXT)) == ("dataset",)
    assert causes_of(before, after, result(55, versions=NEXT)) == ("dataset", "calendar")


@pytest.mark.parametrize(
    ("before", "after", "thresholds", "crossed", "is_alert"),
    [
        (50.0, 50.5, None, None, True),
        (50.0, 50.5, {"moves_by": 1.0}, None, False),
        (50.0, 49.0, {"moves_by": 1.0}, None, True),
        (50.0, 59.9, {"score": 60.0}, None, False),
        (50.0, 60.0, {"score": 60.0}, "up", True),
        (60.0, 59.0, {"score": 60.0}, "down", True),
        (60.0, 61.0, {"score": 60.0, "moves_by": 5.0}, None, False),
        (60.0, 66.0, {"score": 60.0, "moves_by": 5.0}, None, True),
    ],
)
def test_a_change_is_an_alert_where_it_meets_the_thresholds(
    before: float, after: float, thresholds: dict[str, float] | None, crossed: str | None, is_alert: bool
) -> None:
    change = told(result(before), result(after), thresholds)
    assert (change.crossed, change.is_alert) == (crossed, is_alert)


def test_a_gate_and_a_failure_are_alerts_whatever_the_thresholds() -> None:
    thresholds = {"score": 99.0, "moves_by": 90.0}
    assert told(result(50), result(50, "tariff"), thresholds).is_alert
    failed = told(result(50), None, thresholds, failure="no company is called so")
    assert (failed.is_alert, failed.kind, failed.after, failed.delta) == (True, "failed", None, None)
    assert "no company is called so" in failed.says


def test_a_name_that_means_another_company_is_told() -> None:
    after = {**result(50), "parties": [{"name": "A2", "company_id": "a2"}, {"name": "B", "company_id": "b"}]}
    change = told(result(50), after)
    assert "another company" in change.says
    assert change.after
    assert change.after.parties[0].company_id == "a2"
