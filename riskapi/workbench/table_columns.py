"""What each column of a table is in a workbook: its kind, its unit, its choices and its meaning; and cells to and fro.

A cell is text in a rule file; in a workbook it is a number, a day or text. `to_cell` and `from_cell` are inverse where a text
says nothing but a number or a day; all other texts stay text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from riskapi.facts.vocabulary import Fact, FactType, Vocabulary
from riskapi.rules.model import Confidence, GateKind, Kind, Pillar
from riskapi.rules.table_cells import CellError
from riskapi.rules.table_conditions import FREE, KEY, OUTPUTS, SPAN, WHEN, Conditions
from riskapi.workbench.table_file import DAY, FIRES, NAME, OPEN, TableFile

AS_TEXT, AS_DAY, AS_SHARE, AS_NUMBER = "@", "yyyy-mm-dd", "0.##%", "General"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?", re.ASCII)
_PERCENT = re.compile(r"(-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?)%", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOST_DIGITS = 12


class Holds(StrEnum):
    """What the cells of a column hold when they say no more than one value."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    TRUTH = "yes or no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; with `closed`, its cells hold one of `choices` or nothing."""

    header: str
    holds: Holds
    meaning: str
    choices: Mapping[str, str]
    closed: bool = False
    unit: str | None = None


_MEANINGS = {
    KEY: "The name of the row: small letters, digits, hyphens. Part of the id of its rule, so it is never changed.",
    WHEN: "A condition of its own for this row.",
    "title": "What the rule catches, in a few words.",
    "citation": "The exact place in the law, down to the paragraph.",
    "kind": "Which way the rule pushes: points above 0, below 0, or 0.",
    "confidence": "How well the row is founded in sources, where it differs from the file.",
    "unless": "An exception for this row.",
    "pillar": "Where the points belong.",
    "points": "+10 doubles the odds of an adverse outcome, -10 halves them; 0 for information.",
    "why": "Why so many points, in one line.",
    "gate": "The legal consequence, if any.",
    "group": "Rules of one group do not add up; the heaviest counts.",
    "if_unknown": "Whether the score counts the rule while it is undetermined.",
    "because": "The reason in a sentence; {fact} stands for the value of a fact.",
    "notes": "What the next author should know.",
    "no_undetermined": "Why the rule can never be undetermined; it then needs no such example.",
    "from": "First day on which the row is in force.",
    "to": "Last day; empty while it is in force.",
    "published": "Day on which it was published.",
    "note": "Why the span starts or ends.",
    NAME: "What the example shows.",
    DAY: "The day it is asked for; empty: the day on which the file was checked. Several days with commas.",
    FIRES: "The keys of the rows that must fire, with commas; none, or all. No other row may fire.",
    OPEN: "The keys of the rows that must be undetermined, with commas; or all.",
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": tuple(Kind),
    "confidence": tuple(Confidence),
    "pillar": tuple(Pillar),
    "gate": tuple(GateKind),
    "if_unknown": ("caution", "ignore"),
}
_HOLDS = {"points": Holds.NUMBER, **dict.fromkeys((*SPAN[:3], DAY), Holds.DAY)}
_OF_TYPE = {
    FactType.BOOL: Holds.TRUTH,
    FactType.INT: Holds.NUMBER,
    FactType.FLOAT: Holds.NUMBER,
    FactType.DATE: Holds.DAY,
}


def columns_of_rows(table: TableFile, vocabulary: Vocabulary) -> dict[str, Column]:
    """The columns of a table, by header; one whose header means nothing holds text."""
    conditions = Conditions(vocabulary, table.where)
    return {header: row_column(header, conditions) for header in table.rows.headers}


def row_column(header: str, conditions: Conditions) -> Column:
    """One column of a table."""
    vocabulary = conditions.vocabulary
    if header in (*OUTPUTS, *SPAN, KEY, WHEN):
        choices = dict.fromkeys(_CHOICES.get(header, ()), "")
        return _column(header, _MEANINGS[header], _HOLDS.get(header, Holds.TEXT), choices, closed=bool(choices))
    if header.startswith(FREE):
        return _column(header, f"A word for the shared texts, where {{{header}}} stands for it.", Holds.TEXT)
    if header in conditions.parts:
        holds = _OF_TYPE.get(conditions.parts[header].type, Holds.TEXT)
        return _column(header, f"The named part: {conditions.where[header]}", holds, _truths(holds))
    if vocabulary is None or header not in vocabulary:
        return _column(header, "", Holds.TEXT)
    return _of_fact(vocabulary[header], vocabulary)


def columns_of_examples(headers: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, Column]:
    """The columns of examples, by header."""
    return {
        header: _of_fact(vocabulary[header], vocabulary)
        if header in vocabulary
        else _column(header, _MEANINGS.get(header, ""), _HOLDS.get(header, Holds.TEXT))
        for header in headers
    }


def _column(
    header: str, meaning: str, holds: Holds, choices: Mapping[str, str] | None = None, *, closed: bool = False
) -> Column:
    return Column(header=header, meaning=meaning, holds=holds, choices=choices or {}, closed=closed)


def _of_fact(fact: Fact, vocabulary: Vocabulary) -> Column:
    holds = Holds.SHARE if fact.unit == "share" else _OF_TYPE.get(fact.type, Holds.TEXT)
    choices = vocabulary.codes(fact) or _truths(holds)
    return Column(header=fact.name, meaning=fact.meaning, holds=holds, choices=choices, unit=fact.unit)


def _truths(holds: Holds) -> dict[str, str]:
    return {"yes": "", "no": ""} if holds is Holds.TRUTH else {}


def to_cell(column: Column, text: str) -> tuple[str | int | float | date | None, str]:
    """The value of a cell in a workbook, and its number format."""
    if not text:
        return None, AS_TEXT if column.holds in (Holds.TEXT, Holds.TRUTH) else AS_NUMBER
    if column.holds is Holds.DAY and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text), AS_DAY
        except ValueError:
            return text, AS_TEXT
    if column.holds in (Holds.NUMBER, Holds.SHARE):
        percent = _PERCENT.fullmatch(text) if column.holds is Holds.SHARE else None
        plain = percent[1] if percent else text
        if _NUMBER.fullmatch(plain) and len(plain) <= _MOST_DIGITS:
            number = float(plain) / 100 if percent else float(plain) if "." in plain else int(plain)
            return number, AS_SHARE if percent else AS_NUMBER
    return text, AS_TEXT


def from_cell(column: Column, value: object, number_format: str) -> str:
    """The text of a cell of a workbook; raises `CellError` where it holds what no table can."""
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.replace("\u00a0", " ").split())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise CellError(f"`{value}` has a time of day", "write the day only")
        value = value.date()
    if isinstance(value, date):
        if column.holds is not Holds.DAY:
            raise CellError(
                f"the spreadsheet made the day {value} of what was typed, and this column holds no days",
                "format the cell as text, then type it again",
            )
        return value.isoformat()
    if isinstance(value, int | float):
        return _number_text(column, value, number_format)
    raise CellError(f"`{str(value)[:60]}` is no text, number or day", "format the cell as text, then type it again")


def _number_text(column: Column, value: float, number_format: str) -> str:
    if column.holds is Holds.DAY:
        raise CellError(
            f"the number {value:g} stands where a day is wanted", "format the cell as a date, or write 2027-01-31"
        )
    # A spreadsheet keeps 0.29999999999999998 of what was typed as 30 %.
    if "%" in number_format:
        return f"{value * 100:.12g}%"
    text = f"{value:.12g}"
    return text if "e" not in text else repr(value)
