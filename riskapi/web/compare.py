"""Two deals side by side: the address of one in a parameter and of the other in the rest; both answers out, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from riskapi.assessment.answer import Answer, RuleAnswer
from riskapi.assessment.words import fact_words
from riskapi.errors import Problem, RequestError
from riskapi.web.fields import FIRST, described_fields, fields_of
from riskapi.web.home import more_fields
from riskapi.web.places import places
from riskapi.web.question import Question, question_in
from riskapi.web.result import ask
from riskapi.web.scales import segments
from riskapi.web.visit import Shown, Visit

LEFT: Final = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: what it is about, and what each deal has; `differs` where they do."""

    what: str
    texts: tuple[str, str]
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePair:
    """A rule that at least one of the deals meets or may meet."""

    rule: RuleAnswer
    statuses: tuple[str | None, str | None]
    points: tuple[float, float]


def show_comparison(visit: Visit) -> Shown:
    """The form of the second deal, and the comparison once both are told."""
    left = question_in(visit.text(LEFT) or "")
    if not left.is_complete():
        problem = Problem(code="nothing-to-compare", field=LEFT, detail="the first deal is not told",
                          hint="ask a question, then choose Compare on its page")  # fmt: skip
        raise RequestError(problem)
    right = Question.read(visit.without(LEFT))
    form = right if right.is_complete() else left
    vocabulary = visit.workspace.vocabulary
    one = ask(visit, left)
    context = {
        "left": left,
        "right": form,
        "is_told": right.is_complete(),
        "fields": fields_of(FIRST, form, vocabulary),
        "more": more_fields(visit, form),
        "described": described_fields(form, vocabulary),
        "answers": (one,),
        "segments": segments(visit.workspace.card),
        "queries": (left.query(), right.query()),
        "country": places(visit.workspace),
    }
    if right.is_complete():
        other = ask(visit, right)
        context |= {"answers": (one, other), "lines": lines(one, other), "rules": rule_pairs(one, other)}
    return Shown(template="compare.html", context=context)


def lines(one: Answer, other: Answer) -> list[Line]:
    """What was told and what follows, deal beside deal."""
    told = [_told(answer) for answer in (one, other)]
    names = dict.fromkeys([*told[0], *told[1]])
    texts = {name: (told[0].get(name, "not told"), told[1].get(name, "not told")) for name in names}
    head = {
        "parties": (_parties(one), _parties(other)),
        "as of": (one.as_of.isoformat(), other.as_of.isoformat()),
    }
    return [Line(what=what, texts=pair, differs=pair[0] != pair[1]) for what, pair in {**head, **texts}.items()]


def _parties(answer: Answer) -> str:
    return " and ".join(party.name for party in answer.parties)


def _told(answer: Answer) -> dict[str, str]:
    return {fact_words(fact.fact): fact.text for fact in answer.deal}


def rule_pairs(one: Answer, other: Answer) -> list[RulePair]:
    """The rules whose status or points differ, the heaviest difference first."""
    sides = [{rule.id: rule for rule in answer.rules} for answer in (one, other)]
    found = []
    for rule_id in dict.fromkeys([*sides[0], *sides[1]]):
        first, second = (side.get(rule_id) for side in sides)
        rule = first or second
        statuses = (first.status if first else None, second.status if second else None)
        points = (first.points if first else 0.0, second.points if second else 0.0)
        matters = not {*statuses} <= {"not_fired", None}
        if rule is not None and matters and (statuses[0] != statuses[1] or points[0] != points[1]):
            found.append(RulePair(rule=rule, statuses=statuses, points=points))
    return sorted(found, key=lambda pair: (-abs(pair.points[0] - pair.points[1]), -abs(pair.rule.weight), pair.rule.id))
