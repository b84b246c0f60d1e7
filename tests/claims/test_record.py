from __future__ import annotations

from datetime import date

import pytest

from riskapi.claims.ledger import DealLedger
from riskapi.claims.model import Claim, ReportedDeal, Role, Stance
from riskapi.claims.record import PartyWanted, deal_on, deals_on
from riskapi.errors import NotFoundError

REPORTED, DENIED = date(2026, 1, 10), date(2026, 1, 20)


def claim(number: int, role: Role, stance: Stance, day: date) -> Claim:
    return Claim(
        claim_id=f"c{number}", deal_id="one", made_on=day, claimant=f"speaker {number}", role=role, stance=stance
    )


def ledger() -> DealLedger:
    claims = (
        claim(1, Role.MEDIA, Stance.REPORTS, REPORTED),
        claim(2, Role.HOST_PARTY, Stance.DENIES, DENIED),
    )
    return DealLedger(
        [
            ReportedDeal(deal_id="one", title="One", foreign_name="Alpha", foreign_company_id="alpha", claims=claims),
            ReportedDeal(
                deal_id="two", title="Two", foreign_name="Beta", host_name="Eagle Alpha project",
                announced_on=date(2020, 5, 1), outcome="cleared", outcome_on=date(2020, 9, 1), summary="Cleared in the end.",
            ),
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "statuses"),
    [
        (date(2020, 4, 30), {}),
        (date(2026, 1, 15), {"one": "reported", "two": "cleared"}),
        (DENIED, {"one": "denied_by_one", "two": "cleared"}),
    ],
)
def test_a_list_holds_what_was_public_with_the_status_of_the_day(day: date, statuses: dict[str, str]) -> None:
    assert {shown.deal.deal_id: shown.status for shown in deals_on(ledger(), day)} == statuses


def test_nothing_of_a_deal_is_told_before_it_happened() -> None:
    early = deal_on(ledger(), "two", date(2020, 6, 1))
    assert early.deal is not None
    assert (early.deal.outcome, early.deal.outcome_on, early.deal.summary) == (None, None, None)
    assert deal_on(ledger(), "one", date(2026, 1, 9)).deal is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (PartyWanted(name="Alpha Group", company_id="alpha"), ["one"]),
        (PartyWanted(name="Alpha"), ["one", "two"]),
        (PartyWanted(name="eagle alpha"), ["two"]),
        (PartyWanted(name="Alph"), []),
        (PartyWanted(name="BETA", company_id="beta"), ["two"]),
        (PartyWanted(name="Alpha", company_id="other-alpha"), []),
        (PartyWanted(name="..."), []),
    ],
)
def test_a_party_is_found_by_its_id_or_by_whole_words(wanted: PartyWanted, found: list[str]) -> None:
    assert [shown.deal.deal_id for shown in deals_on(ledger(), DENIED, wanted)] == found


def test_a_status_is_that_of_the_day() -> None:
    assert [shown.deal.deal_id for shown in deals_on(ledger(), DENIED, status="denied_by_one")] == ["one"]
    assert list(deals_on(ledger(), REPORTED, status="denied_by_one")) == []


def test_an_unknown_deal_is_told_with_near_ids() -> None:
    with pytest.raises(NotFoundError):
        deal_on(ledger(), "three", DENIED)
