"""Why a rule says what it says: an outcome in; the comparisons that decided it, and those that would have to change, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from riskapi.engine.evaluate import Outcome
from riskapi.language import Atom, determining, nearest_flip
from riskapi.rules import Status
from riskapi.rules.book import AtomText

#: Explanations kept; when there are more, all are forgotten.
REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """What decided, and what is still open.

    `decided_by` is the determining set; `needed`, for a rule that did not fire, the nearest flip; `open_facts` are those
    not known that could still decide an undetermined rule; `answers` is room for what is made of it, by name.
    """

    decided_by: tuple[tuple[Atom, AtomText], ...]
    needed: tuple[tuple[Atom, AtomText], ...]
    open_facts: frozenset[str]
    answers: dict[str, Any] = field(default_factory=dict, compare=False)


class Explainer:
    """Explains outcomes, and remembers: an explanation depends on nothing but the rule and the facts that it mentions."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Explanation] = {}

    def explain_all(self, outcomes: Iterable[Outcome]) -> dict[str, Explanation]:
        """The explanation of each outcome by the id of its rule."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        return {outcome.rule.id: self._explain(outcome) for outcome in outcomes}

    def _explain(self, outcome: Outcome) -> Explanation:
        rule, facts = outcome.rule, outcome.viewpoint.facts
        key = (rule.id, *[facts.get(name) for name in rule.fact_order])
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = explain(outcome)
        return found


def explain(outcome: Outcome) -> Explanation:
    """The explanation of one outcome."""
    rule, facts = outcome.rule, outcome.viewpoint.facts
    tree = rule.trace(facts)
    decided_by = _worded(determining(tree), rule.texts)
    needed = _worded(nearest_flip(tree), rule.texts) if outcome.status is Status.NOT_FIRED else ()
    undetermined = outcome.status is Status.UNDETERMINED
    names = (name for _, words in decided_by for name in words.facts) if undetermined else ()
    return Explanation(decided_by, needed, frozenset(name for name in names if facts.get(name) is None))


def _worded(atoms: Iterable[Atom], texts: Mapping[int, AtomText]) -> tuple[tuple[Atom, AtomText], ...]:
    by_text = {texts[id(atom.node)].text: (atom, texts[id(atom.node)]) for atom in atoms}
    return tuple(by_text.values())
