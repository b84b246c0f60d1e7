"""A measure on imports as a typed record, and how one measure names others.

Enters: nothing. Leaves: `Measure` and its questions about days, goods and other measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: Stands for every origin or every product in a row.
EVERY = "*"


class Action(StrEnum):
    """What a measure does to the stack."""

    ORDINARY = "ordinary"  # the duty that is there before any other
    ADDS = "adds"  # its rate comes on top
    REPLACES = "replaces"  # its rate stands in place of the measures that it acts on
    ALL_IN = "all_in"  # it fills the measures that it acts on up to its rate, and adds nothing where they reach it


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A row of tariffs.csv: one rate of one measure for a time.

    `rate_pct` is in percent of the customs value; None is not known. `base` names the part of the value that the rate
    applies to where it is not the whole; `base_pct` is its size in percent. `acts_on` and `not_with` hold ids of
    measures, or their beginnings: `us.232` is every measure under it. `requires` and `unless` are conditions.
    """

    measure_id: str
    importer: str
    origin: str
    product_group: str
    action: Action
    rate_pct: float | None
    hs_prefixes: tuple[str, ...] = ()
    company_id: str | None = None
    base: str | None = None
    base_pct: float | None = None
    acts_on: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    citation: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "low"
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the rate is in force that day; both ends are included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def is_about(self, product: str, origin: str, importer: str) -> bool:
        """Whether the row speaks of such goods, whatever the day and the maker."""
        return self.importer == importer and self.origin in {origin, EVERY} and self.product_group in {product, EVERY}

    def acts_upon(self, other: Measure) -> bool:
        """Whether this measure replaces or fills up the other; never itself."""
        return other.measure_id != self.measure_id and names_measure(self.acts_on, other.measure_id)

    def gives_way_to(self, other: Measure) -> bool:
        """Whether this measure is not charged where the other is."""
        if other.measure_id == self.measure_id:
            return False
        return names_measure(self.not_with, other.measure_id) or (
            other.action is Action.REPLACES and other.acts_upon(self)
        )

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every condition that the row hangs on."""
        return (*self.requires, *self.unless)

    @property
    def key(self) -> str:
        """What finds the row in tariffs.csv: the parts of its key."""
        parts = (self.measure_id, self.importer, self.origin, self.product_group, "|".join(self.hs_prefixes))
        return "/".join([*parts, self.company_id or "", str(self.valid_from or "")])


def names_measure(names: Sequence[str], measure_id: str) -> bool:
    """Whether one of the names is the measure or the beginning of its id, by whole parts."""
    return any(measure_id == name or measure_id.startswith(f"{name}.") for name in names)
