"""Conditions that do nothing: rules that never or always fire, parts without effect, the same thing said twice.

Enters: a compiled rule. Leaves: findings. Nothing is reported unless the search of the workbench went through all trial
values and found no counterexample; where it gave up, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import combinations, permutations

from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Node, text
from riskapi.language import nodes as n
from riskapi.rules import Example, Rule
from riskapi.workbench.conditions import Field, own_nodes, written
from riskapi.workbench.killing import BUT, GaveUpError, Ground, blank
from riskapi.workbench.lint_finding import Finding, Spots
from riskapi.workbench.mutants import FALSE, TRUE, Change
from riskapi.workbench.pairs import DIFFERENT, Only, PairSets
from riskapi.workbench.values import PAIRED_CODES, trial_values

_MOST_TEXT = 120
#: Days between two rules up to which one was probably meant to follow the other at once.
_SHORT_GAP = 3


def dead_conditions(rule: Rule, vocabulary: Vocabulary, spots: Spots) -> Iterator[Finding]:
    """Whether the rule can fire and can fail to; if both, which of its parts never matter."""
    trial = _Trial(rule, vocabulary)
    whole = rule.condition
    if not trial.can_be(whole, Only.TRUE):
        yield spots.in_rule("never-fires", rule, ("when",), "no deal can make this rule fire")
    elif not trial.can_be(whole, Only.FALSE):
        yield spots.in_rule("always-fires", rule, ("when",), "the condition is never false")
    else:
        twice = list(_duplicates(rule))
        yield from (spots.in_rule("duplicate-condition", rule, field, detail) for field, detail in twice)
        if not twice:  # one of two equal conditions is idle too, which would say the same again
            yield from _idle(rule, trial, spots)


class _Trial:
    """Asks the search about one rule, after the examples of the file, which mostly give the answer at once."""

    def __init__(self, rule: Rule, vocabulary: Vocabulary) -> None:
        self.rule, self.vocabulary = rule, vocabulary
        self.near = Ground.of(rule, vocabulary)
        starts = [example.facts for example in self.near.starts]
        self.domains = trial_values([rule.condition], starts, vocabulary)
        self.starts: list[dict[str, Value]] = [{name: facts.get(name) for name in self.domains} for facts in starts]

    def can_be(self, node: Node, value: Only) -> bool:
        """Whether some deal gives the condition this value."""
        constant = FALSE if value is Only.TRUE else TRUE
        return self._differs(Change(node, constant), value)

    def matters(self, node: Node) -> bool:
        """Whether the outcome changes somewhere if the node is taken for true, and somewhere if taken for false."""
        return all(self._differs(Change(node, constant)) for constant in (TRUE, FALSE))

    def _differs(self, change: Change, only: Only | None = None) -> bool:
        sets = PairSets(self.rule.condition, change, self.domains, self.near.tests, only)
        if any(sets.mask(facts) & DIFFERENT for facts in self.starts):
            return True
        try:
            return self.near.search(change, only) is not None or self.far.search(change, only) is not None
        except GaveUpError:
            return True

    @cached_property
    def far(self) -> Ground:
        """The ground with more lists to try; made only when nothing was found on the usual one."""
        return Ground.of(replace(self.rule, examples=(*self.rule.examples, *self._lists())), self.vocabulary)

    def _lists(self) -> Iterator[Example]:
        """Lists of two codes, of which one is not mentioned by the rule: for `len(fact) = 1 and 'US' in fact`."""
        nothing = blank(self.rule, self.vocabulary)
        for name, values in self.domains.items():
            codes = [value[0] for value in values if isinstance(value, tuple) and len(value) == 1]
            for pair in combinations(codes, 2) if len(codes) <= PAIRED_CODES + 1 else ():
                yield replace(nothing, name=f"nothing{BUT}{name}", facts={**nothing.facts, name: pair})


def _idle(rule: Rule, trial: _Trial, spots: Spots) -> Iterator[Finding]:
    """The outermost nodes that never matter."""
    told: set[int] = set()
    for item in written(rule):
        for node in own_nodes(item.node):
            if id(node) in told or (isinstance(node, n.Part) and id(node.body) in told):
                continue
            if not trial.matters(node):
                told |= {id(inner) for inner in n.walk(node)}
                detail = f"`{_short(node)}` never changes the outcome"
                yield spots.in_rule("idle-condition", rule, item.field, detail)
            elif one_sided := _one_sided(node, trial):
                told |= {id(inner) for inner in n.walk(node)}
                code, words = one_sided
                yield spots.in_rule(code, rule, item.field, f"`{_short(node)}` {words}")


def _one_sided(node: Node, trial: _Trial) -> tuple[str, str] | None:
    """What never happens to a part that matters only while something is not known."""
    if not trial.can_be(node, Only.TRUE):
        return "contradicted-condition", "is never true where it would count"
    if not trial.can_be(node, Only.FALSE):
        return "implied-condition", "is never false where it would count"
    return None


def _duplicates(rule: Rule) -> Iterator[tuple[Field, str]]:
    for item in written(rule):
        for node in own_nodes(item.node):
            if isinstance(node, n.And | n.Or):
                texts = [text(operand) for operand in node.items]
                for again in dict.fromkeys(one for one in texts if texts.count(one) > 1):
                    yield item.field, f"`{again[:_MOST_TEXT]}` stands twice"
    for first, second in combinations(rule.parts, 2):
        if text(first.body) == text(second.body):
            yield ("where", second.name), f"`{second.name}` says the same as `{first.name}`"


def _short(node: Node) -> str:
    told = text(node)
    return told if len(told) <= _MOST_TEXT else told[: _MOST_TEXT - 3] + "..."


def subsumed_rules(rules: tuple[Rule, ...], vocabulary: Vocabulary, spots: Spots) -> Iterator[Finding]:
    """Rules of one instrument that fire only when another one does which has the same consequence."""
    told: set[frozenset[str]] = set()
    for narrow, wide in permutations(rules, 2):
        pair = frozenset((narrow.id, wide.id))
        if pair not in told and _alike(narrow, wide) and _needless(narrow, wide) and _implies(narrow, wide, vocabulary):
            told.add(pair)
            same = _implies(wide, narrow, vocabulary)
            detail = f"means the same as `{wide.id}`" if same else f"fires only when `{wide.id}` fires too"
            yield spots.in_rule("subsumed-rule", narrow, ("when",), detail)


def _alike(one: Rule, other: Rule) -> bool:
    """Whether two rules have the same consequence and ask for the same facts."""
    return (one.gate, one.pillar, one.kind, one.facts) == (other.gate, other.pillar, other.kind, other.facts)


def _needless(narrow: Rule, wide: Rule) -> bool:
    """Whether the narrow rule adds nothing, or adds its points to those of the wide one for the same thing.

    In one group only the heaviest counts: there a heavier rule, or one that is in force on other days, has its use.
    """
    if narrow.group is None or narrow.group != wide.group:
        return _overlap(narrow, wide)
    return abs(narrow.points) <= abs(wide.points) and _within(narrow, wide)


def _overlap(one: Rule, other: Rule) -> bool:
    return any(
        (a.to is None or b.start <= a.to) and (b.to is None or a.start <= b.to)
        for a in one.in_force
        for b in other.in_force
    )


def succession_dates(rules: tuple[Rule, ...], vocabulary: Vocabulary, spots: Spots) -> Iterator[Finding]:
    """Rules of one instrument of which one takes the place of another, with days on which both hold, or nearly none."""
    for earlier, later in permutations(rules, 2):
        last, first = earlier.in_force[-1].to, later.in_force[0].start
        follows = last is not None and earlier.in_force[-1].start < first and len(later.in_force) == 1
        if last is None or not follows or not _alike(earlier, later) or earlier.group != later.group:
            continue
        gap = (first - last).days - 1
        if gap < 0 and (later.in_force[0].to is None or later.in_force[0].to > last):
            detail = f"begins on {first}, but `{earlier.id}`, whose place it seems to take, ends only on {last}"
        elif 0 < gap <= _SHORT_GAP:
            detail = f"begins on {first}, but `{earlier.id}`, whose place it seems to take, ends already on {last}"
        else:
            continue
        # Rules that only look alike are about other things; one that replaces another widens it or narrows it.
        if not (_implies(earlier, later, vocabulary) or _implies(later, earlier, vocabulary)):
            continue
        yield spots.in_rule("succession-dates", later, ("in_force", 0), detail)


def _within(inner: Rule, outer: Rule) -> bool:
    return all(
        any(b.start <= a.start and (b.to is None or (a.to is not None and a.to <= b.to)) for b in outer.in_force)
        for a in inner.in_force
    )


def _implies(narrow: Rule, wide: Rule, vocabulary: Vocabulary) -> bool:
    """Whether no trial values make the narrow condition true and the wide one not; False where the search gave up."""
    apart = n.And((narrow.condition, n.Not(wide.condition)))
    both = replace(narrow, condition=apart, examples=(*narrow.examples, *wide.examples))
    try:
        return Ground.of(both, vocabulary).search(Change(apart, FALSE), Only.TRUE) is None
    except GaveUpError:
        return False
