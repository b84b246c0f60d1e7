"""Which cases belong together, and how cases are parted into folds.

Enters: cases. Leaves: a family number for each case, and fold numbers that never part a family. Two cases are of one
family where the foreign parties have the same ultimate owner or name, or where the host parties are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from riskapi.backtest.cases import Case

Whole: TypeAlias = NDArray[np.int64]
Truth: TypeAlias = NDArray[np.bool_]

_ASIDE = re.compile(r"\([^)]*\)")
_NO_NAME = re.compile(r"[^\w]+")
#: Words that stand for no owner in particular.
_NOBODY = frozenset({"", "unknown", "none", "n a", "various", "listed", "widely held", "dispersed", "public"})


def families(cases: Sequence[Case]) -> Whole:
    """The family of each case, as numbers from 0 in the order of first appearance."""
    parent = list(range(len(cases)))

    def root(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    first: dict[str, int] = {}
    for index, case in enumerate(cases):
        for key in _keys(case):
            parent[root(index)] = root(first.setdefault(key, index))
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(index), len(numbers)) for index in range(len(cases))], dtype=np.int64)


def _keys(case: Case) -> Iterable[str]:
    foreign, host = case.announcement.foreign_party, case.announcement.host_party
    for side, name in (("foreign", foreign.ultimate_owner or ""), ("foreign", foreign.name), ("host", host.name)):
        plain = _NO_NAME.sub(" ", _ASIDE.sub(" ", name.casefold())).strip()
        if plain not in _NOBODY:
            yield f"{side}:{plain}"


def fold_numbers(truth: Truth, family: Whole, folds: int, seed: int) -> Whole | None:
    """A fold for each case, with whole families and about the same share of adverse outcomes in each.

    Fewer than `folds` where there are few families of a class; None where a fold would leave one class alone to learn from.
    """
    most = min(folds, *(len(np.unique(family[truth == value])) for value in (True, False)))
    if most < 2:  # noqa: PLR2004  # a fold to learn from and one to try
        return None
    numbers = np.zeros(len(truth), dtype=np.int64)
    splitter = StratifiedGroupKFold(n_splits=most, shuffle=True, random_state=seed)
    for number, (learned, held_out) in enumerate(splitter.split(truth, truth, family)):
        if truth[learned].all() or not truth[learned].any():
            return None
        numbers[held_out] = number
    return numbers
