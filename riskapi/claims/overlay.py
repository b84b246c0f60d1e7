"""Rows of deals and claims that editors wrote, laid over a ledger. Enters: a ledger, rows. Leaves: another ledger.

A row goes in the place of the one with its id, or beside the others. The ledger below stays as it is, and so do its deals
that nothing was written of: the same objects. A row that cannot be used is left out and named with the reason, so that one
of them cannot take away the rest: the tables under it may have changed since it was written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from riskapi.claims.ledger import DealLedger, read_claim, read_deal
from riskapi.claims.model import Claim, Edited, ReportedDeal
from riskapi.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """The cells of a row as text under the names of its columns, and who wrote it."""

    cells: Mapping[str, str]
    edited: Edited


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that is not used, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A ledger with what was written, and the rows that are not in it."""

    ledger: DealLedger
    left_out: tuple[LeftOut, ...] = ()


def overlaid(ledger: DealLedger, deals: Iterable[WrittenRow], claims: Iterable[WrittenRow]) -> Overlay:
    """The ledger with the rows over it; a claim whose deal is in neither is left out."""
    left_out: list[LeftOut] = []
    found = {deal.deal_id: deal for deal in ledger.deals()}
    for row in deals:
        if deal := _deal(row, left_out):
            below = found.get(deal.deal_id)
            found[deal.deal_id] = replace(deal, claims=below.claims if below else ())
    by_deal: defaultdict[str, list[Claim]] = defaultdict(list)
    for row in claims:
        if claim := _claim(row, found, left_out):
            by_deal[claim.deal_id].append(claim)
    for deal_id, written in by_deal.items():
        found[deal_id] = _with_claims(found[deal_id], written)
    return Overlay(ledger=DealLedger(found.values()), left_out=tuple(left_out))


def _with_claims(deal: ReportedDeal, written: Iterable[Claim]) -> ReportedDeal:
    claims = {claim.claim_id: claim for claim in (*deal.claims, *written)}
    return replace(deal, claims=tuple(sorted(claims.values(), key=lambda claim: claim.order)))


def _deal(row: WrittenRow, left_out: list[LeftOut]) -> ReportedDeal | None:
    try:
        return read_deal(row.cells, row.edited)
    except DataError as error:
        left_out.append(LeftOut(id=row.cells.get("deal_id", ""), reason=_first(error)))
        return None


def _claim(row: WrittenRow, deals: Mapping[str, ReportedDeal], left_out: list[LeftOut]) -> Claim | None:
    ident = row.cells.get("claim_id", "")
    try:
        claim = read_claim(row.cells, row.edited)
    except DataError as error:
        left_out.append(LeftOut(id=ident, reason=_first(error)))
        return None
    if claim.deal_id not in deals:
        left_out.append(LeftOut(id=ident, reason=f"there is no deal `{claim.deal_id}` any more"))
        return None
    return claim


def _first(error: DataError) -> str:
    problem = error.problems[0]
    return f"`{problem.field}` {problem.detail}"
