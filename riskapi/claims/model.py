"""The record of one deal and of what was said about it.

Enters: nothing (plain values). Leaves: `Claim` and `ReportedDeal`, and the cut of a deal to what was known on a date.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """Who speaks, seen from the deal."""

    MEDIA = "media"
    FOREIGN_PARTY = "foreign_party"
    HOST_PARTY = "host_party"
    REGULATOR = "regulator"
    LEGISLATOR = "legislator"


class Stance(StrEnum):
    """What the speaker says of the deal: `denies` is categorical, `partly_denies` leaves the rest open."""

    REPORTS = "reports"
    CONFIRMS = "confirms"
    DENIES = "denies"
    PARTLY_DENIES = "partly_denies"
    DECLINES_COMMENT = "declines_comment"
    OPPOSES = "opposes"
    SUPPORTS = "supports"


PARTIES = (Role.FOREIGN_PARTY, Role.HOST_PARTY)
AFFIRMATIONS = frozenset({Stance.REPORTS, Stance.CONFIRMS})
DENIALS = frozenset({Stance.DENIES, Stance.PARTLY_DENIES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Who wrote a row in place of the datasets' one, or beside them; `version` counts the versions of that row."""

    version: int
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement by one speaker on one date.

    `anonymous_sources` counts the unnamed people that a report rests on; None is not known, 0 is all on the record.
    `made_on` is the first day of a date known only to the month or year, as `made_precision` tells. `edited` is None for
    what comes with the datasets.
    """

    claim_id: str
    deal_id: str
    made_on: date
    claimant: str
    role: Role
    stance: Stance
    anonymous_sources: int | None = None
    note: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str | None = None
    made_precision: str = "day"
    edited: Edited | None = None

    @property
    def said_by(self) -> date:
        """Last day on which it can have been said."""
        return end_of_period(self.made_on, self.made_precision)

    @property
    def order(self) -> tuple[date, bool, str]:
        """Reading order: by day, a day's reports before the answers to them, then by id; never by row."""
        return (self.said_by, self.stance is not Stance.REPORTS, self.claim_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedDeal:
    """One row of `deals.csv` with its claims in reading order. `foreign_share` is in per cent, as in the table.

    `edited` is None for a row that comes with the datasets; its claims tell for themselves.
    """

    deal_id: str
    title: str
    foreign_name: str | None = None
    foreign_company_id: str | None = None
    foreign_country: str | None = None
    host_name: str | None = None
    host_company_id: str | None = None
    host_country: str | None = None
    activity_country: str | None = None
    deal_type: str | None = None
    sector: str | None = None
    foreign_share: float | None = None
    value_usd_m: float | None = None
    announced_on: date | None = None
    announced_precision: str = "day"
    outcome: str | None = None
    outcome_on: date | None = None
    outcome_precision: str = "day"
    summary: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str | None = None
    claims: tuple[Claim, ...] = ()
    edited: Edited | None = None

    @property
    def announced_by(self) -> date | None:
        """Last day on which the deal can have been announced: a row with only the month or year may mean its end."""
        return None if self.announced_on is None else end_of_period(self.announced_on, self.announced_precision)

    @property
    def outcome_by(self) -> date | None:
        """Last day on which the outcome can have been reached."""
        return None if self.outcome_on is None else end_of_period(self.outcome_on, self.outcome_precision)

    @property
    def known_from(self) -> date | None:
        """First day on which the deal was certainly public, or None where no date is known.

        The earliest of: the end of the announced period, the first report, confirmation or denial, any claim inside
        the announced period, the outcome. Opposition or comment made before all of these was about something else.
        """
        days = [claim.said_by for claim in self.claims if self._makes_public(claim)]
        days += [day for day in (self.announced_by, self.outcome_by) if day is not None]
        return min(days, default=None)

    def _makes_public(self, claim: Claim) -> bool:
        if claim.stance in AFFIRMATIONS | DENIALS:
            return True
        return self.announced_on is not None and claim.made_on >= self.announced_on

    def known_on(self, as_of: date) -> ReportedDeal | None:
        """The deal with nothing that was said or decided after `as_of`; None where it was not public by then.

        An undated outcome is left out, since it cannot be shown to have been known. `summary` tells the end of the
        story and is therefore left out with the outcome.
        """
        if self.known_from is None or self.known_from > as_of:
            return None
        announced_on = self.announced_on if self.announced_on is not None and self.announced_on <= as_of else None
        claims = tuple(claim for claim in self.claims if claim.said_by <= as_of)
        cut = replace(self, claims=claims, announced_on=announced_on)
        if self.outcome_by is not None and self.outcome_by <= as_of:
            return cut
        return replace(cut, outcome=None, outcome_on=None, summary=self.summary if self.outcome is None else None)

    @property
    def opposition(self) -> tuple[Claim, ...]:
        """Claims against the deal, made since it became public.

        A foreign party's `opposes` is left out: it objects to an order or a demand, not to its own deal.
        """
        since = self.known_from
        return tuple(
            claim
            for claim in self.claims
            if claim.stance is Stance.OPPOSES
            and claim.role is not Role.FOREIGN_PARTY
            and since is not None
            and claim.said_by >= since
        )


def end_of_period(start: date, precision: str) -> date:
    """The last day of the day, month or year that begins on `start`."""
    if precision == "year":
        return date(start.year, 12, 31)
    if precision == "month":
        return date(start.year, start.month, calendar.monthrange(start.year, start.month)[1])
    return start
