"""Findings: what a careful editor would mend although the tables can be read and a database be built.

Enters: sound rows of all tables. Leaves: problems with their places, told by `riskapi data check`. Nothing is read here.

Rows out of order (each table is sorted by its key, so that a change is a small diff), names that two companies share,
circles of majority holdings, votes above the whole, codes of languages, scripts and countries inside identifiers that no
standard knows, and deals that ended before they were announced.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import pycountry

from riskapi.errors import Problem
from riskapi.warehouse.checks import Sheet, first_and_last_day, too_much
from riskapi.warehouse.countries import country_names
from riskapi.warehouse.rows import Cell, Row
from riskapi.warehouse.schema import Table

#: A holding of more than this many percent decides alone.
HALF = 50.0

#: Names of these kinds tell one company from others; a brand, an acronym or a former name may be shared.
TELLING_KINDS = frozenset({"legal", "short", "native", "transliteration"})

#: In the note of a company that shares its name with another one and is not it.
NAMESAKE = re.compile(r"namesake of ([a-z0-9-]+)")

#: Prefixes of an ISIN that are no countries: international securities and depositories, the European Union.
ISIN_PREFIXES = frozenset({"XS", "XA", "XB", "XC", "XD", "XF", "EU"})

#: Columns whose codes belong to a standard.
STANDARD_COLUMNS = {"language": "a language (ISO 639)", "script": "a script (ISO 15924)"}


def dataset_findings(folder: Path, tables: Sequence[Table], rows: Mapping[str, Sequence[Row]]) -> list[Problem]:
    """All findings of the tables, table by table."""
    sheets = {table.name: Sheet(str(folder / table.file), table, rows[table.name]) for table in tables}
    found = [problem for sheet in sheets.values() for problem in (*_unsorted(sheet), *_unknown_codes(sheet))]
    if "ownership" in sheets:
        found += [*_circles(sheets["ownership"]), *_votes(sheets["ownership"])]
    if "companies" in sheets and "names" in sheets:
        found += _shared_names(sheets["companies"], sheets["names"])
    if "deals" in sheets:
        found += _ended_before(sheets["deals"])
    return found


# --- order -----------------------------------------------------------------------------------------------------------


def sort_key(table: Table, row: Row) -> tuple[str, ...]:
    """What rows are sorted by: the cells of the key as they stand in the file."""
    return tuple(_as_text(row[name]) for name in table.key)


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    return "|".join(cell) if isinstance(cell, tuple) else str(cell)


def _unsorted(sheet: Sheet) -> Iterator[Problem]:
    """The first row that stands after a greater one; one problem a table, since one sort mends all."""
    keys = [sort_key(sheet.table, row) for row in sheet.rows]
    late = [index for index in range(1, len(keys)) if keys[index] < keys[index - 1]]
    if late:
        row = sheet.rows[late[0]]
        place = next(index for index, key in enumerate(keys) if key > keys[late[0]])
        more = f"; {len(late) - 1} more rows are out of order" if len(late) > 1 else ""
        yield sheet.problem(
            row,
            sheet.table.key[0],
            "rows-unsorted",
            f"the row belongs before line {sheet.rows[place].line}{more}",
            f"sort {sheet.table.file} by {', '.join(sheet.table.key)}",
        )


# --- standards -------------------------------------------------------------------------------------------------------


def _unknown_codes(sheet: Sheet) -> Iterator[Problem]:
    for column in sheet.table.columns:
        if column.name in STANDARD_COLUMNS or column.check == "isin":
            for row in sheet.rows:
                cell = row[column.name]
                if isinstance(cell, str) and not _is_standard(column.name, cell):
                    what = STANDARD_COLUMNS.get(column.name, "an ISIN: it starts with no country")
                    detail = f"`{cell}` is not {what}"
                    yield sheet.problem(row, column.name, "code-unknown", detail, "look the code up in the standard")


@cache
def _is_standard(column: str, cell: str) -> bool:
    if column == "language":
        code, *_ = cell.split("-")
        return pycountry.languages.get(**{f"alpha_{len(code)}": code}) is not None
    if column == "script":
        return pycountry.scripts.get(alpha_4=cell) is not None
    return cell[:2] in country_names() or cell[:2] in ISIN_PREFIXES


# --- ownership -------------------------------------------------------------------------------------------------------


def _votes(sheet: Sheet) -> Iterator[Problem]:
    by_owned: dict[str, list[Row]] = defaultdict(list)
    for row in sheet.rows:
        if row["kind"] == "voting" and row["share_pct"] is not None:
            by_owned[str(row["owned_id"])].append(row)
    for owned, held in by_owned.items():
        problem = too_much(sheet, owned, held, what="votes", code="votes-exceed-100")
        if problem:
            yield problem


def _circles(sheet: Sheet) -> Iterator[Problem]:
    """Companies that hold more than half of each other in a circle, on the first day on which they do."""
    held = [row for row in sheet.rows if row["kind"] in ("equity", "voting") and _share(row) > HALF]
    told: set[frozenset[str]] = set()
    for day in sorted({_span(sheet, row)[0] for row in held}):
        above: dict[str, list[Row]] = defaultdict(list)
        for row in held:
            first, last = _span(sheet, row)
            if first <= day <= last:
                above[str(row["owned_id"])].append(row)
        for start in sorted(above):
            members = _circle(above, start)
            if members and frozenset(members) not in told:
                told.add(frozenset(members))
                yield _told_circle(sheet, above, members, day)


def _circle(above: Mapping[str, Sequence[Row]], start: str) -> list[str]:
    """The shortest way up from `start` back to itself, or nothing."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for row in above.get(way[-1], ()):
            owner = str(row["owner_id"])
            if owner == start:
                return way
            if owner not in seen:
                seen.add(owner)
                ways.append([*way, owner])
    return []


