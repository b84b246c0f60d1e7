"""What a briefing said, in rows that a program reads back: an answer or an earlier workbook in, a `Record` out.

The rows stand on a sheet that everybody can see; nothing in a briefing is hidden.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from riskapi.assessment.answer import Answer
from riskapi.briefing.sheets import Column, Form, Sheet, Table
from riskapi.errors import Problem, RequestError

SHEET: Final = "Record"
#: The form of the rows; a briefing of another form is not compared.
FORM: Final = "riskapi briefing record 1"
HEAD: Final = ("what", "id", "title", "status", "value")
_COLUMNS: Final = (
    Column(HEAD[0], Form.TEXT, 12),
    Column(HEAD[1], Form.TEXT, 58),
    Column(HEAD[2], Form.TEXT, 74),
    Column(HEAD[3], Form.TEXT, 16),
    Column(HEAD[4], Form.ANY, 28),
)
MAX_BYTES: Final = 20_000_000
_MAX_UNPACKED: Final = 400_000_000
_MAX_ROWS: Final = 20_000
_BROKEN: Final = (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, IndexError, EOFError, SyntaxError)

Value: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was said: `status` in words, `value` where there is a number or a text to it."""

    title: str
    status: str | None
    value: Value


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that two briefings are compared by, by what it is and its id."""

    items: Mapping[tuple[str, str], Item]

    def of(self, what: str) -> Mapping[str, Item]:
        """The items of one sort, by id."""
        return {key: item for (sort, key), item in self.items.items() if sort == what}

    def value(self, what: str, key: str) -> Value:
        """The value of one item; None where it was not said."""
        found = self.items.get((what, key))
        return found.value if found else None


def record_of(answer: Answer, content: str) -> Record:
    """What the answer says; `content` is the hash of it."""
    return Record(dict(_items(answer, content)))


def _items(answer: Answer, content: str) -> Iterator[tuple[tuple[str, str], Item]]:
    for key, title, value in _result(answer, content):
        yield ("result", key), Item(title, None, value)
    for place, party in enumerate(answer.parties):
        yield ("party", "AB"[place]), Item(party.name, None, party.company_id or party.name)
    for fact in answer.deal:
        yield ("deal", fact.fact), Item(fact.meaning, fact.evidence[0].confidence if fact.evidence else None, fact.text)
    for gate in answer.gates:
        yield ("gate", gate.rule), Item(gate.title, gate.status, gate.gate)
    for rule in answer.rules:
        yield ("rule", rule.id), Item(rule.title, rule.status, rule.points)
    for sleeping in answer.dormant:
        yield ("dormant", sleeping.id), Item(sleeping.title, sleeping.state, sleeping.weight)
    for unknown in answer.unknowns:
        key = unknown.fact if unknown.party is None else f"{unknown.fact} ({unknown.party})"
        yield ("unknown", key), Item(unknown.question, None, unknown.moves)


def _result(answer: Answer, content: str) -> Iterator[tuple[str, str, Value]]:
    status = answer.deal_status
    yield "question", "Question", answer.question
    yield "as_of", "As of", answer.as_of.isoformat()
    yield "score", "Score", answer.score
    yield "low", "Lowest", answer.low
    yield "high", "Highest", answer.high
    yield "band", "Band", answer.band.label
    yield "points", "Points", answer.points
    yield "deal_status", "Report status of the deal", status.label if status else "no deal on record"
    yield "engine", "Program", answer.versions.engine
    yield "rule_set", "Rules", answer.versions.rule_set
    yield "dataset", "Data", answer.versions.dataset
    yield "content", "SHA-256 of the content", content


def record_sheet(record: Record) -> Sheet:
    """The sheet; its first row says in which form the others are."""
    rows: list[tuple[Value, ...]] = [("form", FORM, None, None, None)]
    rows += [(what, key, item.title, item.status, item.value) for (what, key), item in record.items.items()]
    remarks = (
        "What this briefing says, in rows for a program: `riskapi export --since` reads them. Leave the sheet as it is.",
    )
    return Sheet(SHEET, (Table("record", _COLUMNS, rows),), remarks)


# Reading


def read_record(content: bytes, file: str) -> Record:
    """The record in an earlier briefing; raises `RequestError` where the bytes are no such workbook."""
    if len(content) > MAX_BYTES:
        raise _no_briefing(file, f"the workbook has more than {MAX_BYTES:,} bytes")
    try:
        _guard_against_bombs(content, file)
        with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True)) as book:
            rows = list(_rows(book)) if SHEET in book.sheetnames else []
    except _BROKEN as error:
        raise _no_briefing(file, f"the file is no workbook that can be read: {error}"[:300]) from None
    if not rows or rows[0][:2] != ("form", FORM):
        raise _no_briefing(file, f"the sheet `{SHEET}` is missing, or its form is not `{FORM}`")
    return Record({(str(what), str(key)): _item(rest) for what, key, *rest in rows[1:] if what and key})


def _guard_against_bombs(content: bytes, file: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _MAX_UNPACKED:
        raise _no_briefing(file, f"the workbook has {size:,} bytes unpacked, more than {_MAX_UNPACKED:,}")


def _rows(book: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401  # openpyxl has no type for what is only read
    found = False
    for number, row in enumerate(book[SHEET].iter_rows(max_col=len(HEAD), values_only=True)):
        if number > _MAX_ROWS:
            raise ValueError(f"the sheet `{SHEET}` has more than {_MAX_ROWS:,} rows")
        if found:
            yield tuple(row)
        found = found or tuple(row) == HEAD


def _item(rest: list[Any]) -> Item:
    title, status, value = rest
    is_plain = value is None or isinstance(value, str | int | float | bool)
    return Item(str(title or ""), None if status is None else str(status), value if is_plain else str(value))


def _no_briefing(file: str, detail: str) -> RequestError:
    hint = "name a workbook that `riskapi export --out NAME.xlsx` made"
    return RequestError(Problem(code="bad-briefing", detail=detail, file=file, hint=hint))
