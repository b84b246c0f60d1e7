"""Watchlists over HTTP: keeping, changing, who may, what is refused, and feeds that neither skip nor repeat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from riskapi.api.frame.operation import Example, Operation
from riskapi.api.operations import watchlists, webhooks
from riskapi.api.operations.watch_samples import LIST_ID, QUESTION
from riskapi.api.operations.watchlists import PATH
from riskapi.store import audit, retention
from riskapi.store.audit import Signature
from riskapi.store.retention import Retention
from riskapi.workspace import Workspace
from tests.api.calls import address
from tests.api.document import document_of
from tests.api.kept import Service, service
from tests.api.watched import LICENCE, codes, ident_of, made, moves, new_store
from tests.shipped import AS_OF

OPERATIONS = (*watchlists.OPERATIONS, *webhooks.OPERATIONS)
EXAMPLES = [(operation, example) for operation in OPERATIONS for example in operation.examples]


@pytest.fixture(scope="module")
def shared(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service for tests that do not mind what others keep."""
    file = new_store(tmp_path_factory.mktemp("shared"))
    with service(workspace, file, watch_every=0, webhook_key="k" * 32) as opened:
        yield opened


@pytest.fixture
def one(workspace: Workspace, tmp_path: Path) -> Iterator[Service]:
    with service(workspace, new_store(tmp_path), watch_every=0, webhook_key="k" * 32) as opened:
        yield opened


@pytest.fixture(scope="module")
def document(workspace: Workspace) -> dict[str, Any]:
    return document_of(OPERATIONS, workspace)


@pytest.mark.parametrize(("asked", "example"), EXAMPLES, ids=[f"{one.id}-{two.name}" for one, two in EXAMPLES])
def test_every_operation_answers_as_the_document_says(
    shared: Service, document: dict[str, Any], asked: Operation, example: Example
) -> None:
    one = shared
    shown = made(one)
    body = json.loads(json.dumps(example.body).replace(LIST_ID, ident_of(shown)))
    hooks = one.ask("GET", webhooks.PATH).json()["webhooks"]
    new = {} if hooks else one.ask("POST", webhooks.PATH, json={"url": "https://hooks.example.org/"}).json()
    hook = (hooks or [new["webhook"]])[0]["id"]
    message = one.ask("POST", f"{webhooks.PATH}/{hook}/test").json()["delivery"]["id"]
    known = {"id": hook if asked.tag == "webhooks" else ident_of(shown), "delivery": message}
    known["item"] = shown.json()["items"][0]["id"]
    values = {name: known.get(name, value) for name, value in example.values.items()}
    path, query = address(asked, replace(example, values=values))
    headers = {"if-match": shown.headers["etag"]} if asked.takes_match else None
    response = one.ask(asked.method, path, headers, params=query or None, json=body)
    assert response.status_code == asked.statuses[0], response.text
    told = document["paths"][asked.path][asked.method.lower()]["responses"][str(response.status_code)]
    registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    reference = told["content"]["application/json"]["schema"]["$ref"]
    check = Draft202012Validator({"$ref": f"urn:api{reference}"}, registry=registry, format_checker=FormatChecker())
    check.validate(response.json())
    check.validate(told["content"]["application/json"]["examples"][example.name]["value"])
    assert ("etag" in response.headers) == asked.is_tagged


# --- keeping and changing


def test_a_list_is_shown_at_its_address_with_the_first_results(one: Service) -> None:
    response = made(one)
    assert response.headers["location"] == f"{PATH}/{ident_of(response)}"
    shown = one.ask("GET", response.headers["location"])
    assert shown.json() == response.json()
    (item,) = shown.json()["items"]
    score = one.ask("POST", "/v1/scores", json={**QUESTION, "as_of": AS_OF.isoformat()}).json()
    assert (item["result"]["score"], item["result"]["band"]) == (score["score"], score["band"]["name"])
    assert (item["checked_on"], item["changed_at"], item["failure"]) == (AS_OF.isoformat(), None, None)
    (listed,) = one.ask("GET", PATH).json()["watchlists"]
    assert listed == shown.json()["watchlist"]


