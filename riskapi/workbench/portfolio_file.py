"""A portfolio of the caller: a file of questions in, pairings out; every problem is told with its line.

JSON lines hold one request body each, as `POST /v1/scores` takes it. CSV has the columns `first` and `second` (names or
ids), `as_of`, `foreign_party` where wanted, and one for each deal fact, such as `deal.type` or `deal.foreign_stake`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from riskapi.assessment.request import PartyRequest, ScoreRequest, read_request
from riskapi.entities.resolver import Ambiguous, Match
from riskapi.errors import Problem, RequestError
from riskapi.facts.assembly import Party
from riskapi.facts.links import links_between
from riskapi.facts.parties import dataset_party, inline_party
from riskapi.workbench.portfolio import Proposal
from riskapi.workspace import Workspace

MOST_PAIRINGS = 200_000
_PARTIES = ("first", "second")
_OTHER = ("as_of", "foreign_party")


def read_portfolio(path: Path, workspace: Workspace, as_of: date) -> list[Proposal]:
    """The pairings of a file, `as_of` where a line states no day; raises one `RequestError` with all problems."""
    problems: list[Problem] = []
    proposals: list[Proposal] = []
    for line, data in _lines(path, problems):
        try:
            proposals.append(_proposal(read_request(data, workspace.vocabulary, as_of), workspace))
        except RequestError as error:
            problems += [replace(problem, file=str(path), line=line) for problem in error.problems]
        if len(proposals) > MOST_PAIRINGS:
            problems.append(_problem(path, line, "too-many", f"more than {MOST_PAIRINGS:,} pairings", "split the file"))
            break
    if problems:
        raise RequestError(problems)
    if not proposals:
        raise RequestError(_problem(path, None, "no-pairings", "the file holds no pairing", "write one on each line"))
    return proposals


def _lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    if not path.is_file():
        raise RequestError(
            _problem(path, None, "no-file", "there is no such file", "name a file that ends in .jsonl or .csv")
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RequestError(
            _problem(path, None, "not-utf-8", "the file is not UTF-8 text", "save it as UTF-8")
        ) from None
    yield from _rows(text) if path.suffix.casefold() == ".csv" else _objects(text, path, problems)


def _objects(text: str, path: Path, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    for line, content in enumerate(text.splitlines(), 1):
        if content.strip():
            try:
                yield line, json.loads(content)
            except (json.JSONDecodeError, RecursionError) as error:
                hint = 'for example {"parties": ["Xiaomi", "Ford"], "deal": {"deal.type": "joint_venture"}}'
                problems.append(_problem(path, line, "json-syntax", f"the line is not JSON: {error}", hint))


def _rows(text: str) -> Iterator[tuple[int, object]]:
    reader = csv.DictReader(text.splitlines())
    for row in reader:
        cells = {(name or "").strip(): value for name, value in row.items() if value not in (None, "")}
        data: dict[str, Any] = {name: cells.pop(name) for name in _OTHER if name in cells}
        data["parties"] = [cells.pop(name, "") for name in _PARTIES]
        yield reader.line_num, {**data, "deal": cells}


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
