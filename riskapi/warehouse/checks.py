"""Checks that need more than one cell: keys, spans, references, shares, provenance.

Enters: sound rows. Leaves: problems with their places. Nothing is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from riskapi.errors import Problem, did_you_mean
from riskapi.warehouse.rows import Row
from riskapi.warehouse.schema import Span, Table

#: Rounding in published shareholdings: direct holdings may add up to this much more than 100 percent.
SHARE_TOLERANCE = 0.5


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with the file it was read from, to say where a problem is."""

    file: str
    table: Table
    rows: Sequence[Row]

    def problem(self, row: Row, column: str, code: str, detail: str, hint: str | None = None) -> Problem:
        """A problem of one cell."""
        position = self.table.header.index(column) + 1
        return Problem(
            code=code, detail=detail, hint=hint, file=self.file, line=row.line, column=position, field=column
        )


def dataset_problems(folder: Path, tables: Sequence[Table], rows: Mapping[str, Sequence[Row]]) -> list[Problem]:
    """What is wrong inside tables, between tables, and in the ownership graph."""
    sheets = {table.name: Sheet(str(folder / table.file), table, rows[table.name]) for table in tables}
    problems = [problem for sheet in sheets.values() for problem in _inside(sheet)]
    problems += [problem for sheet in sheets.values() for problem in _dangling(sheet, rows)]
    if "ownership" in sheets:
        problems += _ownership_problems(sheets["ownership"])
    if "owners" in sheets and "companies" in sheets:
        problems += _ids_taken(sheets["owners"], {row["company_id"] for row in rows["companies"]})
    return problems


def _inside(sheet: Sheet) -> list[Problem]:
    problems = _repeated_keys(sheet)
    if sheet.table.span:
        problems += _backwards(sheet, sheet.table.span) or _overlaps(sheet, sheet.table.span)
    if sheet.table.has_provenance():
        problems += _unsourced(sheet)
    return problems


def _unsourced(sheet: Sheet) -> list[Problem]:
    detail, hint = "a row without a source is of low confidence", "name the source, or write low"
    return [
        sheet.problem(row, "confidence", "source-missing", detail, hint)
        for row in sheet.rows
        if row["source_url"] is None and row["confidence"] != "low"
    ]


def _ids_taken(owners: Sheet, companies: set[object]) -> list[Problem]:
    hint = "an owner that is a company stands in companies.csv only"
    return [
        owners.problem(row, "owner_id", "id-taken", f"`{row['owner_id']}` is also a company", hint)
        for row in owners.rows
        if row["owner_id"] in companies
    ]


def _repeated_keys(sheet: Sheet) -> list[Problem]:
    seen: dict[tuple[object, ...], int] = {}
    problems = []
    names = sheet.table.key
    for row in sheet.rows:
        key = tuple(row[name] for name in names)
        first = seen.setdefault(key, row.line)
        if first != row.line:
            words = ", ".join("(empty)" if part is None else str(part) for part in key)
            detail, hint = f"{words} stands already on line {first}", f"no two rows may share {', '.join(names)}"
            problems.append(sheet.problem(row, names[0], "key-repeated", detail, hint))
    return problems


def first_and_last_day(span: Span, row: Row) -> tuple[date, date]:
    """The days on which a row holds, both included; open ends become the ends of the calendar."""
    start, end = row[span.start], row[span.end]
    first = start if isinstance(start, date) else date.min
    last = end if isinstance(end, date) else date.max
    if isinstance(end, date) and not span.last_day_included:
        last = end - timedelta(days=1)
    return first, last


def _backwards(sheet: Sheet, span: Span) -> list[Problem]:
    hint = "exchange them, or leave the one that is not known empty"
    problems = []
    for row in sheet.rows:
        first, last = first_and_last_day(span, row)
        if first > last:
            detail = f"`{span.end}` {row[span.end]} leaves no day from `{span.start}` {row[span.start]} on"
            problems.append(sheet.problem(row, span.end, "span-backwards", detail, hint))
    return problems


def _overlaps(sheet: Sheet, span: Span) -> list[Problem]:
    by_subject: dict[tuple[object, ...], list[tuple[date, date, Row]]] = defaultdict(list)
    for row in sheet.rows:
        by_subject[tuple(row[name] for name in span.subject)].append((*first_and_last_day(span, row), row))
    problems = []
    for subject, spans in by_subject.items():
        ordered = sorted(spans, key=lambda item: (item[0], item[1], item[2].line))
        for (_, last, earlier), (first, _, later) in pairwise(ordered):
            if first <= last:
                words = ", ".join(str(part) for part in subject if part is not None)
                detail = f"{words}: this span starts while that of line {earlier.line} still runs"
                hint = f"end the earlier span with `{span.end}`"
                problems.append(sheet.problem(later, span.start, "spans-overlap", detail, hint))
    return problems


def _dangling(sheet: Sheet, rows: Mapping[str, Sequence[Row]]) -> Iterator[Problem]:
    for column in sheet.table.columns:
        if not column.references:
            continue
        targets = [reference.split(".") for reference in column.references]
        known = {str(row[name]) for table, name in targets for row in rows.get(table, ())}
        for row in sheet.rows:
            value = row[column.name]
            if value is not None and value not in known:
                hint = did_you_mean(str(value), known) or f"add it to {targets[0][0]}.csv"
                detail = f"`{value}` is not in {' or '.join(column.references)}"
                yield sheet.problem(row, column.name, "reference-unknown", detail, hint)


def _ownership_problems(sheet: Sheet) -> list[Problem]:
    problems = [
        sheet.problem(row, "owned_id", "owns-itself", f"`{row['owner_id']}` cannot own itself", "take the row out")
        for row in sheet.rows
        if row["owner_id"] == row["owned_id"]
    ]
    by_owned: dict[str, list[Row]] = defaultdict(list)
    for row in sheet.rows:
        if row["kind"] == "equity" and row["share_pct"] is not None:
            by_owned[str(row["owned_id"])].append(row)
    for owned, held in by_owned.items():
        if problem := too_much(sheet, owned, held, what="equity holdings", code="shares-exceed-100"):
            problems.append(problem)
    return problems


def too_much(sheet: Sheet, owned: str, holdings: Sequence[Row], *, what: str, code: str) -> Problem | None:
    """The first day on which direct holdings of one kind in one company add up to more than the whole."""
    spans = [(*first_and_last_day(sheet.table.span, row), row) for row in holdings] if sheet.table.span else []
    for day in sorted({first for first, _, _ in spans}):
        held = [row for first, last, row in spans if first <= day <= last]
        total = sum(float(str(row["share_pct"])) for row in held)
        if total > 100 + SHARE_TOLERANCE:
            since = "from the start" if day == date.min else f"on {day}"
            lines = ", ".join(str(row.line) for row in held)
            detail = f"direct {what} of `{owned}` add up to {total:g} percent {since} (lines {lines})"
            last_row = max(held, key=lambda row: row.line)
            return sheet.problem(last_row, "share_pct", code, detail, "end or correct one of them")
    return None
