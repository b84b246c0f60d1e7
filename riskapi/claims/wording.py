"""The headline sentence of a deal's status, in plain English, made from the claims alone.

Enters: a deal as known on a date and each speaker's position. Leaves: one sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from riskapi.claims.model import AFFIRMATIONS, DENIALS, Claim, ReportedDeal, Role, Stance
from riskapi.claims.positions import Position

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_STANCES = {
    Stance.CONFIRMS: "confirmed",
    Stance.DENIES: "denied categorically",
    Stance.PARTLY_DENIES: "denied in part only",
    Stance.DECLINES_COMMENT: "comment declined",
}

#: Up to so many opponents are named, more are counted.
MOST_NAMED = 3

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_OUTCOMES = {
    "prohibited": "prohibited",
    "forced_divestiture": "undone by an order to divest",
    "withdrawn_after_objection": "withdrawn after objections by an authority",
    "abandoned_pending_review": "abandoned during review",
    "abandoned_commercial": "abandoned for commercial reasons",
    "cleared": "cleared",
    "cleared_with_conditions": "cleared with conditions",
    "completed_without_known_review": "completed without a known review",
    "report_denied": "recorded as a denied report, without saying who denied it,",
}


def day(value: date) -> str:
    """A date as a reader writes it: 31 January 2026."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def headline(deal: ReportedDeal | None, positions: Sequence[Position], as_of: date) -> str:
    """One sentence on what is on record; `deal` is None where nothing was public by `as_of`."""
    if deal is None:
        return f"No report of such a deal is on record as of {day(as_of)}."
    answers = sorted(positions, key=lambda position: position.claim.order)
    parts = [_origin(deal), *(_position(answer) for answer in answers), _outcome(deal), _opposition(deal)]
    sentence = "; ".join(part for part in parts if part)
    return sentence[0].upper() + sentence[1:] + "."


def _origin(deal: ReportedDeal) -> str:
    affirmations = [claim for claim in deal.claims if claim.stance in AFFIRMATIONS]
    reports = [claim for claim in affirmations if claim.stance is Stance.REPORTS]
    if reports:
        more = len({claim.claimant for claim in reports} - {reports[0].claimant})
        return f"reported by {reports[0].claimant} {_when(reports[0])}{_sources(reports[0])}{_and_more(more)}"
    if deal.announced_on is None:
        return "on record without a date of announcement"
    return f"announced {period(deal.announced_on, deal.announced_precision)}, with no press report on record"


def period(start: date, precision: str) -> str:
    """When it was, as exactly as it is known: `on 31 January 2026`, `in January 2026`, `in 2026`."""
    if precision == "year":
        return f"in {start.year}"
    return f"in {_MONTHS[start.month - 1]} {start.year}" if precision == "month" else f"on {day(start)}"


def _when(claim: Claim) -> str:
    return period(claim.made_on, claim.made_precision)


def _sources(claim: Claim) -> str:
    count = claim.anonymous_sources
    if not count:
        return ""
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f", citing {number} anonymous source{'' if count == 1 else 's'}"


def _and_more(count: int) -> str:
    return f" (and by {_count(count, 'other', 'others')})" if count else ""


def _count(count: int, one: str, many: str) -> str:
    return f"{_NUMBERS[count] if count < len(_NUMBERS) else count} {one if count == 1 else many}"


def _position(position: Position) -> str:
    wider = "; ".join(
        f"{position.named(claim)} by {claim.claimant} {_when(claim)} is on record with less confidence{_said(claim)}"
        for claim in position.beyond
    )
    claim = position.claim
    text = f"{_STANCES[claim.stance]} by {claim.claimant} {_when(claim)}{_said(claim)}"
    return f"{text}; {wider}" if wider else text


def _said(claim: Claim) -> str:
    return f" ({claim.note.strip().rstrip('.')})" if claim.note else ""


def _outcome(deal: ReportedDeal) -> str:
    if deal.outcome is None or deal.outcome_on is None or deal.outcome == "pending":
        return ""
    if deal.outcome == "report_denied" and any(claim.stance in DENIALS for claim in deal.claims):
        return ""  # the denials are told one by one, with what each of them denies
    what = _OUTCOMES.get(deal.outcome, deal.outcome.replace("_", " "))
    return f"{what} {period(deal.outcome_on, deal.outcome_precision)}"


def _opposition(deal: ReportedDeal) -> str:
    speakers = list(dict.fromkeys(claim.claimant for claim in deal.opposition))
    if not speakers:
        return ""
    if len(speakers) > MOST_NAMED:
        legislators = len({claim.claimant for claim in deal.opposition if claim.role is Role.LEGISLATOR})
        return f"opposed by {len(speakers)} speakers, {legislators} of them legislators"
    return f"opposed by {' and '.join([', '.join(speakers[:-1]), speakers[-1]] if speakers[1:] else speakers)}"
