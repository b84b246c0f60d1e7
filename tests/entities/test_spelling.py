from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.entities.spelling import TOO_MUCH, budget, slip

WORDS = st.text("abcdefghilmnorstu", min_size=4, max_size=12)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("huwaei", "huawei"),
        ("telsa", "tesla"),
        ("alibabba", "alibaba"),
        ("qualcom", "qualcomm"),
        ("stellentis", "stellantis"),
    ],
)
def test_a_slip_of_the_hand_is_within_the_budget_of_a_lone_word(written: str, meant: str) -> None:
    assert slip(written, meant) <= budget(len(meant), alone=True)


@pytest.mark.parametrize(
    ("written", "meant"), [("fjord", "ford"), ("vista", "visa"), ("entel", "intel"), ("lear", "lens"), ("ferd", "ford")]
)
def test_another_word_is_not_within_the_budget_of_a_lone_word(written: str, meant: str) -> None:
    assert slip(written, meant) > budget(len(meant), alone=True)


@given(WORDS)
def test_a_word_is_no_slip_of_itself(word: str) -> None:
    assert slip(word, word) == 0


@given(WORDS, st.integers(0, 20))
def test_two_neighbouring_letters_exchanged_cost_at_most_a_slip(word: str, place: int) -> None:
    place %= len(word) - 1
    other = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    assert slip(other, word) <= 0.75 or place == 0


@pytest.mark.parametrize("written", ["", "12", "a" * 40])
def test_what_is_far_from_a_word_is_too_much(written: str) -> None:
    assert slip(written, "huawei") == TOO_MUCH