def test_a_question_that_cannot_be_answered_is_refused_with_its_place_and_nothing_is_kept(one: Service) -> None:
    wrong = {"parties": ["Xiaomi", "Frod Motors of Nowhere"], "deal": {"type": "jv"}}
    body = {"name": "Cars", "items": [{"question": QUESTION}, {"question": wrong}]}
    response = one.ask("POST", PATH, json=body)
    assert response.status_code == 422
    assert response.json()["code"] == "request-invalid"
    assert all(entry["pointer"].startswith("/items/1/question/") for entry in response.json()["errors"])
    assert one.ask("GET", PATH).json() == {"watchlists": []}
    settled = one.ask(
        "POST", PATH, json={"name": "x", "items": [{"question": {**QUESTION, "parties": ["Xiaomi", "Frd"]}}]}
    )
    assert settled.json()["code"] == "party-unsettled"


def test_a_change_needs_the_etag_of_what_was_seen(one: Service) -> None:
    first = made(one)
    path, body = first.headers["location"], {"name": "Vans", "items": [{"question": QUESTION, "label": "two"}]}
    assert codes(one.ask("PUT", path, json=body), 428) == ["precondition-required"]
    assert codes(one.ask("PUT", path, {"if-match": "x"}, json=body), 412) == ["precondition-failed"]
    changed = one.ask("PUT", path, {"if-match": first.headers["etag"]}, json=body)
    assert changed.status_code == 200
    assert changed.json()["watchlist"]["version"] == 2
    assert changed.json()["items"][0]["id"] == first.json()["items"][0]["id"]
    assert codes(one.ask("PUT", path, {"if-match": first.headers["etag"]}, json=body), 412) == ["precondition-failed"]
    assert codes(one.ask("DELETE", path, {"if-match": first.headers["etag"]}), 412) == ["precondition-failed"]
    assert codes(one.ask("DELETE", path), 428) == ["precondition-required"]
    assert one.ask("DELETE", path, {"if-match": changed.headers["etag"]}).json() == {"deleted": ident_of(first)}
    assert codes(one.ask("GET", path), 404) == ["watchlist-unknown"]
    assert codes(one.ask("DELETE", path, {"if-match": "*"}), 404) == ["watchlist-unknown"]


def test_results_that_moved_meanwhile_do_not_stand_in_the_way_of_a_change(one: Service, workspace: Workspace) -> None:
    first = made(one)
    assert moves(one, workspace, "new", date(2025, 3, 16)) == 1
    path = first.headers["location"]
    assert one.ask("GET", path, {"if-none-match": first.headers["etag"]}).status_code == 200
    changed = one.ask("PUT", path, {"if-match": first.headers["etag"]}, json={"name": "Vans", "items": []})
    assert changed.status_code == 200


