"""Outcome rates of the bands: the shipped record fits the scorecard, and answers carry it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskapi.errors import RuleError
from riskapi.scoring.observed import RECORD, load_observed
from tests.shipped import AS_OF, shipped_workspace

GOOD = {
    "rule_set": "1.0.0+abc",
    "dataset": "d",
    "cases": "c",
    "n": 4,
    "bands": {"low": {"n": 4, "adverse": 1, "rate": 0.25, "low": 0.05, "high": 0.7}},
}


def test_the_shipped_record_has_every_band_and_rates_that_rise_with_them() -> None:
    workspace = shipped_workspace()
    found = load_observed(workspace.settings.rules)
    assert list(found) == [band.name for band in workspace.card.bands]
    rates = [row.rate for row in found.values() if row.rate is not None]
    assert rates == sorted(rates)
    assert all(
        row.low <= row.rate <= row.high for row in found.values() if row.low is not None and row.high and row.rate
    )


def test_an_answer_shows_what_became_of_past_deals_in_its_band() -> None:
    workspace = shipped_workspace()
    answer = workspace.score(
        "Xiaomi", "Ford", as_of=AS_OF, type="joint_venture", sector="automotive", activity_country="US"
    )
    assert answer.band.observed == workspace.observed[answer.band.name]
    assert answer.band_low.observed == workspace.observed[answer.band_low.name]


def test_without_a_record_nothing_is_shown(tmp_path: Path) -> None:
    assert load_observed(tmp_path) == {}


def test_a_record_is_read_as_written(tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text(json.dumps(GOOD))
    assert load_observed(tmp_path)["low"].model_dump() == {**GOOD["bands"]["low"], "rule_set": "1.0.0+abc"}  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bands": {"low": {"n": -1, "adverse": 0, "rate": 0, "low": 0, "high": 0}}}, "n"),
        ({"n": "many"}, "n"),
        ({"x": 1}, "x"),
    ],
)
def test_a_damaged_record_is_refused_with_the_field(tmp_path: Path, change: dict[str, object], field: str) -> None:
    (tmp_path / RECORD).write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(RuleError) as error:
        load_observed(tmp_path)
    assert [problem.field for problem in error.value.problems] == [field]
    assert "--record" in str(error.value.problems[0].hint)
