"""Kept answers: filters in, the list out; an id in, its page, and what differs now, out. Keeps and deletes, too.

Everything goes through the operations of /v1/assessments, so that the page shows and allows what they do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from riskapi.api.frame.keeping import archive_of
from riskapi.api.frame.operation import Asked, Operation
from riskapi.api.operations import assessments
from riskapi.assessment.request import PartyRequest, ScoreRequest, read_request
from riskapi.errors import Problem, RequestError, RiskapiError
from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.store.assessments import Stored
from riskapi.web.question import AS_OF, Question, as_typed, company_fact, parameter_of, read_question
from riskapi.web.scales import segments
from riskapi.web.visit import Moved, Shown, Visit
from riskapi.workspace import Workspace

_BY_ID: Final[Mapping[str, Operation]] = {item.id: item for item in assessments.OPERATIONS}
PER_PAGE: Final = "50"
LABEL: Final = "label"
PATH: Final = "/saved"


def show_saved(visit: Visit) -> Shown:
    """The kept answers that pass the filters, a page at a time."""
    pairs = [("limit", PER_PAGE), *visit.without("limit")]
    found = assessments.list_kept(visit.workspace, visit.asked(_BY_ID["listAssessments"], pairs))
    context = {
        "found": found,
        "given": dict(visit.pairs),
        "bands": {band.name: band.label for band in visit.workspace.card.bands},
        "next": [*visit.without("cursor"), ("cursor", found.next_cursor)] if found.next_cursor else None,
    }
    return Shown(template="saved.html", context=context)


def show_one(visit: Visit) -> Shown:
    """One kept answer as it was; raises `NotFoundError`."""
    stored, logged = archive_of(_asked(visit)).get(visit.caller, visit.path["id"])
    kept = json.loads(stored.body)
    context = {
        **_common(visit, stored),
        "kept": kept,
        "segments": segments(visit.workspace.card),
        "is_whole": stored.is_intact and logged in (None, stored.summary.content_hash),
        "gates": [gate for gate in kept["gates"] if gate["status"] == "fired"],
        "drivers": _drivers(kept),
    }
    return Shown(template="saved_one.html", context=context)


def show_difference(visit: Visit) -> Shown:
    """What the rules and datasets of now say of a kept question, on its day or on another one."""
    day = visit.text(AS_OF)
    asked = replace(_asked(visit), body={AS_OF: day} if day else {})
    found = assessments.rerun(visit.workspace, asked)
    stored, _ = archive_of(asked).get(visit.caller, visit.path["id"])
    context = {
        **_common(visit, stored),
        "found": found,
        "now": found.answer,
        "day": day,
        "segments": segments(visit.workspace.card),
    }
    return Shown(template="saved_compared.html", context=context)


def keep(visit: Visit) -> Shown | Moved:
    """Answer the question of the form and keep both; then its page."""
    question = read_question(visit, LABEL)
    body = question.body(visit.workspace.vocabulary)
    reply = assessments.create(visit.workspace, replace(_asked(visit), body=body))
    address = reply.headers.get("location")
    if address is None:
        detail = "answers of this tenant are not kept"
        raise RequestError(Problem(code="nothing-kept", detail=detail, hint="an administrator decides on that"))
    return Moved(address=f"{PATH}/{address.rsplit('/', 1)[-1]}")


def delete(visit: Visit) -> Moved:
    """Delete a kept answer; then the list."""
    assessments.remove(visit.workspace, _asked(visit))
    return Moved(address=PATH)


# Parts


def _asked(visit: Visit) -> Asked:
    values = {"id": visit.path.get("id"), LABEL: visit.text(LABEL)}
    return Asked(values=values, today=visit.today, caller=visit.caller, archive=visit.archive)


def _common(visit: Visit, stored: Stored) -> dict[str, Any]:
    question = question_of(stored.inputs, visit.workspace)
    return {
        "record": stored.summary,
        "bands": {band.name: band.label for band in visit.workspace.card.bands},
        "query": question.query() if question else None,
    }


def _drivers(kept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules of a kept answer that moved it most."""
    rules = [rule for rule in kept["rules"] if rule["points"]]
    return sorted(rules, key=lambda rule: (-abs(rule["points"]), rule["id"]))[:5]


def question_of(inputs: Mapping[str, Any], workspace: Workspace) -> Question | None:
    """The address of a kept question; None where it tells what an address cannot, or what nobody knows any more."""
    try:
        request = read_request(dict(inputs), workspace.vocabulary, date.max)  # the kept question states its day
    except RiskapiError:
        return None
    if any(party.country or (party.facts and not party.inline) for party in request.parties):
        return None
    return _question(request, workspace.vocabulary)


def _question(request: ScoreRequest, vocabulary: Vocabulary) -> Question:
    first, second = request.parties
    deal = {parameter_of(name): as_typed(vocabulary[name], value) for name, value in request.deal.items()}
    return Question(
        first=first.name,
        second=second.name,
        as_of=request.as_of.isoformat(),
        foreign=request.foreign_party or "",
        deal={name: text for name, text in deal.items() if text},
        described=(_described(first, vocabulary), _described(second, vocabulary)),
    )


def _described(party: PartyRequest, vocabulary: Vocabulary) -> dict[str, str]:
    return {leaf: text for leaf, value in party.facts.items() if (text := _typed(leaf, value, vocabulary))}


def _typed(leaf: str, value: Value, vocabulary: Vocabulary) -> str:
    fact = company_fact(leaf, vocabulary)
    return as_typed(fact, value) if fact else ""
