"""Reads the CSV tables strictly: every problem with its file, line, column and what to do about it.

Enters: the datasets folder. Leaves: `Dataset`, typed rows of every table, or one `DataError` with all problems.
Checks that need more than one row or table are in `checks`; what does not keep a database from being built, in `findings`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias

from riskapi.errors import DataError, Problem, did_you_mean
from riskapi.warehouse import checks, findings
from riskapi.warehouse.countries import country_names
from riskapi.warehouse.identifiers import CHECKS
from riskapi.warehouse.rows import Cell, Row
from riskapi.warehouse.schema import Column, Kind, Table
from riskapi.warehouse.tables import CODES, TABLES

Domains: TypeAlias = Mapping[str, Mapping[str, str]]

#: More problems than this are counted and not printed.
PROBLEMS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Dataset:
    """All tables, checked."""

    rows: Mapping[str, tuple[Row, ...]]
    domains: Domains


def load_dataset(folder: Path, tables: Sequence[Table] = TABLES) -> Dataset:
    """Read and check every table in `folder`; raises `DataError` with the first 200 problems and a count of others."""
    rows, domains, problems = read_dataset(folder, tables)
    if problems:
        raise DataError(capped(problems))
    return Dataset(rows=rows, domains=domains)


def check_dataset(folder: Path, tables: Sequence[Table] = TABLES) -> Dataset:
    """Like `load_dataset`, and raises for findings too: what a careful editor would mend, though it can be built."""
    rows, domains, problems = read_dataset(folder, tables)
    if len(rows) == len(tables):
        problems = _in_order([*problems, *findings.dataset_findings(folder, tables, rows)])
    if problems:
        raise DataError(capped(problems))
    return Dataset(rows=rows, domains=domains)


def read_dataset(
    folder: Path, tables: Sequence[Table] = TABLES
) -> tuple[dict[str, tuple[Row, ...]], Domains, list[Problem]]:
    """Like `load_dataset`, but hands back the sound rows and every problem instead of raising."""
    if not folder.is_dir():
        return {}, {}, [_no_folder(folder)]
    codes, problems = read_table(folder / CODES.file, CODES, {})
    domains = domains_of(codes)
    rows = {CODES.name: codes}
    for table in tables:
        if table.name != CODES.name:
            rows[table.name], found = read_table(folder / table.file, table, domains)
            problems += found
    problems += checks.dataset_problems(folder, tables, rows)
    return rows, domains, _in_order(problems)


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda p: (p.file or "", p.line or 0, p.column or 0))


def capped(problems: Sequence[Problem], shown: int = PROBLEMS_SHOWN) -> list[Problem]:
    """The first problems, and one that counts the rest."""
    rest = len(problems) - shown
    if rest <= 0:
        return list(problems)
    more = Problem(code="more-problems", detail=f"and {rest} more problems", hint="mend these and check again")
    return [*problems[:shown], more]


def domains_of(codes: Sequence[Row]) -> dict[str, dict[str, str]]:
    """Code list -> code -> label, with the countries."""
    domains: dict[str, dict[str, str]] = {"country": dict(country_names())}
    for row in codes:
        domains.setdefault(str(row["domain"]), {})[str(row["code"])] = str(row["label"])
    return domains


def read_table(path: Path, table: Table, domains: Domains) -> tuple[tuple[Row, ...], list[Problem]]:
    """The rows of one file whose cells are all sound, and the problems of the others."""
    file = str(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return (), [_no_file(file, table)]
    except UnicodeDecodeError as error:
        return (), [_not_utf8(file, error)]
    problems = _line_end_problems(file, text)
    records = _records(file, text.replace("\r\n", "\n"), problems)
    header = next(records, None)
    if header is None or (found := _header_problems(file, table, header[1])):
        return (), [*problems, *(found if header else [_empty_file(file, table)])]
    readers = [(column, _Reader(column, domains)) for column in table.columns]
    rows = []
    for line, cells in records:
        wrong, row = _typed(file, table, readers, line, cells)
        problems += wrong
        if row:
            rows.append(row)
    return tuple(rows), problems


def _records(file: str, text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """(line on which the record starts, its cells); a record that is not CSV ends the file with a problem."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(
            Problem(code="csv-malformed", file=file, line=start, detail=f"the line is not CSV: {error}",
                    hint='close every quote, and write a quote inside a cell as ""')
        )  # fmt: skip


def _typed(
    file: str, table: Table, readers: Sequence[tuple[Column, _Reader]], line: int, cells: Sequence[str]
) -> tuple[list[Problem], Row | None]:
    if len(cells) != len(readers):
        return [_field_count(file, table, line, cells)], None
    problems: list[Problem] = []
    values: dict[str, Cell] = {}
    for position, ((column, reader), cell) in enumerate(zip(readers, cells, strict=True), start=1):
        try:
            values[column.name] = reader.read(cell)
        except _CellError as error:
            problems.append(
                Problem(code=error.code, detail=error.detail, hint=error.hint, file=file, line=line, column=position,
                        field=column.name)
            )  # fmt: skip
    return problems, None if problems else Row(line, values)


class _CellError(Exception):
    def __init__(self, code: str, detail: str, hint: str | None) -> None:
        self.code, self.detail, self.hint = code, detail, hint


