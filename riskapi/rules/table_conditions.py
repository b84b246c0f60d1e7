"""The columns of a decision table and the conditions that their cells make: a row in, conditions of its rule out.

A column asks about a fact or a named part, sets a field of the row's rule, or holds a word for the shared texts. Every
cell is checked by itself, so that a problem names the cell and not the rule that was made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from riskapi.errors import Problem, did_you_mean
from riskapi.facts.vocabulary import Vocabulary
from riskapi.language import ConditionError, Part, parse
from riskapi.language.nodes import Or
from riskapi.rules.source import Data, Path_
from riskapi.rules.table_cells import ANY, CellError, Subject, condition_of
from riskapi.rules.table_rows import Cell, Grid, Row, Spot

#: Columns that set a field of their row's rule, with the path of that field.
OUTPUTS: Mapping[str, Path_] = {
    "title": ("title",),
    "citation": ("citation",),
    "kind": ("kind",),
    "confidence": ("confidence",),
    "unless": ("unless",),
    "pillar": ("effect", "pillar"),
    "points": ("effect", "points"),
    "why": ("effect", "why"),
    "gate": ("effect", "gate"),
    "group": ("effect", "group"),
    "if_unknown": ("if_unknown",),
    "because": ("because",),
    "notes": ("notes",),
    "no_undetermined": ("no_undetermined",),
}
#: Columns that make the row's span of `in_force`.
SPAN = ("from", "to", "published", "note")
#: The name of a row; a condition written out; what columns of words for the shared texts start with.
KEY, WHEN, FREE = "key", "when", "row."

_NAME = re.compile(r"[a-z][a-z0-9_.]*")


class Conditions:
    """Reads the cells of one table; `where` are the named parts of its entry. Without a vocabulary nothing is read."""

    def __init__(self, vocabulary: Vocabulary | None, where: Data) -> None:
        self.vocabulary = vocabulary
        self.where: Mapping[str, Data] = where if isinstance(where, dict) else {}
        self.problems: list[Problem] = []
        self.parts: dict[str, Part] = {}
        #: Parts that cannot be read; the compiler tells their mistakes.
        self.broken: set[str] = set()
        for name, text in self.where.items() if vocabulary else ():
            try:
                self.parts[name] = Part(name, parse(str(text), vocabulary, self.parts))  # type: ignore[arg-type]
            except ConditionError:
                self.broken.add(name)

    def written(self, text: str, spot: Spot, *, offsets: bool = False) -> str | None:
        """A condition that is written out, in brackets where it needs them beside `and`; `true` where it is wrong.

        With `offsets`, problems are told at the word inside the condition.
        """
        if self.vocabulary is None:
            return None
        try:
            node = parse(text, self.vocabulary, self.parts)
        except ConditionError as error:
            for finding in error.findings:
                if not any(finding.detail == f"there is no fact `{name}`" for name in self.broken):
                    shift = (finding.offset or 0) if offsets and "\n" not in text else 0
                    moved = Spot(spot.file, spot.line, spot.column + shift, spot.name)
                    self.problems.append(moved.problem(finding.code, finding.detail, finding.hint))
            return "true"
        return f"({text})" if isinstance(node, Or) and not _is_bracketed(text) else text

    def of_row(self, row: Row) -> Iterator[str]:
        """The conditions of a row's cells."""
        for header, cell in row.cells.items():
            text = self._input(header, cell)
            if text is not None:
                yield text

    def _input(self, header: str, cell: Cell) -> str | None:
        if not is_input(header) or cell.text.strip().casefold() in ANY:
            return None
        if header == WHEN:
            return self.written(cell.text, cell.spot)
        subject = self.subject(header)
        try:
            text = None if subject is None else condition_of(subject, cell.text)
        except CellError as error:
            self.problems.append(cell.spot.problem("bad-cell", error.detail, error.hint))
            return "true"
        return None if text is None else self.written(text, cell.spot)

    def subject(self, header: str) -> Subject | None:
        """What an input column asks about, None where it is no input or nothing has that name."""
        if header in self.parts:
            return Subject(header, self.parts[header].type)
        if self.vocabulary is None or header not in self.vocabulary:
            return None
        fact = self.vocabulary[header]
        return Subject(header, fact.type, fact.unit)

    def check_headers(self, grid: Grid) -> None:
        """Note every column that is none."""
        for header, spot in grid.headers.items():
            if self.vocabulary is None or not header or not is_input(header) or header == WHEN:
                continue
            if header not in self.broken and self.subject(header) is None:
                self.problems.append(self._unknown(header, spot, grid))
        if grid.rows and KEY not in grid.headers:
            spot = grid.rows[0].spot
            self.problems.append(spot.problem("row-key", "the table has no column `key`", "give each row a short name"))

    def _unknown(self, header: str, spot: Spot, grid: Grid) -> Problem:
        known = [KEY, WHEN, *OUTPUTS, *SPAN, *self.parts]
        near = did_you_mean(header, known) or (self.vocabulary.suggest(header) if self.vocabulary else None)
        lone = all(not row.text(header) for row in grid.rows)
        comma = "inside { } a comma ends the value: put quotation marks around text that has one"
        hint = near or (comma if lone else "a column is a fact, a name from `where`, or a field such as `points`")
        return spot.problem("unknown-column", f"there is no fact, named part or field `{header[:60]}`", hint)

    def needed(self, texts: Sequence[str]) -> dict[str, Data]:
        """The named parts that the texts use, straight or through other parts, and those that cannot be read."""
        used: set[str] = set()
        waiting = list(texts)
        while waiting:
            for name in set(_NAME.findall(waiting.pop())) & set(self.where) - used:
                used.add(name)
                waiting.append(str(self.where[name]))
        return {name: text for name, text in self.where.items() if name in used | self.broken}


def is_input(header: str) -> bool:
    """Whether the column asks something; if not, it sets or says something."""
    return header not in (KEY, *OUTPUTS, *SPAN) and not header.startswith(FREE)


def texts_of(condition: Data) -> list[str]:
    """The conditions of `unless`: one, or named ones."""
    values = condition.values() if isinstance(condition, dict) else [condition]
    return [str(value) for value in values if value]


def _is_bracketed(text: str) -> bool:
    """Whether one pair of brackets encloses the whole."""
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and index < len(text) - 1:
            return False
    return text.startswith("(")
