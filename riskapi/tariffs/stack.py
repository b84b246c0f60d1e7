"""Which measures of a stack count, and how much each adds.

Enters: the rows on some goods, a day, the maker, what holds of the conditions. Leaves: `Charge` by `Charge`.

Of each measure one row is looked at: the rate of the maker before that of the origin before the general one. Then
conditions decide which are active; an active measure falls away where another that counts replaces it or excludes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from riskapi.tariffs.conditions import CONDITIONS
from riskapi.tariffs.measures import EVERY, Action, Measure

WHOLE = 100.0


class Status(StrEnum):
    """Why a measure counts or does not."""

    COUNTS = "counts"
    REPLACED = "replaced"
    NOT_CUMULATIVE = "not_cumulative"
    COMPANY_RATE = "company_rate"  # the maker has a rate of its own
    ORIGIN_RATE = "origin_rate"  # the origin or product has a rate of its own
    CONDITION = "condition"  # a condition is not met
    OPEN = "open"  # a condition is not known
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A measure of the stack. `counts` is None where a condition is not known.

    `counted_pct` is what it adds to the total in percent of the customs value; None where it does not count or the
    amount is not known.
    """

    measure: Measure
    status: Status
    counts: bool | None
    counted_pct: float | None = None
    why: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows in force, one for each measure, and what is told of the others."""

    rows: tuple[Measure, ...]
    passed_over: tuple[Charge, ...]


def select(rows: Iterable[Measure], on: date, makers: Sequence[str], names: Mapping[str, str]) -> Selection:
    """Choose the row of each measure for the day and the maker; `makers` is the maker and who controls it, in order."""
    by_measure: dict[str, list[Measure]] = defaultdict(list)
    for row in rows:
        if row.company_id is None or row.company_id in makers:
            by_measure[row.measure_id].append(row)
    chosen: list[Measure] = []
    passed: list[Charge] = []
    for measure_id in sorted(by_measure):
        ranked = sorted(by_measure[measure_id], key=lambda row: (_rank(row, makers), row.key))
        in_force = [row for row in ranked if row.holds_on(on)]
        if in_force:
            chosen.append(in_force[0])
            passed += [_passed_over(row, in_force[0], names) for row in in_force[1:]]
        else:
            passed += _not_in_force(ranked, on)
    return Selection(tuple(chosen), tuple(passed))


def _rank(row: Measure, makers: Sequence[str]) -> tuple[int, bool, bool]:
    nearness = len(makers) if row.company_id is None else makers.index(row.company_id)
    return nearness, row.origin == EVERY, row.product_group == EVERY


def _passed_over(row: Measure, chosen: Measure, names: Mapping[str, str]) -> Charge:
    if chosen.company_id is not None:
        name = names.get(chosen.company_id, chosen.company_id)
        why = f"the rate of {name} stands in its place"
        return Charge(measure=row, status=Status.COMPANY_RATE, counts=False, why=why)
    why = "the rate for this origin or product stands in its place"
    return Charge(measure=row, status=Status.ORIGIN_RATE, counts=False, why=why)


def _not_in_force(rows: Sequence[Measure], on: date) -> Iterator[Charge]:
    """The measure as it was before the day; one that is still to come is not told."""
    before = [row for row in rows if row.valid_to is not None and row.valid_to < on]
    if not before:
        return
    last = max(before, key=lambda row: (row.valid_to or date.max, row.key))
    later = [row.valid_from for row in rows if row.valid_from is not None and row.valid_from > on]
    if later:
        why = f"not charged between {last.valid_to} and {min(later)}"
        yield Charge(measure=last, status=Status.SUSPENDED, counts=False, why=why)
    else:
        yield Charge(measure=last, status=Status.ENDED, counts=False, why=f"its last day was {last.valid_to}")


def evaluate(rows: Sequence[Measure], holds: Mapping[str, bool]) -> tuple[Charge, ...]:
    """The stack of these rows, one for each measure, where `holds` says of every condition whether it is met."""
    active = [row for row in rows if _is_active(row, holds)]
    counted: list[Measure] = []
    charges: list[Charge] = []
    for row in rows:
        stronger = _stronger(row, active)
        if row not in active:
            why = f"charged only where {_clauses(row)}"
            charges.append(Charge(measure=row, status=Status.CONDITION, counts=False, why=why))
        elif stronger is not None:
            charges.append(_fallen(row, stronger))
        else:
            counted.append(row)
    return (*(_counting(row, counted) for row in counted), *charges)


def _is_active(row: Measure, holds: Mapping[str, bool]) -> bool:
    return all(holds[code] for code in row.requires) and not any(holds[code] for code in row.unless)


def _stronger(row: Measure, active: Sequence[Measure], above: tuple[str, ...] = ()) -> Measure | None:
    """The first active measure that counts and takes the place of the row; `above` stops at rows that name each other."""
    for other in active:
        if other.measure_id in above or not row.gives_way_to(other):
            continue
        if _stronger(other, active, (*above, row.measure_id)) is None:
            return other
    return None


def _fallen(row: Measure, stronger: Measure) -> Charge:
    if stronger.action is Action.REPLACES and stronger.acts_upon(row):
        why = f"replaced by {stronger.measure_id}"
        return Charge(measure=row, status=Status.REPLACED, counts=False, why=why)
    why = f"not charged together with {stronger.measure_id}"
    return Charge(measure=row, status=Status.NOT_CUMULATIVE, counts=False, why=why)


def _counting(row: Measure, counted: Sequence[Measure]) -> Charge:
    if row.action is not Action.ALL_IN:
        return Charge(measure=row, status=Status.COUNTS, counts=True, counted_pct=own_amount(row), why=_role(row))
    below = [own_amount(other) for other in counted if row.acts_upon(other) and other.action is not Action.ALL_IN]
    amount: float | None = None
    why = f"fills the duty up to {row.rate_pct:g} % in all" if row.rate_pct is not None else "fills the duty up"
    if row.rate_pct is not None and None not in below:
        reached = sum(part for part in below if part is not None)
        amount = rounded(max(0.0, row.rate_pct - reached))
        why += f": {amount:g} on top of {rounded(reached):g}"
    return Charge(measure=row, status=Status.COUNTS, counts=True, counted_pct=amount, why=why)


def own_amount(row: Measure) -> float | None:
    """What the row charges by itself, in percent of the whole customs value; None is not known."""
    if row.rate_pct is None or (row.base is not None and row.base_pct is None):
        return None
    return rounded(row.rate_pct * (WHOLE if row.base_pct is None else row.base_pct) / WHOLE)


def rounded(amount: float) -> float:
    """Free of the noise of binary fractions; rates have two decimals at most."""
    return round(amount, 4)


def _role(row: Measure) -> str:
    role = {
        Action.ORDINARY: "the ordinary duty",
        Action.ADDS: "comes on top",
        Action.REPLACES: f"in place of {', '.join(row.acts_on)}",
    }[row.action]
    if row.base is None:
        return role
    size = "a share that is not known" if row.base_pct is None else f"{row.base_pct:g} % of the value"
    return f"{role}, on the {row.base} ({size})"


def _clauses(row: Measure) -> str:
    clauses = [CONDITIONS[code].clause(holds=True) for code in row.requires]
    return " and ".join(clauses + [CONDITIONS[code].clause(holds=False) for code in row.unless])
