from __future__ import annotations

import pytest

from riskapi.briefing.heights import lines_needed, row_height


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 20, 1),
        ("short", 20, 1),
        ("one\ntwo\nthree", 20, 3),
        ("word " * 20, 22, 5),
        ("x" * 100, 22, 5),
        ("中文名称" * 5, 22, 2),
        ("us.icts.connected-vehicles.manufacturer-sale", 32, 2),
    ],
)
def test_text_takes_the_lines_that_its_letters_need(text: str, width: float, lines: int) -> None:
    assert lines_needed(text.strip(" "), width) == lines


def test_bold_text_takes_more_room() -> None:
    text = "the quick brown fox jumps over the lazy dog " * 10
    assert lines_needed(text, 30, bold=True) > lines_needed(text, 30)


def test_a_row_is_as_high_as_its_lines_and_never_higher_than_a_row_can_be() -> None:
    assert row_height(1) is None
    assert 25 <= (row_height(2) or 0) <= 30
    assert row_height(1, size=18) is not None
    assert row_height(1_000) == 409
