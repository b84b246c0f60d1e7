"""A workbook of decision tables made into new texts of rule files, after all checks that a rule file passes.

Enters: what was read from the workbook. Leaves: the new text of every file that changes, and what changed in words. A
problem of a row or an example names its sheet and cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from riskapi.errors import Problem, RuleError
from riskapi.facts.vocabulary import FactType, Vocabulary
from riskapi.rules import Rule
from riskapi.rules.examples import run_examples
from riskapi.rules.load import rules_of
from riskapi.rules.source import Data, Origin, Path_, Source, parse_source
from riskapi.rules.table_conditions import KEY
from riskapi.rules.table_rows import Grid, Row, rows_of_csv
from riskapi.workbench.table_columns import Column, columns_of_examples, columns_of_rows
from riskapi.workbench.table_edit import (
    Change,
    as_shown,
    csv_text,
    example_written,
    listed,
    matched,
    row_written,
    same_row,
    yaml_text,
)
from riskapi.workbench.table_file import DAY, FIRES, NAME, OPEN, UNKNOWN
from riskapi.workbench.table_reading import ReadTable
from riskapi.workbench.table_sheets import state_of

#: The cell of a row, before the field that is missing in it.
_CELL = re.compile(r"(![A-Z]+\d+)\.")


@dataclass(frozen=True, slots=True)
class Imported:
    """New contents by file, only of files that change, and a line for every change."""

    files: Mapping[Path, bytes]
    changes: tuple[str, ...]


def imported(tables: Sequence[ReadTable], vocabulary: Vocabulary, *, overwrite: bool = False) -> Imported:
    """What the workbook makes of the rule files; raises `RuleError` with all problems, and then changes nothing.

    Unless `overwrite`, files that changed since the export are refused: the workbook does not know of these changes.
    """
    problems: list[Problem] = []
    files: dict[Path, bytes] = {}
    changes: list[str] = []
    for path in dict.fromkeys(item.table.path for item in tables):
        own = [item for item in tables if item.table.path == path]
        made = new_texts(own, vocabulary)
        if made and not overwrite:
            problems += [_stale(item) for item in own if item.state != state_of(item.table)]
        try:
            _check(own, vocabulary, made)
        except RuleError as error:
            problems += error.problems
        files |= made
        changes += [line for item in own for line in _told(item, vocabulary)]
    if problems:
        raise RuleError(problems)
    return Imported(files, tuple(changes))


def _stale(item: ReadTable) -> Problem:
    return Problem(
        code="table-changed",
        detail=f"the table `{item.table.id}` has changed since this workbook was made of it",
        file=item.table.shown,
        hint="export it again and repeat your changes there; or, if the workbook has the last word, add --overwrite",
    )


# --- checks


def _check(tables: Sequence[ReadTable], vocabulary: Vocabulary, made: Mapping[Path, bytes]) -> None:
    """Load the rule file with the rows and examples of the workbook in the place of its own, and run all examples."""
    first = tables[0].table
    source = first.source
    for item in tables:
        source = _with_examples(source, item, vocabulary)
    grids = {item.table.id: item.rows for item in tables}
    try:
        rules = rules_of(source, first.path, vocabulary, grids=grids)
    except RuleError as error:
        raise RuleError([_told_in(problem, tables) for problem in error.problems]) from None
    failing = [_told_of(problem, tables) for problem in run_examples(rules)]
    if failing:
        raise RuleError(failing)
    _compare(rules, tables, vocabulary, made)


def _told_in(problem: Problem, tables: Sequence[ReadTable]) -> Problem:
    """A problem in a sheet names its cell; line and column of a sheet say less."""
    workbook = {spot.file for item in tables for spot in item.rows.headers.values()}
    if problem.file not in workbook:
        return problem
    return replace(problem, line=None, column=None, field=_CELL.sub(r"\1 ", problem.field or ""))


def _told_of(problem: Problem, tables: Sequence[ReadTable]) -> Problem:
    """A failed example of a sheet: its line is that of the sheet, the file that of the rule."""
    rule_id = problem.detail.partition(":")[0]
    for item in tables:
        if rule_id.startswith(f"{item.table.id}."):
            rows = {row.spot.line: row for row in item.examples.rows}
            row = rows.get(problem.line or 0)
            if row is not None and row.spot.file != item.table.shown:
                return replace(problem, file=row.spot.file, line=None, field=row.spot.name)
    return problem


def _compare(
    rules: Sequence[Rule], tables: Sequence[ReadTable], vocabulary: Vocabulary, made: Mapping[Path, bytes]
) -> None:
    """What would be written must say what was checked; anything else is a fault of the program, and stops it."""
    first = tables[0].table
    text = made.get(first.path)
    source = first.source if text is None else parse_source(text.decode("utf-8"), first.shown)
    grids = {
        item.table.id: rows_of_csv(made[item.table.csv].decode("utf-8-sig"), item.table.csv.name)
        for item in tables
        if item.table.csv is not None and item.table.csv in made
    }
    written = rules_of(source, first.path, vocabulary, grids=grids)
    if [_said(rule) for rule in written] != [_said(rule) for rule in rules]:
        raise RuntimeError(f"the text of {first.shown} would not say what the workbook says")


def _said(rule: Rule) -> tuple[object, ...]:
    examples = [(item.name, item.facts, item.as_of, item.expect) for item in rule.examples]
    head = (rule.id, rule.title, rule.citation, rule.condition, rule.because, rule.in_force, rule.points, rule.gate)
    return (*head, rule.kind, rule.group, rule.why_points, rule.notes, rule.confidence, examples)


# --- examples


def _with_examples(source: Source, item: ReadTable, vocabulary: Vocabulary) -> Source:
    """The file with the examples of the workbook, each value with its cell as its place."""
    base: Path_ = ("rules", item.table.index, "examples")
    places = {path: at for path, at in source.places.items() if path[: len(base)] != base}
    origins = dict(source.origins)
    data: list[Data] = []
    for number, row in enumerate(item.examples.rows):
        here = (*base, number)
        data.append(example_data(row, vocabulary))
        places[here] = (row.spot.line, 1)
        origins[here] = Origin(row.spot.file, row.spot.name, row.spot.line)
        for header, cell in row.cells.items():
            inside = (*here, header) if header in (NAME, DAY, FIRES, OPEN) else (*here, "given", header)
            places[inside] = (cell.spot.line, cell.spot.column)
            origins[inside] = Origin(cell.spot.file, cell.spot.name, cell.spot.line)
    return Source(source.file, _replaced(source.data, item.table.index, data), places, origins=origins)


def _replaced(data: Data, index: int, examples: list[Data]) -> Data:
    assert isinstance(data, dict)  # noqa: S101  # it holds a table
    rules = data["rules"]
    assert isinstance(rules, list)  # noqa: S101
    entry = rules[index]
    assert isinstance(entry, dict)  # noqa: S101
    return {**data, "rules": [*rules[:index], {**entry, "examples": examples}, *rules[index + 1 :]]}


def example_data(row: Row, vocabulary: Vocabulary) -> Data:
    """An example as it would be written in a rule file."""
    given: dict[str, Data] = {}
    data: dict[str, Data] = {"given": given}
    for header, cell in row.cells.items():
        text = cell.text
        if not text:
            continue
        if header in (FIRES, OPEN):
            data[header] = text if text == "all" else list(listed(text))
        elif header == DAY:
            data[header] = list(listed(text)) if "," in text else text
        elif header == NAME:
            data[header] = text
        else:
            holds_list = header in vocabulary and vocabulary[header].type is FactType.LIST
            given[header] = None if text == UNKNOWN else list(listed(text)) if holds_list else text
    return data


# --- texts


def new_texts(tables: Sequence[ReadTable], vocabulary: Vocabulary) -> dict[Path, bytes]:
    """The new contents of the files that change."""
    changes: list[Change] = []
    files: dict[Path, bytes] = {}
    for item in tables:
        table, at = item.table, ("rules", item.table.index)
        columns = _columns(item, vocabulary)
        if table.csv is None:
            rows = Change((*at, "table", "rows"), table.rows, item.rows, KEY, columns[0], row_written)
            changes.append(rows)
        else:
            files |= _csv_file(table.csv, item, columns[0])
        if table.examples.rows or item.examples.rows:
            written = example_written(vocabulary)
            changes.append(Change((*at, "examples"), table.examples, item.examples, NAME, columns[1], written))
    path = tables[0].table.path
    before = path.read_bytes()
    text = before.decode("utf-8")
    plain = text.replace("\r\n", "\n")
    after = yaml_text(plain, changes)
    if after != plain:
        files[path] = (after.replace("\n", "\r\n") if "\r\n" in text else after).encode("utf-8")
    return files


def _csv_file(path: Path, item: ReadTable, columns: Mapping[str, Column]) -> dict[Path, bytes]:
    before = path.read_bytes()
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    after = mark + csv_text(before.decode("utf-8-sig"), item.table.rows, item.rows, columns).encode("utf-8")
    return {} if after == before else {path: after}


def _columns(item: ReadTable, vocabulary: Vocabulary) -> tuple[dict[str, Column], dict[str, Column]]:
    return columns_of_rows(item.table, vocabulary), columns_of_examples(item.table.examples.headers, vocabulary)


# --- in words


def _told(item: ReadTable, vocabulary: Vocabulary) -> Iterator[str]:
    """A line for each row and example that is added, removed or changed."""
    columns = _columns(item, vocabulary)
    yield from _differences(item.table.id, "row", (item.table.rows, item.rows, KEY), columns[0])
    yield from _differences(item.table.id, "example", (item.table.examples, item.examples, NAME), columns[1])


def _differences(table: str, what: str, grids: tuple[Grid, Grid, str], columns: Mapping[str, Column]) -> Iterable[str]:
    old, new, name = grids
    pairs = matched(old, new, name)
    kept = {id(before) for before, _ in pairs}
    for before, row in pairs:
        if before is None:
            yield f"{table}: {what} `{row.text(name)}` is new"
        elif not same_row(before, row, columns):
            cells = {
                header: as_shown(columns.get(header), before.text(header)) for header in (*before.cells, *row.cells)
            }
            changed = ((header, old) for header, old in cells.items() if old != row.text(header))
            told = ", ".join(f"{header}: `{old}` becomes `{row.text(header)}`" for header, old in changed)
            yield f"{table}: {what} `{row.text(name)}`: {told}"
    for before in old.rows:
        if id(before) not in kept:
            more = "; ids are permanent: end it with a day in `to` instead" if what == "row" else ""
            yield f"{table}: {what} `{before.text(name)}` is gone{more}"
