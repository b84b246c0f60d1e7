"""What would change the result."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar.testing import TestClient

from riskapi.assessment.words import amount
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import BODY, MEXICO, QUERY, SLOW, Reader

PART = {"hx-request": "true"}


def test_a_moved_slider_gives_the_score_of_the_moved_deal(client: TestClient[Any], workspace: Workspace) -> None:
    part = client.get(f"/what-if/live?{MEXICO}&{urlencode({'base': QUERY})}", headers=PART)
    moved = workspace.ask({**BODY, "deal": {**BODY["deal"], "activity_country": "MX"}}, today=AS_OF)  # type: ignore[dict-item]
    text = Reader(part.text).text
    assert text.startswith(amount(moved.score))
    assert f"against {amount(workspace.ask(BODY, today=AS_OF).score)} as asked" in text


def test_a_deal_that_is_not_moved_switches_no_rule(client: TestClient[Any]) -> None:
    part = client.get(f"/what-if/live?{QUERY}&{urlencode({'base': QUERY})}", headers=PART)
    assert "No rule switches." in part.text


def test_a_value_that_cannot_be_is_told_in_the_place_of_the_result(client: TestClient[Any]) -> None:
    part = client.get(f"/what-if/live?{QUERY}&foreign_stake=140&{urlencode({'base': QUERY})}", headers=PART)
    assert part.status_code == 422
    assert "<html" not in part.text
    assert "per cent, from 0 to 100" in part.text


def test_each_way_links_to_the_variant_that_has_its_result(client: TestClient[Any], workspace: Workspace) -> None:
    page = client.get(SLOW["ways"], headers=PART).text
    found = workspace.whatif(BODY, today=AS_OF)
    way = found.targets[0].ways[0]
    link = next(link for link in Reader(page).attributes("href") if link.startswith("/deal?"))
    assert f"{amount(way.result.score)} ({amount(way.result.low)} to {amount(way.result.high)})" in Reader(page).text
    assert amount(way.result.score) in Reader(client.get(link).text).text


def test_every_told_fact_is_carried_on(client: TestClient[Any]) -> None:
    page = Reader(client.get(f"/what-if?{QUERY}&technologies=lidar").text)
    fields = [attributes for tag, attributes in page.elements if tag in ("input", "select")]
    assert {"a", "b", "as_of", "technologies", "model_year"} <= {field.get("name") for field in fields}
