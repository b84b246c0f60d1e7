"""How the duty on some goods changed.

Enters: a `DutyBook`, goods, the first and last day. Leaves: periods with one stack each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from riskapi.tariffs.book import DutyBook
from riskapi.tariffs.coverage import COVERAGE
from riskapi.tariffs.duty import NOTHING_TOLD, Duty, duty
from riskapi.tariffs.measures import EVERY
from riskapi.warehouse.countries import EUROPEAN_UNION

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPeriod:
    """Days with the same stack; both ends are included. `change_pct` is against the period before, None unknown."""

    start: date
    end: date
    duty: Duty
    change_pct: float | None


def duty_history(  # noqa: PLR0913  # as many sides as the question of one day
    book: DutyBook,
    product: str,
    origin: str,
    importer: str,
    start: date,
    end: date,
    maker: str | Sequence[str] | None = None,
    *,
    given: Mapping[str, bool] = NOTHING_TOLD,
) -> tuple[DutyPeriod, ...]:
    """The periods from `start` to `end`, both included; days on which nothing changes are in one period.

    Raises `ValueError` where the end lies before the start.
    """
    if end < start:
        raise ValueError(f"the end {end} lies before the start {start}")
    found: list[tuple[date, Duty]] = []
    for day in sorted({start, *(day for day in _edges(book, product, {origin, importer}) if start < day <= end)}):
        answer = duty(book, product, origin, importer, day, maker, given=given)
        if not found or _stack(found[-1][1]) != _stack(answer):
            found.append((day, answer))
    ends = [day - DAY for day, _ in found[1:]] + [end]
    periods: list[DutyPeriod] = []
    for (day, answer), last in zip(found, ends, strict=True):
        before = periods[-1].duty.total_pct if periods else None
        change = None if before is None or answer.total_pct is None else round(answer.total_pct - before, 4)
        periods.append(DutyPeriod(start=day, end=last, duty=answer, change_pct=change))
    return tuple(periods)


def _edges(book: DutyBook, product: str, countries: set[str]) -> Iterator[date]:
    """Every day on which a row begins or has ended, a member joins or leaves the union, or the coverage changes."""
    for place in {*countries, EUROPEAN_UNION}:
        for row in book.by_importer.get(place, ()):
            if row.product_group in {product, EVERY}:
                yield from _span(row.valid_from, row.valid_to)
        for first, last in book.union.get(place, ()):
            yield from _span(first, last)
    for entry in COVERAGE:
        if entry.product == product:
            yield from _span(entry.since, entry.until)


def _span(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + DAY


def _stack(answer: Duty) -> tuple[object, ...]:
    counted = tuple(
        (charge.measure.key, charge.counted_pct) for charge in answer.measures if charge.counts is not False
    )
    return answer.total_pct, answer.reasons, counted
