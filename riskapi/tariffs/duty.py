"""The duty on some goods on a day, as a stack with a total or the reasons why there is none.

Enters: a `DutyBook` and a question. Leaves: a `Duty`. Nothing here reads a clock or a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product as every_combination
from types import MappingProxyType

from riskapi.facts.evidence import Confidence, Evidence
from riskapi.tariffs.book import DutyBook
from riskapi.tariffs.conditions import CONDITIONS
from riskapi.tariffs.coverage import coverage_gap
from riskapi.tariffs.measures import Action, Measure
from riskapi.tariffs.stack import Charge, Status, evaluate, rounded, select

LEVELS: tuple[Confidence, ...] = ("high", "medium", "low")
NOTHING_TOLD: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The total for one case of conditions that are not known; `total_pct` None comes with `reasons`."""

    where: str
    given: Mapping[str, bool]
    total_pct: float | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The answer: the stack, and the total in percent of the customs value.

    `total_pct` None means not known, and `reasons` say why. Where the stack hangs on conditions that are not known,
    `alternatives` tell the total case by case (the total is known if they agree).
    `origin_territory` and `importer_territory` are the customs territories (`EU` for its members). `assumptions` are
    what was taken for granted; `caveats` are what a reader should know of the rows that count. `confidence` is the
    lowest of the rows that count or may count, None without a total.
    """

    product: str
    origin: str
    importer: str
    on: date
    maker: str | None
    origin_territory: str
    importer_territory: str
    total_pct: float | None
    measures: tuple[Charge, ...] = ()
    reasons: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    caveats: tuple[str, ...] = ()
    confidence: Confidence | None = None

    @property
    def counted(self) -> tuple[Charge, ...]:
        """The charges that make the total."""
        return tuple(charge for charge in self.measures if charge.counts)

    def evidence(self) -> tuple[Evidence, ...]:
        """The rows that count, as evidence of a fact."""
        return tuple(_evidence(charge) for charge in self.counted)


def duty(  # noqa: PLR0913  # the question has that many sides
    book: DutyBook,
    product: str,
    origin: str,
    importer: str,
    on: date,
    maker: str | Sequence[str] | None = None,
    *,
    given: Mapping[str, bool] = NOTHING_TOLD,
) -> Duty:
    """The duty of `importer` on `product` made in `origin` that enters on the day `on`.

    `origin` and `importer` are ISO2 codes or `EU`. `maker` is a company_id, or several: the maker first, then those who
    control it, nearest first; the nearest with a rate of its own decides. `given` tells conditions by code
    (`CONDITIONS`); an unknown code raises `KeyError`.
    """
    for code in given:
        CONDITIONS[code]
    makers = (maker,) if isinstance(maker, str) else tuple(maker or ())
    places = book.territory(origin, on), book.territory(importer, on)
    blank = Duty(
        product=product,
        origin=origin,
        importer=importer,
        on=on,
        maker=makers[0] if makers else None,
        origin_territory=places[0],
        importer_territory=places[1],
        total_pct=None,
    )
    if places[0] == places[1]:
        reason = f"the goods do not cross a customs border: origin and importer are both {places[0]}"
        return replace(blank, total_pct=0.0, reasons=(reason,), confidence="high")
    rows = book.measures_on(product, *places)
    if not rows:
        gap = coverage_gap(product, *places, on) or "no row speaks of these goods"
        return replace(blank, reasons=(gap,))
    return _answered(blank, rows, makers, given, book.names)


def _answered(
    blank: Duty, rows: Sequence[Measure], makers: Sequence[str], given: Mapping[str, bool], names: Mapping[str, str]
) -> Duty:
    chosen = select(rows, blank.on, makers, names)
    codes = sorted({code for row in chosen.rows for code in row.conditions})
    holds = {code: given.get(code, CONDITIONS[code].assumed) for code in codes}
    cases = [_case(chosen.rows, holds, answers) for answers in _answers(holds)]
    stacks = [stack for _, stack in cases]
    charges = (*sorted(_merged(stacks), key=_place), *chosen.passed_over)
    gap = coverage_gap(blank.product, blank.origin_territory, blank.importer_territory, blank.on)
    found = [_total(stack) for stack in stacks]
    totals = {total for total, _ in found}
    known = totals.pop() if len(totals) == 1 and gap is None else None
    counted = [charge.measure for charge in charges if charge.counts is not False]
    return replace(
        blank,
        total_pct=known,
        measures=charges,
        reasons=() if known is not None else _reasons(gap, holds, found),
        assumptions=tuple(_assumption(code, given) for code in codes if holds[code] is not None),
        alternatives=()
        if known is not None or gap or len(cases) == 1
        else tuple(_alternative(*case) for case in cases),
        caveats=_caveats(counted, rows, makers, names),
        confidence=None if known is None else _lowest(counted),
    )


def _answers(holds: Mapping[str, bool | None]) -> list[dict[str, bool]]:
    """Every combination of the conditions that are not known; one empty combination where all are."""
    unknown = [code for code, value in holds.items() if value is None]
    combinations = every_combination((True, False), repeat=len(unknown))
    return [dict(zip(unknown, values, strict=True)) for values in combinations]


def _case(
    rows: Sequence[Measure], holds: Mapping[str, bool | None], answers: dict[str, bool]
) -> tuple[dict[str, bool], tuple[Charge, ...]]:
    settled = {code: bool(value) for code, value in holds.items() if value is not None}
    return answers, evaluate(rows, {**settled, **answers})


def _total(stack: Sequence[Charge]) -> tuple[float | None, tuple[str, ...]]:
    """The sum of what counts, or why there is none."""
    counted = [charge for charge in stack if charge.counts]
    reasons = [_unknown_amount(charge.measure) for charge in counted if charge.counted_pct is None]
    touched = [c for c in stack if c.status is not Status.CONDITION and c.measure.action is Action.ORDINARY]
    if not touched:
        reasons.insert(0, "no ordinary duty is recorded for these goods on that day")
    if reasons:
        return None, tuple(reasons)
    return rounded(sum(charge.counted_pct or 0.0 for charge in counted)), ()


def _unknown_amount(row: Measure) -> str:
    if row.rate_pct is None:
        return f"the rate of {row.measure_id} is not known" + (f": {row.note}" if row.note else "")
    return f"{row.measure_id} takes {row.rate_pct:g} % of the {row.base}, whose share is not known: 0 to {row.rate_pct:g} %"


def _merged(stacks: Sequence[Sequence[Charge]]) -> tuple[Charge, ...]:
    """One charge for each measure over all cases: what differs between the cases is open."""
    by_key: dict[str, list[Charge]] = {}
    for stack in stacks:
        for charge in stack:
            by_key.setdefault(charge.measure.key, []).append(charge)
    return tuple(_agreed(charges) for charges in by_key.values())


def _agreed(charges: Sequence[Charge]) -> Charge:
    first = charges[0]
    if all(charge == first for charge in charges):
        return first
    if all(charge.counts for charge in charges):
        return replace(first, counted_pct=None, why="what it adds depends on a condition that is not known")
    if not any(charge.counts for charge in charges):
        return first
    unmet = next((charge.why for charge in charges if charge.status is Status.CONDITION), "")
    why = unmet or f"depends on a condition that is not known: {next(c.why for c in charges if not c.counts)}"
    return Charge(measure=first.measure, status=Status.OPEN, counts=None, why=why)


def _place(charge: Charge) -> tuple[bool, bool, int, str]:
    """What counts first, and there the ordinary duty first."""
    row = charge.measure
    return charge.counts is not True, charge.counts is False, list(Action).index(row.action), row.measure_id


def _reasons(
    gap: str | None, holds: Mapping[str, bool | None], found: Sequence[tuple[float | None, tuple[str, ...]]]
) -> tuple[str, ...]:
    if gap:
        return (gap,)
    if len(found) == 1:
        return found[0][1]
    unknown = [CONDITIONS[code].clause(holds=True) for code, value in holds.items() if value is None]
    return tuple(f"it is not told whether {clause}" for clause in unknown)


def _assumption(code: str, given: Mapping[str, bool]) -> str:
    if code in given:
        return f"as told, {CONDITIONS[code].clause(holds=given[code])}"
    return f"assumed that {CONDITIONS[code].clause(holds=bool(CONDITIONS[code].assumed))}"


def _alternative(answers: Mapping[str, bool], stack: Sequence[Charge]) -> Alternative:
    total, reasons = _total(stack)
    where = " and ".join(CONDITIONS[code].clause(holds=holds) for code, holds in answers.items())
    return Alternative(where=where, given=answers, total_pct=total, reasons=reasons)


def _caveats(
    counted: Sequence[Measure], rows: Sequence[Measure], makers: Sequence[str], names: Mapping[str, str]
) -> tuple[str, ...]:
    told = [f"{row.measure_id}: {row.note}" for row in counted if row.note]
    own = {row.measure_id for row in rows if row.company_id is not None}
    for row in counted:
        if row.measure_id not in own:
            continue
        if not makers:
            told.append(f"{row.measure_id}: rates differ by maker; without a maker this is the rate of all others")
        elif row.company_id is None:
            told.append(
                f"{row.measure_id}: the maker has no rate of its own in the table; this is the rate of all others"
            )
        elif row.company_id != makers[0]:
            name = names.get(row.company_id, row.company_id)
            told.append(
                f"{row.measure_id}: rate of {name}, which controls the maker; that it reaches the plant is to be checked"
            )
    return tuple(told)


def _lowest(rows: Sequence[Measure]) -> Confidence:
    return LEVELS[max((LEVELS.index(level) for level in LEVELS for row in rows if row.confidence == level), default=2)]


def _evidence(charge: Charge) -> Evidence:
    row = charge.measure
    amount = "an amount that is not known" if charge.counted_pct is None else f"{charge.counted_pct:g} percent"
    return Evidence(
        statement=f"{row.measure_id} charges {amount} on {row.product_group} of {row.origin} into {row.importer}: {charge.why}",
        table="tariffs",
        key=row.key,
        source_url=row.source_url,
        as_of=row.as_of,
        confidence=next((level for level in LEVELS if level == row.confidence), "low"),
        citation=row.citation,
        note=row.note,
    )
