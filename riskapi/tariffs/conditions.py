"""What some rates hang on that no table can know, and what is taken for granted about it.

Enters: nothing. Leaves: `CONDITIONS`, by the codes of the list `duty_condition` in codes.csv.

A condition that is taken for granted is told with every answer that rests on it. One that is not (`assumed` is None)
leaves the total open where it matters; the answer then gives the total for each case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`met` and `unmet` are clauses that follow "where" or "assumed that"; `assumed` is what holds unless told."""

    met: str
    unmet: str
    assumed: bool | None

    def clause(self, *, holds: bool) -> str:
        """The condition in words."""
        return self.met if holds else self.unmet


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "originating": Condition(
            met="the goods meet the origin rules of the agreement, with proof",
            unmet="the goods do not meet the origin rules of the agreement",
            assumed=True,
        ),
        "in_quota": Condition(
            met="the import is within the quota",
            unmet="the import is outside the quota",
            assumed=True,
        ),
        "vehicle_part": Condition(
            met="the battery is a part for a light vehicle",
            unmet="the battery is not a part for a light vehicle",
            assumed=True,
        ),
        "duty_free_quota": Condition(
            met="the import is within the duty-free quota",
            unmet="the import is outside the duty-free quota",
            assumed=False,
        ),
        "approved_investor": Condition(
            met="the maker is approved under the investment scheme",
            unmet="the maker is not approved under the scheme",
            assumed=False,
        ),
        "investment_certificate": Condition(
            met="the importer has an investment certificate with exemption",
            unmet="the importer has no investment certificate with exemption",
            assumed=False,
        ),
        "advanced_chip": Condition(
            met="the chip is on the list and its use is not exempt",
            unmet="the chip is not on the list or its use is exempt",
            assumed=False,
        ),
        "usmca_originating": Condition(
            met="the car meets the origin rules of the USMCA",
            unmet="the car does not meet the origin rules of the USMCA",
            assumed=None,
        ),
        "price_undertaking": Condition(
            met="the model is under the accepted price undertaking",
            unmet="the model is not under the accepted price undertaking",
            assumed=None,
        ),
        "plug_in": Condition(
            met="the hybrid can be plugged in",
            unmet="the hybrid cannot be plugged in",
            assumed=None,
        ),
        "value_over_usd_40000": Condition(
            met="the customs value is above USD 40,000",
            unmet="the customs value is up to USD 40,000",
            assumed=None,
        ),
        "large_uncrewed_aircraft": Condition(
            met="the aircraft is of the large class",
            unmet="the aircraft is not of the large class",
            assumed=None,
        ),
    }
)