def _told_circle(sheet: Sheet, above: Mapping[str, Sequence[Row]], members: Sequence[str], day: date) -> Problem:
    rows = [row for member in members for row in above[member] if str(row["owner_id"]) in members]
    last = max(rows, key=lambda row: row.line)
    since = "from the start" if day == date.min else f"on {day}"
    way = " is held by ".join(f"`{member}`" for member in (*members, members[0]))
    detail = f"majority holdings run in a circle {since}: {way} (lines {', '.join(str(row.line) for row in rows)})"
    return sheet.problem(last, "owner_id", "majority-circle", detail, "end or correct one of them")


def _share(row: Row) -> float:
    share = row["share_pct"]
    return float(share) if isinstance(share, int | float) else 0.0


def _span(sheet: Sheet, row: Row) -> tuple[date, date]:
    return first_and_last_day(sheet.table.span, row) if sheet.table.span else (date.min, date.max)


# --- names -----------------------------------------------------------------------------------------------------------


def _shared_names(companies: Sheet, names: Sheet) -> Iterator[Problem]:
    """Two companies with one name of a telling kind, unless one of them is marked as a namesake of the other."""
    bearers: dict[str, dict[str, tuple[Sheet, Row, str]]] = defaultdict(dict)
    for sheet, row, column in _telling(companies, names):
        key = _plain(str(row[column]))
        if key:
            bearers[key].setdefault(str(row["company_id"]), (sheet, row, column))
    namesakes = {
        frozenset((str(row["company_id"]), other))
        for row in companies.rows
        for other in NAMESAKE.findall(str(row["note"] or ""))
    }
    for by_company in bearers.values():
        (first, *others) = sorted(by_company)
        for other in others:
            if frozenset((first, other)) not in namesakes:
                sheet, row, column = by_company[other]
                place = f"line {by_company[first][1].line} of {by_company[first][0].table.file}"
                detail = f"`{row[column]}` is also a name of `{first}` ({place})"
                hint = f"join the two, change the kind of one, or write `namesake of {first}` in the note of `{other}`"
                yield sheet.problem(row, column, "name-shared", detail, hint)


def _telling(companies: Sheet, names: Sheet) -> Iterator[tuple[Sheet, Row, str]]:
    for column in ("name", "legal_name"):
        for row in companies.rows:
            if row[column] is not None:
                yield companies, row, column
    for row in names.rows:
        if row["kind"] in TELLING_KINDS:
            yield names, row, "name"


def _plain(name: str) -> str:
    """A name without case, punctuation and width; coarser keys are the resolver's business."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold()))


# --- deals -----------------------------------------------------------------------------------------------------------


def _ended_before(sheet: Sheet) -> Iterator[Problem]:
    hint = "correct one of the two days"
    for row in sheet.rows:
        announced, ended = row["announced_on"], row["outcome_on"]
        if isinstance(announced, date) and isinstance(ended, date) and ended < announced:
            detail = f"the outcome of {ended} lies before the announcement of {announced}"
            yield sheet.problem(row, "outcome_on", "outcome-before-announcement", detail, hint)
