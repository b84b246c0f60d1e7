"""Country groups as of a date: membership rows in, a quick look-up out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from riskapi.entities.records import Membership


class GroupIndex:
    """Groups of each country; `groups_of` is cached, since a few countries and dates are asked again and again."""

    def __init__(self, memberships: Mapping[str, Iterable[Membership]]) -> None:
        self._memberships = {country: tuple(rows) for country, rows in memberships.items()}
        self.groups_of = lru_cache(maxsize=20_000)(self._groups_of)

    def rows(self, country: str, as_of: date) -> tuple[Membership, ...]:
        """The membership rows that hold on the day."""
        return tuple(row for row in self._memberships.get(country, ()) if row.holds_on(as_of))

    def _groups_of(self, country: str, as_of: date) -> tuple[str, ...]:
        return tuple(sorted({row.group for row in self.rows(country, as_of)}))
