"""Cases that the score got most wrong, each with how its points came about.

Enters: scored cases. Leaves: the adverse ones with the fewest points and the cleared ones with the most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from riskapi.backtest.cases import OutcomeClass
from riskapi.backtest.run import ScoredCase
from riskapi.scoring.scorecard import Scorecard

WORST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of a waterfall: the base, a rule that counted, or the floor of a gate. The points add up to the score's."""

    label: str
    rule: str | None
    pillar: str | None
    points: float
    undetermined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A case on the wrong side, with its waterfall."""

    case_id: str
    title: str
    outcome: str
    as_of: date
    score: float
    low: float
    high: float
    points: float
    waterfall: tuple[Step, ...]
    open_facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misses:
    """`missed`: adverse outcomes with the lowest scores; `false_alarms`: cleared without conditions with the highest."""

    missed: tuple[Miss, ...]
    false_alarms: tuple[Miss, ...]


def find_misses(scored: Sequence[ScoredCase], card: Scorecard, worst: int = WORST) -> Misses:
    """The worst cases each way, the worst first."""
    adverse = [item for item in scored if item.case.outcome_class is OutcomeClass.ADVERSE]
    cleared = [item for item in scored if item.case.outcome_class is OutcomeClass.CLEARED]
    adverse.sort(key=lambda item: (item.points, item.case.case_id))
    cleared.sort(key=lambda item: (-item.points, item.case.case_id))
    return Misses(
        missed=tuple(_miss(item, card) for item in adverse[:worst]),
        false_alarms=tuple(_miss(item, card) for item in cleared[:worst]),
    )


def _miss(item: ScoredCase, card: Scorecard) -> Miss:
    return Miss(
        case_id=item.case.case_id,
        title=item.case.title,
        outcome=item.case.outcome.value,
        as_of=item.request.as_of,
        score=item.result.score,
        low=item.result.low,
        high=item.result.high,
        points=item.points,
        waterfall=waterfall(item, card),
        open_facts=item.open_facts,
    )


def waterfall(item: ScoredCase, card: Scorecard) -> tuple[Step, ...]:
    """The base, the rules that counted in the order of the pillars, and the lift to the floor of a gate."""
    result, order = item.result, list(card.pillars)
    counted = [entry for entry in result.contributions if entry.points]
    counted.sort(key=lambda entry: (order.index(entry.rule.pillar), -entry.points, entry.rule.id))
    steps = [Step(label="Base", rule=None, pillar=None, points=result.base, undetermined=False)]
    steps += [
        Step(
            label=entry.rule.title,
            rule=entry.rule.id,
            pillar=entry.rule.pillar.value,
            points=entry.points,
            undetermined=entry.status != "fired",
        )
        for entry in counted
    ]
    if result.lift:
        gate = result.floor_gate.value if result.floor_gate else ""
        label = f"Floor of the gate {gate}"
        steps.append(Step(label=label, rule=None, pillar=None, points=result.lift, undetermined=False))
    return tuple(steps)
