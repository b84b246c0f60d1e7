"""How well scores part outcomes, with intervals.

Enters: scores, outcome classes as whole numbers (higher is worse), deal families. Leaves: `Estimate`s and reliability rows.

Ranking is measured over pairs of cases with different outcomes: a pair is won where the worse outcome has the higher
score, half won where the scores are equal. The share won is the AUC for two classes; for ordered classes twice the share
less one is Somers' D of the score given the outcome. Intervals are percentile bootstrap intervals that draw whole
deal families, since siblings share what decided them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression

from riskapi.backtest.folds import Truth, Whole

Numbers: TypeAlias = NDArray[np.float64]

LEVEL = 0.95
DRAWS = 2000
SEED = 20261122
#: Cases of each kind below which a figure is not given: a handful of pairs says nothing.
FEWEST = 5
#: Nearly no penalty; keeps the fit finite where points part the outcomes without error.
_WEAK_PENALTY = 1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its interval; None where there are too few cases. `n` cases, `adverse` of them in the worst class."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    adverse: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole with its Wilson interval; None where the whole is empty."""

    n: int
    adverse: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Cases of about the same calibrated probability: what was predicted and what was observed."""

    lowest: float
    highest: float
    predicted: float
    observed: Share


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of cases with different outcomes: `won[i, j]` of `counted[i, j]` where i has the worse outcome."""

    won: Numbers
    counted: Numbers

    @classmethod
    def of(cls, scores: ArrayLike, ranks: ArrayLike, folds: ArrayLike | None = None) -> Pairs:
        """Every pair, or with `folds` those of one fold: scores of different fits are not compared."""
        values, order = np.asarray(scores, dtype=np.float64), np.asarray(ranks)
        counted = order[:, None] > order[None, :]
        if folds is not None:
            number = np.asarray(folds)
            counted &= number[:, None] == number[None, :]
        won = 0.5 + 0.5 * np.sign(values[:, None] - values[None, :])
        return cls(np.where(counted, won, 0.0), counted.astype(np.float64))

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(self.won + other.won, self.counted + other.counted)

    def only(self, chosen: Truth) -> Pairs:
        """The pairs among the chosen cases."""
        return Pairs(self.won[np.ix_(chosen, chosen)], self.counted[np.ix_(chosen, chosen)])

    def share(self, weights: Numbers) -> Numbers:
        """Share of pairs won for each row of weights; nan where no pair is left."""
        won = np.sum((weights @ self.won) * weights, axis=1)
        counted = np.sum((weights @ self.counted) * weights, axis=1)
        result: Numbers = np.divide(won, counted, out=np.full_like(won, np.nan), where=counted > 0)
        return result


def draws(family: Whole, repeats: int = DRAWS, seed: int = SEED) -> Numbers:
    """How often each case is in each bootstrap sample: families drawn with replacement, as many as there are."""
    count = int(family.max()) + 1 if len(family) else 0
    picked = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=repeats)
    return picked[:, family].astype(np.float64)


@dataclass(frozen=True, slots=True)
class Sample:
    """Cases with outcome classes and their bootstrap samples, from which estimates are made."""

    ranks: Whole
    weights: Numbers
    worst: int = 2

    @property
    def adverse(self) -> Truth:
        """Which cases are in the worst class."""
        return np.asarray(self.ranks == self.worst)

    def ranking(self, pairs: Pairs, chosen: Truth | None = None) -> Estimate:
        """Share of pairs won among the chosen cases (AUC for two classes)."""
        within = np.ones(len(self.ranks), dtype=np.bool_) if chosen is None else chosen
        part = pairs.only(within)
        return self.estimate(lambda weights: part.share(weights[:, within]), within)

    def somers_d(self, pairs: Pairs) -> Estimate:
        """Twice the share of pairs won, less one."""
        return self.estimate(lambda weights: 2 * pairs.share(weights) - 1)

    def gain(self, pairs: Pairs, baseline: Pairs, chosen: Truth | None = None) -> Estimate:
        """Share of pairs won above that of a baseline, on the same bootstrap samples."""
        within = np.ones(len(self.ranks), dtype=np.bool_) if chosen is None else chosen
        ours, theirs = pairs.only(within), baseline.only(within)
        return self.estimate(lambda weights: ours.share(weights[:, within]) - theirs.share(weights[:, within]), within)

    def mean(self, values: Numbers) -> Estimate:
        """Mean over cases."""
        return self.estimate(lambda weights: weights @ values / weights.sum(axis=1))

    def estimate(self, figure: Callable[[Numbers], Numbers], within: Truth | None = None) -> Estimate:
        """The figure of all cases with the percentile interval of the bootstrap samples."""
        adverse = self.adverse if within is None else self.adverse & within
        n = len(self.ranks) if within is None else int(within.sum())
        bad = int(adverse.sum())
        if min(bad, n - bad) < FEWEST:
            return Estimate(value=None, low=None, high=None, n=n, adverse=bad)
        value = float(figure(np.ones((1, len(self.ranks))))[0])
        tail = 100 * (1 - LEVEL) / 2
        low, high = np.nanpercentile(figure(self.weights), [tail, 100 - tail])
        return Estimate(value=value, low=float(low), high=float(high), n=n, adverse=bad)


def wilson(adverse: int, n: int) -> Share:
    """A share with its Wilson score interval."""
    if n == 0:
        return Share(n=0, adverse=0, rate=None, low=None, high=None)
    interval = binomtest(adverse, n).proportion_ci(LEVEL, method="wilson")
    return Share(n=n, adverse=adverse, rate=adverse / n, low=float(interval.low), high=float(interval.high))


def calibrated(points: Numbers, truth: Truth, folds: Whole) -> Numbers:
    """Probability of an adverse outcome by Platt's method: a logistic curve over points, fitted without the case's fold."""
    result = np.empty(len(points))
    odds = points[:, None] * np.log(2) / 10
    for number in np.unique(folds):
        out = folds == number
        curve = LogisticRegression(C=_WEAK_PENALTY, max_iter=1000).fit(odds[~out], truth[~out])
        result[out] = curve.predict_proba(odds[out])[:, 1]
    return result


def squared_errors(probability: Numbers, truth: Truth) -> Numbers:
    """Squared distance of each probability from what happened; their mean is the Brier score."""
    return np.asarray((probability - truth) ** 2, dtype=np.float64)


def reliability(probability: Numbers, truth: Truth, bins: int) -> tuple[Bin, ...]:
    """Cases in bins of about equal size by probability; cases of the same probability are not parted."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)))
    number = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, max(len(edges) - 2, 0))
    return tuple(_bin(probability[number == index], truth[number == index]) for index in np.unique(number))


def _bin(probability: Numbers, truth: Truth) -> Bin:
    return Bin(
        lowest=float(probability.min()),
        highest=float(probability.max()),
        predicted=float(probability.mean()),
        observed=wilson(int(truth.sum()), len(truth)),
    )


def ranks_of(classes: Sequence[int]) -> Whole:
    """Outcome classes as an array."""
    return np.array(classes, dtype=np.int64)
