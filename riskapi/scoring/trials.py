"""One pairing scored again and again with one fact changed: what each change would do to the totals.

Enters: a pairing with its outcomes, and who reads which fact. Leaves: the totals of each trial. They are those of scoring
from scratch, and cost little: only rules that the change reaches are asked again, and only their groups added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from riskapi.engine.evaluate import Outcome, status_over
from riskapi.facts.assembly import IMPORT_DUTY, Assembler, Pairing, Viewpoint
from riskapi.facts.screening import DEAL_INPUTS, FROM_DEAL
from riskapi.facts.vocabulary import Origin, Value
from riskapi.rules import Rule, Status
from riskapi.scoring.score import NOTHING, Floors, Judged, Range, add, floor_of, floors_of, group_key, group_range
from riskapi.scoring.scorecard import Scorecard, score_of
from riskapi.warehouse.countries import EVERYWHERE

#: Rules that can move the score, by jurisdiction and fact.
Readers: TypeAlias = Mapping[tuple[str, str], Sequence[Rule]]

#: Facts of the whole deal from which other deal facts follow.
_SPREADING = frozenset({"deal.type", "deal.activity_country"})
#: Those from which the duty follows.
_FOR_DUTY = frozenset({"deal.type", "deal.product", "deal.activity_country", "deal.production_countries"})
#: Those that every jurisdiction makes something of.
_EVERYWHERE = _FOR_DUTY | {"deal.market_countries"}


@dataclass(frozen=True, slots=True)
class Trial:
    """The result if the fact had this value."""

    value: Value
    low: float
    score: float
    high: float


def matters(rule: Rule) -> bool:
    """Whether the rule can move the score: by points or by the floor of its gate."""
    return rule.points != 0 or rule.gate is not None


def readers_of(rules: Iterable[Rule]) -> Readers:
    """Who reads which fact, of the rules that can move the score."""
    readers: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        if matters(rule):
            for name in rule.facts:
                readers.setdefault((rule.jurisdiction, name), []).append(rule)
    return readers


class _View:
    """The facts of one viewpoint, which a trial changes and puts back."""

    def __init__(self, viewpoint: Viewpoint, *, is_lead: bool) -> None:
        self.is_lead, self.jurisdiction, self.before = is_lead, viewpoint.jurisdiction, viewpoint.facts
        self.facts = dict(viewpoint.facts)  # one copy for all trials: a copy for each would cost more than its rules
        self.changed: list[str] = []

    def change(self, facts: Mapping[str, Value]) -> None:
        """See these facts otherwise."""
        self.facts.update(facts)
        self.changed += facts

    def restore(self) -> None:
        """See everything as it is."""
        for name in self.changed:
            self.facts[name] = self.before.get(name)
        self.changed.clear()


class Trials:
    """Re-scores the pairing with one fact changed, touching only the rules and groups that the change reaches."""

    def __init__(
        self, means: tuple[Assembler, Scorecard, Readers], pairing: Pairing, outcomes: Sequence[Outcome]
    ) -> None:
        self.assembler, self.card, self.readers = means
        self.pairing = pairing
        self.views: dict[str, list[_View]] = {}
        self.sides: dict[bool, Mapping[str, Value]] = {}  # facts by whether the foreign party is the lead
        for seen in pairing.viewpoints:
            is_lead = pairing.lead is None or pairing.lead == seen.foreign
            self.views.setdefault(seen.jurisdiction, []).append(_View(seen, is_lead=is_lead))
            self.sides.setdefault(is_lead, seen.facts)
        self.reached: dict[str, Sequence[str]] = {}
        self.touched: dict[tuple[object, ...], Sequence[Rule]] = {}
        self.status = {item.rule.id: item.status for item in outcomes if matters(item.rule)}
        live = [Judged(rule, status) for rule, status, _ in outcomes if status is not Status.NOT_FIRED]
        self._note([item for item in live if matters(item.rule)])
        self.plain = add(self.card.base, self.ranges.values())
        self.totals = self.floors.under(self.plain)

    def _note(self, live: Sequence[Judged]) -> None:
        """What fired or may fire, by group and by gate; the others add nothing."""
        self.live: dict[str, list[Judged]] = {}
        self.open_readers: dict[tuple[str, str], list[Rule]] = {}
        for item in live:
            rule = item.rule
            self.live.setdefault(group_key(rule), []).append(item)
            if item.status is Status.UNDETERMINED:
                for name in rule.facts:
                    self.open_readers.setdefault((rule.jurisdiction, name), []).append(rule)
        self.ranges = {key: group_range(members, self.card) for key, members in self.live.items()}
        gates = [item for item in live if item.rule.gate]
        self.gates = sorted(gates, key=lambda item: -floor_of(item.rule, self.card))
        self.floors = floors_of(gates, self.card)

    def party_of(self, name: str) -> int | None:
        """Index of the party that a company fact is about."""
        lead = self.pairing.lead or 0
        return lead if name.startswith("foreign.") else 1 - lead if name.startswith("host.") else None

    def run(self, name: str, value: Value) -> Range | None:
        """Totals if the fact had the value; None where no rule changes its answer."""
        changed = self._changed(name, value)
        if not changed:
            return None
        low, score, high = self.plain
        for key in dict.fromkeys(group_key(item.rule) for item in changed.values()):
            before, after = self.ranges.get(key, NOTHING), self._range(key, changed)
            low, score, high = (
                low + after.low - before.low,
                score + after.score - before.score,
                high + after.high - before.high,
            )
        return self._floors(changed).under(Range(low, score, high))

    def shown(self, value: Value, totals: Range) -> Trial:
        """The trial on the scale from 0 to 100."""
        return Trial(value, score_of(totals.low), score_of(totals.score), score_of(totals.high))

    def _range(self, key: str, changed: Mapping[str, Judged]) -> Range:
        """What the group adds after the change."""
        if alone := changed.get(key):  # a rule without a group
            return group_range([alone], self.card)
        members = {item.rule.id: item for item in self.live.get(key, ())}
        members |= {rule_id: item for rule_id, item in changed.items() if group_key(item.rule) == key}
        return group_range(list(members.values()), self.card)

    def _floors(self, changed: Mapping[str, Judged]) -> Floors:
        if not any(item.rule.gate for item in changed.values()):
            return self.floors
        strongest = []
        for item in self.gates:
            if item.rule.id not in changed:
                strongest.append(item)
                if item.status is Status.FIRED:
                    break  # those below it lift nothing
        return floors_of((*strongest, *changed.values()), self.card)

    # What a change reaches

    def _changed(self, name: str, value: Value) -> dict[str, Judged]:
        """The rules that say something else if the fact has the value."""
        changed: dict[str, Judged] = {}
        told = {is_lead: self._told(name, value, seen, as_lead=is_lead) for is_lead, seen in self.sides.items()}
        for code in self._reached(name):
            views = self.views[code]
            for view in views:
                view.change(told[view.is_lead])
                self._follow(view, name, value)
            facts = [view.facts for view in views]
            for rule in self._touched(code, views):
                status = status_over(rule, facts)
                if status is not self.status[rule.id]:
                    changed[rule.id] = Judged(rule, status)
            for view in views:
                view.restore()
        return changed

    def _told(self, name: str, value: Value, facts: Mapping[str, Value], *, as_lead: bool) -> dict[str, Value]:
        """The facts of the parties and of the deal that change with the fact, as the lead side or the other side sees them."""
        fact = self.assembler.vocabulary[name]
        if fact.origin is Origin.COMPANY:
            return {name if as_lead else str(fact.mirror): value}
        if not fact.one_sided and name not in _SPREADING:
            return {name: value}
        after = self.assembler.deal_facts({**self.pairing.told, name: value}, self.pairing.as_of, as_lead=as_lead)
        return {key: item for key, item in after.items() if item != facts[key]}

    def _reached(self, name: str) -> Sequence[str]:
        """The jurisdictions in which a change of the fact can reach a rule."""
        fact = self.assembler.vocabulary[name]
        if fact.one_sided or name in _EVERYWHERE:
            return tuple(self.views)
        if name not in self.reached:
            names = (name, fact.mirror, *(FROM_DEAL if name in DEAL_INPUTS else ()))
            reads = self.readers
            self.reached[name] = [code for code in self.views if any((code, item) in reads for item in names if item)]
        return self.reached[name]

    def _touched(self, code: str, views: Sequence[_View]) -> Sequence[Rule]:
        """The rules of the jurisdiction that may change their answer with the facts that its viewpoints see otherwise."""
        key = (code, *(tuple(view.changed) for view in views))
        found = self.touched.get(key)
        if found is None:
            reacting = (rule for view in views for name in view.changed for rule in self._reacting(code, name, view))
            found = self.touched[key] = tuple({rule.id: rule for rule in reacting}.values())
        return found

    def _reacting(self, code: str, name: str, view: _View) -> Iterable[Rule]:
        """Those that have no answer yet; a rule keeps its answer when a fact becomes known, not when a default changes."""
        if view.before.get(name) is None:
            return self.open_readers.get((code, name), ())
        return (rule for rule in self.readers.get((code, name), ()) if rule.id in self.status)

    def _follow(self, view: _View, name: str, value: Value) -> None:
        """Facts of the jurisdiction that follow from the changed ones, where a rule of it reads them."""
        reads = self.readers
        if name in ("deal.activity_country", "deal.market_countries"):
            view.change(self._in_jurisdiction(view.jurisdiction, name, value))
        if name in _FOR_DUTY and (view.jurisdiction, IMPORT_DUTY) in reads:
            view.change({IMPORT_DUTY: self.assembler.import_duty(view.facts, view.jurisdiction)[0]})
        if not DEAL_INPUTS.isdisjoint(view.changed) and any((view.jurisdiction, fact) in reads for fact in FROM_DEAL):
            country = view.before["deal.activity_country"] if view.jurisdiction == EVERYWHERE else None
            jurisdiction = country if isinstance(country, str) else view.jurisdiction
            view.change(self.assembler.screening_facts(view.facts, jurisdiction, self.pairing.as_of)[0])

    def _in_jurisdiction(self, code: str, name: str, value: Value) -> dict[str, Value]:
        key = "jurisdiction.activity_here" if name == "deal.activity_country" else "jurisdiction.market_here"
        countries = value if isinstance(value, tuple) else (value,)
        return {key: any(self.assembler.covers(code, country, self.pairing.as_of) for country in countries)}
