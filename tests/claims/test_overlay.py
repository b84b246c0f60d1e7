"""Rows that were written, over a ledger: what goes in the place of what, and what is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime

from riskapi.claims.ledger import DealLedger
from riskapi.claims.model import Edited, Stance
from riskapi.claims.overlay import WrittenRow, overlaid

EDITED = Edited(version=1, by="Edda", at=datetime(2026, 11, 22, tzinfo=UTC), reason="read")
DAY = date(2026, 11, 22)


def deal(ident: str, **cells: str) -> dict[str, str]:
    return {"deal_id": ident, "title": ident, "foreign_company_id": "a", "host_company_id": "b", "announced_on": "2026-01-01",
            **cells}  # fmt: skip


def claim(ident: str, **cells: str) -> dict[str, str]:
    about = ident.rpartition(".")[0]
    told = {"made_on": "2026-01-02", "claimant": "A", "role": "media", "stance": "reports"}
    return {"claim_id": ident, "deal_id": about, **told, **cells}


def rows(*cells: dict[str, str]) -> list[WrittenRow]:
    return [WrittenRow(cells=row, edited=EDITED) for row in cells]


BELOW = DealLedger.from_rows([deal("one"), deal("two")], [claim("one.1"), claim("one.2", made_on="2026-01-03")])


def test_what_nothing_was_written_of_is_the_same_object() -> None:
    over = overlaid(BELOW, rows(deal("one", title="Ours")), []).ledger
    assert over.get("two") is BELOW.get("two")
    assert BELOW.get("one").title == "one"


def test_a_deal_takes_the_place_of_the_one_below_and_keeps_its_claims() -> None:
    found = overlaid(BELOW, rows(deal("one", title="Ours")), []).ledger.get("one")
    assert (found.title, found.edited, found.claims) == ("Ours", EDITED, BELOW.get("one").claims)


def test_a_deal_that_is_not_below_stands_beside_the_others_and_between_its_parties() -> None:
    over = overlaid(BELOW, rows(deal("zero")), rows(claim("zero.1001"))).ledger
    assert [item.deal_id for item in over.deals()] == ["one", "two", "zero"]
    assert "zero" in {item.deal_id for item in over.between("b", "a", DAY)}
    assert [item.claim_id for item in over.get("zero").claims] == ["zero.1001"]


def test_a_claim_takes_the_place_of_the_one_with_its_id_and_stands_in_order_of_days() -> None:
    written = rows(claim("one.2", stance="denies", made_on="2026-01-01"), claim("one.1001", made_on="2026-02-01"))
    found = overlaid(BELOW, [], written).ledger.get("one").claims
    assert [(item.claim_id, item.edited) for item in found] == [
        ("one.2", EDITED),
        ("one.1", None),
        ("one.1001", EDITED),
    ]
    assert found[0].stance is Stance.DENIES


def test_a_claim_without_its_deal_is_left_out_and_named() -> None:
    over = overlaid(BELOW, [], rows(claim("gone.1001"), claim("one.1001")))
    assert [(item.id, item.reason) for item in over.left_out] == [("gone.1001", "there is no deal `gone` any more")]
    assert len(over.ledger.get("one").claims) == 3


def test_a_row_that_cannot_be_read_any_more_takes_nothing_else_away() -> None:
    over = overlaid(BELOW, rows(deal("one", announced_on="soon"), deal("zero")), rows(claim("one.1", role="king")))
    assert [item.id for item in over.left_out] == ["one", "one.1"]
    assert [item.deal_id for item in over.ledger.deals()] == ["one", "two", "zero"]
    assert over.ledger.get("one") is BELOW.get("one")
