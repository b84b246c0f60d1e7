"""What the score is held against: predictions that need no rule book.

Enters: cases, their outcomes and deal families. Leaves: for each baseline the probabilities of an adverse outcome out of
fold, several times over with other folds. Fits of different folds are never compared with one another: a case's own
outcome is missing from its fit, so that across folds even a baseline that knows nothing would seem to err.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from riskapi.backtest.cases import Case
from riskapi.backtest.folds import Truth, Whole, fold_numbers
from riskapi.backtest.metrics import SEED, Numbers, Pairs

FOLDS = 10
REPEATS = 3
INNER_FOLDS = 5
#: Cases that the mean of all is worth in the rate of one country.
SHRINKAGE = 5.0
#: Strengths of the penalty that the inner cross-validation chooses from.
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
#: Cases of one code below which it is put with other rare ones.
RARE = 8

SENSITIVITIES = (
    "critical_technology",
    "critical_infrastructure",
    "sensitive_personal_data",
    "defence_supplier",
    "near_military_site",
)
CODE_COLUMNS = ("owner_country", "host_country", "state_ownership", "deal_type", "sector")
NUMBER_COLUMNS = ("stake", "log_value", "year", *SENSITIVITIES)

#: Learns from the cases with outcomes of the first and third argument, predicts for the second: positions of cases.
Predict: TypeAlias = Callable[[Whole, Whole], Numbers]


def owner_country(cases: Sequence[Case], truth: Truth) -> Predict:
    """Rate of adverse outcomes of the owner's country, drawn towards the rate of all."""
    countries = np.array([case.owner_country or "" for case in cases])

    def predict(known: Whole, asked: Whole) -> Numbers:
        mean = truth[known].mean()
        rates = {
            country: (truth[known][same].sum() + SHRINKAGE * mean) / (same.sum() + SHRINKAGE)
            for country in np.unique(countries[known])
            for same in [countries[known] == country]
        }
        return np.array([rates.get(country, mean) for country in countries[asked]])

    return predict


def case_columns(cases: Sequence[Case], truth: Truth, family: Whole) -> Predict:
    """Logistic regression on the columns of the case records; the penalty is chosen inside the cases learned from."""
    codes = np.array([[_codes(case)[name] for name in CODE_COLUMNS] for case in cases], dtype=object)
    numbers = np.array([_numbers(case) for case in cases])

    def predict(known: Whole, asked: Whole) -> Numbers:
        encoder = OneHotEncoder(min_frequency=RARE, handle_unknown="infrequent_if_exist", sparse_output=False)
        encoder.fit(codes[known])
        filled = _filled(numbers, known)
        table = np.hstack([encoder.transform(codes), filled])
        scaler = StandardScaler().fit(table[known])
        learned, result = scaler.transform(table[known]), truth[known]
        penalty = _penalty(learned, result, family[known])
        fit = _regression(penalty).fit(learned, result)
        return np.asarray(fit.predict_proba(scaler.transform(table[asked]))[:, 1], dtype=np.float64)

    return predict


def _regression(penalty: float) -> LogisticRegression:
    return LogisticRegression(C=penalty, solver="newton-cholesky", max_iter=200)


def _penalty(table: Numbers, truth: Truth, family: Whole) -> float:
    """The strength with the least log loss in a cross-validation of its own."""
    folds = fold_numbers(truth, family, INNER_FOLDS, SEED)
    if folds is None:
        return PENALTIES[0]
    return min(PENALTIES, key=lambda strength: _log_loss(table, truth, folds, strength))


def _log_loss(table: Numbers, truth: Truth, folds: Whole, strength: float) -> float:
    total = 0.0
    for number in np.unique(folds):
        out = folds == number
        sure = _regression(strength).fit(table[~out], truth[~out]).predict_log_proba(table[out])
        total -= float(np.where(truth[out], sure[:, 1], sure[:, 0]).sum())
    return total


def _codes(case: Case) -> dict[str, str]:
    known = case.announcement
    return {
        "owner_country": case.owner_country or "?",
        "host_country": known.host_country,
        "state_ownership": known.foreign_party.state_ownership or "unknown",
        "deal_type": known.deal_type,
        "sector": known.sector,
    }


def _numbers(case: Case) -> list[float]:
    known = case.announcement
    told = [getattr(known.sensitivities, name) for name in SENSITIVITIES]
    value = math.nan if known.value_usd_m is None else math.log10(1 + known.value_usd_m)
    stake = math.nan if known.stake_pct is None else known.stake_pct
    return [stake, value, known.announced.year, *(math.nan if item is None else float(item) for item in told)]


def _filled(numbers: Numbers, known: Whole) -> Numbers:
    """Gaps filled with the mean of the cases learned from."""
    part = numbers[known]
    present = ~np.isnan(part)
    means = np.where(present, part, 0.0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    return np.where(np.isnan(numbers), means, numbers)


def out_of_fold(predict: Predict, folds: Whole) -> Numbers:
    """The prediction for each case by a fit that saw nothing of its fold."""
    result = np.empty(len(folds))
    for number in np.unique(folds):
        asked = np.flatnonzero(folds == number)
        result[asked] = predict(np.flatnonzero(folds != number), asked)
    return result


def baseline_pairs(predict: Predict, truth: Truth, family: Whole, repeats: int | None = None) -> Pairs | None:
    """Pairs won by the baseline within folds, over several ways of making folds; None where there are too few cases."""
    total: Pairs | None = None
    for repeat in range(REPEATS if repeats is None else repeats):
        folds = fold_numbers(truth, family, FOLDS, SEED + repeat)
        if folds is None:
            return None
        pairs = Pairs.of(out_of_fold(predict, folds), truth.astype(np.int64), folds)
        total = pairs if total is None else total + pairs
    return total
