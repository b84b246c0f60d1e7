"""Mutation testing of rules: rules in; for each mutant whether an example notices it, or which example would, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Condition, compile_condition
from riskapi.rules import Example, Rule, Span, Status
from riskapi.rules.book import STATUS_OF
from riskapi.rules.examples import outcome
from riskapi.workbench.conditions import exchanged
from riskapi.workbench.killing import Found, GaveUpError, Ground
from riskapi.workbench.mutants import FALSE, Change, Mutant, MutantKind, Mutation, mutants_of
from riskapi.workbench.proposals import proposal

_DAY = timedelta(days=1)
#: Facts that a proposed example may have otherwise than the one it was made from, where members of lists share it.
MOST_CHANGES = 3


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    EQUIVALENT = "equivalent"  # no choice of trial values tells it from the rule: it does not count


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """A mutant and its fate; a survivor with an example that would kill it, or without one where the search gave up."""

    mutant: Mutant
    fate: Fate
    example: Example | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RuleMutation:
    """The mutants of one rule."""

    rule: Rule
    verdicts: tuple[Verdict, ...]

    def having(self, fate: Fate) -> tuple[Verdict, ...]:
        """Those with this fate."""
        return tuple(verdict for verdict in self.verdicts if verdict.fate is fate)


@dataclass(frozen=True, slots=True, eq=False)
class MutationReport:
    """All rules that were looked at."""

    rules: tuple[RuleMutation, ...]

    def count(self, fate: Fate) -> int:
        """How many mutants have this fate."""
        return sum(len(rule.having(fate)) for rule in self.rules)

    @property
    def share(self) -> float:
        """Killed mutants in percent of those that can be killed; 100 where there are none."""
        killed, survived = self.count(Fate.KILLED), self.count(Fate.SURVIVED)
        return 100 * killed / (killed + survived) if killed + survived else 100.0


def mutate(rules: Iterable[Rule], mutation: Mutation) -> MutationReport:
    """Try every mutant of every rule against the rule's examples."""
    return MutationReport(tuple(mutate_rule(rule, mutation) for rule in rules))


def mutate_rule(rule: Rule, mutation: Mutation) -> RuleMutation:
    """Try every mutant of one rule; one proposed example may kill several of its survivors."""
    outcomes = [outcome(rule, example) for example in rule.examples]
    proposals = Proposals(rule, mutation.vocabulary)
    fates: list[tuple[Mutant, Fate, Draft | None]] = []
    for mutant in mutants_of(rule, mutation):
        answer = mutated(rule, mutant)
        if any(answer(example) is not before for example, before in zip(rule.examples, outcomes, strict=True)):
            fates.append((mutant, Fate.KILLED, None))
        else:
            fates.append((mutant, *proposals.judge(mutant, answer)))
    examples = proposals.examples()
    verdicts = (Verdict(mutant, fate, examples[id(draft)] if draft else None) for mutant, fate, draft in fates)
    return RuleMutation(rule, tuple(verdicts))


def mutated(rule: Rule, mutant: Mutant) -> Callable[[Example], Status]:
    """What the mutant says of an example."""
    test: Condition = rule.test
    if mutant.change:
        test = compile_condition(exchanged(rule.condition, {id(mutant.change.target): mutant.change.replacement}))
    spans = mutant.spans or rule.in_force
    return lambda example: STATUS_OF[test(example.facts)] if _inside(example.as_of, spans) else Status.NOT_FIRED


def _inside(day: date, spans: Sequence[Span]) -> bool:
    return any(day in span for span in spans)


@dataclass(slots=True, eq=False)
class Draft:
    """An example in the making, and what the mutants that it must kill say of examples."""

    found: Found
    as_of: date
    name: str
    kills: list[Callable[[Example], Status]]
    may_grow: bool  # it is about members of lists only: members of several lists may share one example

    def trial(self) -> Example:
        """The example before it has its name and its outcome."""
        base = self.found.base
        return Example(name="", facts=self.found.facts, as_of=self.as_of, expect=base.expect, line=base.line)


