from __future__ import annotations

from datetime import date

from riskapi.assessment.words import amount, day, gate_words, joined, plural, points, shortened
from riskapi.rules.model import GateKind


def test_the_ends_of_the_scale_are_never_claimed() -> None:
    assert [amount(score) for score in (0.0, 0.04, 0.05, 31.25, 99.94, 99.96, 100.0)] == [
        "<0.1", "<0.1", "0.1", "31.2", "99.9", ">99.9", ">99.9",
    ]  # fmt: skip


def test_points_have_their_sign_and_nothing_has_none() -> None:
    assert [points(value) for value in (0.0, 12.0, -3.5)] == ["0", "+12", "-3.5"]


def test_every_gate_has_words_of_its_own() -> None:
    assert len({gate_words(kind.value) for kind in GateKind}) == len(GateKind)
    assert not any("_" in gate_words(kind.value) for kind in GateKind)


def test_a_long_text_is_cut_between_words() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one two", 9) == "one two"


def test_a_text_that_is_cut_is_not_longer_with_its_ending() -> None:
    assert shortened("one two three four", 12, " ...") == "one two ..."
    assert all(len(shortened("one two three four", most, " ...")) <= most for most in range(8, 18))


def test_texts_after_the_most_are_counted_only() -> None:
    assert joined("abc", 2) == "a, b and 1 more"
    assert joined("abc", 3) == "a, b, c"
    assert joined((), 3) == ""


def test_counts_have_their_noun() -> None:
    assert [plural(1, "rule"), plural(2_000, "rule"), plural(2, "company", "companies")] == [
        "1 rule", "2,000 rules", "2 companies",
    ]  # fmt: skip


def test_a_day_that_is_not_known_is_said_to_be() -> None:
    assert (day(date(2026, 1, 31)), day(None)) == ("2026-01-31", "date not known")
