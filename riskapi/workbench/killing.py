"""Facts under which two conditions give different answers: a rule and a change in, the nearest such facts out.

The search starts from the rule's own examples and changes as few facts as it can, so that what it finds reads like the
example that it was made from. It is complete over the trial values: where it finds nothing, no choice of them tells the
two apart (an *equivalent* mutant), unless it gave up, which it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from riskapi.facts.values import defaults
from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Condition, Node, facts_of
from riskapi.language import nodes as n
from riskapi.rules import Example, Rule, Status
from riskapi.workbench.mutants import FALSE, TRUE, Change
from riskapi.workbench.pairs import DIFFERENT, OPPOSITE, Only, PairSets, compiled
from riskapi.workbench.possible import is_possible
from riskapi.workbench.values import trial_values

#: Steps after which one search gives up; the deepest of the shipped book takes a few hundred.
MOST_STEPS = 20_000
_NEAR_STEPS = 2_000
#: Examples from which a search starts.
_STARTS = 12
#: What joins the name of a generated example to the one it was made from.
BUT = ", but "


class GaveUpError(Exception):
    """The search took too many steps; nothing is proved."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Facts that tell the two conditions apart, and the example that they were made from."""

    facts: Mapping[str, Value]
    base: Example
    changed: tuple[str, ...]  # facts that differ from the base


@dataclass(slots=True)
class Ground:
    """What the searches of one rule share: where they start and what they may try."""

    rule: Rule
    vocabulary: Vocabulary
    starts: list[Example]
    tests: Callable[[Node], Condition] = field(default_factory=compiled)

    @classmethod
    def of(cls, rule: Rule, vocabulary: Vocabulary) -> Ground:
        """The ground of a rule; fired examples first, those that were generated last."""
        inside = [example for example in rule.examples if rule.is_in_force(example.as_of)]
        today = rule.instrument.checked_on
        order = {Status.FIRED: 0, Status.NOT_FIRED: 1, Status.UNDETERMINED: 2}
        starts = sorted(inside, key=lambda item: (BUT in item.name, item.as_of != today, order[item.expect]))
        return cls(rule, vocabulary, starts or [blank(rule, vocabulary)])

    def search(self, change: Change, only: Only | None = None) -> Found | None:
        """The nearest facts under which the change shows; None where there are none. Raises `GaveUpError`.

        `only`: the changed node itself must have this value. Examples with a definite answer are preferred.
        """
        domains = self._domains(change)
        sets = PairSets(self.rule.condition, change, domains, self.tests, only)
        if not sets.mask({}) & DIFFERENT:
            return None
        run = _Run(sets, domains, self._order(change))
        first = facts_of(change.target) | facts_of(change.replacement)
        for goal in (OPPOSITE, DIFFERENT):
            found = self._nearest(run, first, goal)
            if found is not None:
                return found
        return self._anywhere(run)

    def valued(self, node: Node, *, value: bool | None) -> Found | None:
        """The nearest facts that give a node of the condition this value, if possible so that it matters.

        A node whose facts always have a value is never not known.
        """
        only = {True: Only.TRUE, False: Only.FALSE, None: Only.UNKNOWN}[value]
        for replacement in (FALSE, TRUE):
            found = self.search(Change(node, replacement), only)
            if found is not None:
                return found
        test = self.tests(node)
        domains = self._domains(Change(node, node))
        names = sorted(facts_of(node))
        for example in self.starts:
            for values in islice(product(*(domains[name] for name in names)), MOST_STEPS):
                facts = {**example.facts, **dict(zip(names, values, strict=True))}
                if test(facts) is value and is_possible(facts):
                    return Found(
                        facts, example, tuple(name for name in names if facts[name] != example.facts.get(name))
                    )
        return None

    def _domains(self, change: Change) -> dict[str, tuple[Value, ...]]:
        trees = [self.rule.condition, change.replacement]
        return trial_values(trees, [example.facts for example in self.starts], self.vocabulary)

    def _nearest(self, run: _Run, first: frozenset[str], goal: int) -> Found | None:
        """From each start, with only the facts of the change free."""
        found = []
        for example in self.starts[:_STARTS]:
            fixed = {name: example.facts.get(name) for name in run.order if name not in first}
            facts = run.solve(example.facts, fixed, goal, _NEAR_STEPS)
            if facts is not None:
                found.append(self._described(facts, example))
        return _least(found)

    def _anywhere(self, run: _Run) -> Found | None:
        """With all facts free: the first search settles whether there is an answer, the others look for nearer ones."""
        start = self.starts[0]
        facts = run.solve(start.facts, {}, DIFFERENT, MOST_STEPS, strict=True)
        if facts is None:
            return None
        found = [self._described(facts, start)]
        for goal in (OPPOSITE, DIFFERENT):
            for example in self.starts[:_STARTS]:
                facts = run.solve(example.facts, {}, goal, _NEAR_STEPS)
                if facts is not None:
                    found.append(self._described(facts, example))
            if len(found) > 1:
                return _least(found[1:])
        return found[0]

    def _order(self, change: Change) -> tuple[str, ...]:
        """Facts of the change first, then those of the nodes around it, from the inside out."""
        names: dict[str, None] = dict.fromkeys(sorted(facts_of(change.target) | facts_of(change.replacement)))
        for node in reversed(_around(self.rule.condition, change.target)):
            names.update(dict.fromkeys(sorted(facts_of(node))))
        return tuple(names)

    def _described(self, facts: Mapping[str, Value], base: Example) -> Found:
        changed = tuple(name for name in sorted(facts) if facts[name] != base.facts.get(name))
        return Found({**base.facts, **facts}, base, changed)


