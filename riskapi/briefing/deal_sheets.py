"""What is on record of this deal, of deals like it and of its duties: Claims, Comparables, Duties.

Enters: a briefing. Leaves: sheets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from riskapi.assessment.words import code_words, day, fact_words
from riskapi.briefing.marks import lines, listed
from riskapi.briefing.material import Briefing
from riskapi.briefing.sheets import CellValue, Column, Form, Mark, Sheet, Table, Tone
from riskapi.briefing.sources import Sources, cell, claim_words
from riskapi.claims.grading import Grade
from riskapi.claims.model import AFFIRMATIONS, DENIALS, Claim, Stance
from riskapi.scoring.comparables import Comparable
from riskapi.scoring.likeness import Standing
from riskapi.tariffs.answer import DutyShown, MeasureShown
from riskapi.warehouse.countries import country_names

CLAIMS: Final = "Claims"
COMPARABLES: Final = "Comparables"
DUTIES: Final = "Duties"
#: Sources that a cell has room for.
_MOST: Final = 3

# Claims

_CLAIM_COLUMNS: Final = (
    Column("Date", Form.DATE, 12),
    Column("Known to the", Form.TEXT, 9),
    Column("Speaker", Form.LONG, 30),
    Column("Role", Form.LONG, 16),
    Column("Stance", Form.LONG, 18),
    Column("Unnamed sources", Form.COUNT, 10),
    Column("What was said", Form.LONG, 62),
    Column("Grade", Form.TEXT, 8),
    Column("Why this grade", Form.LONG, 44),
    Column("Source", Form.LONG, 17),
    Column("Confidence", Form.TEXT, 11),
)
_OPPOSES: Final = Mark("opposes", Tone.APPLIES)


def claims(briefing: Briefing, sources: Sources) -> Sheet:
    """What was said of the deal, in the order in which it was said."""
    status = briefing.answer.deal_status
    if status is None:
        return Sheet(
            CLAIMS, (), ("No deal between the two parties is on record. That is no statement on whether there is one.",)
        )
    grades = {grade.claim_id: grade for grade in status.grades}
    rows = [_claim(claim, grades.get(claim.claim_id), sources) for claim in status.claims]
    remarks = (
        f"{status.title or 'The deal'}: {status.label}.",
        "Grades on the Admiralty scale: a letter for the speaker's reliability (A to F), a figure for credibility (1 to 6).",
        *status.warnings,
    )
    return Sheet(CLAIMS, (Table("claims", _CLAIM_COLUMNS, rows),), remarks)


def _claim(claim: Claim, grade: Grade | None, sources: Sources) -> tuple[CellValue, ...]:
    return (
        claim.made_on, claim.made_precision, claim.claimant, code_words(claim.role.value), _stance(claim.stance),
        claim.anonymous_sources, claim.note, grade.code if grade else None, lines(grade.reasons) if grade else None,
        cell(sources.cite(claim.source_url, claim_words(claim), claim.as_of, CLAIMS, _MOST)), claim.confidence,
    )  # fmt: skip


def _stance(stance: Stance) -> Mark:
    if stance is Stance.OPPOSES:
        return _OPPOSES
    tone = Tone.OPEN if stance in AFFIRMATIONS else Tone.LOWERS if stance in DENIALS else Tone.QUIET
    return Mark(code_words(stance.value), tone)


# Comparables

_COMPARABLE_COLUMNS: Final = (
    Column("No.", Form.COUNT, 6),
    Column("Past deal", Form.LONG, 34),
    Column("Announced", Form.DATE, 12),
    Column("Outcome", Form.LONG, 22),
    Column("Outcome on", Form.DATE, 12),
    Column("Distance", Form.SHARE, 10),
    Column("Score then", Form.SCORE, 8),
    Column("Lowest then", Form.SCORE, 8),
    Column("Highest then", Form.SCORE, 8),
    Column("From", Form.LONG, 12),
    Column("In", Form.LONG, 14),
    Column("Form", Form.LONG, 16),
    Column("Sector", Form.LONG, 16),
    Column("Share", Form.SHARE, 8),
    Column("Value, USD m", Form.COUNT, 10),
    Column("Alike and unlike", Form.LONG, 36),
    Column("What happened", Form.LONG, 46),
    Column("Source", Form.LONG, 17),
    Column("Confidence", Form.TEXT, 11),
)


def comparables(briefing: Briefing, sources: Sources) -> Sheet:
    """Past deals most like this one, with what became of them."""
    found = briefing.answer.comparables
    rows = [_comparable(number, item, sources) for number, item in enumerate(found, 1)]
    remarks = (
        "The nearest past deals by country, form, sector, state ownership, share and rules of their day; 0 % is alike in all.",
        "Scores then: rules and facts of the announcement's day. A date known only to the month or year is its first day.",
        "Few deals and not drawn at random: they show what has happened, and no rate.",
    )
    return Sheet(COMPARABLES, (Table("comparables", _COMPARABLE_COLUMNS, rows),), remarks)


def _comparable(number: int, item: Comparable, sources: Sources) -> tuple[CellValue, ...]:
    deal, then = item.deal, item.scored
    outcome = code_words(deal.outcome or "not recorded") if item.outcome_known else Mark("not known by then", Tone.OPEN)
    return (
        number, deal.title, deal.announced_on, outcome, deal.outcome_on, item.distance,
        then.score if then else None, then.low if then else None, then.high if then else None,
        _country(deal.foreign_country), _country(deal.activity_country), _words(deal.deal_type), _words(deal.sector),
        None if deal.foreign_share is None else deal.foreign_share / 100, deal.value_usd_m,
        lines(_likeness(item)), deal.summary,
        cell(sources.cite(deal.source_url, deal.title, deal.as_of, COMPARABLES, _MOST)), deal.confidence,
    )  # fmt: skip


def _likeness(item: Comparable) -> Iterator[str]:
    for words, standing in (("Same", Standing.SAME), ("Near", Standing.NEAR), ("Unlike", Standing.DIFFERENT)):
        facts = listed(map(fact_words, item.standing(standing)))
        if facts:
            yield f"{words}: {facts}"
    if item.rules is not None:
        both, here, there = (len(part) for part in (item.rules.both, item.rules.only_asked, item.rules.only_past))
        yield f"Rules that apply to both: {both}; here only: {here}; there only: {there}"


def _country(code: str | None) -> str | None:
    return None if code is None else country_names().get(code, code)


def _words(code: str | None) -> str | None:
    return None if code is None else code_words(code)


# Duties

_DUTY_COLUMNS: Final = (
    Column("Goods", Form.LONG, 30),
    Column("Measure", Form.LONG, 30),
    Column("Rate", Form.SHARE, 9),
    Column("Counts", Form.LONG, 13),
    Column("Adds", Form.SHARE, 9),
    Column("Why", Form.LONG, 44),
    Column("From", Form.DATE, 11),
    Column("To", Form.DATE, 11),
    Column("Law", Form.LONG, 40),
    Column("Source", Form.LONG, 17),
    Column("Confidence", Form.TEXT, 11),
    Column("Note", Form.LONG, 40),
)
_COUNTED: Final = {
    True: Mark("counts", Tone.APPLIES),
    False: Mark("does not count", Tone.QUIET),
    None: Mark("not known", Tone.OPEN),
}


def duties(briefing: Briefing, sources: Sources) -> Sheet:
    """What the goods of the deal pay at the borders, measure by measure, with the total."""
    if not briefing.duties:
        told = "Not told what is made where and sold where: deal.product, deal.production_countries, deal.market_countries."
        return Sheet(
            DUTIES,
            (),
            (f"No duty is worked out. {told}", "Without a border between production and market there is none."),
        )
    named = [(duty, _goods(duty, briefing)) for duty in briefing.duties]
    rows = [row for duty, goods in named for row in _duty(duty, goods, sources)]
    remarks = [_total_words(duty, goods) for duty, goods in named]
    remarks += dict.fromkeys(f"{text}." for duty in briefing.duties for text in (*duty.assumptions, *duty.caveats))
    return Sheet(
        DUTIES, (Table("duties", _DUTY_COLUMNS, rows),), ("Rates are in percent of the customs value.", *remarks)
    )


def _total_words(duty: DutyShown, goods: str) -> str:
    total = "not known" if duty.total_pct is None else f"{duty.total_pct:g} %"
    reasons = f" ({'; '.join(duty.reasons)})" if duty.reasons else ""
    return f"{goods} on {day(duty.on)}: {total}{reasons}"


def _goods(duty: DutyShown, briefing: Briefing) -> str:
    texts = (fact.text for fact in briefing.answer.deal if fact.fact == "deal.product" and fact.value == duty.product)
    product = next(texts, code_words(duty.product))
    names = {party.company_id: party.name for party in briefing.answer.parties}
    maker = f", made by {names.get(duty.maker, duty.maker)}" if duty.maker else ""
    return f"{product} from {_country(duty.origin)} to {_country(duty.importer)}{maker}"


def _duty(duty: DutyShown, goods: str, sources: Sources) -> Iterator[tuple[CellValue, ...]]:
    for row in duty.measures:
        yield _measure(goods, row, sources)
    total = None if duty.total_pct is None else duty.total_pct / 100
    why = "sum of what counts" if total is not None else "not known: " + "; ".join(duty.reasons)
    yield (goods, "Total", None, None, total, why, None, None, None, None, duty.confidence, None)
    for case in duty.alternatives:
        pct = None if case.total_pct is None else case.total_pct / 100
        yield (goods, "Total in this case", None, None, pct, f"where {case.where}", None, None, None, None, None, None)


def _measure(goods: str, row: MeasureShown, sources: Sources) -> tuple[CellValue, ...]:
    rate, adds = (None if value is None else value / 100 for value in (row.rate_pct, row.counted_pct))
    return (
        goods, row.measure_id, rate, _COUNTED[row.counts], adds, row.why, row.valid_from, row.valid_to, row.citation,
        cell(sources.cite(row.source_url, row.citation or row.measure_id, row.as_of, DUTIES, _MOST)), row.confidence, row.note,
    )  # fmt: skip
