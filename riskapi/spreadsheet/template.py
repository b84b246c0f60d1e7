"""The workbook to fill in: the vocabulary in, the bytes of an .xlsx file out; the same vocabulary always gives the same bytes.

`Pairings` is to be filled in, `Columns` explains every column that is read, `Lists` has the values of the drop-downs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from riskapi.assessment.words import code_words
from riskapi.briefing.checks import Takes, listed
from riskapi.briefing.sheets import (
    CellValue,
    Check,
    Column,
    Document,
    Form,
    Paper,
    Sheet,
    Table,
    Within,
    document_bytes,
)
from riskapi.facts.vocabulary import Fact, FactType, Vocabulary, World
from riskapi.spreadsheet.columns import Catalogue, Known, catalogue
from riskapi.spreadsheet.values import NOT_KNOWN
from riskapi.spreadsheet.workbook_file import SHEET

LISTS: Final = "Lists"
COLUMNS: Final = "Columns"
#: Rows below the last one in which the drop-downs work.
OPEN_ROWS: Final = 300
CHECKED_ROWS: Final = 50
COLUMNS_A_PAGE: Final = 8
#: The date that the file bears; it says nothing.
_DAY: Final = date(2026, 1, 1)
YES_NO: Final = ("yes", "no", NOT_KNOWN)
_LIST_HEAD: Final = 3  # row of the headings of the lists, below a remark and an empty row
_WIDTHS: Final = {FactType.BOOL: 14, FactType.INT: 11, FactType.FLOAT: 14, FactType.DATE: 13, FactType.LIST: 26}
_REMARKS: Final = (
    (
        "One pairing in each row. Leave empty what is not known: it widens the range of the result. Columns of your own "
        "are kept. Then: riskapi score --file pairings.xlsx --out scored.xlsx"
    ),
    f"The sheet `{COLUMNS}` says what each column means, and which more are read. Choose a cell to read about its column.",
)
_TYPES: Final = {
    FactType.BOOL: "yes, no or not known",
    FactType.INT: "whole number",
    FactType.FLOAT: "number",
    FactType.STR: "text",
    FactType.DATE: "date",
    FactType.LIST: "one or several, parted by semicolons",
}


@dataclass(frozen=True)
class Places:
    """The values of the lists, and where on the sheet `Lists` each of them stands."""

    lists: Mapping[str, Mapping[str, str]]  # by name: codes with their labels

    @classmethod
    def over(cls, known: Catalogue, vocabulary: Vocabulary) -> Places:
        """The lists that the columns draw from."""
        facts = [column.fact for column in known.columns if column.fact is not None and column.fact.domain]
        return cls({fact.domain: vocabulary.codes(fact) or {} for fact in facts if fact.domain})

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """List, label and code, each list sorted by its labels."""
        for name, codes in self.lists.items():
            for code, label in sorted(codes.items(), key=lambda item: item[1].casefold()):
                yield list_words(name), label, code

    def range_of(self, name: str) -> str:
        """Where the labels of a list stand, for a formula."""
        start = _LIST_HEAD + 1
        for other, codes in self.lists.items():
            if other == name:
                return f"'{LISTS}'!$B${start}:$B${start + len(codes) - 1}"
            start += len(codes)
        raise KeyError(name)

    def check_of(self, column: Known) -> Check | None:
        """What the cells of a column take."""
        title, prompt = column.heading, _prompt(column)
        fact = column.fact
        if column.pointer == "/as_of" or (fact is not None and fact.type is FactType.DATE):
            return Check(takes=Takes.DATE, title=title, prompt=prompt)
        if fact is None:
            is_choice = column.pointer.endswith("/inline")
            takes, allowed = (Takes.LIST, listed(YES_NO[:2])) if is_choice else (Takes.ANYTHING, None)
            return Check(takes=takes, title=title, prompt=prompt, allowed=allowed)
        if fact.domain:
            # A list takes several labels in a cell, so that the drop-down can only offer them one by one.
            is_one = fact.type is not FactType.LIST
            return Check(
                takes=Takes.LIST, title=title, prompt=prompt, allowed=self.range_of(fact.domain), is_strict=is_one
            )
        return _plain_check(fact, title, prompt)


def _plain_check(fact: Fact, title: str, prompt: str) -> Check:
    match fact.type:
        case FactType.BOOL:
            return Check(takes=Takes.LIST, title=title, prompt=prompt, allowed=listed(YES_NO))
        case FactType.INT | FactType.FLOAT:
            takes = Takes.WHOLE if fact.type is FactType.INT else Takes.NUMBER
            return Check(takes=takes, title=title, prompt=prompt, low=fact.minimum, high=fact.maximum, is_strict=False)
    return Check(takes=Takes.ANYTHING, title=title, prompt=prompt)


def template_workbook(vocabulary: Vocabulary) -> bytes:
    """The workbook to fill in, with one row as an example."""
    known = catalogue(vocabulary)
    places = Places.over(known, vocabulary)
    document = Document(
        title="Pairings to score",
        subject="A template: one pairing of two companies in each row",
        day=_DAY,
        foot="Pairings to score",
        paper=Paper.A4,
    )
    return document_bytes([_pairings(known, places), columns_sheet(known), lists_of(places)], document)


def template_csv(vocabulary: Vocabulary) -> bytes:
    """The same headings and example as text."""
    columns = list(catalogue(vocabulary).template)
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([column.heading for column in columns])
    writer.writerow(["" if column.example is None else column.example for column in columns])
    return target.getvalue().encode("utf-8-sig")


def form_of(column: Known) -> Form:
    """How the cells of a column are shown."""
    fact = column.fact
    if column.pointer == "/as_of" or (fact is not None and fact.type is FactType.DATE):
        return Form.DATE
    if fact is not None and fact.type is FactType.FLOAT:
        return Form.SHARE if fact.unit == "share" else Form.COUNT
    return Form.ANY


def list_words(name: str) -> str:
    """The name of a list of codes in words."""
    return code_words(name).capitalize()


def _pairings(known: Catalogue, places: Places) -> Sheet:
    columns = [
        Column(column.heading, form_of(column), _width(column), places.check_of(column)) for column in known.template
    ]
    example = [column.example for column in known.template]
    table = Table("pairings", tuple(columns), [example], open_rows=OPEN_ROWS, columns_a_page=COLUMNS_A_PAGE)
    return Sheet(SHEET, (table,), _REMARKS)


def _width(column: Known) -> float:
    longest = len(str(column.example)) + 3 if column.example is not None else 0
    base = _WIDTHS.get(column.fact.type, 18) if column.fact is not None else 20
    return max(base, min(longest, 30))


def columns_sheet(known: Catalogue) -> Sheet:
    """What each column means, takes, and may be called."""
    columns = (
        Column("Heading", Form.LONG, 32), Column("In the template", Form.TEXT, 12), Column("Meaning", Form.LONG, 70),
        Column("Takes", Form.LONG, 30), Column("Allowed values", Form.LONG, 44), Column("If left empty", Form.LONG, 28),
        Column("Example", Form.ANY, 24), Column("Name of the fact", Form.LONG, 34),
    )  # fmt: skip
    rows = [_about(column) for column in known.columns]
    remark = (
        "Every column that is read. A heading may be the one given here or the name of the fact; case and spaces do not "
        "matter. Any other column is yours and is kept as it is."
    )
    return Sheet(COLUMNS, (Table("columns", columns, rows),), (remark,))


def _about(column: Known) -> list[CellValue]:
    example = column.example
    if isinstance(example, float):
        example = f"{example:.0%}"
    elif isinstance(example, int) and column.fact is not None and column.fact.type is FactType.FLOAT:
        example = f"{example:,}"
    return [
        column.heading, "yes" if column.in_template else "no", column.meaning, _takes(column), _allowed(column),
        _silence(column), example, column.key,
    ]  # fmt: skip


def _takes(column: Known) -> str:
    if column.fact is None:
        return {"/as_of": "date"}.get(column.pointer, "yes or no" if column.pointer.endswith("/inline") else "text")
    if column.fact.unit == "share":
        return "share: 25% or 0.25"
    if column.fact.domain:
        several = column.fact.type is FactType.LIST
        return "several of a list, parted by semicolons" if several else "one of a list"
    unit = f" ({column.fact.unit})" if column.fact.unit and column.fact.unit != "year" else ""
    return f"{_TYPES[column.fact.type]}{unit}"


def _allowed(column: Known) -> CellValue:
    fact = column.fact
    if fact is None:
        return None
    if fact.domain:
        return Within(f"{list_words(fact.domain)}: see Lists", LISTS)
    if fact.type is FactType.BOOL:
        return ", ".join(YES_NO)
    if fact.minimum is not None:
        return f"at least {fact.minimum:,g}" if fact.maximum is None else f"{fact.minimum:g} to {fact.maximum:g}"
    return None


def _silence(column: Known) -> str:
    """What an empty cell means."""
    fact = column.fact
    if column.is_party:
        return "the row cannot be answered"
    if column.pointer == "/as_of":
        return "the day that is given for the file, or today"
    if column.pointer == "/foreign_party":
        return "whoever is foreign in the country of the activity"
    if fact is None or "/parties/" in column.pointer:
        return "as the datasets have it" if column.pointer else "nothing"
    if fact.name == "deal.signed_on":
        return "signed on the as-of date"
    if fact.world is World.CLOSED:
        return f"taken as {_default(fact.default)}; write `{NOT_KNOWN}` to leave it open"
    return "not known"


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value == () else f"{value:g}" if isinstance(value, float) else str(value)


def _prompt(column: Known) -> str:
    """What is said when a cell is chosen."""
    takes = _takes(column)
    return f"{column.meaning}\n({takes})" if takes != "text" else column.meaning


def lists_of(places: Places) -> Sheet:
    """The values of all lists."""
    columns = (Column("List", Form.TEXT, 22), Column("Value", Form.LONG, 60), Column("Code", Form.TEXT, 36))
    remarks = (
        "The values that columns take: write the value or its code. The drop-downs read this sheet; leave it as it is.",
    )
    return Sheet(LISTS, (Table("lists", columns, list(places.rows())),), remarks)