def blank(rule: Rule, vocabulary: Vocabulary) -> Example:
    """An example that tells nothing, on the last day on which the rule is in force and was checked."""
    day = rule.instrument.checked_on
    if not rule.is_in_force(day):
        day = next((span.start for span in rule.in_force), day)
    return Example(
        name="nothing known", facts=defaults(vocabulary, day), as_of=day, expect=Status.UNDETERMINED, line=rule.line
    )


def _least(found: Iterable[Found]) -> Found | None:
    return min(found, key=lambda item: len(item.changed), default=None)


def _around(condition: Node, target: Node) -> list[Node]:
    """The nodes from the root down to the target, itself included."""
    if condition is target:
        return [condition]
    boolean = condition.items if isinstance(condition, n.And | n.Or) else ()
    if isinstance(condition, n.Not | n.Part):
        boolean = (condition.body,)
    for item in boolean:
        below = _around(item, target)
        if below:
            return [condition, *below]
    return []


class _Run:
    """Depth-first search with the values of a start tried first; prunes where no difference is within reach."""

    def __init__(self, sets: PairSets, domains: Mapping[str, tuple[Value, ...]], order: Sequence[str]) -> None:
        self.sets, self.domains, self.order = sets, domains, order

    def solve(
        self, start: Mapping[str, Value], fixed: Mapping[str, Value], goal: int, most: int, *, strict: bool = False
    ) -> dict[str, Value] | None:
        """Facts with `fixed` kept; after `most` steps None, or `GaveUpError` where `strict`."""
        self.goal, self.left, self.start = goal, most, start
        facts = dict(fixed)
        free = [name for name in self.order if name not in facts]
        try:
            if not self._settle(facts, free, 0):
                return None
        except GaveUpError:
            if strict:
                raise
            return None
        return {name: facts.get(name, start.get(name)) for name in self.order}

    def _settle(self, facts: dict[str, Value], free: Sequence[str], index: int) -> bool:
        self.left -= 1
        if self.left < 0:
            raise GaveUpError
        if not is_possible(facts):
            return False
        mask = self.sets.mask(facts)
        if not mask & self.goal:
            return False
        if self._start_will_do(facts, free[index:]):
            return True
        if index == len(free):
            return False
        name = free[index]
        for value in self._values(name):
            facts[name] = value
            if self._settle(facts, free, index + 1):
                return True
        facts.pop(name, None)
        return False

    def _start_will_do(self, facts: dict[str, Value], rest: Sequence[str]) -> bool:
        """Whether the facts that are still free may stay as they are at the start."""
        whole = {**facts, **{name: self.start.get(name) for name in rest}}
        mask = self.sets.mask(whole)  # exactly one pair, or none where the changed node has another value than wished
        return bool(mask & self.goal) and is_possible(whole)

    def _values(self, name: str) -> Iterable[Value]:
        first = self.start.get(name)
        yield first
        for value in self.domains[name]:
            if value != first:
                yield value
