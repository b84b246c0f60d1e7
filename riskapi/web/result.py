"""The result of a question: an address in, the page of its answer out, and the full account of one rule for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from riskapi.assessment.answer import Answer, GateAnswer, RuleAnswer, UnknownAnswer, WaterfallStep
from riskapi.assessment.words import GATES
from riskapi.briefing.gather import duties_of
from riskapi.briefing.material import observed
from riskapi.claims.grading import Grade
from riskapi.claims.model import Claim
from riskapi.claims.status import LABELS, DealStatus
from riskapi.errors import NotFoundError, Problem, did_you_mean
from riskapi.web.fields import Field, fields_of
from riskapi.web.places import places
from riskapi.web.question import Question, read_question
from riskapi.web.scales import bars, segments
from riskapi.web.visit import Shown, Visit
from riskapi.workspace import Workspace

#: Open questions that are asked beside the result.
ASKED: Final = 4
_WEIGHT: Final = {code: index for index, code in enumerate(GATES)}


def show_result(visit: Visit) -> Shown:
    """The page of an answer."""
    question = read_question(visit)
    answer = ask(visit, question)
    return Shown(template="result.html", context=result_context(visit, question, answer))


def ask(visit: Visit, question: Question) -> Answer:
    """The answer; raises `RequestError` with every problem, `UnsettledNameError` with companies to choose from."""
    return visit.workspace.ask(question.body(visit.workspace.vocabulary), today=visit.today)


def result_context(visit: Visit, question: Question, answer: Answer) -> dict[str, Any]:
    """What the page of an answer shows."""
    workspace = visit.workspace
    settled = settled_question(question, answer)
    return {
        "question": question,
        "query": question.query(),
        "pinned": settled.query(),
        "pinned_pairs": settled.pairs(),
        "answer": answer,
        "observed": observed(answer.band, answer.versions.rule_set),
        "segments": segments(workspace.card),
        "asked": asked_next(answer, question, workspace),
        "gates": gates_by_kind(answer),
        "waterfall": list(zip(answer.waterfall, bars([_span(step) for step in answer.waterfall]), strict=True)),
        "pillars": list(zip(answer.pillars, bars([(item.low, item.high) for item in answer.pillars]), strict=True)),
        "rules": rules_by_status(answer),
        "status": status_shown(answer.deal_status),
        "moves": _longest(item.moves for item in answer.unknowns),
        "duties": tuple(duties_of(workspace, answer)),
        "country": places(workspace),
        "names": {party.company_id: party.name for party in answer.parties},
    }


def settled_question(question: Question, answer: Answer) -> Question:
    """The question with names and day settled: the address of this very answer, also on later days."""
    first, second = (party.company_id or party.asked_as for party in answer.parties)
    order = (first, second) if answer.parties[0].asked_as == question.first else (second, first)
    return replace(question, first=order[0], second=order[1], as_of=answer.as_of.isoformat())


def _span(step: WaterfallStep) -> tuple[float, float]:
    return (0.0, step.running) if step.kind == "base" else (step.running - step.points, step.running)


def _longest(moves: Iterator[float]) -> float:
    return max(moves, default=0.0) or 1.0


# What to ask next


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedNext:
    """An open question as a field, with how far the answer can move the ends of the range."""

    field: Field
    moves: float
    meaning: str


def asked_next(answer: Answer, question: Question, workspace: Workspace) -> tuple[AskedNext, ...]:
    """The open questions that matter most and that the caller can answer, the most informative first."""
    found: list[AskedNext] = []
    for unknown in answer.unknowns:
        if len(found) < ASKED and can_be_told(unknown, workspace):
            (field,) = fields_of([unknown.fact], question, workspace.vocabulary)
            found.append(AskedNext(field=field, moves=unknown.moves, meaning=unknown.meaning))
    return tuple(found)


def can_be_told(unknown: UnknownAnswer, workspace: Workspace) -> bool:
    """Whether the form has a field for it: a fact of the deal, not of one party."""
    return unknown.party is None and any(fact.name == unknown.fact for fact in workspace.vocabulary.tellable)


# Gates and rules


@dataclass(frozen=True, slots=True, kw_only=True)
class GateKind:
    """All gates of one kind: those that apply and those that may."""

    kind: str
    applies: tuple[GateAnswer, ...]
    may_apply: tuple[GateAnswer, ...]


def gates_by_kind(answer: Answer) -> tuple[GateKind, ...]:
    """The gates by kind, the heaviest first."""
    kinds = sorted({gate.gate for gate in answer.gates}, key=lambda kind: _WEIGHT.get(kind, len(_WEIGHT)))
    return tuple(
        GateKind(
            kind=kind,
            applies=tuple(gate for gate in answer.gates if gate.gate == kind and gate.status == "fired"),
            may_apply=tuple(gate for gate in answer.gates if gate.gate == kind and gate.status != "fired"),
        )
        for kind in kinds
    )


def rules_by_status(answer: Answer) -> dict[str, list[RuleAnswer]]:
    """The rules that apply and may apply by their weight, and those that do not by jurisdiction."""
    ranked = sorted(answer.rules, key=lambda rule: (-abs(rule.points), -abs(rule.weight), rule.id))
    found: dict[str, list[RuleAnswer]] = {"fired": [], "undetermined": [], "not_fired": []}
    for rule in ranked:
        found[rule.status].append(rule)
    found["not_fired"].sort(key=lambda rule: (rule.jurisdiction, rule.id))
    return found


def show_rule_part(visit: Visit) -> Shown:
    """Why one rule applies to this question or not: what decided, the rows behind it, the law. Raises `NotFoundError`."""
    question = read_question(visit, "rule")
    answer = ask(visit, question)
    wanted = visit.text("rule") or ""
    found = next((rule for rule in answer.rules if rule.id == wanted), None)
    if found is None:
        hint = did_you_mean(wanted, [rule.id for rule in answer.rules]) or "open the rule in the rule book"
        raise NotFoundError(Problem(code="rule-not-asked", detail=f"`{wanted[:80]}` was not asked here", hint=hint))
    template = "parts/rule_account.html" if visit.is_part else "rule_of_deal.html"
    context = {"rule": found, "answer": answer, "query": question.query(), "fact_words": _fact_words(visit.workspace)}
    return Shown(template=template, context=context)


def _fact_words(workspace: Workspace) -> dict[str, str]:
    return {fact.name: fact.meaning for fact in workspace.vocabulary}


# Is it real?


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement with its grade."""

    claim: Claim
    grade: Grade | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusShown:
    """What the record says of the deal."""

    status: DealStatus
    label: str
    said: tuple[Said, ...]


def status_shown(status: DealStatus | None) -> StatusShown | None:
    """The record with each statement beside its grade, in the order in which they were made."""
    if status is None:
        return None
    grades = {grade.claim_id: grade for grade in status.grades}
    said = tuple(Said(claim=claim, grade=grades.get(claim.claim_id)) for claim in status.claims)
    return StatusShown(status=status, label=status.label or LABELS[status.status], said=said)
