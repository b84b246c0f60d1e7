from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import somersd
from sklearn.metrics import brier_score_loss, roc_auc_score

from riskapi.backtest.metrics import (
    FEWEST,
    Pairs,
    Sample,
    calibrated,
    draws,
    ranks_of,
    reliability,
    squared_errors,
    wilson,
)

SEEDS = range(5)


def numbers(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Scores with many ties, and classes 0, 1, 2 that go with them."""
    rng = np.random.default_rng(seed)
    ranks = rng.integers(0, 3, n)
    return np.round(rng.normal(size=n) + 0.4 * ranks, 1), ranks


def sample(ranks: np.ndarray, repeats: int = 500) -> Sample:
    return Sample(ranks_of(ranks.tolist()), draws(np.arange(len(ranks)), repeats))


def test_pairs_by_hand() -> None:
    # Adverse 3 and 1 against the others 1 and 2: won 3>1, 3>2; half 1=1; lost 1<2.
    pairs = Pairs.of([3, 1, 1, 2], [1, 1, 0, 0])
    assert pairs.share(np.ones((1, 4))).tolist() == [2.5 / 4]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_share_of_pairs_is_the_area_under_the_curve(seed: int) -> None:
    scores, ranks = numbers(seed)
    adverse = ranks == 2
    estimate = sample(ranks).ranking(Pairs.of(scores, adverse))
    assert estimate.value == pytest.approx(roc_auc_score(adverse, scores))


@pytest.mark.parametrize("seed", SEEDS)
def test_somers_d_is_that_of_the_score_given_the_outcome(seed: int) -> None:
    scores, ranks = numbers(seed)
    assert sample(ranks).somers_d(Pairs.of(scores, ranks)).value == pytest.approx(somersd(ranks, scores).statistic)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_part_is_ranked_by_its_own_pairs(seed: int) -> None:
    scores, ranks = numbers(seed)
    chosen = np.arange(len(ranks)) % 2 == 0
    adverse = ranks == 2
    estimate = sample(ranks).ranking(Pairs.of(scores, adverse), chosen)
    assert estimate.value == pytest.approx(roc_auc_score(adverse[chosen], scores[chosen]))
    assert (estimate.n, estimate.adverse) == (60, int(adverse[chosen].sum()))


def test_within_folds_only_scores_of_one_fold_are_compared() -> None:
    # In each fold the adverse case wins; across folds it would lose.
    pairs = Pairs.of([2, 1, 12, 11], [1, 0, 1, 0], folds=[0, 0, 1, 1])
    assert pairs.share(np.ones((1, 4))).tolist() == [1.0]
    assert Pairs.of([2, 1, 12, 11], [1, 0, 1, 0]).share(np.ones((1, 4))).tolist() == [0.75]


def test_pairs_of_several_runs_are_counted_together() -> None:
    both = Pairs.of([2, 1], [1, 0]) + Pairs.of([1, 2], [1, 0])
    assert both.share(np.ones((1, 2))).tolist() == [0.5]


def test_the_same_seed_draws_the_same_and_families_are_drawn_whole() -> None:
    family = np.array([0, 0, 1, 2, 2, 2])
    weights = draws(family, 50, seed=3)
    assert (weights == draws(family, 50, seed=3)).all()
    assert (weights != draws(family, 50, seed=4)).any()
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 5]).all()
    assert (weights[:, 0] + weights[:, 2] + weights[:, 3] == 3).all()


def test_the_interval_lies_around_the_value_and_narrows_with_more_cases() -> None:
    widths = []
    for n in (60, 600):
        scores, ranks = numbers(1, n)
        found = sample(ranks).ranking(Pairs.of(scores, ranks == 2))
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.value < found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_copies_of_a_case_are_no_further_evidence() -> None:
    scores, ranks = numbers(2)
    once = sample(ranks).ranking(Pairs.of(scores, ranks == 2))
    four, of = np.repeat(ranks, 4), np.repeat(np.arange(len(ranks)), 4)
    copied = Sample(ranks_of(four.tolist()), draws(of, 500)).ranking(Pairs.of(np.repeat(scores, 4), four == 2))
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))


def test_no_figure_is_given_for_a_handful_of_cases() -> None:
    ranks = np.array([2] * (FEWEST - 1) + [0] * 50)
    found = sample(ranks).ranking(Pairs.of(np.arange(54), ranks == 2))
    assert (found.value, found.low, found.high) == (None, None, None)
    assert (found.n, found.adverse) == (54, FEWEST - 1)


def test_nothing_gains_on_itself_and_the_better_gains_on_the_worse() -> None:
    scores, ranks = numbers(3)
    ours, blind = Pairs.of(scores, ranks == 2), Pairs.of(np.zeros(len(ranks)), ranks == 2)
    same = sample(ranks).gain(ours, ours)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    better = sample(ranks).gain(ours, blind).value
    assert better is not None
    assert better == pytest.approx(roc_auc_score(ranks == 2, scores) - 0.5)


def test_wilson_by_hand() -> None:
    # Wilson (1927) for 8 of 10 at 95 %: (0.8 + 0.19207) / 1.38415 -+ 0.22653.
    share = wilson(8, 10)
    assert share.rate == 0.8
    assert (share.low, share.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 20).low == 0
    assert wilson(0, 0).rate is None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_brier_score_is_the_known_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, probability = rng.random(80) < 0.3, rng.random(80)
    found = sample(2 * truth.astype(int)).mean(squared_errors(probability, truth))
    assert found.value == pytest.approx(brier_score_loss(truth, probability))


def test_a_case_has_no_part_in_its_own_probability() -> None:
    scores, ranks = numbers(4)
    truth, folds = ranks == 2, np.arange(len(ranks)) % 5
    before = calibrated(scores, truth, folds)
    changed = truth.copy()
    changed[folds == 2] = ~changed[folds == 2]
    after = calibrated(scores, changed, folds)
    assert before[folds == 2] == pytest.approx(after[folds == 2])
    assert before[folds != 2] != pytest.approx(after[folds != 2])


def test_calibrated_probabilities_find_the_true_odds() -> None:
    """Ten points double the odds: points drawn so are given back."""
    rng = np.random.default_rng(5)
    points = rng.uniform(-40, 40, 4000)
    chance = 1 / (1 + 2 ** (-points / 10))
    found = calibrated(points, rng.random(4000) < chance, np.arange(4000) % 5)
    assert np.abs(found - chance).max() < 0.05


def test_the_reliability_table_holds_every_case_once_in_order() -> None:
    rng = np.random.default_rng(6)
    probability = np.round(rng.random(200), 1)
    truth = rng.random(200) < probability
    rows = reliability(probability, truth, 5)
    assert sum(row.observed.n for row in rows) == 200
    assert sum(row.observed.adverse for row in rows) == truth.sum()
    assert all(row.lowest <= row.predicted <= row.highest for row in rows)
    assert all(one.highest < other.lowest for one, other in pairwise(rows))


def test_equal_probabilities_make_one_row() -> None:
    (row,) = reliability(np.full(10, 0.3), np.arange(10) < 3, 5)
    assert row.predicted == pytest.approx(0.3)
    assert row.observed.rate == 0.3
