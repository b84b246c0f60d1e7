"""The facts behind a movement: one question in two worlds in, a `Movement` whose reasons name facts and rows out.

A world is an open workspace: other rules, other datasets, or the same with another day in the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from riskapi.assessment.request import ScoreRequest
from riskapi.engine.evaluate import evaluate
from riskapi.facts.assembly import Pairing, Viewpoint
from riskapi.facts.evidence import Evidence
from riskapi.facts.vocabulary import Value
from riskapi.matrix.moved import FactChange, Movement, Reason, movement
from riskapi.rules import Rule
from riskapi.scoring.score import Judged
from riskapi.workspace import Workspace

_CONTROL = ("foreign.control_country", "host.control_country")


@dataclass(frozen=True)
class Asked:
    """A question in one world."""

    workspace: Workspace
    request: ScoreRequest

    @cached_property
    def pairing(self) -> Pairing:
        """Its facts; raises `UnsettledNameError` where a name does not settle in this world."""
        return self.workspace.pairing(self.request)

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        """Every rule that is looked at, and what it says."""
        outcomes, _ = evaluate(self.workspace.book, self.pairing.viewpoints, self.pairing.as_of)
        return tuple(Judged(item.rule, item.status) for item in outcomes)

    def views(self, rule: Rule) -> list[Viewpoint]:
        """The viewpoints that the rule is looked at from."""
        return [view for view in self.pairing.viewpoints if view.jurisdiction == rule.jurisdiction]


def has_same_facts(before: Asked, after: Asked) -> bool:
    """Whether no fact differs, so that the same rules give the same answer."""
    one, two = ([(v.jurisdiction, v.foreign, v.facts) for v in asked.pairing.viewpoints] for asked in (before, after))
    return one == two


def explained(before: Asked, after: Asked) -> Movement:
    """How the answer changes, each reason with the facts that its rule reads and that differ, and the rows behind them."""
    cards = (before.workspace.card, after.workspace.card)
    found = movement(before.judged, after.judged, cards)
    # A rule that says the same has other points because of its own text or of its group, not because of a fact.
    reasons = (item if item.before == item.after else _with_facts(item, before, after) for item in found.reasons)
    return replace(found, reasons=tuple(reasons))


def company_changes(before: Workspace, after: Workspace, company_id: str, day: date) -> tuple[FactChange, ...]:
    """The facts of a company (leaf names) that are not the same in both worlds; empty where only one knows it."""
    worlds = (before, after)
    if not all(company_id in world.profiles.register().companies for world in worlds):
        return ()
    then, now = (world.profiles.get(company_id, day).values for world in worlds)
    leaves = [leaf for leaf, value in now.items() if then.get(leaf) != value]
    if not leaves:
        return ()
    one, two = (world.profiles.evidence(company_id, day) for world in worlds)
    company = f"{now['name']} ({company_id})"
    return tuple(
        FactChange(leaf, company, then.get(leaf), now[leaf], *_apart(one.get(leaf, ()), two.get(leaf, ())))
        for leaf in leaves
    )


def _with_facts(reason: Reason, before: Asked, after: Asked) -> Reason:
    rules = [asked.workspace.book.by_id.get(reason.rule_id) for asked in (before, after)]
    known = [rule for rule in rules if rule is not None]
    names = sorted({name for rule in known for name in rule.facts})
    views = [asked.views(known[0]) for asked in (before, after)]
    changes = dict.fromkeys(_changes(names, before, after, views))
    return replace(reason, facts=tuple(changes))


def _changes(
    names: Sequence[str], before: Asked, after: Asked, views: Sequence[Sequence[Viewpoint]]
) -> Iterator[FactChange]:
    then, now = ({(view.jurisdiction, view.foreign): view for view in side} for side in views)
    for key in sorted({*then, *now}):
        if key in then and key in now:
            yield from _between(names, (before.pairing, then[key]), (after.pairing, now[key]))
    if set(then) != set(now):
        # A party that is foreign on one side only: who controls it says why.
        seen = next(iter([*views[0], *views[1]]))
        yield from _between(_CONTROL, (before.pairing, seen), (after.pairing, seen))


def _between(
    names: Sequence[str], before: tuple[Pairing, Viewpoint], after: tuple[Pairing, Viewpoint]
) -> Iterator[FactChange]:
    for name in names:
        then, now = (_value(name, *side) for side in (before, after))
        if then == now:
            continue
        one, two = (side[0].rows_behind(name, side[1]) or () for side in (before, after))
        party = after[0].party_of(name, after[1])
        company = None if party is None else f"{party.name} ({party.company_id})" if party.company_id else party.name
        yield FactChange(name, company, then, now, *_apart(one, two))


def _value(name: str, pairing: Pairing, view: Viewpoint) -> Value:
    party = pairing.party_of(name, view)
    return view.facts.get(name) if party is None else party.values.get(name.partition(".")[2])


def _apart(one: Sequence[Evidence], two: Sequence[Evidence]) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    return _without(one, two), _without(two, one)


def _without(rows: Sequence[Evidence], others: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Rows that say what no other row says: the day on which a row was read last is no change."""
    told = {row.statement for row in others}
    return tuple(row for row in dict.fromkeys(rows) if row.statement not in told)
