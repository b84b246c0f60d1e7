from __future__ import annotations

import numpy as np
import pytest

from riskapi.backtest.baselines import SHRINKAGE, baseline_pairs, case_columns, out_of_fold, owner_country
from riskapi.backtest.cases import Case
from tests.backtest.synthetic import case


def cases_of(*countries: str) -> list[Case]:
    owners = [{"country": country, "ultimate_owner_country": country} for country in countries]
    return [case(number, foreign_party=owner) for number, owner in enumerate(owners)]


def test_the_rate_of_a_country_is_drawn_towards_that_of_all() -> None:
    truth = np.array([True, True, False, False, False])
    predict = owner_country(cases_of("CN", "CN", "JP", "JP", "FR"), truth)
    known, asked = np.array([0, 1, 2, 3]), np.array([0, 2, 4])
    mean = 0.5
    expected = [(2 + SHRINKAGE * mean) / (2 + SHRINKAGE), (0 + SHRINKAGE * mean) / (2 + SHRINKAGE), mean]
    assert predict(known, asked).tolist() == pytest.approx(expected)


def test_within_one_country_the_country_tells_nothing() -> None:
    """Compared across folds it would seem to err: the own outcome is missing from each rate."""
    truth = np.arange(60) % 3 == 0
    pairs = baseline_pairs(owner_country(cases_of(*["CN"] * 60), truth), truth, np.arange(60))
    assert pairs is not None
    assert pairs.share(np.ones((1, 60))).tolist() == [0.5]


@pytest.mark.filterwarnings("error")
def test_no_fold_is_predicted_from_its_own_outcomes() -> None:
    made = [case(number) for number in range(60)]
    rng = np.random.default_rng(1)
    truth, folds, family = rng.random(60) < 0.4, np.arange(60) % 4, np.arange(60)
    changed = truth.copy()
    changed[folds == 1] = ~changed[folds == 1]
    for before, after in (
        (owner_country(made, truth), owner_country(made, changed)),
        (case_columns(made, truth, family), case_columns(made, changed, family)),
    ):
        one, two = out_of_fold(before, folds), out_of_fold(after, folds)
        assert one[folds == 1] == pytest.approx(two[folds == 1])
        assert one[folds != 1] != pytest.approx(two[folds != 1])


def test_the_regression_finds_what_the_columns_tell() -> None:
    made = [case(number, sensitivities={"defence_supplier": number % 3 == 0}) for number in range(90)]
    truth = np.array([bool(item.announcement.sensitivities.defence_supplier) for item in made])
    pairs = baseline_pairs(case_columns(made, truth, np.arange(90)), truth, np.arange(90), repeats=1)
    assert pairs is not None
    assert pairs.share(np.ones((1, 90)))[0] > 0.95


def test_gaps_in_the_columns_are_no_obstacle() -> None:
    blank = {"critical_technology": None, "defence_supplier": None}
    made = [case(number, stake_pct=None, value_usd_m=None, sensitivities=blank) for number in range(40)]
    truth = np.arange(40) % 2 == 0
    predicted = case_columns(made, truth, np.arange(40))(np.arange(30), np.arange(30, 40))
    assert np.isfinite(predicted).all()


def test_there_is_no_baseline_without_both_classes() -> None:
    truth = np.zeros(10, dtype=bool)
    assert baseline_pairs(owner_country(cases_of(*["CN"] * 10), truth), truth, np.arange(10)) is None
