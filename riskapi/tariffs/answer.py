"""A duty in the shape in which it leaves the program, for JSON and for print.

Enters: a `Duty` or its history. Leaves: flat records whose field names are part of the interface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from riskapi.entities.ownership import controllers
from riskapi.entities.records import Register
from riskapi.tariffs.duty import Duty
from riskapi.tariffs.history import DutyPeriod
from riskapi.tariffs.stack import Charge


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureShown:
    """A measure of the stack.

    `rate_pct` is what the law names, `counted_pct` what it adds to the total (null: it does not count, or the amount is
    not known). `counts` is null where a condition is not known. `action` is ordinary, adds, replaces or all_in;
    `valid_to` is the last day. `company_id` is the producer whose own rate it is.
    """

    measure_id: str
    action: str
    rate_pct: float | None
    counts: bool | None
    counted_pct: float | None
    status: str
    why: str
    company_id: str | None
    hs_prefixes: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    citation: str | None
    source_url: str | None
    as_of: date | None
    confidence: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShown:
    """The total for one case of what is not known; `given` can be told with the next question."""

    where: str
    given: Mapping[str, bool]
    total_pct: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyShown:
    """The duty on a day. `total_pct` is in percent of the customs value; null is not known, and `reasons` say why."""

    product: str
    origin: str
    importer: str
    origin_territory: str
    importer_territory: str
    on: date
    maker: str | None
    total_pct: float | None
    confidence: str | None
    measures: tuple[MeasureShown, ...]
    reasons: tuple[str, ...]
    assumptions: tuple[str, ...]
    alternatives: tuple[CaseShown, ...]
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodShown:
    """Days with one stack, `start` and `end` included; `measures` are the ids of what counts."""

    start: date
    end: date
    total_pct: float | None
    change_pct: float | None
    measures: tuple[str, ...]
    reasons: tuple[str, ...]


def duty_shown(answer: Duty) -> DutyShown:
    """The answer as a record."""
    return DutyShown(
        product=answer.product,
        origin=answer.origin,
        importer=answer.importer,
        origin_territory=answer.origin_territory,
        importer_territory=answer.importer_territory,
        on=answer.on,
        maker=answer.maker,
        total_pct=answer.total_pct,
        confidence=answer.confidence,
        measures=tuple(_measure(charge) for charge in answer.measures),
        reasons=answer.reasons,
        assumptions=answer.assumptions,
        alternatives=tuple(
            CaseShown(where=case.where, given=dict(case.given), total_pct=case.total_pct, reasons=case.reasons)
            for case in answer.alternatives
        ),
        caveats=answer.caveats,
    )


def history_shown(periods: Sequence[DutyPeriod]) -> tuple[PeriodShown, ...]:
    """The history as records."""
    return tuple(
        PeriodShown(
            start=period.start,
            end=period.end,
            total_pct=period.duty.total_pct,
            change_pct=period.change_pct,
            measures=tuple(charge.measure.measure_id for charge in period.duty.counted),
            reasons=period.duty.reasons,
        )
        for period in periods
    )


def makers_of(register: Register, company_id: str, on: date) -> tuple[str, ...]:
    """The company and those who control it on the day, nearest first; it alone where control is contested."""
    chain = controllers(register.holders, company_id, on, register.bystanders)
    if chain.rivals:
        return (company_id,)
    upwards = {link.owned_id: link.owner_id for link in chain.path}
    found = [company_id]
    while upwards.get(found[-1]) and upwards[found[-1]] not in found:
        found.append(upwards[found[-1]])
    return tuple(found)


def _measure(charge: Charge) -> MeasureShown:
    row = charge.measure
    return MeasureShown(
        measure_id=row.measure_id,
        action=row.action.value,
        rate_pct=row.rate_pct,
        counts=charge.counts,
        counted_pct=charge.counted_pct,
        status=charge.status.value,
        why=charge.why,
        company_id=row.company_id,
        hs_prefixes=row.hs_prefixes,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        citation=row.citation,
        source_url=row.source_url,
        as_of=row.as_of,
        confidence=row.confidence,
        note=row.note,
    )
