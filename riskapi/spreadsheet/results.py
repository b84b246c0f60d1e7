"""What becomes of a file of pairings. Enters: nothing. Leaves: the classes of its answers, and the headings of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from riskapi.assessment.answer import GateAnswer, Versions
from riskapi.errors import Problem
from riskapi.spreadsheet.grid import Cell, Grid

#: The columns that follow those of the file, in this order.
RESULT_HEADINGS: Final = (
    "Result", "Score", "Lowest", "Highest", "Band", "Legal gates", "Raises the score", "Lowers the score",
    "Worth finding out", "Report status", "Companies", "Answered as of", "Warnings",
)  # fmt: skip
ERROR: Final = "Error: "
ROW_ERROR: Final = "Error in the row"
ANSWERED, REFUSED, BLANK = "answered", "not answered", "blank"


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with the cell in a column (from 0), or with the row as a whole."""

    column: int | None
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule in an answer; `is_open`: it counts although a fact is not known that decides whether it applies."""

    rule: str
    title: str
    status: str
    points: float
    is_open: bool
    gate: str | None
    jurisdiction: str
    citation: str
    because: str
    unknown_facts: tuple[str, ...]
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFact:
    """A fact that is worth finding out; `moves`: how many points of the score learning it can shift."""

    fact: str
    party: str | None
    question: str
    moves: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledParty:
    """The company that a name was taken for, and how it was settled; without an id where the file describes it."""

    asked_as: str
    name: str
    company_id: str | None
    match: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """An answer without what a table has no room for; `reasons` as many as were asked for.

    `report_status` says what has been said of the deal; None where none is on record. `content_hash` is that of the answer.
    """

    question: str
    as_of: date
    score: float
    low: float
    high: float
    band: str
    band_label: str
    gates: tuple[GateAnswer, ...]
    raises: tuple[Reason, ...]
    lowers: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    unknowns: tuple[OpenFact, ...]
    report_status: str | None
    parties: tuple[SettledParty, ...]
    warnings: tuple[str, ...]
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRow:
    """A row of the file (from 0) with its answer, or with what is wrong, or blank."""

    row: int
    status: str
    label: str | None = None
    answer: RowAnswer | None = None
    problems: tuple[CellProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFile:
    """A file with an answer to each of its rows. `head` is the row of the headings, `file_hash` the SHA-256 of the file."""

    grid: Grid
    head: int
    headings: tuple[Cell, ...]
    dropped: frozenset[int]
    keys: tuple[str | None, ...]  # what each column was read as
    rows: tuple[ScoredRow, ...]
    notices: tuple[str, ...]
    as_of: date
    versions: Versions
    notice: str
    file_hash: str

    @property
    def answered(self) -> int:
        """How many rows have an answer."""
        return sum(row.status == ANSWERED for row in self.rows)

    @property
    def refused(self) -> int:
        """How many rows have none because something is wrong with them."""
        return sum(row.status == REFUSED for row in self.rows)


def earlier_answers(names: Sequence[Cell]) -> frozenset[int]:
    """The columns that an earlier run has added; none unless all of its headings stand there in their order."""
    count = len(RESULT_HEADINGS)
    starts = [
        start for start in range(len(names) - count + 1) if tuple(names[start : start + count]) == RESULT_HEADINGS
    ]
    if not starts:
        return frozenset()
    errors = {number for number, name in enumerate(names) if isinstance(name, str) and is_error(name)}
    return frozenset(errors.union(*(range(start, start + count) for start in starts)))


def is_error(heading: str) -> bool:
    """Whether a column with this heading tells what is wrong."""
    return heading.startswith(ERROR) or heading == ROW_ERROR
