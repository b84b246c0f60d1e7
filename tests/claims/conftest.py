"""Fixtures: the smallest rows that show a behaviour, built inline; `xiaomi_ford` is the reference pairing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from riskapi.claims.ledger import DealLedger
from riskapi.claims.model import ReportedDeal

Row = dict[str, Any]


def deal_row(**changes: object) -> Row:
    """A row of `deals` as the tables hand it over."""
    row: Row = {
        "deal_id": "d1", "title": "Alpha and Beta venture", "foreign_name": "Alpha", "foreign_company_id": "alpha",
        "foreign_country": "CN", "host_name": "Beta", "host_company_id": "beta", "host_country": "US",
        "activity_country": "US", "deal_type": "joint_venture", "sector": "automotive", "announced_on": "2026-01-31",
        "announced_precision": "day", "source_url": "https://example.org/d1", "confidence": "high",
    }  # fmt: skip
    return row | changes


def claim_row(made_on: str, role: str, stance: str, **changes: object) -> Row:
    """A row of `claims` about `d1`."""
    row: Row = {
        "claim_id": f"{made_on}-{role}-{stance}", "deal_id": "d1", "made_on": made_on, "claimant": role, "role": role,
        "stance": stance, "anonymous_sources": None, "note": None, "confidence": "high",
    }  # fmt: skip
    return row | changes


@pytest.fixture
def say() -> Callable[..., Row]:
    """Build a row of `claims`: date, role, stance, then what differs from the usual."""
    return claim_row


@pytest.fixture
def deal() -> Callable[..., Row]:
    """Build a row of `deals` from what differs from the usual."""
    return deal_row


@pytest.fixture
def make_deal() -> Callable[..., ReportedDeal]:
    """Build one deal from claim rows and changes to the deal's row."""

    def build(*claims: Row, **changes: object) -> ReportedDeal:
        return DealLedger.from_rows([deal_row(**changes)], claims).get("d1")

    return build


@pytest.fixture
def xiaomi_ford() -> DealLedger:
    """Ford and Xiaomi, January 2026: a report on four anonymous sources, one categorical and one narrow denial."""
    deal = deal_row(
        deal_id="xf", title="Ford and Xiaomi", foreign_company_id="xiaomi", host_company_id="ford",
        outcome="report_denied", outcome_on="2026-02-01", summary="Reported and denied.",
    )  # fmt: skip
    claims = [
        claim_row(
            "2026-01-28",
            "legislator",
            "opposes",
            deal_id="xf",
            claimant="Rep. John Moolenaar",
            note="letter on another venture",
        ),
        claim_row("2026-01-31", "media", "reports", deal_id="xf", claimant="Financial Times", anonymous_sources=4),
        claim_row("2026-01-31", "host_party", "denies", deal_id="xf", claimant="Ford", note="completely false"),
        claim_row(
            "2026-02-02",
            "foreign_party",
            "partly_denies",
            deal_id="xf",
            claimant="Xiaomi",
            note="is not selling in the US and not negotiating to do so",
        ),
    ]
    return DealLedger.from_rows([deal], claims)
