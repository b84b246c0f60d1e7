"""Why a rule says what it says: an outcome in; the comparisons that decided it, and those that would have to change, out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from riskapi.engine.evaluate import Outcome
from riskapi.engine.recent import Recent
from riskapi.facts.vocabulary import Value
from riskapi.language import Atom, determining, nearest_flip
from riskapi.language.cells import cells_of, values_of
from riskapi.rules import Rule, Status
from riskapi.rules.book import AtomText

#: Explanations kept; up to twice as many.
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decided, and what is still open.

    `decided_by` is the determining set; `needed`, for a rule that did not fire, the nearest flip; `open_facts` are those
    not known that could still decide an undetermined rule; `shown` are all facts that the two sets mention, `values` gives
    what they are; `kept` is room for what is made of explanations.
    """

    decided_by: tuple[tuple[Atom, AtomText], ...]
    needed: tuple[tuple[Atom, AtomText], ...]
    open_facts: frozenset[str]
    shown: tuple[str, ...]
    values: Callable[[Mapping[str, Value]], Hashable] = field(compare=False, repr=False)
    kept: Kept = field(compare=False, repr=False)


class Kept:
    """Room for what is made of explanations, by what it is; the same for all explanations of one explainer."""

    def __init__(self) -> None:
        self._rooms: dict[str, Recent[Any]] = {}

    def of(self, kind: str, most: int) -> Recent[Any]:
        """What was made of one kind of late, with room for so many."""
        found = self._rooms.get(kind)
        return self._rooms.setdefault(kind, Recent(most)) if found is None else found


class Explainer:
    """Explains outcomes, and remembers: an explanation depends on nothing but the rule and the facts that it mentions.

    Of a number only counts on which side of the constants it lies that the rule compares it with.
    """

    def __init__(self) -> None:
        self._known: Recent[Explanation] = Recent(REMEMBERED)
        self._cells: dict[Rule, Callable[[Mapping[str, Value]], Hashable]] = {}
        self._kept = Kept()

    def explain_all(self, outcomes: Iterable[Outcome]) -> dict[str, Explanation]:
        """The explanation of each outcome by the id of its rule."""
        return {outcome.rule.id: self._explain(outcome) for outcome in outcomes}

    def _explain(self, outcome: Outcome) -> Explanation:
        rule = outcome.rule
        cells = self._cells.get(rule)
        if cells is None:
            cells = self._cells[rule] = cells_of(rule.condition)
        key = rule, cells(outcome.viewpoint.facts)
        return self._known.get(key) or self._known.put(key, explain(outcome, self._kept))


def explain(outcome: Outcome, kept: Kept | None = None) -> Explanation:
    """The explanation of one outcome; `kept` holds what is made of it."""
    rule, facts = outcome.rule, outcome.viewpoint.facts
    tree = rule.trace(facts)
    decided_by = _worded(determining(tree), rule.texts)
    needed = _worded(nearest_flip(tree), rule.texts) if outcome.status is Status.NOT_FIRED else ()
    undetermined = outcome.status is Status.UNDETERMINED
    names = (name for _, words in decided_by for name in words.facts) if undetermined else ()
    shown = tuple(sorted({name for _, words in (*decided_by, *needed) for name in words.facts}))
    return Explanation(
        decided_by=decided_by,
        needed=needed,
        open_facts=frozenset(name for name in names if facts.get(name) is None),
        shown=shown,
        values=values_of(shown),
        kept=kept or Kept(),
    )


def _worded(atoms: Iterable[Atom], texts: Mapping[int, AtomText]) -> tuple[tuple[Atom, AtomText], ...]:
    by_text = {texts[id(atom.node)].text: (atom, texts[id(atom.node)]) for atom in atoms}
    return tuple(by_text.values())
