"""A portfolio of the caller: a file of questions in, pairings out; every problem is told with its line.

JSON lines hold one request body each, as `POST /v1/scores` takes it. CSV files and workbooks are those that `riskapi score
--file` takes: two columns for the parties, and one for each fact that is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from riskapi.assessment.request import PartyRequest, ScoreRequest, read_request
from riskapi.entities.resolver import Ambiguous, Match
from riskapi.errors import Problem, RequestError
from riskapi.facts.assembly import Party
from riskapi.facts.links import links_between
from riskapi.facts.parties import dataset_party, inline_party
from riskapi.spreadsheet.questions import questions_of
from riskapi.spreadsheet.score import read_file
from riskapi.workbench.portfolio import Proposal
from riskapi.workspace import Workspace

MOST_PAIRINGS = 200_000
Made = TypeVar("Made")
TABLES: Final = (".csv", ".xlsx")


def read_portfolio(path: Path, workspace: Workspace, as_of: date) -> list[Proposal]:
    """The pairings of a file, `as_of` where a line states no day; raises one `RequestError` with all problems."""
    return _read(path, workspace, as_of, lambda request: _proposal(request, workspace))


def read_questions(path: Path, workspace: Workspace, as_of: date) -> list[ScoreRequest]:
    """The questions of such a file, whatever their names mean; raises one `RequestError` with all other problems."""
    return _read(path, workspace, as_of, lambda request: request)


def _read(path: Path, workspace: Workspace, as_of: date, made: Callable[[ScoreRequest], Made]) -> list[Made]:
    problems: list[Problem] = []
    found: list[Made] = []
    for line, data in _lines(path, workspace, as_of, problems):
        try:
            found.append(made(read_request(data, workspace.vocabulary, as_of)))
        except RequestError as error:
            problems += [replace(problem, file=str(path), line=line) for problem in error.problems]
        if len(found) > MOST_PAIRINGS:
            problems.append(_problem(path, line, "too-many", f"more than {MOST_PAIRINGS:,} pairings", "split the file"))
            break
    if problems:
        raise RequestError(problems)
    if not found:
        raise RequestError(_problem(path, None, "no-pairings", "the file holds no pairing", "write one on each line"))
    return found


def _lines(path: Path, workspace: Workspace, as_of: date, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    if not path.is_file():
        raise RequestError(
            _problem(path, None, "no-file", "there is no such file", "name a file that ends in .jsonl, .csv or .xlsx")
        )
    if path.suffix.casefold() in TABLES:
        yield from _rows(path, workspace, as_of, problems)
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RequestError(
            _problem(path, None, "not-utf-8", "the file is not UTF-8 text", "save it as UTF-8")
        ) from None
    yield from _objects(text, path, problems)


def _objects(text: str, path: Path, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    for line, content in enumerate(text.splitlines(), 1):
        if content.strip():
            try:
                yield line, json.loads(content)
            except (json.JSONDecodeError, RecursionError) as error:
                hint = 'for example {"parties": ["Xiaomi", "Ford"], "deal": {"deal.type": "joint_venture"}}'
                problems.append(_problem(path, line, "json-syntax", f"the line is not JSON: {error}", hint))


def _rows(path: Path, workspace: Workspace, as_of: date, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    grid, layout, lexicon = read_file(path.read_bytes(), path.name, workspace)
    for row in questions_of(grid, layout, lexicon, as_of):
        for item in row.problems:
            heading = None if item.column is None else str(layout.headings[item.column])
            problems.append(replace(item.problem, file=str(path), line=row.row + 1, field=heading))
        if not row.is_blank and not row.problems:
            yield row.row + 1, row.body


def _proposal(request: ScoreRequest, workspace: Workspace) -> Proposal:
    settled = [_settled(index, party, workspace, request.as_of) for index, party in enumerate(request.parties)]
    problems = [item for item in settled if isinstance(item, Problem)]
    if problems:
        raise RequestError(problems)
    first, second = (item for item in settled if not isinstance(item, Problem))
    links = links_between(workspace.profiles.register().holders, workspace.ledger, (first, second), request.as_of)
    names = [
        {asked.name.casefold(), party.name.casefold(), party.company_id}
        for asked, party in zip(request.parties, (first, second), strict=True)
    ]
    lead = next((index for index, known in enumerate(names) if (request.foreign_party or "").casefold() in known), None)
    proposal = Proposal(
        label=f"{first.name} and {second.name}",
        origin="file",
        parties=(first, second),
        told=request.deal,
        as_of=request.as_of,
        links=links,
        lead=lead,
    )
    # Assembled once more later: an open lead is a mistake of this line and should be told here.
    workspace.assembler.pairing(proposal.parties, proposal.told, proposal.as_of, links, lead)
    return proposal


def _settled(index: int, asked: PartyRequest, workspace: Workspace, as_of: date) -> Party | Problem:
    if asked.inline:
        return inline_party(asked.name, asked.facts, workspace.groups, as_of)
    found = workspace.names.resolve(asked.name, asked.country)
    if isinstance(found, Match):
        profile = workspace.profiles.get(found.company_id, as_of)
        return dataset_party(profile, {}, asked.facts, workspace.groups, as_of)
    near = ", ".join(f"{item.name} (id {item.company_id})" for item in found.candidates[:5])
    hint = f"write the id of one of: {near}" if near else "look the name up with `riskapi resolve`"
    return Problem(
        code="name-ambiguous" if isinstance(found, Ambiguous) else "name-unknown",
        pointer=f"/parties/{index}",
        detail=f"`{asked.name}`: {found.reason}",
        hint=hint,
    )


def _problem(path: Path, line: int | None, code: str, detail: str, hint: str) -> Problem:
    return Problem(code=code, file=str(path), line=line, detail=detail, hint=hint)
