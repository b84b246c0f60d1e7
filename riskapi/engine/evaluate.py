"""Rules over one pairing: a rule book and viewpoints in, one outcome per applicable rule out.

A rule is evaluated from every viewpoint of its own jurisdiction. Where there are two (both parties are foreign there), an
aggravating rule fires if it fires for either party, a mitigating one only if it holds for both (Kleene or / and).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Final, NamedTuple

from riskapi.facts.assembly import Viewpoint
from riskapi.facts.vocabulary import Value
from riskapi.language.trace import conjunction, disjunction
from riskapi.rules import Kind, Rule, RuleBook, Status
from riskapi.rules.book import STATUS_OF

_ID: Final = attrgetter("rule.id")


class Outcome(NamedTuple):
    """What one rule says of the pairing, and from which viewpoint."""

    rule: Rule
    status: Status
    viewpoint: Viewpoint


class Dormant(NamedTuple):
    """A rule that would fire (or might) but is not in force on the day: published and not yet, suspended, or no longer."""

    rule: Rule
    status: Status
    viewpoint: Viewpoint


def evaluate(book: RuleBook, viewpoints: Iterable[Viewpoint], as_of: date) -> tuple[list[Outcome], list[Dormant]]:
    """Outcomes of the rules in force, in the order of their ids, and the dormant ones."""
    by_jurisdiction: dict[str, list[Viewpoint]] = {}
    for viewpoint in viewpoints:
        by_jurisdiction.setdefault(viewpoint.jurisdiction, []).append(viewpoint)
    outcomes: list[Outcome] = []
    dormant: list[Dormant] = []
    for jurisdiction, seen_from in by_jurisdiction.items():
        first, is_only = seen_from[0], len(seen_from) == 1
        facts = first.facts
        for rule, in_force in book.known_on(jurisdiction, as_of):
            # Nearly all jurisdictions have one viewpoint, and hundreds of calls would cost as much as the conditions.
            outcome = Outcome(rule, STATUS_OF[rule.test(facts)], first) if is_only else judge(rule, seen_from)
            if in_force:
                outcomes.append(outcome)
            elif outcome.status is not Status.NOT_FIRED:
                dormant.append(Dormant(rule, outcome.status, outcome.viewpoint))
    outcomes.sort(key=_ID)
    dormant.sort(key=_ID)
    return outcomes, dormant


def status_over(rule: Rule, views: Sequence[Mapping[str, Value]]) -> Status:
    """The status of one rule over the facts of each viewpoint of its jurisdiction."""
    if len(views) == 1:
        return STATUS_OF[rule.test(views[0])]
    return STATUS_OF[_joined(rule, [rule.test(facts) for facts in views])]


def judge(rule: Rule, viewpoints: Sequence[Viewpoint]) -> Outcome:
    """The outcome of one rule over the viewpoints of its jurisdiction, seen from the first that decides it."""
    values = [rule.test(viewpoint.facts) for viewpoint in viewpoints]
    value = _joined(rule, values)
    return Outcome(rule, STATUS_OF[value], viewpoints[values.index(value)])


def _joined(rule: Rule, values: list[bool | None]) -> bool | None:
    return conjunction(values) if rule.kind is Kind.MITIGATING else disjunction(values)
