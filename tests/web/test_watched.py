"""Watchlists as pages: questions put into them, what moved and why, and who may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

import pytest

from riskapi.watch.rounds import Rescorer
from riskapi.web.routes import page_routes
from riskapi.workspace import Workspace
from tests.api.kept import Service, service
from tests.shipped import AS_OF
from tests.web.pages import VENTURE, Reader

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def site(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    file = tmp_path_factory.mktemp("watched") / "store.sqlite"
    with service(workspace, file, pages=page_routes, watch_every=0) as found:
        yield found


def watch(site: Service, name: str, *, headers: dict[str, str] | None = None, **more: str) -> Any:
    content = urlencode([*VENTURE, ("list", name), *more.items()])
    return site.ask("POST", "/watched", {**FORM, **(headers or {})}, content=content, follow_redirects=False)


class Earlier:
    """The shipped workspace as of another day under another version: what a change of the data looks like to watchers."""

    def __init__(self, workspace: Workspace, day: date) -> None:
        self._workspace, self._day = workspace, day
        self.versions = replace(workspace.versions, dataset="another")

    def ask(self, question: Any, *, today: date) -> Any:
        answer = self._workspace.ask({**question, "as_of": self._day.isoformat()}, today=today)
        return replace(answer, versions=self.versions, as_of=today)


def move(site: Service, workspace: Workspace) -> None:
    @contextmanager
    def lease(_: str | None) -> Iterator[Workspace]:
        yield cast(Workspace, Earlier(workspace, date(2020, 1, 1)))

    rounds = Rescorer(store=site.store, workspaces=lease, now=site.clock)
    rounds.announce()
    assert rounds.run(AS_OF).changes


def test_what_moved_is_told_with_both_scores_and_why(site: Service, workspace: Workspace) -> None:
    place = watch(site, "Moving").headers["location"]
    assert "Nothing has moved since" in site.http.get(place).text
    move(site, workspace)
    for address in (place, "/watched"):
        response = site.http.get(address)
        page = Reader(response.text)
        assert "the data were changed" in page.text
        assert "rules behind it" in page.text
        assert "default-src 'none'" in response.headers["content-security-policy"]
        ids = page.attributes("id")
        assert len(ids) == len(set(ids))
    assert "Nothing has moved since" in site.http.get(f"{place}?since=2027-01-01").text


def test_a_question_is_put_into_a_new_list_and_another_one_into_the_same(site: Service) -> None:
    place = watch(site, "Carmakers").headers["location"]
    again = watch(site, "Carmakers", label="second", foreign_stake="10").headers["location"]
    assert place == again
    page = Reader(site.http.get(place).text)
    assert "Questions 2" in page.text
    assert "second" in page.text
    listed = Reader(site.http.get("/watched").text)
    assert "Carmakers" in listed.text
    assert place in listed.attributes("href")


def test_a_watched_question_leads_to_its_answer_and_is_taken_out_by_its_button(site: Service) -> None:
    place = watch(site, "One only").headers["location"]
    page = Reader(site.http.get(place).text)
    (answer,) = [link for link in page.attributes("href") if link.startswith("/deal?")]
    assert site.http.get(answer).status_code == 200
    (button,) = [one for one in page.attributes("action") if one.endswith("/forget")]
    assert site.ask("POST", button, FORM, follow_redirects=False).headers["location"] == place
    assert "Questions 0" in Reader(site.http.get(place).text).text


def test_a_list_without_a_name_is_refused(site: Service) -> None:
    assert watch(site, "  ").status_code == 422


def test_the_form_of_another_site_watches_nothing(site: Service) -> None:
    assert watch(site, "Evil", headers={"sec-fetch-site": "cross-site"}).status_code == 422
    assert "Evil" not in site.http.get("/watched").text


def test_scopes_are_those_of_the_operations(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("closed") / "store.sqlite"
    with service(workspace, file, pages=page_routes, watch_every=0) as closed:
        viewer, analyst = (closed.key(scope)[1] for scope in ("viewer", "analyst"))
        assert watch(closed, "Ours").status_code == 401
        assert watch(closed, "Ours", headers=viewer).status_code == 403
        place = watch(closed, "Ours", headers=analyst).headers["location"]
        assert closed.ask("GET", place, viewer).status_code == 200
        assert closed.ask("GET", place, closed.key("analyst", tenant="other")[1]).status_code == 404