class _Reader:
    """Turns the cells of one column into values."""

    def __init__(self, column: Column, domains: Domains) -> None:
        self.column = column
        self.codes = _codes(column, domains)
        self.pattern = re.compile(column.pattern) if column.pattern else None
        converters: dict[Kind, Callable[[str], Cell]] = {
            Kind.DATE: self._date,
            Kind.INTEGER: self._integer,
            Kind.NUMBER: self._number,
            Kind.LIST: self._list,
            Kind.TEXT: self._text,
        }
        self.convert = converters[column.kind]

    def read(self, cell: str) -> Cell:
        if cell == "":
            if self.column.required:
                raise _CellError("value-missing", f"`{self.column.name}` must not be empty", self.column.meaning)
            return None
        if cell != cell.strip():
            raise _CellError("value-spaces", f"{cell!r} has spaces around it", "take them out")
        return self.convert(cell)

    def _text(self, cell: str) -> str:
        if self.codes is not None and cell not in self.codes:
            hint = did_you_mean(cell, self.codes) or f"use one of {_some(self.codes)}"
            raise _CellError("value-unknown", f"`{cell}` is not a {self._domain()}", hint)
        if self.pattern and not self.pattern.fullmatch(cell) and cell not in self.column.also:
            raise _CellError("value-malformed", f"`{cell}` is not written as `{self.column.name}` must be",
                             f"it must match {self.pattern.pattern}")  # fmt: skip
        if self.column.check and not CHECKS[self.column.check](cell):
            raise _CellError("check-digits", f"the check digits of `{cell}` are wrong", "copy it again from its source")
        return cell

    def _list(self, cell: str) -> tuple[str, ...]:
        items = cell.split("|")
        if len(set(items)) != len(items) or "" in items:
            raise _CellError(
                "list-malformed", f"`{cell}` has an empty or a repeated item", "join distinct items with |"
            )
        return tuple(self._text(item) for item in items)

    def _date(self, cell: str) -> date:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
            try:
                return date.fromisoformat(cell)
            except ValueError:
                raise _CellError("date-invalid", f"`{cell}` is not a day of the calendar", None) from None
        raise _CellError("date-malformed", f"`{cell}` is not a date", "write YYYY-MM-DD")

    def _integer(self, cell: str) -> int:
        if not re.fullmatch(r"-?\d+", cell):
            raise _CellError("number-malformed", f"`{cell}` is not a whole number", None)
        self._in_range(int(cell), cell)
        return int(cell)

    def _number(self, cell: str) -> float:
        if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
            raise _CellError(
                "number-malformed", f"`{cell}` is not a number", "digits with a point, and no signs or units"
            )
        self._in_range(float(cell), cell)
        return float(cell)

    def _in_range(self, value: float, cell: str) -> None:
        low, high = self.column.minimum, self.column.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise _CellError("number-out-of-range", f"`{cell}` is not between {low} and {high}", self.column.meaning)

    def _domain(self) -> str:
        return f"code of `{self.column.domain}`" if self.column.domain else f"value of `{self.column.name}`"


def _codes(column: Column, domains: Domains) -> frozenset[str] | None:
    if column.domain is None and not column.values:
        return None
    return frozenset([*column.values, *column.also, *(domains.get(column.domain, ()) if column.domain else ())])


@cache
def _some(codes: frozenset[str]) -> str:
    shown = sorted(codes)[:12]
    return ", ".join(shown) + (" ..." if len(codes) > len(shown) else "")


def _header_problems(file: str, table: Table, header: Sequence[str]) -> list[Problem]:
    if tuple(header) == table.header:
        return []
    problems = []
    for position, name in enumerate(header, start=1):
        if name not in table.header:
            problems.append(
                Problem(code="column-unknown", file=file, line=1, column=position, field=name,
                        detail=f"no column `{name}` in {table.file}", hint=did_you_mean(name, table.header))
            )  # fmt: skip
        elif name in header[: position - 1]:
            problems.append(Problem(code="column-repeated", file=file, line=1, column=position, field=name,
                                    detail=f"column `{name}` appears twice"))  # fmt: skip
    problems += [
        Problem(code="column-missing", file=file, line=1, field=name, detail=f"column `{name}` is missing")
        for name in table.header
        if name not in header
    ]
    return problems or [
        Problem(code="column-order", file=file, line=1, detail="the columns stand in another order",
                hint=f"write them as {','.join(table.header)}")
    ]  # fmt: skip


def _line_end_problems(file: str, text: str) -> list[Problem]:
    problems = []
    if text.startswith("\ufeff"):
        detail = "the file starts with a byte-order mark"
        problems.append(
            Problem(code="byte-order-mark", file=file, line=1, detail=detail, hint="save it as plain UTF-8")
        )
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        problems.append(Problem(code="line-ends", file=file, line=line, detail="a line ends with a carriage return",
                                hint="save the file with LF line ends"))  # fmt: skip
    return problems


def _field_count(file: str, table: Table, line: int, cells: Sequence[str]) -> Problem:
    detail = "the line is empty" if not cells else f"{len(cells)} fields instead of {len(table.columns)}"
    return Problem(
        code="field-count", file=file, line=line, detail=detail, hint="put cells that hold a comma in quotes"
    )


def _not_utf8(file: str, error: UnicodeDecodeError) -> Problem:
    before = error.object[: error.start]
    return Problem(
        code="not-utf8",
        file=file,
        line=before.count(b"\n") + 1,
        detail="the file is not UTF-8 here",
        hint="save it as UTF-8",
    )


def _empty_file(file: str, table: Table) -> Problem:
    return Problem(
        code="file-empty",
        file=file,
        line=1,
        detail="the file has no header",
        hint=f"start it with {','.join(table.header)}",
    )


def _no_file(file: str, table: Table) -> Problem:
    return Problem(
        code="table-missing",
        file=file,
        detail=f"there is no {table.file}",
        hint=f"create it with the header {','.join(table.header)}",
    )


def _no_folder(folder: Path) -> Problem:
    return Problem(
        code="folder-missing",
        file=str(folder),
        detail="there is no such folder of datasets",
        hint="name the folder that holds companies.csv",
    )
