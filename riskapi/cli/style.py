"""How the pages of the command line look: headings, tables, cuts, dates and sources.

Enters: values. Leaves: rich renderables and short strings. Words and positions carry the meaning; colour repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar
from urllib.parse import urlsplit

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from riskapi.assessment import words
from riskapi.assessment.words import day, plural, points

_T = TypeVar("_T")

BAND_STYLES: Final = {"low": "green", "moderate": "cyan", "elevated": "yellow", "high": "red", "severe": "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the reader asked to see, and what the terminal can show."""

    everything: bool = False
    ascii_only: bool = False
    instruments: Mapping[str, str] = field(default_factory=dict)

    def cut(self, items: Sequence[_T], shown: int) -> tuple[Sequence[_T], int]:
        """The items to show, and how many are left out."""
        if self.everything or len(items) <= shown + 1:  # one line more is not worth a line that says so
            return items, 0
        return items[:shown], len(items) - shown

    def sign(self, fancy: str, plain: str) -> str:
        """The sign, or its plain form where the terminal knows only ASCII."""
        return plain if self.ascii_only else fancy


def section(title: str, *parts: RenderableType | None, note: str = "") -> RenderableType:
    """A part of the page: a blank line, a heading with an aside, and what stands under it."""
    heading = Text("\n").append(title, style="bold underline")
    if note:
        heading.append(f"  {note}", style="dim")
    return Group(heading, *[Padding(part, (0, 0, 0, 2)) for part in parts if part is not None])


def left_out(count: int, word: str, after: str = "") -> Text | None:
    """The line that says how many are not shown, or None: `and 3 more rules of this kind: --all`."""
    return Text(f"and {plural(count, f'more {word}')}{after}: --all", style="dim") if count else None


def rows(*widths: int | None) -> Table:
    """A table without lines; a width of None takes what is left."""
    table = Table(
        box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=any(w is None for w in widths)
    )
    for width in widths:
        table.add_column(width=width, ratio=1 if width is None else None, overflow="fold")
    return table


def indented(*parts: RenderableType, by: int = 2) -> Padding:
    """The parts under one another, moved to the right."""
    return Padding(Group(*parts), (0, 0, 0, by))


def counted(value: float) -> str:
    """Points with their sign and the word: `+12 points`, `+1 point`."""
    return f"{points(value)} point{'' if abs(value) == 1 else 's'}"


def dated(value: date | None, precision: str) -> str:
    """A date no finer than it is known: `2024-06-14`, `2024-06`, `2024`."""
    text = day(value)
    return text if value is None or precision == "day" else text[:7] if precision == "month" else text[:4]


def source(urls: str | None, *, full: bool) -> str:
    """Where something was read: the sites, or with `full` the addresses; several are parted by ` | ` in the tables."""
    if not urls:
        return "no source on record"
    parts = [part.strip() for part in urls.split(" | ") if part.strip()]
    return ", ".join(dict.fromkeys(parts if full else (urlsplit(part).netloc.removeprefix("www.") for part in parts)))


def shortened(text: str, most: int) -> str:
    """The text, cut at a word where it is longer than `most`; its ending is in the characters of every terminal."""
    return words.shortened(text, most, " ...")
