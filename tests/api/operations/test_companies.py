from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.entities.resolver import Ambiguous, Resolution
from riskapi.workspace import Workspace


def test_a_name_that_settles_gives_the_company(client: TestClient[Any]) -> None:
    answer = client.get("/v1/companies", params={"q": "小米"}).json()
    assert answer["status"] == "match"
    assert (answer["company"]["company_id"], answer["company"]["seat_country"]) == ("xiaomi", "CN")


def test_a_name_of_several_gives_them_all_and_no_company(client: TestClient[Any], workspace: Workspace) -> None:
    name = "Tata"
    assert isinstance(workspace.resolve(name), Ambiguous)
    answer = client.get("/v1/companies", params={"q": name}).json()
    assert (answer["status"], answer["company"]) == ("ambiguous", None)
    assert len(answer["candidates"]) > 1


def test_a_name_of_nobody_gives_no_company(client: TestClient[Any]) -> None:
    answer = client.get("/v1/companies", params={"q": "Zorblax Industries"}).json()
    assert (answer["status"], answer["company"]) == ("no_match", None)


def test_the_country_is_told_to_the_resolver(client: TestClient[Any], workspace: Workspace) -> None:
    answer = client.get("/v1/companies", params={"q": "Tata", "country": "in"}).json()
    assert answer["reason"] == workspace.resolve("Tata", "IN").reason


@pytest.mark.parametrize(("as_of", "listed"), [("2021-03-01", True), ("2021-06-01", False)])
def test_a_profile_is_that_of_its_day(client: TestClient[Any], as_of: str, listed: bool) -> None:
    answer = client.get("/v1/companies/xiaomi", params={"as_of": as_of}).json()
    assert answer["valid_from"] <= as_of
    assert answer["valid_to"] is None or answer["valid_to"] >= as_of
    facts = {fact["fact"]: fact for fact in answer["facts"]}
    assert bool(facts["designations"]["value"]) is listed
    assert bool(facts["designations"]["evidence"]) is listed


def test_every_known_fact_of_a_profile_is_evidenced_and_worded(client: TestClient[Any]) -> None:
    facts = client.get("/v1/companies/byd").json()["facts"]
    assert {"seat_country", "control_country", "state_ownership"} <= {fact["fact"] for fact in facts}
    for fact in facts:
        assert fact["text"]
        if fact["value"]:
            assert fact["evidence"], fact["fact"]


def test_the_first_day_of_a_profile_that_always_held_is_not_invented(client: TestClient[Any]) -> None:
    answer = client.get("/v1/companies/xiaomi", params={"as_of": "1900-01-01"}).json()
    assert answer["valid_from"] is None


def test_a_name_is_looked_up_as_of_the_day_that_is_given(
    client: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[date | None] = []
    resolve = Workspace.resolve

    def watch(self: Workspace, name: str, country: str | None = None, as_of: date | None = None) -> Resolution:
        days.append(as_of)
        return resolve(self, name, country, as_of)

    monkeypatch.setattr(Workspace, "resolve", watch)
    for query in ({"q": "Apple Computer", "as_of": "2006-01-01"}, {"q": "Apple Computer"}):
        assert client.get("/v1/companies", params=query).json()["company"]["company_id"] == "apple"
    assert days == [date(2006, 1, 1), None]
