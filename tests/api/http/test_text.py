from __future__ import annotations

from riskapi.api.http.text import can_be_shown, shown


def test_scripts_and_spaces_can_be_shown_and_controls_cannot() -> None:
    assert all(can_be_shown(text) for text in ("小米", "a\u3000b", "a\u00a0b", ""))
    assert not any(can_be_shown(text) for text in ("\x00", "a\nb", "\x7f", "\x85", "\ud800"))


def test_what_cannot_be_shown_is_marked_and_long_text_cut() -> None:
    assert shown("a\nb") == "a\ufffdb"
    assert shown("x" * 100) == "x" * 80
