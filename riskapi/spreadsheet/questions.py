"""Rows as questions: a grid of cells in, for each row a request body out, and what is wrong with which of its cells.

The bodies are those of `POST /v1/scores`. What is wrong with one cell leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from riskapi.errors import Problem
from riskapi.facts.values import ValueProblemError
from riskapi.facts.vocabulary import FactType
from riskapi.spreadsheet.columns import (
    FIRST,
    FOREIGN_SIDE,
    LABEL,
    SECOND,
    Catalogue,
    Known,
)
from riskapi.spreadsheet.grid import Cell, Grid, Row, is_blank
from riskapi.spreadsheet.problems import FileRefusedError
from riskapi.spreadsheet.results import CellProblem, earlier_answers
from riskapi.spreadsheet.values import Lexicon, day, fact_value, is_not_known, text, yes_no

_FOREIGN, _FIRST, _SECOND = "foreign_party", "first", "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the head stands (counted from 0), and what each column of the file means; None: a column of its owner."""

    head: int
    headings: tuple[Cell, ...]
    known: tuple[Known | None, ...]
    dropped: frozenset[int] = frozenset()  # answers of an earlier run
    notices: tuple[str, ...] = ()
    has_separators: bool = False

    @property
    def first_row(self) -> int:
        """The first row below the head."""
        return self.head + 1

    def place_of(self, pointer: str) -> int | None:
        """The column from which a place in a question came; the nearest place above it where it has no column."""
        places = {known.pointer: number for number, known in enumerate(self.known) if known and known.pointer}
        while pointer:
            if pointer in places:
                return places[pointer]
            pointer = pointer.rpartition("/")[0]
        return None


@dataclass(slots=True)
class RowQuestion:
    """A row (counted from 0 in the file): its question, or that it is blank, and what cannot be read of it."""

    row: int
    is_blank: bool = False
    label: str | None = None
    body: dict[str, Any] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)

    def problem(self, column: int | None, code: str, detail: str, hint: str | None = None) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(CellProblem(column, Problem(code=code, detail=detail, hint=hint)))


def layout_of(grid: Grid, catalogue: Catalogue) -> Layout:
    """What the columns mean; raises `FileRefusedError` with everything that is wrong with the head."""
    head = catalogue.head_of(grid.rows)
    if head is None:
        raise FileRefusedError(_no_head(grid, catalogue))
    cells = grid.rows[head]
    width = max(len(cells), *(len(row) for row in grid.rows[head:]))
    names: tuple[Cell, ...] = (*cells, *(None for _ in range(width - len(cells))))
    dropped = earlier_answers(names)
    known = _settled_parties(
        tuple(None if number in dropped else catalogue.find(name) for number, name in enumerate(names))
    )
    problems = list(_twice(known, names, grid, head))
    if problems:
        raise FileRefusedError(problems)
    notices = [*_slips(names, known, dropped, catalogue)]
    if dropped:
        notices.append("answers of an earlier run were replaced")
    return Layout(
        head=head, headings=names, known=known, dropped=dropped, notices=tuple(notices),
        has_separators=grid.delimiter is not None,
    )  # fmt: skip


def questions_of(grid: Grid, layout: Layout, lexicon: Lexicon, as_of: date) -> Iterator[RowQuestion]:
    """The rows below the head, in their order; `as_of` is the day of rows that state none."""
    failed: dict[int, set[int]] = {}
    for line, column in grid.failed:
        failed.setdefault(line, set()).add(column)
    for number in range(layout.first_row, len(grid.rows)):
        yield _question(RowQuestion(number), grid.rows[number], failed.get(number, set()), layout, lexicon, as_of)


# The head


def _no_head(grid: Grid, catalogue: Catalogue) -> Problem:
    """What is missing, with what the file has nearest to it."""
    rows = [row for row in grid.rows[:25] if not is_blank(row)]
    likeliest = max(rows, key=lambda row: sum(catalogue.find(cell) is not None for cell in row), default=())
    near = [(cell, known) for cell in likeliest if not catalogue.find(cell) and (known := catalogue.near(cell))]
    if near:
        hint = "; ".join(f"`{str(cell)[:40]}` is nearly `{known.heading}`" for cell, known in near[:5])
    else:
        hint = "`riskapi template --out pairings.xlsx` makes a file with all headings"
    detail = (
        "no row has the headings of both parties, `Foreign party` and `Host party` (or `First party`, `Second party`)"
    )
    return Problem(code="headings-missing", detail=detail, hint=hint, file=grid.name)


def _settled_parties(known: tuple[Known | None, ...]) -> tuple[Known | None, ...]:
    """Beside a first and a second party, a column `Foreign party` says which of the two is foreign."""
    keys = {column.key for column in known if column}
    if not {_FIRST, _SECOND} <= keys:
        return known
    return tuple(FOREIGN_SIDE if column and column.key == _FOREIGN else column for column in known)


def _twice(known: tuple[Known | None, ...], names: tuple[Cell, ...], grid: Grid, head: int) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, column in enumerate(known):
        if column is None or not column.pointer:
            continue
        before = seen.setdefault(column.pointer, number)
        if before != number:
            detail = f"the columns `{names[before]}` and `{names[number]}` both mean {column.heading}"
            hint = "keep one of them, or give the other a heading of your own"
            yield Problem(code="told-twice", detail=detail, hint=hint, file=grid.name, line=head + 1, column=number + 1)


