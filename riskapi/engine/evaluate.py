"""Rules over one pairing: a rule book and viewpoints in, one outcome per applicable rule out.

A rule is evaluated from every viewpoint of its own jurisdiction. Where there are two (both parties are foreign there), an
aggravating rule fires if it fires for either party, a mitigating one only if it holds for both (Kleene or / and).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from riskapi.facts.assembly import Viewpoint
from riskapi.facts.vocabulary import Value
from riskapi.rules import Kind, Rule, RuleBook, Status
from riskapi.rules.book import STATUS_OF


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule says of the pairing, and from which viewpoint."""

    rule: Rule
    status: Status
    viewpoint: Viewpoint


@dataclass(frozen=True, slots=True)
class Dormant:
    """A rule that would fire (or might) but is not in force on the day: published and not yet, suspended, or no longer."""

    rule: Rule
    status: Status
    viewpoint: Viewpoint


_AGGRAVATING_ORDER = {Status.FIRED: 0, Status.UNDETERMINED: 1, Status.NOT_FIRED: 2}
_MITIGATING_ORDER = {Status.NOT_FIRED: 0, Status.UNDETERMINED: 1, Status.FIRED: 2}


def evaluate(book: RuleBook, viewpoints: Iterable[Viewpoint], as_of: date) -> tuple[list[Outcome], list[Dormant]]:
    """Outcomes of the rules in force, in the order of their ids, and the dormant ones."""
    by_jurisdiction: dict[str, list[Viewpoint]] = {}
    for viewpoint in viewpoints:
        by_jurisdiction.setdefault(viewpoint.jurisdiction, []).append(viewpoint)
    outcomes: list[Outcome] = []
    dormant: list[Dormant] = []
    for jurisdiction, seen_from in by_jurisdiction.items():
        for rule in book.by_jurisdiction.get(jurisdiction, ()):
            outcome = judge(rule, seen_from)
            if rule.is_in_force(as_of):
                outcomes.append(outcome)
            elif outcome.status is not Status.NOT_FIRED and rule.is_known_on(as_of):
                dormant.append(Dormant(rule, outcome.status, outcome.viewpoint))
    outcomes.sort(key=lambda outcome: outcome.rule.id)
    dormant.sort(key=lambda item: item.rule.id)
    return outcomes, dormant


def status_over(rule: Rule, views: Sequence[Mapping[str, Value]]) -> Status:
    """The status of one rule over the facts of each viewpoint of its jurisdiction."""
    if len(views) == 1:
        return STATUS_OF[rule.test(views[0])]
    order = _MITIGATING_ORDER if rule.kind is Kind.MITIGATING else _AGGRAVATING_ORDER
    return min((rule.evaluate(facts) for facts in views), key=order.__getitem__)


def judge(rule: Rule, viewpoints: Sequence[Viewpoint]) -> Outcome:
    """The outcome of one rule over the viewpoints of its jurisdiction."""
    if len(viewpoints) == 1:
        return Outcome(rule, STATUS_OF[rule.test(viewpoints[0].facts)], viewpoints[0])
    outcomes = [Outcome(rule, rule.evaluate(viewpoint.facts), viewpoint) for viewpoint in viewpoints]
    order = _MITIGATING_ORDER if rule.kind is Kind.MITIGATING else _AGGRAVATING_ORDER
    return min(outcomes, key=lambda outcome: order[outcome.status])
