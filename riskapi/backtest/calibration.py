"""Points of rules held against outcomes: scored cases and expert points in, fitted points out.

A logistic regression of the adverse outcomes on what each rule counts, drawn towards the points that experts gave:

    minimise  Σ log loss + penalty · ( Σ (w_r - s_p(r) · e_r)² + pillars · Σ (s_p - 1)² )

`w_r` is the weight of rule r and `e_r` its expert points (both as natural-log odds), `s_p` how much its pillar weighs as a
whole. Weights keep the sign of the expert points; order constraints (`invited` at most `ordinary`) are kept too. Rules
that counted in fewer than `FEWEST_CASES` cases stay at the expert points. Only the differences between cases are
used: base and floors are not fitted, since the record is no random sample of deals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from riskapi.backtest.baselines import Predict
from riskapi.backtest.folds import Truth, Whole, fold_numbers
from riskapi.backtest.metrics import SEED, Numbers
from riskapi.backtest.run import ScoredCase
from riskapi.rules import Rule
from riskapi.scoring.score import counts_in_score, group_key
from riskapi.scoring.scorecard import POINT, HitPolicy, Scorecard

#: Cases in which a rule must have counted before its points may move.
FEWEST_CASES = 5
#: Strengths that the inner cross-validation chooses from; one unit is one squared natural-log odds.
PENALTIES = (2.0, 4.0, 8.0, 16.0, 32.0)
#: How stiffly the weight of a whole pillar is held at 1, relative to a rule.
PILLAR_STIFFNESS = 4.0
#: Points by which rules of an order stay apart at least.
ORDER_GAP = 1.0
#: Weight of a broken order constraint: large beside the log loss, so that orders hold to a hundredth of a point.
_ORDER_WEIGHT = 1e4
#: Passes in which the rule that counts for its group is chosen again with the fitted points.
_PASSES = 3
INNER_FOLDS = 5

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """What the fit needs of cases and rules: which rules would count in each case, and what experts gave them."""

    rules: tuple[Rule, ...]
    expert: Numbers  # points
    candidates: tuple[tuple[tuple[int, ...], ...], ...]  # of each case, by group: the rules that would count
    sums: frozenset[int]  # candidates of groups that add up
    orders: tuple[tuple[int, int], ...]  # pairs of rules: the first may not weigh more than the second
    fixed: frozenset[int] = frozenset()  # rules that stay at the expert points
    pillars: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pillars", tuple(sorted({rule.pillar for rule in self.rules})))

    @classmethod
    def of(
        cls,
        scored: Sequence[ScoredCase],
        card: Scorecard,
        expert: Mapping[str, float],
        orders: Iterable[tuple[str, str]] = (),
        fixed: Iterable[str] = (),
    ) -> Design:
        """The design of scored cases; rules that count in no case are left out. `expert` overrides the rules' own points."""
        counting = [
            [
                item.rule
                for item in case.result.contributions
                if item.rule.points and counts_in_score(item.rule, item.status)
            ]
            for case in scored
        ]
        rules = tuple(sorted({rule.id: rule for case in counting for rule in case}.values(), key=lambda rule: rule.id))
        number = {rule.id: index for index, rule in enumerate(rules)}
        adds_up = {number[rule.id] for rule in rules if rule.group and card.hit_policy(rule.group) is HitPolicy.SUM}
        return cls(
            rules=rules,
            expert=np.array([expert.get(rule.id, rule.points) for rule in rules], dtype=np.float64),
            candidates=tuple(_by_group(case, number) for case in counting),
            sums=frozenset(adds_up),
            orders=tuple((number[low], number[high]) for low, high in orders if low in number and high in number),
            fixed=frozenset(number[rule_id] for rule_id in fixed if rule_id in number),
        )

    def matrix(self, points: Numbers) -> Matrix:
        """One row a case, one column a rule: 1 where the rule counts when rules have these points."""
        table = np.zeros((len(self.candidates), len(self.rules)))
        for row, groups in enumerate(self.candidates):
            for group in groups:
                if group[0] in self.sums:
                    table[row, list(group)] = 1.0
                else:
                    table[row, max(group, key=lambda rule: abs(points[rule]))] = 1.0
        return table

    def total(self, points: Numbers, cases: Whole) -> Numbers:
        """Points that the rules add to the base in each of the cases."""
        result: Numbers = self.matrix(points)[cases] @ points
        return result


