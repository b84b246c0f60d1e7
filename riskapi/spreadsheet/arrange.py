"""The table of a result: a scored file in, its columns with what stands in them out.

The columns of the file stay in their order; beside each in which something is wrong stands one that says what, and the
answers follow. All forms of output (workbook, CSV, Parquet) are written from this one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from riskapi.assessment.words import amount, gate_words, points
from riskapi.scoring.scorecard import rounded
from riskapi.spreadsheet.grid import Cell
from riskapi.spreadsheet.results import (
    ERROR,
    RESULT_HEADINGS,
    ROW_ERROR,
    CellProblem,
    OpenFact,
    Reason,
    RowAnswer,
    ScoredFile,
    ScoredRow,
)


class Part(StrEnum):
    """Whose column it is."""

    FILE = "file"
    ERROR = "error"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Arranged:
    """One column of the result: its heading, and its cell in each row. `key` is what a column of the file was read as."""

    part: Part
    heading: Cell
    cells: tuple[Cell, ...]
    wrong: frozenset[int] = frozenset()  # rows (of the table) whose cell is marked
    key: str | None = None


def arranged(scored: ScoredFile) -> list[Arranged]:
    """The columns, each with one cell for every row below the head."""
    found: list[Arranged] = []
    for number, heading in enumerate(scored.headings):
        if number not in scored.dropped:
            found += _of_file(scored, number, heading)
    whole = [_sentences(problems) for problems in _problems_of(scored, None)]
    if any(whole):
        found.append(Arranged(Part.ERROR, ROW_ERROR, tuple(whole)))
    return [*found, *_answers(scored.rows)]


def _of_file(scored: ScoredFile, number: int, heading: Cell) -> Iterator[Arranged]:
    """A column of the file, and the column of its errors where it has any."""
    rows = [scored.grid.rows[row.row] for row in scored.rows]
    cells = tuple(row[number] if number < len(row) else None for row in rows)
    problems = list(_problems_of(scored, number))
    wrong = frozenset(place for place, found in enumerate(problems) if found)
    yield Arranged(Part.FILE, heading, cells, wrong, scored.keys[number])
    if wrong:
        told = heading if heading is not None else f"column {number + 1}"
        yield Arranged(Part.ERROR, f"{ERROR}{told}", tuple(_sentences(found) for found in problems))


def _problems_of(scored: ScoredFile, column: int | None) -> Iterator[list[CellProblem]]:
    for row in scored.rows:
        yield [item for item in row.problems if item.column == column]


def _sentences(problems: Iterable[CellProblem]) -> str | None:
    """What is wrong and what to do, one problem on a line."""
    told = [f"{sentence(item.problem.detail)} {sentence(item.problem.hint or '')}".strip() for item in problems]
    return "\n".join(told) or None


def sentence(text: str) -> str:
    """The text as a sentence: a full stop last, and a capital first unless it begins with the name of a fact."""
    if not text:
        return ""
    begun = text if "." in text.split(" ", 1)[0] else text[0].upper() + text[1:]
    return begun if begun[-1] in ".?!" else f"{begun}."


def _answers(rows: Sequence[ScoredRow]) -> Iterator[Arranged]:
    made: dict[str, Callable[[RowAnswer], Cell]] = {
        "Score": lambda it: rounded(it.score, 1),
        "Lowest": lambda it: rounded(it.low, 1),
        "Highest": lambda it: rounded(it.high, 1),
        "Band": lambda it: it.band_label,
        "Legal gates": gates,
        "Raises the score": lambda it: drivers(it.raises),
        "Lowers the score": lambda it: drivers(it.lowers),
        "Worth finding out": lambda it: questions(it.unknowns),
        "Report status": lambda it: it.report_status,
        "Companies": companies,
        "Answered as of": lambda it: it.as_of,
        "Warnings": lambda it: "\n".join(map(sentence, it.warnings)) or None,
    }
    yield Arranged(Part.ANSWER, RESULT_HEADINGS[0], tuple(row.status for row in rows))
    for heading in RESULT_HEADINGS[1:]:
        cells = tuple(made[heading](row.answer) if row.answer else None for row in rows)
        yield Arranged(Part.ANSWER, heading, cells)


def gates(answer: RowAnswer) -> str | None:
    """The legal gates, those that apply first, each kind of a jurisdiction once."""
    told = {
        f"{gate_words(gate.gate)} ({gate.jurisdiction})": "" if gate.status == "fired" else "may apply: "
        for gate in sorted(answer.gates, key=lambda gate: gate.status == "fired")
    }
    ranked = sorted(told.items(), key=lambda item: item[1])
    return "\n".join(f"{before}{gate}" for gate, before in ranked) or None


def drivers(reasons: Iterable[Reason]) -> str | None:
    """Rules with their points."""
    return "\n".join(f"{points(item.points)}{' (?)' if item.is_open else ''} {item.title}" for item in reasons) or None


def questions(facts: Iterable[OpenFact]) -> str | None:
    """What to find out, and by how much of the score it matters."""
    told = [f"{f'{item.party}: ' if item.party else ''}{item.question} (moves {amount(item.moves)})" for item in facts]
    return "\n".join(told) or None


def companies(answer: RowAnswer) -> str:
    """What the names were taken for."""
    return "\n".join(
        f"{party.name} ({f'id {party.company_id}' if party.company_id else 'described in the file'})"
        for party in answer.parties
    )
