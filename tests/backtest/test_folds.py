from __future__ import annotations

from typing import Any

import numpy as np

from riskapi.backtest.folds import families, fold_numbers
from tests.backtest.synthetic import case


def made(number: int, owner: str | None = None, name: str | None = None, host: str | None = None) -> Any:
    foreign = {key: value for key, value in (("ultimate_owner", owner), ("name", name)) if value is not None}
    return case(number, foreign_party=foreign, host_party={"name": host} if host else {})


def test_one_owner_one_name_or_one_host_makes_a_family() -> None:
    cases = [
        made(0, owner="Holding A"),
        made(1, owner="HOLDING A (listed)"),
        made(2, host="Target"),
        made(3, host="target"),
    ]
    assert families(cases).tolist() == [0, 0, 1, 1]


def test_kinship_is_passed_on() -> None:
    cases = [made(0, owner="A"), made(1, owner="A", host="T"), made(2, owner="B", host="T"), made(3)]
    assert families(cases).tolist() == [0, 0, 0, 1]


def test_owners_that_nobody_knows_are_not_one_owner() -> None:
    assert families([made(0, owner="unknown"), made(1, owner="Unknown"), made(2, owner="(listed)")]).tolist() == [
        0,
        1,
        2,
    ]


def test_a_buyer_that_bears_the_name_of_a_target_is_no_kin() -> None:
    assert families([made(0, name="Same"), made(1, host="Same")]).tolist() == [0, 1]


def test_folds_keep_families_whole_and_leave_both_classes_to_learn_from() -> None:
    family = np.repeat(np.arange(30), 2)
    truth = np.arange(60) % 3 == 0
    folds = fold_numbers(truth, family, 5, seed=1)
    assert folds is not None
    assert set(folds.tolist()) == set(range(5))
    assert all(len(set(folds[family == number])) == 1 for number in range(30))
    assert all(0 < truth[folds != number].sum() < (folds != number).sum() for number in range(5))


def test_there_are_no_folds_where_one_class_is_one_family() -> None:
    truth = np.array([True, True, False, False])
    assert fold_numbers(truth, np.array([0, 0, 1, 2]), 5, seed=1) is None
    assert fold_numbers(np.zeros(4, dtype=bool), np.arange(4), 5, seed=1) is None
