"""What the examples of a rule prove of its condition: rules in; for each atom what was seen of it, and what is missing, out.

An *atom* is one comparison, or one true/false fact. Only examples on days on which the rule is in force count.

- **Both ways**: some example makes the atom true, some example makes it false.
- **Unknown**: some example leaves it not known. Not demanded of atoms that always have a value (closed-world facts).
- **Deciding** (masking MC/DC, in three values): some example in which the atom is true would have another outcome were it
  false, some example in which it is false would have another outcome were it true, and the two outcomes differ. All
  other atoms keep their values, known or not. Not demanded where no choice of trial values lets the atom decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from riskapi.facts.vocabulary import Vocabulary
from riskapi.language import Node, compile_condition
from riskapi.language import nodes as n
from riskapi.language.trace import conjunction, disjunction
from riskapi.rules import Example, Rule
from riskapi.workbench.conditions import Placed, atoms
from riskapi.workbench.killing import Found, GaveUpError, Ground, blank
from riskapi.workbench.mutants import FALSE, TRUE, Change
from riskapi.workbench.pairs import Only
from riskapi.workbench.proposals import proposal


class Aim(StrEnum):
    """What an example can show of an atom."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    DECIDES_TRUE = "decides while true"
    DECIDES_FALSE = "decides while false"


BOTH_WAYS = (Aim.TRUE, Aim.FALSE)
DECIDES = (Aim.DECIDES_TRUE, Aim.DECIDES_FALSE)
_AIM_OF = {True: Aim.TRUE, False: Aim.FALSE, None: Aim.UNKNOWN}


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """What no example shows, and one that would; none where the search for it gave up."""

    aim: Aim
    example: Example | None


@dataclass(frozen=True, slots=True, eq=False)
class AtomCoverage:
    """One atom: what can be shown of it, and what is not yet."""

    atom: Placed
    demanded: frozenset[Aim]
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> frozenset[Aim]:
        """The aims that no example reaches."""
        return frozenset(gap.aim for gap in self.gaps)

    @property
    def decides(self) -> bool:
        """Whether it is shown to decide the outcome by itself."""
        return not self.missing & set(DECIDES)


