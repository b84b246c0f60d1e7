"""What a change of rules moves: two books, their difference and a portfolio in; scores, bands and gates that move, out.

Only the changed rules are evaluated for every pairing, in both versions. Where one says something else, or the same with
another effect, the other rules are evaluated too, and every distinct pattern of answers is scored once with the same
function that scores a single pairing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from riskapi.facts.assembly import Assembler
from riskapi.language.normal import meaning
from riskapi.matrix.moved import Movement, movement
from riskapi.rules import Rule, RuleBook, Status
from riskapi.scoring.score import Judged
from riskapi.scoring.scorecard import Scorecard
from riskapi.workbench.diff import BookDiff
from riskapi.workbench.diff_rows import Rows
from riskapi.workbench.portfolio import Proposal

#: Answers of rules that are not `not_fired`, by number of the rule.
Pattern = tuple[tuple[int, Status], ...]
#: A rule with the pairings for which it fires or may fire.
Answers = tuple[Rule, dict[int, Status]]


@dataclass(frozen=True, slots=True)
class Moved:
    """A pairing with its movement."""

    proposal: Proposal
    movement: Movement


@dataclass(frozen=True)
class Impact:
    """The movements in a portfolio."""

    total: Counter[str]
    moved: tuple[Moved, ...]

    @cached_property
    def by_origin(self) -> Counter[str]:
        """How many pairings move, by where they come from."""
        return Counter(item.proposal.origin for item in self.moved)

    @cached_property
    def bands(self) -> Counter[tuple[str, str]]:
        """Changes of band, from and to."""
        pairs = ((item.movement.before.band, item.movement.after.band) for item in self.moved)
        return Counter(pair for pair in pairs if pair[0] != pair[1])

    @cached_property
    def gates(self) -> dict[str, tuple[int, int]]:
        """For each gate how many pairings meet it newly, and how many no longer."""
        gained: Counter[str] = Counter()
        lost: Counter[str] = Counter()
        for item in self.moved:
            one, two = set(item.movement.before.gates), set(item.movement.after.gates)
            gained.update(two - one)
            lost.update(one - two)
        return {gate: (gained[gate], lost[gate]) for gate in sorted({*gained, *lost})}

    @cached_property
    def by_rule(self) -> dict[str, list[Moved]]:
        """The pairings that each rule has a part in moving, most first."""
        found: dict[str, list[Moved]] = defaultdict(list)
        for item in self.moved:
            for reason in item.movement.reasons:
                found[reason.rule_id].append(item)
        return dict(sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0])))

    def largest(self, count: int) -> list[tuple[Moved, int]]:
        """The largest movements, each with how many pairings move in the same way."""
        alike: Counter[Movement] = Counter(item.movement for item in self.moved)
        seen: set[Movement] = set()
        found: list[tuple[Moved, int]] = []
        for item in sorted(self.moved, key=_by_size):
            if item.movement not in seen and len(found) < count:
                seen.add(item.movement)
                found.append((item, alike[item.movement]))
        return found


#: Where no pairing was looked at, because nothing changed.
NO_IMPACT = Impact(Counter(), ())


def _by_size(item: Moved) -> tuple[float, bool, str]:
    movement = item.movement
    return (-round(abs(movement.delta), 6), movement.before.band == movement.after.band, item.proposal.label)


@dataclass(frozen=True)
class Versions:
    """Both versions of the rules, with what changed between them."""

    books: tuple[RuleBook, RuleBook]
    cards: tuple[Scorecard, Scorecard]
    diff: BookDiff

    @cached_property
    def changed(self) -> frozenset[str]:
        """Ids of the rules that are evaluated in both versions."""
        return frozenset(change.rule_id for change in self.diff.material)

    @cached_property
    def rules(self) -> tuple[tuple[Rule, ...], tuple[Rule, ...], tuple[Rule, ...]]:
        """Changed rules as they were, as they are, and the rules that did not change."""
        before, after = self.books
        return (
            tuple(rule for rule in before.rules if rule.id in self.changed),
            tuple(rule for rule in after.rules if rule.id in self.changed),
            tuple(rule for rule in after.rules if rule.id not in self.changed),
        )


def impact_of(versions: Versions, proposals: Sequence[Proposal], assembler: Assembler) -> Impact:
    """Every pairing whose score, interval, band or gates the change moves."""
    total = Counter(item.origin for item in proposals)
    rescored = bool(versions.diff.scorecard)
    if not versions.changed and not rescored:
        return Impact(total, ())
    rows = Rows.of(proposals, assembler)
    before, after, others = versions.rules
    two_statuses = list(rows.statuses(after))
    two = _patterns(two_statuses, after)
    one = _patterns(_statuses_before(rows, versions, two_statuses), before)
    touched = frozenset(range(len(proposals))) if rescored else _touched(one, two, before, after)
    if not touched:
        return Impact(total, ())
    rest = _patterns(rows.only(touched).statuses(others), others)
    scored = _Scored(versions)
    moved = []
    for number in sorted(touched):
        movement = scored.movement(rest.get(number, ()), one.get(number, ()), two.get(number, ()))
        if movement.is_real:
            moved.append(Moved(proposals[number], movement))
    return Impact(total, tuple(moved))


def _statuses_before(rows: Rows, versions: Versions, after: Iterable[Answers]) -> Iterator[Answers]:
    """Answers of the changed rules as they were; those of which only the effect changed are not evaluated again."""
    before, _, _ = versions.rules
    now = versions.books[1].by_id
    same = {rule.id: rule for rule in before if rule.id in now and _answers_alike(rule, now[rule.id])}
    yield from ((same[rule.id], statuses) for rule, statuses in after if rule.id in same)
    yield from rows.statuses([rule for rule in before if rule.id not in same])


def _answers_alike(one: Rule, two: Rule) -> bool:
    spans = [[(span.start, span.to) for span in rule.in_force] for rule in (one, two)]
    whose = [(rule.kind, rule.jurisdiction) for rule in (one, two)]
    return whose[0] == whose[1] and spans[0] == spans[1] and meaning(one.condition) == meaning(two.condition)


def _patterns(answers: Iterable[Answers], rules: Sequence[Rule]) -> dict[int, Pattern]:
    """For each pairing the rules that fire or may fire, numbered as in `rules` and in that order."""
    numbers = {rule.id: index for index, rule in enumerate(rules)}
    found: dict[int, list[tuple[int, Status]]] = defaultdict(list)
    for rule, statuses in answers:
        index = numbers[rule.id]
        entries = {status: (index, status) for status in Status}
        for pairing, status in statuses.items():
            found[pairing].append(entries[status])
    return {pairing: tuple(sorted(entries)) for pairing, entries in found.items()}


def _touched(
    one: dict[int, Pattern], two: dict[int, Pattern], before: Sequence[Rule], after: Sequence[Rule]
) -> frozenset[int]:
    """Pairings for which a changed rule says something else, or something with another effect."""

    def effects(pattern: Pattern, rules: Sequence[Rule]) -> frozenset[tuple[object, ...]]:
        return frozenset((*_effect(rules[index]), status) for index, status in pattern)

    known: dict[tuple[Pattern, Pattern], bool] = {}
    found = set()
    for number in {*one, *two}:
        key = (one.get(number, ()), two.get(number, ()))
        if key not in known:
            known[key] = effects(key[0], before) != effects(key[1], after)
        if known[key]:
            found.add(number)
    return frozenset(found)


def _effect(rule: Rule) -> tuple[object, ...]:
    return (rule.id, rule.points, rule.kind, rule.pillar, rule.gate, rule.group, rule.caution)


class _Scored:
    """Scores each pattern of answers once."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._known: dict[tuple[Pattern, Pattern, Pattern], Movement] = {}

    def movement(self, rest: Pattern, one: Pattern, two: Pattern) -> Movement:
        key = (rest, one, two)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._movement(rest, one, two)
        return found

    def _movement(self, rest: Pattern, one: Pattern, two: Pattern) -> Movement:
        before, after, others = self._versions.rules
        common = [Judged(others[index], status) for index, status in rest]
        judged = (
            [*common, *(Judged(before[index], status) for index, status in one)],
            [*common, *(Judged(after[index], status) for index, status in two)],
        )
        return movement(judged[0], judged[1], self._versions.cards, self._versions.changed)
