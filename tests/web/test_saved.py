"""Kept answers: kept from a page, found again, held against now, deleted; and who may."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from riskapi.assessment.words import amount
from riskapi.web.question import Question
from riskapi.web.routes import page_routes
from riskapi.web.saved import question_of
from riskapi.workspace import Workspace
from tests.api.kept import Service, service
from tests.shipped import AS_OF, shipped_workspace
from tests.web.pages import BODY, QUERY, VENTURE, Reader

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def site(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service without keys: whoever reaches it may do everything."""
    with service(workspace, tmp_path_factory.mktemp("open") / "store.sqlite", pages=page_routes) as found:
        yield found


@pytest.fixture(scope="module")
def closed(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with keys."""
    with service(workspace, tmp_path_factory.mktemp("closed") / "store.sqlite", pages=page_routes) as found:
        found.key("admin")
        yield found


def keep(site: Service, *, headers: dict[str, str] | None = None, **more: str) -> str:
    """The address of an answer that was kept."""
    response = site.ask("POST", "/saved", {**FORM, **(headers or {})}, content=urlencode([*VENTURE, *more.items()]),
                        follow_redirects=False)  # fmt: skip
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


def test_an_answer_that_is_kept_has_a_page_with_its_figures_and_is_in_the_list(site: Service) -> None:
    place = keep(site, label="brief of November")
    answer = shipped_workspace().ask(BODY, today=AS_OF)
    page = Reader(site.http.get(place).text)
    assert amount(answer.score) in page.text
    assert "brief of November" in page.text
    assert answer.versions.rule_set in page.text
    listed = Reader(site.http.get("/saved?label=brief+of+November&party=Ford").text)
    assert place in listed.attributes("href")
    assert place not in Reader(site.http.get("/saved?party=Tesla").text).attributes("href")


def test_the_page_of_an_answer_offers_to_keep_it_with_names_and_day_settled(site: Service) -> None:
    page = Reader(site.http.get(f"/deal?{QUERY}").text)
    hidden = [
        (one["name"], one["value"]) for tag, one in page.elements if tag == "input" and one.get("type") == "hidden"
    ]
    assert {("a", "xiaomi"), ("b", "ford"), ("as_of", AS_OF.isoformat())} <= set(hidden)
    assert "/saved" in page.attributes("action")


def test_a_kept_answer_leads_back_to_its_question(site: Service) -> None:
    links = Reader(site.http.get(keep(site)).text).attributes("href")
    (again,) = [link for link in links if link.startswith("/deal?")]
    assert site.http.get(again).status_code == 200
    assert "model_year=2028" in again


def test_with_the_same_rules_and_day_nothing_differs_and_on_another_day_what_differs_is_told(site: Service) -> None:
    place = keep(site)
    assert "The result is the same." in site.http.get(f"{place}/now").text
    earlier = Reader(site.http.get(f"{place}/now?as_of=2020-01-01").text).text
    assert "The score moves by" in earlier
    assert "1 January 2020" in earlier


def test_a_deleted_answer_is_gone(site: Service) -> None:
    place = keep(site)
    gone = site.ask("POST", f"{place}/delete", FORM, follow_redirects=False)
    assert (gone.status_code, gone.headers["location"]) == (303, "/saved")
    assert site.http.get(place).status_code == 404
    assert site.ask("POST", f"{place}/delete", FORM).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
def test_a_form_of_another_site_does_nothing(site: Service, headers: dict[str, str]) -> None:
    place = keep(site)
    assert site.ask("POST", f"{place}/delete", {**FORM, **headers}).status_code == 422
    assert site.http.get(place).status_code == 200
    before = site.http.get("/saved").text
    assert site.ask("POST", "/saved", {**FORM, **headers}, content=QUERY).status_code == 422
    assert site.http.get("/saved").text == before


def test_a_form_that_is_longer_than_any_of_ours_is_refused(site: Service) -> None:
    assert site.ask("POST", "/saved", FORM, content="a=" + "x" * 40_000).status_code == 422


def test_reading_keeping_and_deleting_take_the_scopes_of_the_operations(closed: Service) -> None:
    viewer, analyst, admin = (closed.key(scope)[1] for scope in ("viewer", "analyst", "admin"))
    place = keep(closed, headers=analyst)
    assert closed.ask("POST", "/saved", {**FORM, **viewer}, content=QUERY).status_code == 403
    assert closed.ask("GET", "/saved").status_code == 401
    assert closed.ask("GET", place, viewer).status_code == 200
    assert closed.ask("GET", f"{place}/now", viewer).status_code == 403
    assert closed.ask("GET", f"{place}/now", analyst).status_code == 200
    assert closed.ask("POST", f"{place}/delete", {**FORM, **analyst}).status_code == 403
    assert closed.ask("POST", f"{place}/delete", {**FORM, **admin}, follow_redirects=False).status_code == 303


def test_the_answers_of_another_tenant_are_not_there(closed: Service) -> None:
    ours, theirs = closed.key("analyst")[1], closed.key("analyst", tenant="other")[1]
    place = keep(closed, headers=ours)
    assert closed.ask("GET", place, theirs).status_code == 404
    assert place not in closed.ask("GET", "/saved", theirs).text


def test_the_password_of_a_browser_keeps_something_only_from_a_page_of_this_service(closed: Service) -> None:
    key = closed.key("analyst")[1]["authorization"].removeprefix("Bearer ")
    basic = {**FORM, "authorization": f"Basic {b64encode(f':{key}'.encode()).decode()}"}
    assert closed.ask("POST", "/saved", basic, content=QUERY).status_code == 401
    assert closed.ask("POST", "/saved", {**basic, "sec-fetch-site": "cross-site"}, content=QUERY).status_code == 401
    own = closed.ask(
        "POST", "/saved", {**basic, "sec-fetch-site": "same-origin"}, content=QUERY, follow_redirects=False
    )
    assert own.status_code == 303


def test_what_was_typed_as_a_label_stays_text(site: Service) -> None:
    place = keep(site, label="<script>alert(1)</script>")
    for address in (place, "/saved", f"{place}/now"):
        scripts = [one for tag, one in Reader(site.http.get(address).text).elements if tag == "script"]
        assert all(str(one.get("src")).startswith("/static/") for one in scripts)


def test_kept_pages_are_as_strict_as_the_others(site: Service) -> None:
    place = keep(site)
    for address in (place, "/saved", f"{place}/now"):
        response = site.http.get(address)
        page = Reader(response.text)
        assert "default-src 'none'" in response.headers["content-security-policy"]
        ids = page.attributes("id")
        assert len(ids) == len(set(ids))
        assert not [one for _, one in page.elements if "style" in one]
        assert re.search("aria-current=.page.", response.text)


def test_a_question_that_an_address_cannot_tell_has_no_address() -> None:
    workspace = shipped_workspace()
    told = {**BODY, "parties": [{"name": "Xiaomi", "facts": {"state_share": 0.2}}, "Ford"]}
    assert question_of(told, workspace) is None
    described = {**BODY, "parties": [{"name": "New Co", "inline": True, "facts": {"seat_country": "CN"}}, "Ford"]}
    found = question_of(described, workspace)
    assert found is not None
    assert found.described == ({"seat_country": "CN"}, {})
    assert question_of({**BODY, "deal": {"no_such_fact": 1}}, workspace) is None


def test_a_kept_question_and_its_address_ask_the_same() -> None:
    workspace = shipped_workspace()
    inputs = Question.read([*VENTURE, ("as_of", AS_OF.isoformat()), ("foreign_stake", "24.9")]).body(
        workspace.vocabulary
    )
    found = question_of(inputs, workspace)
    assert found is not None
    assert workspace.ask(found.body(workspace.vocabulary), today=AS_OF) == workspace.ask(inputs, today=AS_OF)
