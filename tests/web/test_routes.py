"""Every page: it comes, it is strict, it loads nothing from elsewhere, and what strangers type stays text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from litestar.testing import TestClient

from riskapi.store import keys
from riskapi.store.audit import Signature
from riskapi.store.database import open_store
from riskapi.store.keys import NewKey, Scope
from riskapi.web.app import create_app
from riskapi.web.static_files import address as address_of
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import ADDRESSES, QUERY, SLOW, Reader

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "' onfocus='alert(1)",
    "</title><svg onload=alert(1)>",
    "{{7*7}}{% raw %}",
)


@pytest.mark.parametrize("address", [*ADDRESSES.values(), *SLOW.values()], ids=[*ADDRESSES, *SLOW])
def test_every_page_comes_with_one_title_one_main_heading_and_a_strict_policy(
    client: TestClient[Any], address: str
) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    tags = [tag for tag, _ in Reader(response.text).elements]
    assert (tags.count("h1"), tags.count("main")) == (1, 1)
    assert tags[: tags.index("body")].count("title") == 1


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_no_page_has_inline_script_or_style_or_loads_from_elsewhere(client: TestClient[Any], address: str) -> None:
    page = Reader(client.get(address).text)
    for tag, attributes in page.elements:
        assert "style" not in attributes, (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        if tag in ("script", "link", "img", "iframe"):
            assert str(attributes.get("src") or attributes.get("href")).startswith("/static/")
    assert "style" not in {tag for tag, _ in page.elements}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_ids_are_unique_and_every_link_within_a_page_leads_somewhere(client: TestClient[Any], address: str) -> None:
    page = Reader(client.get(address).text)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    inner = {link[1:] for link in page.attributes("href") if link.startswith("#")}
    assert inner <= set(ids)


def test_the_first_view_is_small(client: TestClient[Any]) -> None:
    page = client.get("/")
    loaded = [client.get(link) for link in Reader(page.text).attributes("href") if link.startswith("/static/")]
    loaded += [client.get(link) for link in Reader(page.text).attributes("src") if link.startswith("/static/")]
    assert all(item.status_code == 200 for item in loaded)
    assert sum(len(item.content) for item in (page, *loaded)) <= 150_000


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "address",
    [
        "/?a={}&b={}&foreign_party={}",
        "/?type={}&as_of={}",
        "/deal?a={}&b=Ford",
        "/deal?a=Xiaomi&b=Ford&type={}",
        "/deal?a=Xiaomi&b=Ford&{}=1",
        "/deal?a=Xiaomi&b=Ford&as_of={}",
        "/deal?a=Xiaomi&b=Ford&foreign_party={}",
        "/deal/rule?a=Xiaomi&b=Ford&rule={}",
        "/what-if/live?a=Xiaomi&b=Ford&base={}",
        "/timeline?a=Xiaomi&b=Ford&since={}",
        "/compare?left={}",
        "/?a={}&a.seat_country={}&a.state_share={}",
        "/deal?a={}&a.seat_country={}&b=Ford",
        "/deal?a={}&a.seat_country=CN&b=Ford&b.{}=1",
        "/matrix?firms={}&hosts={}",
        "/matrix/portfolio.xlsx?firms={}&hosts=Ford",
        "/deal/briefing.xlsx?a=Xiaomi&b=Ford&paper={}",
        "/rules?q={}",
        "/rules/{}",
        "/companies?q={}",
        "/companies/{}",
        "/deals?party={}",
        "/deals/{}",
        "/suggest?q={}",
    ],
)
def test_what_a_stranger_types_stays_text(client: TestClient[Any], address: str, attack: str) -> None:
    response = client.get(address.replace("{}", quote(attack, safe="")))
    assert response.status_code < 500
    if not response.headers["content-type"].startswith("text/html"):
        return
    for tag, attributes in Reader(response.text).elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert tag != "img"
        assert tag != "script" or str(attributes.get("src")).startswith("/static/")
        assert not str(attributes.get("href", "")).lower().startswith("javascript")
    assert attack != "{{7*7}}{% raw %}" or ">49" not in response.text


def test_a_name_from_the_datasets_that_means_several_companies_is_a_choice(client: TestClient[Any]) -> None:
    response = client.get("/deal?a=Volvo&b=Ford&type=joint_venture")
    assert response.status_code == 422
    page = Reader(response.text)
    assert "Which one is meant?" in page.text
    settled = [link for link in page.attributes("href") if link.startswith("?")]
    assert any("a=volvo-cars" in link and "type=joint_venture" in link for link in settled)


def test_a_name_that_is_not_on_record_leads_to_fields_that_describe_the_firm(client: TestClient[Any]) -> None:
    page = Reader(client.get("/deal?a=Qwxzv+Holdings&b=Ford&type=joint_venture&activity_country=US").text)
    (link,) = [link for link in page.attributes("href") if link.endswith("#describe-a")]
    form = Reader(client.get(link.split("#")[0]).text)
    assert {"describe-a", "a.seat_country", "a.state_share"} <= set(form.attributes("id"))
    assert "Qwxzv Holdings" in form.attributes("value")


def test_a_firm_that_was_described_is_answered_and_stays_described_in_the_links_of_its_page(
    client: TestClient[Any],
) -> None:
    query = "a=Qwxzv+Holdings&a.seat_country=CN&a.state_share=30&b=Ford&type=joint_venture&activity_country=US"
    response = client.get(f"/deal?{query}")
    assert response.status_code == 200
    page = Reader(response.text)
    assert "described by the caller" in page.text
    links = [link for link in page.attributes("href") if "Qwxzv" in link]
    assert links
    assert all("a.seat_country=CN" in unquote(link) for link in links)
    changed = client.get(f"/deal?{query.replace('a.seat_country=CN', 'a.seat_country=Atlantis')}")
    assert changed.status_code == 422


def test_a_page_that_is_not_there_tells_where_to_look(client: TestClient[Any]) -> None:
    response = client.get("/rules/us.icts.connected-vehicles.manufacturer-sail")
    assert response.status_code == 404
    assert "manufacturer-sale" in Reader(response.text).text


def test_the_service_answers_beside_the_pages(client: TestClient[Any]) -> None:
    assert client.get("/health").status_code == 200
    assert client.get("/docs").status_code == 200


def test_a_question_without_a_party_says_which_one_is_missing(client: TestClient[Any]) -> None:
    response = client.get("/deal?a=Xiaomi")
    assert response.status_code == 422
    assert "a party is not named" in response.text


def test_empty_fields_of_a_form_say_nothing(client: TestClient[Any]) -> None:
    tidy = Reader(client.get(f"/deal?{QUERY}").text).text
    assert Reader(client.get(f"/deal?{QUERY}&foreign_stake=&as_of=").text).text == tidy


def test_pages_ask_for_a_key_where_the_service_does(workspace: Workspace, tmp_path: Path) -> None:
    with open_store(str(tmp_path / "store.sqlite")) as store:
        at = datetime(2026, 11, 22, 12, tzinfo=UTC)
        app = create_app(workspace=workspace, clock=lambda: AS_OF, now=lambda: at, store=store)
        with store.write() as session:
            shown = {
                scope: keys.create(
                    session, NewKey(tenant="default", name=scope, scope=Scope(scope)), Signature("t", at)
                )[1]
                for scope in ("viewer", "analyst")
            }
        with TestClient(app) as http:
            viewer, analyst = ({"authorization": f"Bearer {shown[scope]}"} for scope in ("viewer", "analyst"))
            assert http.get(f"/deal?{QUERY}").status_code == 401
            assert http.get("/rules").status_code == 401
            assert http.get(f"/deal?{QUERY}", headers=viewer).status_code == 403
            assert http.get("/rules", headers=viewer).status_code == 200
            assert http.get(f"/deal?{QUERY}", headers=analyst).status_code == 200
            assert http.get(address_of("style.css")).status_code == 200
