"""What moved between two answers to one pairing, and why: what the rules said before and after in, a `Movement` out.

Between two days, two rule sets or two versions of the datasets: the answers come from elsewhere, here they are compared.
`riskapi.matrix.behind` adds the facts behind it; watchlists, which have only kept results, use `is_other` and `applied`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from riskapi.facts.evidence import Evidence
from riskapi.facts.vocabulary import Value
from riskapi.rules import Status
from riskapi.scoring.score import Judged, Score, score
from riskapi.scoring.scorecard import Scorecard

#: Smaller differences of a score are rounding.
NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two answers; `gates` are those that fired, by kind."""

    score: float
    low: float
    high: float
    band: str
    gates: tuple[str, ...]


class Way(StrEnum):
    """How an answer moves. What only becomes known, within what was said before, neither rises nor falls."""

    RISES = "rises"
    FALLS = "falls"
    NARROWS = "narrows"
    WIDENS = "widens"
    ALTERS = "alters"


@dataclass(frozen=True, slots=True)
class FactChange:
    """A fact that is not what it was; `rows_...` are those behind it that the other side does not have.

    `company` is whose fact it is, as `name (id)`; None for a fact of the deal or of a jurisdiction.
    """

    fact: str
    company: str | None
    before: Value
    after: Value
    rows_before: tuple[Evidence, ...] = ()
    rows_after: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule whose part in the score is not what it was; None: it was not, or is not, in the book or in force.

    `facts` are those that the rule reads and that differ; empty where nobody asked for them.
    """

    rule_id: str
    before: str | None
    after: str | None
    points_before: float
    points_after: float
    facts: tuple[FactChange, ...] = ()

    @property
    def delta(self) -> float:
        """Difference of the points."""
        return self.points_after - self.points_before


@dataclass(frozen=True, slots=True)
class Movement:
    """How the answer to a pairing changes, and which rules make it change."""

    before: Side
    after: Side
    reasons: tuple[Reason, ...]

    @property
    def delta(self) -> float:
        """Difference of the scores."""
        return self.after.score - self.before.score

    @property
    def is_real(self) -> bool:
        """Whether anything that is shown differs."""
        return is_other(self.before, self.after)

    @property
    def way(self) -> Way:
        """In which direction the answer moves."""
        told = [(item.before, item.after) for item in self.reasons if item.before != item.after]
        if told and all(one == Status.UNDETERMINED for one, _ in told) and _within(self.after, self.before):
            return Way.NARROWS
        if told and all(two == Status.UNDETERMINED for _, two in told) and _within(self.before, self.after):
            return Way.WIDENS
        if abs(self.delta) <= NOTHING:
            return Way.ALTERS
        return Way.RISES if self.delta > 0 else Way.FALLS


def is_other(one: Side, two: Side) -> bool:
    """Whether two sides are not the same answer: what "moved" means everywhere."""
    numbers = zip((one.score, one.low, one.high), (two.score, two.low, two.high), strict=True)
    return (one.band, one.gates) != (two.band, two.gates) or any(abs(b - a) > NOTHING for a, b in numbers)


def applied(*statuses: str | None) -> bool:
    """Whether a rule applied or may have on any side: one that came or went without that is no reason."""
    return bool({*statuses} - {None, Status.NOT_FIRED.value})


def _within(inner: Side, outer: Side) -> bool:
    return inner.low >= outer.low - NOTHING and inner.high <= outer.high + NOTHING


def movement(
    before: Iterable[Judged],
    after: Iterable[Judged],
    cards: tuple[Scorecard, Scorecard],
    changed: Container[str] | None = None,
) -> Movement:
    """How the answer changes from what the rules said before to what they say after, each with its scorecard.

    Reasons are the rules that count other points; those that say something else, or have another gate, without counting
    other points only where they are in `changed` (None: every rule that can add points or has a gate).
    """
    judged = (list(before), list(after))
    scores = (score(judged[0], cards[0]), score(judged[1], cards[1]))
    sides = [_side(found, items, card) for found, items, card in zip(scores, judged, cards, strict=True)]
    return Movement(sides[0], sides[1], tuple(_reasons(scores[0], scores[1], changed)))


def _side(found: Score, judged: Iterable[Judged], card: Scorecard) -> Side:
    gates = {item.rule.gate.value for item in judged if item.rule.gate and item.status is Status.FIRED}
    return Side(found.score, found.low, found.high, card.band(found.score).name, tuple(sorted(gates)))


def _reasons(before: Score, after: Score, changed: Container[str] | None) -> Iterator[Reason]:
    one = {item.rule.id: item for item in before.contributions}
    two = {item.rule.id: item for item in after.contributions}
    for key in sorted({*one, *two}):
        was, now = one.get(key), two.get(key)
        points = (was.points if was else 0.0, now.points if now else 0.0)
        told = (was.status.value if was else None, now.status.value if now else None)
        gates = (was.rule.gate if was else None, now.rule.gate if now else None)
        if changed is None:
            matters = any(item is not None and (item.rule.points or item.rule.gate) for item in (was, now))
            says = matters and applied(*told)
        else:
            says = key in changed
        if points[0] != points[1] or (says and (told[0] != told[1] or gates[0] != gates[1])):
            yield Reason(key, told[0], told[1], *points)
