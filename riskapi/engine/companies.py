"""The facts of many companies by column: one mapping of leaf names to values for each company in, coded columns out.

Few values recur often, so that a condition on one side is evaluated once for each combination of values and not once for
each company, let alone for each pairing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskapi.facts.vocabulary import Value

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coded:
    """For each company the place of its combination in `values`."""

    codes: Codes
    values: tuple[tuple[Value, ...], ...]


class CompanyTable:
    """One side of a matrix."""

    def __init__(self, companies: Sequence[Mapping[str, Value]]) -> None:
        self.companies = companies
        self._known: dict[tuple[str, ...], Coded] = {}

    def __len__(self) -> int:
        return len(self.companies)

    def coded(self, leaves: tuple[str, ...]) -> Coded:
        """The companies by their values of these leaves; a leaf that a company lacks is not known."""
        found = self._known.get(leaves)
        if found is None:
            found = self._known[leaves] = self._coded(leaves)
        return found

    def _coded(self, leaves: tuple[str, ...]) -> Coded:
        if not leaves:
            return Coded(np.zeros(len(self), dtype=np.int64), ((),))
        if len(leaves) == 1:
            return self._column(leaves[0])
        first, last = self.coded(leaves[:-1]), self.coded(leaves[-1:])
        keys, codes = np.unique(first.codes * len(last.values) + last.codes, return_inverse=True)
        values = (divmod(int(key), len(last.values)) for key in keys)
        return Coded(codes, tuple(first.values[one] + last.values[other] for one, other in values))

    def _column(self, leaf: str) -> Coded:
        places: dict[Value, int] = {}
        codes = [places.setdefault(company.get(leaf), len(places)) for company in self.companies]
        return Coded(np.array(codes, dtype=np.int64), tuple((value,) for value in places))
