from __future__ import annotations

from typing import Any

from litestar.testing import TestClient

from riskapi.workspace import Workspace

XIAOMI_FORD = "us-2026-ford-xiaomi-jv"


def test_the_reported_venture_is_told_with_its_denials(client: TestClient[Any]) -> None:
    answer = client.get(f"/v1/deals/{XIAOMI_FORD}").json()
    status = answer["status"]
    assert status["status"] == "denied_by_one"
    assert {claim["stance"] for claim in status["claims"]} >= {"reports", "denies", "partly_denies"}
    assert len(status["grades"]) == len(status["claims"])
    assert answer["deal"]["deal_id"] == XIAOMI_FORD
    assert "denied" in answer["label"]


def test_before_the_report_there_is_none(client: TestClient[Any]) -> None:
    answer = client.get(f"/v1/deals/{XIAOMI_FORD}", params={"as_of": "2026-01-30"}).json()
    assert answer["deal"] is None
    assert answer["status"]["status"] == "no_report"
    assert answer["status"]["claims"] == []


def test_the_list_holds_what_was_public_on_the_day(client: TestClient[Any], workspace: Workspace) -> None:
    answer = client.get("/v1/deals", params={"limit": "200"}).json()
    assert answer["total"] == len(workspace.ledger.deals())
    earlier = client.get("/v1/deals", params={"limit": "200", "as_of": "2015-12-31"}).json()
    assert 0 < earlier["total"] < answer["total"]
    assert all(deal["known_from"] <= "2015-12-31" for deal in earlier["deals"])
    assert all((deal["deal"]["outcome_on"] or "") <= "2015-12-31" for deal in earlier["deals"])


def test_the_cursor_goes_on_where_the_page_ended(client: TestClient[Any]) -> None:
    whole = client.get("/v1/deals", params={"limit": "6"}).json()
    first = client.get("/v1/deals", params={"limit": "3"}).json()
    second = client.get("/v1/deals", params={"limit": "3", "cursor": first["next_cursor"]}).json()
    assert first["deals"] + second["deals"] == whole["deals"]


def test_the_deals_of_a_party_are_found_by_its_name_and_by_its_id(client: TestClient[Any]) -> None:
    by_name, by_id = (client.get("/v1/deals", params={"party": party}).json() for party in ("Xiaomi", "xiaomi"))
    assert by_name["deals"] == by_id["deals"]
    assert XIAOMI_FORD in {shown["deal"]["deal_id"] for shown in by_name["deals"]}
    for shown in by_name["deals"]:
        assert "xiaomi" in (shown["deal"]["foreign_company_id"], shown["deal"]["host_company_id"])


def test_a_status_is_that_of_the_day(client: TestClient[Any]) -> None:
    asked = {"status": "denied_by_one", "party": "Xiaomi"}
    today = client.get("/v1/deals", params=asked).json()
    assert {shown["status"] for shown in today["deals"]} == {"denied_by_one"}
    assert client.get("/v1/deals", params={**asked, "as_of": "2026-01-30"}).json()["total"] == 0


def test_a_party_that_nobody_knows_is_refused(client: TestClient[Any]) -> None:
    response = client.get("/v1/deals", params={"party": "Zorblax Motors"})
    assert (response.status_code, response.json()["code"]) == (422, "party-unsettled")
    assert response.json()["errors"][0]["parameter"] == "party"


def test_every_deal_can_be_shown(client: TestClient[Any], workspace: Workspace) -> None:
    for deal in workspace.ledger.deals():
        assert client.get(f"/v1/deals/{deal.deal_id}").status_code == 200
