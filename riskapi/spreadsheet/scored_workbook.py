"""A scored file as a workbook: the pairings with their answers, the reasons, and what the answers were made with.

Enters: a scored file. Leaves: the bytes of an .xlsx file. It can be filled in further and scored again: the drop-downs are
those of the template.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from riskapi.assessment.words import code_words, gate_words
from riskapi.briefing.bulk import BulkValue
from riskapi.briefing.marks import STATUS_MARKS, band_mark, lines
from riskapi.briefing.method import SCORE_WORDS
from riskapi.briefing.sheets import (
    CellValue,
    Column,
    Document,
    Form,
    Link,
    LongTable,
    Mark,
    Paper,
    Sheet,
    Table,
    Tone,
    Toned,
    document_bytes,
    plain,
)
from riskapi.spreadsheet.arrange import Arranged, Part, arranged
from riskapi.spreadsheet.columns import Catalogue, Known
from riskapi.spreadsheet.grid import Cell, is_blank
from riskapi.spreadsheet.results import ANSWERED, REFUSED, ScoredFile, ScoredRow
from riskapi.spreadsheet.template import (
    CHECKED_ROWS,
    COLUMNS,
    COLUMNS_A_PAGE,
    LISTS,
    Places,
    columns_sheet,
    form_of,
    lists_of,
)
from riskapi.spreadsheet.workbook_file import SHEET

REASONS: Final = "Reasons"
METHOD: Final = "Method and versions"
#: More lines than anybody reads, and as many as a program opens without trouble.
MOST_REASONS: Final = 60_000
#: Reasons that are shown with colours, links and all their lines.
MOST_MARKED: Final = 3_000
_OWN_SHEETS: Final = frozenset(name.casefold() for name in (REASONS, METHOD, LISTS, COLUMNS))
_LONGEST_TITLE: Final = 31
_LONGEST_HEADING: Final = 255
_WIDTHS: Final = {
    "Result": 15, "Score": 9, "Lowest": 10, "Highest": 10, "Band": 14, "Legal gates": 32, "Raises the score": 46,
    "Lowers the score": 46, "Worth finding out": 52, "Report status": 20, "Companies": 34, "Answered as of": 13, "Warnings": 44,
}  # fmt: skip
_FORMS: Final = {
    "Score": Form.SCORE, "Lowest": Form.SCORE, "Highest": Form.SCORE, "Answered as of": Form.DATE, "Result": Form.TEXT,
}  # fmt: skip


def scored_workbook(scored: ScoredFile, catalogue: Catalogue, places: Places) -> bytes:
    """The workbook; the same scored file always gives the same bytes."""
    columns = arranged(scored)
    sheets = [
        _pairings(scored, columns, catalogue, places),
        _reasons(scored),
        _method(scored),
        columns_sheet(catalogue),
        lists_of(places),
        *_others(scored),
    ]
    document = Document(
        title="Pairings with their scores",
        subject=f"{scored.answered} answered, {scored.refused} not answered",
        keywords=f"as of {scored.as_of}; rules {scored.versions.rule_set}; data {scored.versions.dataset}",
        day=scored.as_of,
        foot=f"As of {scored.as_of}. Not legal advice.",
        paper=Paper.A4,
    )
    return document_bytes(sheets, document)


def _pairings(scored: ScoredFile, columns: Sequence[Arranged], catalogue: Catalogue, places: Places) -> Sheet:
    known = {column.key: column for column in catalogue.columns}
    shown = [_column(item, known.get(item.key or ""), places) for item in columns]
    rows = [[_shown(item, place) for item in columns] for place in range(len(scored.rows))]
    name = "pairings" if _can_be_named([item.heading for item in columns]) else None
    above = [list(row) for row in scored.grid.rows[: scored.head]]
    table = Table(name, tuple(shown), rows, open_rows=CHECKED_ROWS, columns_a_page=COLUMNS_A_PAGE)
    return Sheet(_title(scored.grid.sheet), (table,), above=above)


def _title(sheet: str | None) -> str:
    """The title of the sheet as it was, as far as a sheet may bear it beside ours."""
    title = re.sub(r"[\[\]:*?/\\]", " ", plain(sheet or SHEET)).strip(" '")[:_LONGEST_TITLE]
    return SHEET if not title or title.casefold() in _OWN_SHEETS else title


def _column(item: Arranged, known: Known | None, places: Places) -> Column:
    heading = "" if item.heading is None else str(item.heading)
    if item.part is Part.ERROR:
        return Column(heading, Form.LONG, 40)
    if item.part is Part.ANSWER:
        return Column(heading, _FORMS.get(heading, Form.LONG), _WIDTHS[heading])
    width = max((len(str(cell)) for cell in item.cells if cell is not None), default=10)
    check, form = (None, Form.ANY) if known is None else (places.check_of(known), form_of(known))
    return Column(heading, form, min(max(width + 3, 12), 40), check)


def _shown(item: Arranged, place: int) -> CellValue:
    value = item.cells[place]
    if value is None:
        return Mark("", Tone.APPLIES) if place in item.wrong else None
    if place in item.wrong:
        return Toned(value, Tone.APPLIES)
    if item.part is Part.ANSWER and item.heading == "Band":
        return band_mark(str(value).casefold(), str(value))
    if item.part is Part.ANSWER and value == REFUSED:
        return Mark(REFUSED, Tone.APPLIES)
    return value


def _can_be_named(headings: Sequence[Cell]) -> bool:
    """Whether Excel takes the headings for those of a table: texts, none empty, none twice, none over several lines."""
    words = [
        heading.casefold()
        for heading in headings
        if isinstance(heading, str)
        and plain(heading) == heading
        and "\n" not in heading
        and len(heading) <= _LONGEST_HEADING
    ]
    return len(words) == len(headings) and len(set(words)) == len(words)


# The other sheets


def _reasons(scored: ScoredFile) -> Sheet:
    columns = (
        Column("Row", Form.COUNT, 7), Column("Label", Form.LONG, 20), Column("Pairing", Form.LONG, 28),
        Column("Rule", Form.LONG, 40), Column("Status", Form.LONG, 15), Column("Points", Form.CHANGE, 10),
        Column("Gate", Form.LONG, 18), Column("Jurisdiction", Form.TEXT, 12), Column("Because", Form.LONG, 70),
        Column("Not known", Form.LONG, 30), Column("Citation", Form.LONG, 32), Column("Rule id", Form.LONG, 40),
    )  # fmt: skip
    rows = []
    for row in scored.rows:
        rows += list(_reasons_of(row))
    remarks = [
        "Points are those of the scorecard: +10 double the odds of an adverse outcome. (?) counts while not known."
    ]
    if len(rows) > MOST_REASONS:
        remarks.append(f"The first {MOST_REASONS:,} of {len(rows):,} reasons; the JSON form has all.")
    if len(rows) > MOST_MARKED:
        plain = [[_plain(value) for value in row] for row in rows[:MOST_REASONS]]
        return Sheet(REASONS, (LongTable("reasons", columns, plain),), tuple(remarks))
    return Sheet(REASONS, (Table("reasons", columns, rows),), tuple(remarks))


def _plain(value: CellValue) -> BulkValue:
    """The value without colour and address, which take too long to write for very many rows."""
    if isinstance(value, Mark | Link):
        return value.text
    return value if isinstance(value, str | int | float | date) else None


def _reasons_of(row: ScoredRow) -> Iterator[tuple[CellValue, ...]]:
    if row.answer is None:
        return
    pairing = " and ".join(party.name for party in row.answer.parties)
    for item in row.answer.reasons:
        status = STATUS_MARKS[item.status]
        yield (
            row.row + 1,
            row.label,
            pairing,
            item.title,
            Mark(f"{status.text} (?)", status.tone) if item.is_open else status,
            item.points,
            gate_words(item.gate) if item.gate else None,
            item.jurisdiction,
            item.because,
            lines(code_words(fact) for fact in item.unknown_facts),
            Link(item.citation, item.source),
            item.rule,
        )


def _method(scored: ScoredFile) -> Sheet:
    columns = (Column("About", Form.LONG, 22), Column("Item", Form.LONG, 34), Column("What it says", Form.ANY, 90))
    return Sheet(METHOD, (Table("method", columns, list(_method_rows(scored))),), (scored.notice,))


def _method_rows(scored: ScoredFile) -> Iterator[tuple[CellValue, ...]]:
    yield "Result", "Rows answered", scored.answered
    yield "Result", "Rows not answered", scored.refused
    yield "Result", "As of, where a row states no day", scored.as_of
    yield "Result", "Program", f"riskapi {scored.versions.engine}"
    yield "Result", "Rules", scored.versions.rule_set
    yield "Result", "Data", scored.versions.dataset
    yield "Result", "File that was read", scored.grid.name
    yield "Result", "SHA-256 of that file", scored.file_hash
    for notice in scored.notices:
        yield "Reading", "Keep in mind", notice
    yield "Reading", "What is kept", _KEPT
    bands = Counter(row.answer.band_label for row in scored.rows if row.status == ANSWERED and row.answer)
    for band, count in bands.items():
        yield "Bands", band, count
    for item, text in (SCORE_WORDS | _OF_ROWS).items():
        if item != "Comparables":
            yield "How to read it", item, text


#: What a briefing shows on sheets of their own, and a file of pairings in columns.
_OF_ROWS: Final = {
    "Not known": "A rule that needs a fact which is not known may apply. It counts in the score only where its author says "
    "so, and is marked (?) then. Facts whose answers would move the result most stand in the column Worth finding out.",
    "Gates": "Legal consequences stand beside the score, in the column Legal gates. `May apply` waits for facts that are not "
    "known.",
}
_KEPT: Final = (
    "Every cell of the table as a value, in its place. Formats, formulas, comments and pictures are not kept."
)


def _others(scored: ScoredFile) -> Iterator[Sheet]:
    """The other sheets of the file, as values."""
    for sheet in scored.grid.others:
        if sheet.title.casefold() not in _OWN_SHEETS and not all(map(is_blank, sheet.rows)):
            yield Sheet(_title(sheet.title), (), above=[list(row) for row in sheet.rows])