def test_an_unchanged_list_and_an_unchanged_feed_are_not_sent_again(one: Service) -> None:
    first = made(one)
    for path in (first.headers["location"], "/v1/changes", f"{first.headers['location']}/changes"):
        tag = one.ask("GET", path).headers["etag"]
        again = one.ask("GET", path, {"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_items_are_added_once_and_removed(one: Service) -> None:
    first = made(one)
    path = first.headers["location"]
    added = one.ask("POST", f"{path}/items", json={"items": [{"question": LICENCE}]})
    assert (added.status_code, added.headers["location"]) == (201, path)
    assert [item["question"]["deal"]["type"] for item in added.json()["items"]] == ["joint_venture", "licence"]
    assert codes(one.ask("POST", f"{path}/items", json={"items": [{"question": LICENCE}]}), 409) == ["question-twice"]
    item = added.json()["items"][0]["id"]
    assert len(one.ask("DELETE", f"{path}/items/{item}").json()["items"]) == 1
    assert codes(one.ask("DELETE", f"{path}/items/{item}"), 404) == ["watch-item-unknown"]


def test_a_request_under_one_key_keeps_one_list(one: Service) -> None:
    body = {"name": "Cars", "items": [{"question": QUESTION}]}
    first, again = (one.ask("POST", PATH, {"idempotency-key": "k1"}, json=body) for _ in range(2))
    assert (ident_of(first), first.headers["etag"]) == (ident_of(again), again.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true"
    assert codes(one.ask("POST", PATH, {"idempotency-key": "k1"}, json={**body, "name": "x"}), 422) == [
        "idempotency-key-reused"
    ]
    path = f"{PATH}/{ident_of(first)}/items"
    for _ in range(2):
        added = one.ask("POST", path, {"idempotency-key": "k1"}, json={"items": [{"question": LICENCE}]})
        assert (added.status_code, len(added.json()["items"])) == (201, 2)


def test_where_nothing_is_stored_nothing_is_watched(one: Service) -> None:
    with one.store.write() as session:
        retention.choose(session, "default", Retention(0), Signature("a test", one.clock()))
    response = one.ask("POST", PATH, json={"name": "Cars", "items": [{"question": QUESTION}]})
    assert codes(response, 409) == ["keeps-nothing"]


# --- who may


def test_a_viewer_reads_and_an_analyst_writes(one: Service) -> None:
    _, viewer = one.key("viewer")
    _, analyst = one.key("analyst")
    body = {"name": "Cars", "items": []}
    assert codes(one.ask("POST", PATH, viewer, json=body), 403) == ["scope-too-low"]
    first = one.ask("POST", PATH, analyst, json=body)
    path, match = first.headers["location"], {"if-match": first.headers["etag"]}
    for method, where, sent in (
        ("PUT", path, body), ("DELETE", path, None), ("POST", f"{path}/items", {"items": []}),
        ("DELETE", f"{path}/items/x", None),
    ):  # fmt: skip
        assert codes(one.ask(method, where, {**viewer, **match}, json=sent), 403) == ["scope-too-low"]
    for where in (PATH, path, f"{path}/changes", "/v1/changes"):
        assert one.ask("GET", where, viewer).status_code == 200
        assert codes(one.ask("GET", where), 401) == ["key-missing"]


def test_another_organisation_finds_nothing_and_changes_nothing(one: Service, workspace: Workspace) -> None:
    _, mine = one.key("analyst")
    _, other = one.key("admin", tenant="other")
    first = made(one, mine)
    assert moves(one, workspace, "new", date(2025, 3, 16)) == 1
    path, item = first.headers["location"], first.json()["items"][0]["id"]
    for method, where, sent in (
        ("GET", path, None), ("GET", f"{path}/changes", None), ("DELETE", path, None), ("DELETE", f"{path}/items/{item}", None),
        ("PUT", path, {"name": "x", "items": []}), ("POST", f"{path}/items", {"items": [{"question": LICENCE}]}),
    ):  # fmt: skip
        assert codes(one.ask(method, where, {**other, "if-match": "*"}, json=sent), 404) == ["watchlist-unknown"]
    assert one.ask("GET", PATH, other).json() == {"watchlists": []}
    assert one.ask("GET", "/v1/changes", other).json()["changes"] == []
    cursor = one.ask("GET", "/v1/changes", mine).json()["cursor"]
    assert codes(one.ask("GET", "/v1/changes", other, params={"cursor": cursor}), 422) == ["bad-cursor"]
    assert len(one.ask("GET", path, mine).json()["items"]) == 1


def test_each_change_is_in_the_audit_log_with_the_name_of_the_key(one: Service) -> None:
    key, headers = one.key("analyst")
    made(one, headers)
    with one.store.read() as session:
        entry = list(audit.entries(session, "default"))[-1]
    assert (entry.action, entry.actor) == ("watchlist.created", f"analyst of default ({key.id})")


HOSTILE = (
    "'; DROP TABLE watchlists; --", '" OR 1=1 --', "%' OR '1'='1", "100% _ :name %(name)s $1 ?", "=cmd|' /C calc'!A0",
    "../../etc/passwd", "<script>alert(1)</script>", "小米 \u202eabc", "x\r\nSet-Cookie: a=b",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts_or_refused_and_never_more(shared: Service, text: str) -> None:
    one = shared
    response = one.ask("POST", PATH, json={"name": text, "items": [{"question": QUESTION, "label": text}]})
    if response.status_code == 201:
        assert response.json()["watchlist"]["name"] == text
        assert response.json()["items"][0]["label"] == text
    else:
        assert response.status_code in (400, 422)
    quoted = text.replace("/", "%2F").replace("\r\n", "%0D%0A").replace("?", "%3F").replace("#", "%23")
    assert one.ask("GET", f"{PATH}/{quoted}").status_code in (404, 422)
    assert one.ask("DELETE", f"{PATH}/{quoted}", {"if-match": "*"}).status_code in (404, 422)
    assert codes(one.ask("GET", "/v1/changes", params={"cursor": text}), 422)
    assert one.ask("GET", PATH).status_code == 200


@pytest.mark.parametrize("tag", ['"', '"1', "1", '"a.b"', '"1.x"', '"99999999999.0"', "W/", '"1.0", "2.0"'])
def test_an_etag_that_is_none_changes_nothing(shared: Service, tag: str) -> None:
    one = shared
    path = made(one).headers["location"]
    assert one.ask("DELETE", path, {"if-match": tag}).status_code == 412
    assert one.ask("GET", path).status_code == 200


# --- the feed


def test_a_reader_of_the_feed_gets_each_change_once_and_may_wait_for_more(one: Service, workspace: Workspace) -> None:
    made(one, None, QUESTION, LICENCE)
    days = [date(2025, 3, 16), None, date(2020, 1, 1)]
    seen: list[int] = []
    cursor = None
    for number, day in enumerate(days):
        assert moves(one, workspace, f"d{number}", day) > 0
        while True:
            query = {"limit": "1", **({"cursor": cursor} if cursor else {})}
            found = one.ask("GET", "/v1/changes", params=query).json()
            seen += [change["seq"] for change in found["changes"]]
            cursor = found["cursor"]
            if not found["has_more"]:
                break
        assert one.ask("GET", "/v1/changes", params={"cursor": cursor}).json()["changes"] == []
    every = one.ask("GET", "/v1/changes").json()["changes"]
    assert seen == [change["seq"] for change in every] == list(range(1, len(every) + 1))
    assert len(every) >= 4


def test_the_feed_of_a_list_holds_its_changes_alone_and_its_cursor_fits_no_other(
    one: Service, workspace: Workspace
) -> None:
    first, second = made(one), made(one, None, LICENCE)
    moves(one, workspace, "new", date(2025, 3, 16))
    path = first.headers["location"]
    found = one.ask("GET", f"{path}/changes").json()
    assert {change["watchlist"] for change in found["changes"]} == {ident_of(first)}
    for where in ("/v1/changes", f"{second.headers['location']}/changes"):
        assert codes(one.ask("GET", where, params={"cursor": found["cursor"]}), 422) == ["bad-cursor"]


def test_changes_are_told_from_a_day_on(one: Service, workspace: Workspace) -> None:
    made(one)
    moves(one, workspace, "new", date(2025, 3, 16))
    for day, number in ((one.clock.moment.date(), 1), (one.clock.moment.date() + timedelta(days=1), 0)):
        assert len(one.ask("GET", "/v1/changes", params={"since": day.isoformat()}).json()["changes"]) == number


def test_a_change_shows_before_and_after_and_the_list_the_newest_state(one: Service, workspace: Workspace) -> None:
    first = made(one)
    moves(one, workspace, "new", date(2025, 3, 16))
    (change,) = one.ask("GET", "/v1/changes").json()["changes"]
    item = one.ask("GET", first.headers["location"]).json()["items"][0]
    assert change["before"]["score"] == first.json()["items"][0]["result"]["score"]
    assert change["after"] == item["result"]
    assert item["changed_at"] == change["at"]
    assert change["causes"] == ["dataset"]
    assert "prohibition" in {gate["gate"] for gate in change["gates_lost"]}
    assert any(rule["points_before"] != rule["points_after"] for rule in change["rules"])
