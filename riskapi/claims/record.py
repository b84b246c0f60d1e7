"""Reported deals as they were on record on a day, in the shape in which they leave the program.

Enters: the ledger, a day, a filter. Leaves: flat records whose field names are part of the interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from riskapi.claims.ledger import DealLedger
from riskapi.claims.model import Edited, ReportedDeal
from riskapi.claims.status import DealStatus, Status, deal_status


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRecord:
    """The row of a deal, with nothing that was decided after the as-of date. `foreign_share` is in per cent.

    A date known only to the month or year is its first day, as the column beside it tells. `edited` is null for a row that
    comes with the datasets.
    """

    deal_id: str
    title: str
    foreign_name: str | None
    foreign_company_id: str | None
    foreign_country: str | None
    host_name: str | None
    host_company_id: str | None
    host_country: str | None
    activity_country: str | None
    deal_type: str | None
    sector: str | None
    foreign_share: float | None
    value_usd_m: float | None
    announced_on: date | None
    announced_precision: str
    outcome: str | None
    outcome_on: date | None
    outcome_precision: str
    summary: str | None
    source_url: str | None
    as_of: date | None
    confidence: str | None
    edited: Edited | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DealShort:
    """A deal in a list, with its status on the as-of date."""

    deal: DealRecord
    status: str
    label: str
    known_from: date | None
    opposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DealShown:
    """One deal: what was on record on the as-of date (`deal` is null where it was not public), and its status."""

    as_of: date
    deal: DealRecord | None
    label: str
    opposed: bool
    status: DealStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyWanted:
    """Whose deals are asked for: a company of the tables, or a name that settles on none.

    A company is found by its id, and by its whole name where a row ties that to no company: `Ford` is not the Eagle Ford
    project. A name that settles on none is found wherever its words stand in the name of a party.
    """

    name: str
    company_id: str | None = None

    def is_in(self, deal: ReportedDeal) -> bool:
        """Whether it is a party of the deal."""
        parties = ((deal.foreign_company_id, deal.foreign_name), (deal.host_company_id, deal.host_name))
        return any(self._is(company_id, name) for company_id, name in parties)

    def _is(self, company_id: str | None, name: str | None) -> bool:
        asked, recorded = _words(self.name), _words(name or "")
        if self.company_id is None:
            return bool(asked) and f" {asked} " in f" {recorded} "
        return recorded == asked if company_id is None else company_id == self.company_id


def _words(name: str) -> str:
    """The name in small letters without punctuation, its words one space apart."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in name.casefold()).split())


def deals_on(
    ledger: DealLedger, as_of: date, party: PartyWanted | None = None, status: str | None = None
) -> Iterator[DealShort]:
    """The deals that were public by the day and pass the filters, in the order of their ids."""
    for deal in ledger.deals():
        if party is None or party.is_in(deal):
            found = deal_status(deal, as_of)
            known = deal.known_on(as_of)
            if known is not None and status in (None, found.status.value):
                yield _short(known, found)


def deal_on(ledger: DealLedger, deal_id: str, as_of: date) -> DealShown:
    """One deal with the claims made by the day; raises `NotFoundError` with near ids."""
    deal = ledger.get(deal_id)
    known, status = deal.known_on(as_of), deal_status(deal, as_of)
    return DealShown(
        as_of=as_of,
        deal=None if known is None else _record(known),
        label=status.label,
        opposed=status.opposed,
        status=status,
    )


#: Statuses that a deal in a list may have; one without a report is in no list.
LISTED_STATUSES = tuple(status.value for status in Status if status is not Status.NO_REPORT)


def _short(deal: ReportedDeal, status: DealStatus) -> DealShort:
    return DealShort(
        deal=_record(deal),
        status=status.status.value,
        label=status.label,
        known_from=status.known_from,
        opposed=status.opposed,
    )


def _record(deal: ReportedDeal) -> DealRecord:
    return DealRecord(**{field.name: getattr(deal, field.name) for field in fields(DealRecord)})