@dataclass(frozen=True, slots=True, eq=False)
class RuleCoverage:
    """The atoms of one rule."""

    rule: Rule
    atoms: tuple[AtomCoverage, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of so many."""

    shown: int
    of: int

    @property
    def percent(self) -> float:
        """100 where there is nothing to show."""
        return 100 * self.shown / self.of if self.of else 100.0


@dataclass(frozen=True, slots=True, eq=False)
class CoverageReport:
    """All rules that were looked at."""

    rules: tuple[RuleCoverage, ...]

    def tally(self, *aims: Aim) -> Tally:
        """How much of what is demanded with these aims is shown, each atom and aim counted once."""
        every = [atom for rule in self.rules for atom in rule.atoms]
        demanded = sum(len(atom.demanded & set(aims)) for atom in every)
        return Tally(demanded - sum(len(atom.missing & set(aims)) for atom in every), demanded)

    @property
    def values(self) -> Tally:
        """Values of all atoms: true, false and, where it can be, not known."""
        return self.tally(*BOTH_WAYS, Aim.UNKNOWN)

    @property
    def deciding(self) -> Tally:
        """Atoms shown to decide, of those that can."""
        able = [atom for rule in self.rules for atom in rule.atoms if atom.demanded & set(DECIDES)]
        return Tally(sum(atom.decides for atom in able), len(able))


def cover(rules: Iterable[Rule], vocabulary: Vocabulary) -> CoverageReport:
    """Coverage of every rule by its examples."""
    return CoverageReport(tuple(cover_rule(rule, vocabulary) for rule in rules))


def cover_rule(rule: Rule, vocabulary: Vocabulary) -> RuleCoverage:
    """Coverage of one rule; proposals are shared between its gaps where one example closes several."""
    seen = _Seen(rule)
    search = _Search(rule, vocabulary, seen)
    return RuleCoverage(rule, tuple(search.atom(index) for index in range(len(seen.atoms))))


class _Seen:
    """The values of all atoms in all examples that count, and what follows from them."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.atoms = atoms(rule)
        self.tests = [compile_condition(atom.node) for atom in self.atoms]
        inside = [example for example in rule.examples if rule.is_in_force(example.as_of)]
        self.shown: list[set[Aim]] = [set() for _ in self.atoms]
        self.outcomes: list[dict[Aim, set[bool | None]]] = [{aim: set() for aim in DECIDES} for _ in self.atoms]
        for example in inside:
            self.take(example)
        for index in range(len(self.atoms)):
            self._settle(index)

    def take(self, example: Example) -> None:
        """Note what the example shows of every atom."""
        values = {id(atom.node): test(example.facts) for atom, test in zip(self.atoms, self.tests, strict=True)}
        for index, atom in enumerate(self.atoms):
            self.shown[index] |= self._shown_by(atom.node, values, index)

    def _shown_by(self, node: Node, values: Mapping[int, bool | None], index: int) -> set[Aim]:
        value = values[id(node)]
        if value is not None:
            outcome = value_of(self.rule.condition, values)
            if value_of(self.rule.condition, {**values, id(node): not value}) is not outcome:
                self.outcomes[index][Aim.DECIDES_TRUE if value else Aim.DECIDES_FALSE].add(outcome)
        return {_AIM_OF[value]}

    def _settle(self, index: int) -> None:
        """An atom decides once two examples, one each way, have different outcomes."""
        true, false = (self.outcomes[index][aim] for aim in DECIDES)
        self.shown[index] |= {aim for aim in DECIDES if self.outcomes[index][aim]}
        if true and false and len(true | false) == 1:
            self.shown[index] -= set(DECIDES)


def value_of(node: Node, values: Mapping[int, bool | None]) -> bool | None:
    """The Kleene value of a condition from the values of its atoms, given by their `id()`."""
    match node:
        case n.Part(body=body):
            return value_of(body, values)
        case n.Not(body=body):
            inner = value_of(body, values)
            return None if inner is None else not inner
        case n.And(items=items):
            return conjunction([value_of(item, values) for item in items])
        case n.Or(items=items):
            return disjunction([value_of(item, values) for item in items])
        case n.Literal(value=bool() as constant):
            return constant
        case _:
            return values[id(node)]


class _Search:
    """Finds out what can be shown of each atom and proposes examples for what is not."""

    def __init__(self, rule: Rule, vocabulary: Vocabulary, seen: _Seen) -> None:
        self.rule, self.vocabulary, self.seen = rule, vocabulary, seen
        self.proposed: list[Example] = []
        self._ground: Ground | None = None

    @property
    def ground(self) -> Ground:
        """Made when the first gap shows."""
        self._ground = self._ground or Ground.of(self.rule, self.vocabulary)
        return self._ground

    def atom(self, index: int) -> AtomCoverage:
        """What is demanded of one atom, and its gaps."""
        atom, shown = self.seen.atoms[index], self.seen.shown[index]
        demanded, gaps = set(shown), []
        for aim in (*DECIDES, *BOTH_WAYS, Aim.UNKNOWN):
            if aim in shown:
                continue
            try:
                found = self._found(atom.node, aim)
            except GaveUpError:
                demanded.add(aim)
                gaps.append(Gap(aim, None))
                continue
            if found is not None:
                demanded.add(aim)
                gaps.append(Gap(aim, self._proposed(found)))
        if not set(DECIDES) <= demanded:  # what can decide in one state only cannot be shown by a pair
            demanded -= set(DECIDES)
        return AtomCoverage(atom, frozenset(demanded), tuple(gap for gap in gaps if gap.aim in demanded))

    def _found(self, node: Node, aim: Aim) -> Found | None:
        match aim:
            case Aim.DECIDES_TRUE:
                return self.ground.search(Change(node, FALSE), Only.TRUE)
            case Aim.DECIDES_FALSE:
                return self.ground.search(Change(node, TRUE), Only.FALSE)
            case Aim.TRUE | Aim.FALSE:
                return self.ground.valued(node, value=aim is Aim.TRUE)
            case _:
                return self._nothing_told(node) or self.ground.valued(node, value=None)

    def _nothing_told(self, node: Node) -> Found | None:
        """The example that leaves every open fact not known: one line for all atoms of a rule."""
        example = blank(self.rule, self.vocabulary)
        return Found(example.facts, example, ()) if compile_condition(node)(example.facts) is None else None

    def _proposed(self, found: Found) -> Example:
        same = (item for item in self.proposed if item.facts == found.facts and item.as_of == found.base.as_of)
        known = next(same, None)
        if known is not None:
            return known
        rule = replace(self.rule, examples=(*self.rule.examples, *self.proposed))
        example = proposal(rule, found, self.vocabulary)
        self.proposed.append(example)
        return example


def gaps_of(coverage: RuleCoverage) -> Iterator[tuple[AtomCoverage, Gap]]:
    """Every gap with its atom, in reading order."""
    for atom in coverage.atoms:
        for gap in atom.gaps:
            yield atom, gap
