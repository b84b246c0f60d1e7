"""Colours that follow the numbers of a table: steps of a scale in, conditional formats of a sheet out.

They are rules of the sheet and no colours of its cells: they hold when somebody sorts, edits or copies a number. Each step is
said in words too, beside the number or in the column next to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from riskapi.briefing.cells import TONES, Tone

_FIRST_OWN_FORMAT: Final = 200  # below are formats of the program and of openpyxl


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the scale: its lowest number, its ground, and its name."""

    at_least: float
    tone: Tone
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The steps, the lowest first, for the columns `first` to `last`.

    The number of each cell decides on its ground, or that of the column `by`. With `names_steps` the number is shown with the
    name of its step.
    """

    steps: tuple[Step, ...]
    first: int
    last: int
    by: int | None = None
    names_steps: bool = False


def add_scale(page: Worksheet, scale: Scale, top: int, count: int) -> None:
    """Put the scale over `count` rows from the row `top`."""
    if not count:
        return
    first, last = get_column_letter(scale.first), get_column_letter(scale.last)
    place = f"{first}{top}:{last}{top + count - 1}"
    number = f"${get_column_letter(scale.by)}{top}" if scale.by else f"{first}{top}"
    for rule in _rules(scale, number):
        page.conditional_formatting.add(place, rule)


def _rules(scale: Scale, number: str) -> Iterator[Rule]:
    """The highest step first, each of which ends the search; an empty cell is no zero."""
    for place, step in reversed(tuple(enumerate(scale.steps))):
        ground, ink = TONES[step.tone]
        own = NumberFormat(_FIRST_OWN_FORMAT + place, score_format(step.label)) if scale.names_steps else None
        look = DifferentialStyle(font=Font(color=f"FF{ink}"), fill=PatternFill(bgColor=f"FF{ground}"), numFmt=own)
        formula = f"AND(ISNUMBER({number}),{number}>={step.at_least:g})"
        yield Rule(type="expression", dxf=look, formula=[formula], stopIfTrue=True)


def score_format(label: str) -> str:
    """How a score is shown with the name of its step; the ends, which no score reaches, are never claimed."""
    name = label.replace('"', "")
    return f'[>99.9]">99.9 {name}";[<0.1]"<0.1 {name}";0.0" {name}"'