def _by_group(rules: Iterable[Rule], number: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    groups: dict[str, list[int]] = {}
    for rule in rules:
        groups.setdefault(group_key(rule), []).append(number[rule.id])
    return tuple(tuple(sorted(group)) for _, group in sorted(groups.items()))


@dataclass(frozen=True)
class Fit:
    """Fitted points, how much each pillar weighs (1: as the experts gave), and in how many cases each rule counted."""

    points: Numbers
    pillars: Mapping[str, float]
    counted: Whole
    penalty: float


def fit(design: Design, truth: Truth, cases: Whole, penalty: float) -> Fit:
    """Fit the points to the outcomes of the given cases."""
    points, scales = design.expert, np.ones(len(design.pillars))
    table = design.matrix(points)[cases]
    for _ in range(_PASSES):
        moved, scales = _solve(design, table, truth[cases], points, penalty)
        again = design.matrix(moved)[cases]
        settled = np.array_equal(again, table)
        points, table = moved, again
        if settled:
            break
    return Fit(
        points=points,
        pillars=dict(zip(design.pillars, map(float, scales), strict=True)),
        counted=table.sum(axis=0).astype(np.int64),
        penalty=penalty,
    )


def _solve(design: Design, table: Matrix, truth: Truth, start: Numbers, penalty: float) -> tuple[Numbers, Numbers]:
    """One convex fit in log odds: weights of rules, scales of pillars and an intercept."""
    rules, pillars = len(design.rules), len(design.pillars)
    expert, outcome = design.expert * POINT, truth.astype(np.float64)
    pillar = np.array([design.pillars.index(rule.pillar) for rule in design.rules], dtype=np.int64)
    low = np.array([first for first, _ in design.orders], dtype=np.int64)
    high = np.array([second for _, second in design.orders], dtype=np.int64)

    def loss(values: Numbers) -> tuple[float, Numbers]:
        weights, scales, intercept = values[:rules], values[rules:-1], values[-1]
        odds = table @ weights + intercept
        error = 1 / (1 + np.exp(-odds)) - outcome
        off = weights - scales[pillar] * expert
        broken = np.maximum(weights[low] - weights[high] + ORDER_GAP * POINT, 0.0)
        total = float(np.sum(np.logaddexp(0, odds) - outcome * odds))
        total += penalty * float(off @ off + PILLAR_STIFFNESS * np.sum((scales - 1) ** 2))
        total += _ORDER_WEIGHT * float(broken @ broken)
        slope = np.zeros_like(values)
        slope[:rules] = table.T @ error + 2 * penalty * off
        np.add.at(slope, low, 2 * _ORDER_WEIGHT * broken)
        np.add.at(slope, high, -2 * _ORDER_WEIGHT * broken)
        slope[rules:-1] = 2 * penalty * PILLAR_STIFFNESS * (scales - 1)
        np.add.at(slope, rules + pillar, -2 * penalty * off * expert)
        slope[-1] = error.sum()
        return total, slope

    few = table.sum(axis=0) < FEWEST_CASES
    few[list(design.fixed)] = True
    bounds: list[tuple[float | None, float | None]] = [
        (value, value) if rare else (0.0, None) if value > 0 else (None, 0.0)
        for value, rare in zip(expert, few, strict=True)
    ]
    bounds += [(0.0, None)] * pillars + [(None, None)]
    first = np.concatenate([np.where(few, expert, start * POINT), np.ones(pillars), [0.0]])
    found = minimize(loss, first, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2000})
    return np.asarray(found.x[:rules] / POINT), np.asarray(found.x[rules:-1])


def chosen_penalty(design: Design, truth: Truth, family: Whole, cases: Whole) -> float:
    """The strongest penalty under which families that were not learned from are hardly more surprising than under the best.

    Hardly: within one standard error, the usual rule against fitting what one sample happens to show.
    """
    numbers = fold_numbers(truth[cases], family[cases], INNER_FOLDS, SEED)
    if numbers is None:
        return PENALTIES[-1]
    losses = {penalty: _surprise(design, truth, cases, numbers, penalty) for penalty in PENALTIES}
    best = min(losses.values(), key=np.sum)
    return max(penalty for penalty, loss in losses.items() if _no_worse(loss, best))


def _no_worse(loss: Numbers, best: Numbers) -> bool:
    """Whether the mean loss lies within one standard error of the difference to the best."""
    excess = loss - best
    return bool(excess.mean() <= excess.std() / np.sqrt(len(excess)))


def _surprise(design: Design, truth: Truth, cases: Whole, numbers: Whole, penalty: float) -> Numbers:
    """Log loss of each case out of fold, with the intercept of the fold's own learning cases."""
    losses = np.zeros(len(cases))
    for number in np.unique(numbers):
        out = numbers == number
        points = fit(design, truth, cases[~out], penalty).points
        level = _intercept(design.total(points, cases[~out]) * POINT, truth[cases[~out]])
        odds = design.total(points, cases[out]) * POINT + level
        losses[out] = np.logaddexp(0, odds) - truth[cases[out]] * odds
    return losses


def _intercept(odds: Numbers, truth: Truth) -> float:
    """The level at which the mean probability is the rate of the cases, by bisection."""
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if np.mean(1 / (1 + np.exp(-odds - middle))) < truth.mean() else (low, middle)
    return (low + high) / 2


def predictor(design: Design, truth: Truth, family: Whole) -> Predict:
    """Learns points from some cases (the penalty chosen among them) and adds them up for others."""

    def predict(known: Whole, asked: Whole) -> Numbers:
        fitted = fit(design, truth, known, chosen_penalty(design, truth, family, known))
        return design.total(fitted.points, asked)

    return predict
