"""Which deals and claims the ledger gives back on a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pytest

from riskapi.claims.ledger import DealLedger, speaker_key
from riskapi.errors import DataError, NotFoundError

MakeRow = Callable[..., dict[str, Any]]
TODAY = date(2026, 11, 22)


def test_a_pairing_is_found_in_either_order(xiaomi_ford: DealLedger) -> None:
    assert xiaomi_ford.between("xiaomi", "ford", TODAY) == xiaomi_ford.between("ford", "xiaomi", TODAY) != ()


def test_there_is_no_deal_the_day_before_the_report(xiaomi_ford: DealLedger) -> None:
    assert xiaomi_ford.between("xiaomi", "ford", date(2026, 1, 30)) == ()


@pytest.mark.parametrize(("as_of", "claims"), [("2026-01-31", 3), ("2026-02-01", 3), ("2026-02-02", 4)])
def test_only_claims_made_by_the_date_are_given(xiaomi_ford: DealLedger, as_of: str, claims: int) -> None:
    (deal,) = xiaomi_ford.between("xiaomi", "ford", date.fromisoformat(as_of))
    assert len(deal.claims) == claims


def test_companies_without_a_deal_have_none(xiaomi_ford: DealLedger) -> None:
    assert xiaomi_ford.between("xiaomi", "gm", TODAY) == ()
    assert xiaomi_ford.between("xiaomi", "xiaomi", TODAY) == ()


def test_a_deal_of_a_party_outside_the_datasets_is_not_matched_to_others(deal: MakeRow) -> None:
    ledger = DealLedger.from_rows([deal(foreign_company_id="")], [])
    assert ledger.between("", "beta", TODAY) == ()
    assert len(ledger) == 1


def test_the_latest_deal_comes_first(deal: MakeRow) -> None:
    rows = [deal(deal_id=name, announced_on=on) for name, on in [("old", "2019-01-01"), ("new", "2026-01-01")]]
    found = DealLedger.from_rows(rows, []).between("alpha", "beta", TODAY)
    assert [one.deal_id for one in found] == ["new", "old"]


def test_one_legislator_counts_once_however_often_and_however_addressed(deal: MakeRow, say: MakeRow) -> None:
    names = ["Rep. Jane Doe", "Representative Jane Doe (chair)", "Jane  Doe", "Sen. John Roe"]
    claims = [say("2026-02-10", "legislator", "opposes", claim_id=str(i), claimant=n) for i, n in enumerate(names)]
    claims.append(say("2026-02-10", "legislator", "supports", claimant="Rep. Other"))
    claims.append(say("2026-02-10", "regulator", "opposes", claimant="Office"))
    ledger = DealLedger.from_rows([deal()], claims)
    assert ledger.legislators_opposing("beta", "alpha", TODAY) == 2
    assert ledger.legislators_opposing("beta", "alpha", date(2026, 2, 9)) == 0


def test_a_letter_written_before_the_report_is_not_opposition_to_it(xiaomi_ford: DealLedger) -> None:
    assert xiaomi_ford.legislators_opposing("xiaomi", "ford", TODAY) == 0


def test_names_that_only_begin_like_a_form_of_address_stay_whole() -> None:
    assert speaker_key("Senna Motors") == "senna motors"
    assert speaker_key("Sen. Senna") == "senna"


def test_an_unknown_id_is_answered_with_a_near_one(xiaomi_ford: DealLedger) -> None:
    with pytest.raises(NotFoundError, match="did you mean `xf`"):
        xiaomi_ford.get("xff")


def test_every_bad_cell_is_reported_with_its_place(deal: MakeRow, say: MakeRow) -> None:
    claims = [
        say("2026-02-30", "media", "reports"),
        say("2026-02-10", "press", "shouts", claimant=""),
        say("2026-02-11", "media", "reports", deal_id="d2"),
    ]
    with pytest.raises(DataError) as caught:
        DealLedger.from_rows([deal(announced_precision="week"), deal(deal_id="d3"), deal(deal_id="d3")], claims)
    places = {(problem.file, problem.line, problem.field) for problem in caught.value.problems}
    assert places == {
        ("claims", 1, "made_on"),
        ("claims", 2, "claimant"),
        ("claims", 2, "role"),
        ("claims", 2, "stance"),
        ("claims", None, "deal_id"),
        ("deals", 1, "announced_precision"),
        ("deals", 3, "deal_id"),
    }


def test_the_tables_of_a_connection_give_the_same_ledger_as_their_rows(deal: MakeRow, say: MakeRow) -> None:
    rows, claims = [deal()], [say("2026-02-10", "media", "reports", anonymous_sources=2)]
    connection = duckdb.connect()
    for table, content in (("deals", rows), ("claims", claims)):
        columns = ", ".join(
            f"'{value}'::{_type(name)} as {name}" if value is not None else f"null as {name}"
            for name, value in content[0].items()
        )
        connection.execute(f"create table {table} as select {columns}, 1 as another_column")
    assert DealLedger.from_connection(connection).deals() == DealLedger.from_rows(rows, claims).deals()


def _type(name: str) -> str:
    return "date" if name.endswith("_on") else "bigint" if name == "anonymous_sources" else "varchar"
