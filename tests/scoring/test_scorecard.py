"""The scorecard file and the scale."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.errors import RuleError
from riskapi.scoring.scorecard import (
    LEAST_SCORE,
    MOST_SCORE,
    HitPolicy,
    load_scorecard,
    points_of,
    rounded,
    score_of,
)
from riskapi.settings import Settings


def shipped_text() -> str:
    return (Settings.from_environment().rules / "scorecard.yaml").read_text()


def load(text: str, folder: Path) -> object:
    (folder / "scorecard.yaml").write_text(text)
    return load_scorecard(folder)


@given(points=st.floats(min_value=-300, max_value=300))
def test_ten_points_double_the_odds(points: float) -> None:
    def odds(value: float) -> float:
        return score_of(value) / (100 - score_of(value))

    if score_of(points) > LEAST_SCORE and score_of(points + 10) < MOST_SCORE:
        assert odds(points + 10) / odds(points) == pytest.approx(2, rel=1e-5)


@given(score=st.floats(min_value=0.001, max_value=99.999))
def test_points_and_score_are_inverse(score: float) -> None:
    assert score_of(points_of(score)) == pytest.approx(score, rel=1e-9)


def test_the_scale_survives_extremes() -> None:
    assert score_of(1e9) == MOST_SCORE
    assert score_of(-1e9) == LEAST_SCORE
    assert points_of(0) == -math.inf


@given(points=st.floats(min_value=-1e6, max_value=1e6), decimals=st.integers(0, 4))
def test_no_score_is_rounded_to_an_end_of_the_scale(points: float, decimals: int) -> None:
    shown = rounded(score_of(points), decimals)
    assert 0 < shown < 100
    assert round(score_of(points), decimals) in (shown, 0, 100)


def test_a_score_near_an_end_is_shown_one_step_away_from_it() -> None:
    assert [rounded(value, 1) for value in (99.99995, 99.97, 99.94, 0.04, 0.06)] == [99.9, 99.9, 99.9, 0.1, 0.1]
    assert [rounded(value, 0) for value in (99.6, 0.4)] == [99, 1]


def test_bands_are_closed_below() -> None:
    card = load_scorecard(Settings.from_environment().rules)
    for band in card.bands:
        assert card.band(band.at_least).name == band.name
    assert card.band(100).name == card.bands[-1].name


def test_groups_that_are_not_listed_count_their_heaviest_rule() -> None:
    assert load_scorecard(Settings.from_environment().rules).hit_policy("no.such.group") is HitPolicy.MAX


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("base: ", "base: abc # ", "base"),
        ("at_least: 0,", "at_least: 10,", None),
        ("  threat: ", "  thread: ", "thread"),
        ("  prohibition: ", "  prohibition: 1", "prohibition"),
    ],
)
def test_a_broken_scorecard_is_refused_with_its_place(old: str, new: str, place: str | None, tmp_path: Path) -> None:
    text = shipped_text()
    assert old in text
    with pytest.raises(RuleError) as caught:
        load(text.replace(old, new, 1), tmp_path)
    assert caught.value.problems[0].file == "scorecard.yaml"
    if place:
        assert any(place in str(problem) for problem in caught.value.problems)
