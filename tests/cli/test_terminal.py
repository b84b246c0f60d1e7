from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from riskapi.cli.terminal import clean, cleaned, show


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    inner: tuple[str, ...]
    by_name: dict[str, str]
    number: float


@given(st.text())
def test_cleaned_text_steers_no_terminal(text: str) -> None:
    left = {unicodedata.category(char) for char in clean(text) if char not in "\n\t"}
    assert "Cc" not in left
    assert "Cs" not in left
    assert not set(clean(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029")


@pytest.mark.parametrize("text", ["小米集团", "Renault–Nissan", "Škoda Auto a.s.", "می‌خواهم", "a\tb\nc", "C:\\x"])
def test_names_of_all_scripts_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


def test_every_string_inside_a_value_is_cleaned() -> None:
    box = Box("a\x1b", ("b\x07", "c"), {"d\x00": "e\u202e"}, 1.5)
    assert cleaned(box) == Box("a\\x1b", ("b\\x07", "c"), {"d\\x00": "e\\u202e"}, 1.5)


def test_what_is_shown_has_no_spaces_at_the_ends_of_lines() -> None:
    file = io.StringIO()
    show(Console(file=file, width=20), Text("one   \ntwo", justify="full"))
    assert file.getvalue() == "one\ntwo\n"
