"""Files of pairings answered: the bytes of a file and a workspace in, the file with an answer to each row out.

A row with something wrong never fails the others, and never goes missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from riskapi.assessment.answer import Answer, RuleAnswer
from riskapi.assessment.build import NOTICE
from riskapi.briefing.material import Briefing, content_hash, drivers
from riskapi.errors import RequestError
from riskapi.spreadsheet.columns import Catalogue, catalogue
from riskapi.spreadsheet.grid import Grid
from riskapi.spreadsheet.problems import refused
from riskapi.spreadsheet.questions import Layout, RowQuestion, layout_of, placed, questions_of
from riskapi.spreadsheet.read import read_grid
from riskapi.spreadsheet.results import (
    ANSWERED,
    BLANK,
    REFUSED,
    CellProblem,
    OpenFact,
    Reason,
    RowAnswer,
    ScoredFile,
    ScoredRow,
    SettledParty,
)
from riskapi.spreadsheet.scan import MOST_CELLS
from riskapi.spreadsheet.values import Lexicon
from riskapi.workspace import Workspace

MOST_QUESTIONS: Final = 20_000
UNKNOWNS: Final = 3


def say_nothing(done: int, of: int) -> None:  # the form of those that tell how far a file is
    """Tell nobody how far a file is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a file is answered: the day of rows that state none, whether every reason is told, how many rows and cells at most.

    `refused_hint` says what to do with a larger file; `told` hears of each row that is done, and of how many there are.
    """

    as_of: date
    explain: bool = False
    most: int = MOST_QUESTIONS
    most_cells: int = MOST_CELLS
    too_many_hint: str = "split the file"
    told: Callable[[int, int], None] = say_nothing


def read_file(
    content: bytes, name: str, workspace: Workspace, most_cells: int = MOST_CELLS
) -> tuple[Grid, Layout, Lexicon]:
    """The cells of a file and what its columns mean; raises `FileRefusedError`."""
    known = _catalogue(workspace)
    grid = read_grid(content, name, known.head_of, most_cells)
    return grid, layout_of(grid, known), Lexicon(workspace.vocabulary)


def score_file(content: bytes, name: str, workspace: Workspace, wanted: Wanted) -> ScoredFile:
    """The file with its answers; raises `FileRefusedError` where it cannot be read as a whole."""
    grid, layout, lexicon = read_file(content, name, workspace, wanted.most_cells)
    questions = list(questions_of(grid, layout, lexicon, wanted.as_of))
    _check_number(questions, wanted, name)
    return ScoredFile(
        grid=grid,
        head=layout.head,
        headings=layout.headings,
        dropped=layout.dropped,
        keys=tuple(known.key if known else None for known in layout.known),
        rows=tuple(_scored(questions, workspace, layout, wanted)),
        notices=(*grid.notices, *layout.notices),
        as_of=wanted.as_of,
        versions=workspace.versions,
        notice=NOTICE,
        file_hash=hashlib.sha256(content).hexdigest(),
    )


def _catalogue(workspace: Workspace) -> Catalogue:
    return catalogue(workspace.vocabulary)


def _check_number(questions: Iterable[RowQuestion], wanted: Wanted, name: str) -> None:
    count = sum(not question.is_blank for question in questions)
    if not count:
        hint = "write one pairing in each row below the headings"
        raise refused("no-pairings", "there is no row below the headings", hint, file=name)
    if count > wanted.most:
        detail = f"the file has {count:,} rows, more than {wanted.most:,}"
        raise refused("too-many-rows", detail, wanted.too_many_hint, file=name)


def _scored(questions: list[RowQuestion], workspace: Workspace, layout: Layout, wanted: Wanted) -> Iterator[ScoredRow]:
    for done, question in enumerate(questions, 1):
        yield _row(question, workspace, layout, wanted)
        wanted.told(done, len(questions))


def _row(question: RowQuestion, workspace: Workspace, layout: Layout, wanted: Wanted) -> ScoredRow:
    if question.is_blank:
        return ScoredRow(row=question.row, status=BLANK)
    problems = list(question.problems)
    answer = None
    try:
        # Asked even where a cell is wrong, so that names which do not settle are told at once.
        answer = workspace.ask(question.body, today=wanted.as_of)
    except RequestError as error:
        problems += _new([placed(problem, layout) for problem in error.problems], problems)
    shown = None
    if answer is not None and not problems:
        shown = row_answer(answer, explain=wanted.explain)
        shown = replace(shown, warnings=(*shown.warnings, *_exchanged(question, answer)))
    status = REFUSED if problems else ANSWERED
    return ScoredRow(row=question.row, status=status, label=question.label, answer=shown, problems=tuple(problems))


def _exchanged(question: RowQuestion, answer: Answer) -> Iterator[str]:
    """What to say where the party in the column of the foreign one is at home, and the other one is not."""
    country = question.body["deal"].get("deal.activity_country")
    foreign = next((it.foreign_parties for it in answer.jurisdictions if it.jurisdiction == country), ())
    told, other = (party.name for party in answer.parties)
    if "foreign_party" in question.body and foreign == (other,):
        yield f"{told} stands in the column of the foreign party, but {other} is the foreign one there: are they exchanged?"


def _new(found: Iterable[CellProblem], known: Iterable[CellProblem]) -> list[CellProblem]:
    """The problems of cells of which nothing is known to be wrong yet: a missing name is no unknown one."""
    places = {item.column for item in known}
    return [item for item in found if item.column is None or item.column not in places]


def row_answer(answer: Answer, *, explain: bool) -> RowAnswer:
    """What a table shows of an answer."""
    up, down = drivers(Briefing(answer=answer))
    raises, lowers = (tuple(_reason(driver.rule, driver.points) for driver in some) for some in (up, down))
    points = {step.rule: step.points for step in answer.waterfall if step.rule}
    return RowAnswer(
        question=answer.question,
        as_of=answer.as_of,
        score=answer.score,
        low=answer.low,
        high=answer.high,
        band=answer.band.name,
        band_label=answer.band.label,
        gates=answer.gates,
        raises=raises,
        lowers=lowers,
        reasons=tuple(_reason(rule, points.get(rule.id, 0.0)) for rule in _told_rules(answer, points, explain=explain)),
        unknowns=tuple(
            OpenFact(fact=item.fact, party=item.party, question=item.question, moves=item.moves)
            for item in answer.unknowns[:UNKNOWNS]
        ),
        report_status=answer.deal_status.label if answer.deal_status else None,
        parties=tuple(
            SettledParty(asked_as=party.asked_as, name=party.name, company_id=party.company_id, match=party.match)
            for party in answer.parties
        ),
        warnings=answer.warnings,
        content_hash=content_hash(answer),
    )


def _told_rules(answer: Answer, points: dict[str, float], *, explain: bool) -> list[RuleAnswer]:
    """The rules that count or stop the deal, the heaviest first; with `explain` all that apply or may apply."""
    gates = {gate.rule for gate in answer.gates if gate.status == "fired"}
    told = [
        rule
        for rule in answer.rules
        if (rule.status != "not_fired" if explain else points.get(rule.id) or rule.id in gates)
    ]
    return sorted(told, key=lambda rule: (-abs(points.get(rule.id, 0.0)), rule.status != "fired", rule.id))


def _reason(rule: RuleAnswer, points: float) -> Reason:
    return Reason(
        rule=rule.id,
        title=rule.title,
        status=rule.status,
        points=points,
        is_open=rule.counted_while_unknown,
        gate=rule.gate,
        jurisdiction=rule.jurisdiction,
        citation=rule.citation,
        because=rule.because,
        unknown_facts=rule.unknown_facts,
        source=rule.sources[0].url if rule.sources else None,
    )