class Proposals:
    """The examples that a rule lacks; gathers them while its mutants are judged."""

    def __init__(self, rule: Rule, vocabulary: Vocabulary) -> None:
        self.rule, self.vocabulary = rule, vocabulary
        self.drafts: list[Draft] = []
        self._ground: Ground | None = None

    @property
    def ground(self) -> Ground:
        """Made when the first mutant survives."""
        self._ground = self._ground or Ground.of(self.rule, self.vocabulary)
        return self._ground

    def judge(self, mutant: Mutant, answer: Callable[[Example], Status]) -> tuple[Fate, Draft | None]:
        """The fate of a mutant that no example of the file kills, and the draft that would."""
        known = next((draft for draft in self.drafts if self._tells(draft, answer)), None)
        if known is not None:
            known.kills.append(answer)
            return Fate.SURVIVED, known
        try:
            noticed = _noticed(self.ground, mutant)
        except GaveUpError:
            return Fate.SURVIVED, None
        if noticed is None:
            return Fate.EQUIVALENT, None
        found, day, name = noticed
        may_grow = mutant.kind in (MutantKind.MEMBER_DROPPED, MutantKind.MEMBER_CHANGED)
        draft = Draft(found, day or found.base.as_of, name, [answer], may_grow)
        return Fate.SURVIVED, self._merged(draft) or self._kept(draft)

    def examples(self) -> dict[int, Example]:
        """The finished examples by the `id()` of their drafts, no name twice."""
        made: dict[int, Example] = {}
        for draft in self.drafts:
            rule = replace(self.rule, examples=(*self.rule.examples, *made.values()))
            made[id(draft)] = proposal(rule, draft.found, self.vocabulary, draft.as_of, draft.name)
        return made

    def _tells(self, draft: Draft, answer: Callable[[Example], Status]) -> bool:
        example = draft.trial()
        return answer(example) is not outcome(self.rule, example)

    def _kept(self, draft: Draft) -> Draft:
        self.drafts.append(draft)
        return draft

    def _merged(self, new: Draft) -> Draft | None:
        """An earlier draft that kills the mutant too once it takes over what the new one changed."""
        for draft in self.drafts:
            together = (*draft.found.changed, *new.found.changed)
            fits = draft.may_grow and new.may_grow and draft.found.base is new.found.base and draft.as_of == new.as_of
            if not fits or len(set(together)) < len(together) or len(together) > MOST_CHANGES:
                continue
            facts = {**draft.found.facts, **{name: new.found.facts[name] for name in new.found.changed}}
            grown = replace(draft, found=Found(facts, draft.found.base, together), kills=[*draft.kills, *new.kills])
            if all(self._tells(grown, answer) for answer in grown.kills):
                draft.found, draft.kills = grown.found, grown.kills
                return draft
        return None


def _noticed(ground: Ground, mutant: Mutant) -> tuple[Found, date | None, str] | None:
    if mutant.change:
        found = ground.search(mutant.change)
        return None if found is None else (found, None, "")
    day = next(_days_apart(ground.rule.in_force, mutant.spans), None)
    facts = None if day is None else _on_day(ground, day)
    return None if day is None or facts is None else (facts, day, _day_name(ground.rule, day))


def _days_apart(spans: Sequence[Span], others: Sequence[Span]) -> Iterator[date]:
    """Days on which only one of the two is in force; both differ only at their ends."""
    ends = {day for span in (*spans, *others) for day in (span.start, span.to) if day is not None}
    for day in sorted({day + step for day in ends for step in (-_DAY, 0 * _DAY, _DAY)}):
        if _inside(day, spans) is not _inside(day, others):
            yield day


def _on_day(ground: Ground, day: date) -> Found | None:
    """Facts for which the rule would speak on that day if it were in force."""
    signed = "deal.signed_on"
    for example in sorted(ground.starts, key=lambda item: item.expect is not Status.FIRED):
        told = example.facts.get(signed) != example.as_of
        for when in (example.facts.get(signed),) if told else (day, example.as_of):
            facts: dict[str, Value] = (
                {**example.facts, signed: when} if signed in ground.vocabulary else {**example.facts}
            )
            if ground.rule.test(facts) is not False:
                return Found(facts, example, ())
    return ground.search(Change(ground.rule.condition, FALSE))


def _day_name(rule: Rule, day: date) -> str:
    for span in rule.in_force:
        if day == span.start:
            return f"first day in force ({day})"
        if day == span.to:
            return f"last day in force ({day})"
    for span in rule.in_force:
        if day == span.start - _DAY:
            return f"day before it is in force ({day})"
    return f"day after the last in force ({day})"