def _slips(
    names: tuple[Cell, ...], known: tuple[Known | None, ...], dropped: frozenset[int], catalogue: Catalogue
) -> Iterator[str]:
    for number, name in enumerate(names):
        if known[number] is None and number not in dropped and (near := catalogue.near(name)) is not None:
            yield f"the column `{str(name)[:60]}` was not read: did you mean `{near.heading}`?"


# Rows


def _question(  # noqa: PLR0913  # what a row is read with
    found: RowQuestion, row: Row, failed: set[int], layout: Layout, lexicon: Lexicon, as_of: date
) -> RowQuestion:
    cells = {number: cell for number, cell in enumerate(row) if cell is not None and number not in layout.dropped}
    found.is_blank = not cells and not failed
    if found.is_blank:
        return found
    told = _Told()
    for number, known in enumerate(layout.known):
        if known is None:
            continue
        if number in failed:
            hint = "mend the formula, or write the value; work the sheet out and save it"
            found.problem(number, "formula-failed", "the formula in this cell has no value", hint)
        elif number in cells:
            _read(found, told, number, known, cells[number], lexicon)
    _check_width(found, row, layout)
    _check_parties(found, told, layout, failed)
    found.body = told.body(as_of)
    return found


@dataclass(slots=True)
class _Told:
    """What the cells of a row say, by their place in the question."""

    values: dict[str, Any] = field(default_factory=dict)

    def party(self, place: str) -> dict[str, Any]:
        party: dict[str, Any] = {"name": self.values.get(place, "?")}
        for leaf in ("country", "inline"):
            if self.values.get(f"{place}/{leaf}") is not None:
                party[leaf] = self.values[f"{place}/{leaf}"]
        facts = {
            key.rpartition("/")[2]: value for key, value in self.values.items() if key.startswith(f"{place}/facts/")
        }
        return {**party, "facts": facts} if facts else party

    def body(self, as_of: date) -> dict[str, Any]:
        deal = {key.removeprefix("/deal/"): value for key, value in self.values.items() if key.startswith("/deal/")}
        body = {"parties": [self.party(FIRST), self.party(SECOND)], "deal": deal}
        body["as_of"] = self.values.get("/as_of", as_of.isoformat())
        if "/foreign_party" in self.values:
            body["foreign_party"] = self.values["/foreign_party"]
        return body


def _read(  # noqa: PLR0913  # one cell and where what it says goes
    found: RowQuestion, told: _Told, number: int, known: Known, cell: Cell, lexicon: Lexicon
) -> None:
    try:
        value = _value(known, cell, lexicon)
    except ValueProblemError as error:
        found.problem(number, error.code, error.detail, error.hint)
        return
    if known.key == LABEL:
        found.label = found.label or str(value)
        return
    told.values[known.pointer] = value
    if known.key == _FOREIGN and known.pointer == FIRST:
        told.values["/foreign_party"] = value


def _value(known: Known, cell: Cell, lexicon: Lexicon) -> Any:  # noqa: ANN401  # a value of JSON
    """The cell as a value of a request body; raises `ValueProblemError`."""
    if known.fact is not None:
        if known.pointer.endswith("/country") and is_not_known(cell):
            return None
        value = fact_value(known.fact, cell, lexicon)
        if isinstance(value, tuple):
            return list(value)
        return value.isoformat() if known.fact.type is FactType.DATE and isinstance(value, date) else value
    if known.pointer == "/as_of":
        return day(cell).isoformat()
    if known.pointer.endswith("/inline"):
        if yes_no(cell) is None:
            raise ValueProblemError("wrong-type", f"`{text(cell)[:60]}` is neither yes nor no", "write yes or no")
        return yes_no(cell)
    return text(cell)


def _check_width(found: RowQuestion, row: Row, layout: Layout) -> None:
    """A row with more cells than the head has headings: most often a separator inside a cell that is not in quotes."""
    last = max((number for number, name in enumerate(layout.headings) if name is not None), default=0)
    if layout.has_separators and len(row) > last + 1:
        detail = f"the row has {len(row)} cells, the head {last + 1}"
        hint = "a cell that holds a separator stands in quotes; a column of your own needs a heading"
        found.problem(None, "row-too-long", detail, hint)


def _check_parties(found: RowQuestion, told: _Told, layout: Layout, failed: set[int]) -> None:
    for place in (FIRST, SECOND):
        column = layout.place_of(place)
        if place not in told.values and column is not None and column not in failed:
            hint = "write the name or the id of a company, or leave the whole row empty"
            found.problem(column, "no-name", "the name of a party is missing", hint)


def placed(problem: Problem, layout: Layout) -> CellProblem:
    """A problem of a question at the cell that it came from, with advice for those who write cells."""
    advice = _advice(problem)
    return CellProblem(layout.place_of(problem.pointer or ""), replace(problem, pointer=None, field=None, hint=advice))


def _advice(problem: Problem) -> str | None:
    describe = "describe the company in columns of its own (`Foreign party: described here` and its facts)"
    if problem.candidates:
        near = ", ".join(_candidate(item) for item in problem.candidates[:5])
        return f"write the name or the id that is meant: {near}; or {describe}"
    if problem.code == "name-unknown":
        return describe
    if problem.code == "foreign-party-open":
        return "use the headings `Foreign party` and `Host party`, or add a column `Foreign side` with its name"
    if problem.code == "same-company":
        return "a pairing needs two companies"
    return problem.hint


def _candidate(item: Mapping[str, Any]) -> str:
    return f"{item.get('name')} ({item.get('country') or '??'}, id {item.get('company_id')})"
