from __future__ import annotations

import pytest

from riskapi.workbench.fix_words import as_day, as_share, only_near


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("automotiv", "automotive"),
        ("Automotive", "automotive"),
        ("joint venture", "joint_venture"),
        ("us_1260h", "us_1260h"),
        ("us_1261h", None),  # numbers are never corrected
        ("dron", None),
        ("ca", "CA"),
        ("XA", None),
        ("", None),
    ],
)
def test_only_the_one_near_word_is_meant(word: str, right: str | None) -> None:
    known = ["automotive", "joint_venture", "us_1260h", "us_154", "drones", "CA", "CN"]
    assert only_near(word, known) == right


def test_between_two_near_words_nothing_is_chosen() -> None:
    assert only_near("host_stake_", ["host_stakes", "host_stake1"]) is None
    assert only_near("gb.fee", ["gb.fed", "gb.fez"]) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15.03.2025", "2025-03-15"),
        ("15/3/2025", "2025-03-15"),
        ("3/15/2025", "2025-03-15"),
        ("05.05.2025", "2025-05-05"),
        ("04.05.2025", None),
        ("4/5/2025", None),
        ("2025/3/5", "2025-03-05"),
        ("2025.03.05", "2025-03-05"),
        ("20250305", "2025-03-05"),
        ("15 March 2025", "2025-03-15"),
        ("March 15, 2025", "2025-03-15"),
        ("15th Mar. 2025", "2025-03-15"),
        ("31.02.2025", None),
        ("15.03.25", None),
        ("soon", None),
    ],
)
def test_a_date_is_read_only_where_day_and_month_cannot_be_exchanged(text: str, day: str | None) -> None:
    assert as_day(text) == day


@pytest.mark.parametrize(
    ("number", "with_sign", "share"),
    [
        ("25", False, "0.25"), ("24.9", False, "0.249"), ("100", False, "1"), ("5", False, "0.05"),
        ("2.5", False, None), ("250", False, None), ("2.5", True, "0.025"), ("10", True, "0.1"), ("101", True, None),
    ],
)  # fmt: skip
def test_a_percentage_is_a_fraction_where_it_can_be_nothing_else(
    number: str, with_sign: bool, share: str | None
) -> None:
    assert as_share(number, with_sign=with_sign) == share
