"""What a cell takes, and what it says of itself when it is chosen. Enters: a `Check`. Leaves: a validation of openpyxl."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openpyxl.worksheet.datavalidation import DataValidation

#: What Excel takes; it calls a file broken that has more.
_LONGEST_TITLE: Final = 32
_LONGEST_TEXT: Final = 255
LONGEST_LIST: Final = 255


class Takes(StrEnum):
    """What may be written into a cell."""

    LIST = "list"
    NUMBER = "decimal"
    WHOLE = "whole"
    DATE = "date"
    ANYTHING = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the cells of a column take. `allowed` is the source of a list: values parted by commas, or a range.

    Where `is_strict` is false, the list is offered and other values are taken, too.
    """

    takes: Takes
    title: str
    prompt: str
    allowed: str | None = None
    low: float | None = None
    high: float | None = None
    is_strict: bool = True


def listed(values: tuple[str, ...]) -> str:
    """The source of a short list."""
    return '"' + ",".join(values) + '"'


def validation(check: Check, cells: str) -> DataValidation:
    """The validation for a range of cells."""
    kind = None if check.takes is Takes.ANYTHING else check.takes.value
    made = DataValidation(
        type=kind,  # type: ignore[arg-type]  # a str where a literal is wanted
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=check.is_strict and kind is not None,
        promptTitle=_cut(check.title, _LONGEST_TITLE),
        prompt=_cut(check.prompt, _LONGEST_TEXT),
        errorTitle=_cut(check.title, _LONGEST_TITLE),
        error=_cut(f"This cell takes: {_wanted(check)}", _LONGEST_TEXT),
        errorStyle="stop",
        sqref=cells,
    )
    if check.takes is Takes.LIST:
        made.formula1 = check.allowed
    elif check.takes is Takes.DATE:
        made.operator, made.formula1 = "greaterThanOrEqual", "1"
    elif kind is not None:
        _set_bounds(made, check)
    return made


def _set_bounds(made: DataValidation, check: Check) -> None:
    low = check.low if check.low is not None else -1e15
    if check.high is None:
        made.operator, made.formula1 = "greaterThanOrEqual", f"{low:.15g}"
    else:
        made.operator, made.formula1, made.formula2 = "between", f"{low:.15g}", f"{check.high:.15g}"


def _wanted(check: Check) -> str:
    words = {Takes.LIST: "a value of its list", Takes.DATE: "a date", Takes.WHOLE: "a whole number"}
    told = words.get(check.takes, "a number")
    if check.takes in (Takes.NUMBER, Takes.WHOLE) and check.high is not None:
        return f"{told} from {check.low or 0:g} to {check.high:g}. Leave it empty for what is not known."
    return f"{told}. Leave it empty for what is not known."


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
