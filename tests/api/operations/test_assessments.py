"""What is kept: stored answers, their lists, verification, reruns, deletion, tenants, repeats and retention."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from litestar.testing import TestClient
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from riskapi.api.app import OPERATIONS, create_app
from riskapi.api.frame.operation import Example, Operation
from riskapi.api.operations.assessments import PATH
from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.assessment.answer import Versions, to_json
from riskapi.store import assessments, audit, retention
from riskapi.store.audit import Signature
from riskapi.store.database import open_store
from riskapi.workspace import Workspace
from tests.api.calls import address
from tests.api.document import document_of
from tests.api.kept import NOON, Service, service

KEEPING = [
    (one, example)
    for one in OPERATIONS
    if one.sample and one.tag == "assessments" and "application/json" in one.produces
    for example in one.examples
]
NAMES = [f"{operation.id}-{example.name}" for operation, example in KEEPING]
MISTAKEN = {**XIAOMI_FORD, "deal": {"type": "jv"}}
HOSTILE = (
    "'; DROP TABLE assessments; --", '" OR 1=1 --', "%' OR '1'='1", "100% _ :name %(name)s $1 ?", "=cmd|' /C calc'!A0",
    "../../etc/passwd", "<script>alert(1)</script>", "小米 \u202eabc",
)  # fmt: skip


@pytest.fixture
def one(workspace: Workspace, tmp_path: Path) -> Iterator[Service]:
    with service(workspace, tmp_path / "store.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def document(workspace: Workspace) -> dict[str, Any]:
    return document_of(OPERATIONS, workspace)


def kept(one: Service, question: object = XIAOMI_FORD, headers: dict[str, str] | None = None, **query: str) -> Any:
    response = one.ask("POST", PATH, headers, json=question, params=query)
    assert response.status_code == 201, response.text
    return response.json()


def described(name: str, **facts: str) -> dict[str, Any]:
    """A question about a company that the caller describes."""
    party = {"name": name, "inline": True, "facts": {"seat_country": "CN", **facts}}
    return {"parties": [party, "ford"], "deal": {"type": "licence"}, "as_of": "2026-11-22"}


def total(one: Service, headers: dict[str, str] | None = None, **query: str) -> int:
    response = one.ask("GET", PATH, headers, params=query)
    assert response.status_code == 200, response.text
    found: int = response.json()["total"]
    return found


# --- keeping


def test_the_answer_is_kept_byte_for_byte_under_its_address(one: Service, workspace: Workspace) -> None:
    response = one.ask("POST", PATH, json=XIAOMI_FORD, params={"label": " brief "})
    record = response.json()["assessment"]
    assert response.headers["location"] == f"{PATH}/{record['id']}"
    body = to_json(workspace.ask(XIAOMI_FORD, today=date.max))
    assert response.content.endswith(b',"answer":' + body + b"}")
    assert record["content_hash"] == hashlib.sha256(body).hexdigest()
    assert (record["label"], record["created_by"]) == ("brief", "anybody")
    assert one.ask("GET", response.headers["location"]).content == response.content


def test_a_question_without_a_day_is_kept_with_the_day_of_its_asking(one: Service) -> None:
    question = {name: value for name, value in XIAOMI_FORD.items() if name != "as_of"}
    assert kept(one, question)["inputs"]["as_of"] == "2026-11-22"


def test_a_bad_question_is_refused_and_nothing_is_kept(one: Service) -> None:
    assert one.ask("POST", PATH, json=MISTAKEN).status_code == 422
    assert one.ask("POST", PATH, json=["no", "object"]).status_code == 422
    assert total(one) == 0


@pytest.mark.parametrize(("asked", "example"), KEEPING, ids=NAMES)
def test_every_operation_answers_as_the_document_says(
    one: Service, document: dict[str, Any], asked: Operation, example: Example
) -> None:
    ident = kept(one, label="brief of November")["assessment"]["id"]
    values = {**example.values, "id": ident} if "id" in example.values else example.values
    path, query = address(asked, replace(example, values=values))
    response = one.ask(asked.method, path, params=query or None, json=example.body)
    told = document["paths"][asked.path][asked.method.lower()]["responses"][str(response.status_code)]
    assert response.status_code == asked.statuses[0]
    registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    reference = told["content"]["application/json"]["schema"]["$ref"]
    check = Draft202012Validator({"$ref": f"urn:api{reference}"}, registry=registry, format_checker=FormatChecker())
    check.validate(response.json())
    shown = told["content"]["application/json"]["examples"][example.name]["value"]
    check.validate(shown)
    assert shown.keys() == response.json().keys()


# --- lists


def test_the_list_is_filtered_by_what_was_kept(one: Service) -> None:
    kept(one, label="first")
    kept(one, {**XIAOMI_FORD, "as_of": "2020-06-30"}, label="second")
    kept(one, described("A firm of ours"))
    assert total(one) == 3
    assert total(one, label="first") == 1
    assert total(one, party="XIAOMI") == 2
    assert total(one, party="a firm of  OURS") == 1
    assert total(one, as_of_to="2020-12-31") == 1
    assert total(one, as_of_from="2021-01-01") == 2
    assert total(one, created_from="2026-11-22", created_to="2026-11-22") == 3
    assert total(one, created_from="2026-11-23") == 0
    bands = [item["band"] for item in one.ask("GET", PATH).json()["assessments"]]
    assert total(one, band=bands[0]) == bands.count(bands[0])


def test_pages_go_on_where_they_ended_whatever_is_kept_meanwhile(one: Service) -> None:
    ids = [kept(one, described(f"Firm {number}"))["assessment"]["id"] for number in range(5)]
    seen, query = [], {"limit": "2"}
    while True:
        page = one.ask("GET", PATH, params=query).json()
        seen += [item["id"] for item in page["assessments"]]
        assert page["total"] == 5
        kept(one, described("Somebody new"))
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == ids[::-1]
    oldest = one.ask("GET", PATH, params={"order": "oldest", "limit": "1"}).json()
    assert oldest["assessments"][0]["id"] == ids[0]


@pytest.mark.parametrize("cursor", ["!!!", "e30", "bnVsbA"])
def test_a_cursor_that_was_made_up_is_refused(one: Service, cursor: str) -> None:
    kept(one)
    response = one.ask("GET", PATH, params={"cursor": cursor})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "bad-cursor")


# --- verification


def test_what_was_kept_holds_after_a_restart(workspace: Workspace, tmp_path: Path) -> None:
    unsorted = {"as_of": "2026-11-22", "parties": ["Xiaomi", "Ford"],
                "deal": dict(reversed(list(XIAOMI_FORD["deal"].items())))}  # type: ignore[attr-defined]  # fmt: skip
    with service(workspace, tmp_path / "store.sqlite") as before:
        ids = [kept(before, question)["assessment"]["id"] for question in (XIAOMI_FORD, unsorted, described("Ours"))]
    with Workspace.open() as opened, service(opened, tmp_path / "store.sqlite") as after:
        for ident in ids:
            told = after.ask("GET", f"{PATH}/{ident}", params={"verify": "true"}).json()
            found = told["verification"]
            assert (found["holds"], found["is_intact"], found["is_logged"]) == (True, True, True)
            assert found["recomputed_hash"] == told["assessment"]["content_hash"]
            assert found["says"] == "the same question gives the same bytes"


def test_without_being_asked_nothing_is_recomputed(one: Service) -> None:
    ident = kept(one)["assessment"]["id"]
    assert one.ask("GET", f"{PATH}/{ident}").json()["verification"] is None


def test_a_newer_rule_set_is_named_as_the_reason_why_the_bytes_differ(one: Service, workspace: Workspace) -> None:
    ident = kept(one)["assessment"]["id"]
    newer = replace(workspace, book=replace(workspace.book, version="f" * 12))
    assert newer.versions != workspace.versions
    with TestClient(create_app(workspace=newer, store=one.store)) as client:
        found = client.get(f"{PATH}/{ident}", params={"verify": "true"}).json()["verification"]
        assert (found["holds"], found["is_intact"], found["is_same_result"]) == (False, True, True)
        (changed,) = found["changed_versions"]
        assert changed == {
            "part": "rule_set", "kept": workspace.versions.rule_set, "now": newer.versions.rule_set
        }  # fmt: skip
        assert "rule_set" in found["says"]


def test_a_question_that_cannot_be_answered_any_more_is_told(one: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = one.ask("POST", PATH, json=XIAOMI_FORD).json()["assessment"]["id"]
    with one.store.write() as session:
        inputs = json.dumps({**XIAOMI_FORD, "parties": ["Nobody at all", "Ford"]})
        session.connection().exec_driver_sql("UPDATE assessments SET inputs = ?", (inputs,))
    found = one.ask("GET", f"{PATH}/{answer}", params={"verify": "true"}).json()["verification"]
    assert (found["holds"], found["recomputed_hash"], found["is_same_result"]) == (False, None, None)
    assert found["failure"]


def test_bytes_that_were_changed_in_the_store_are_found_out(one: Service) -> None:
    ident = kept(one)["assessment"]["id"]
    with one.store.write() as session:
        session.connection().exec_driver_sql("UPDATE assessments SET content_hash = ?", ("0" * 64,))
    found = one.ask("GET", f"{PATH}/{ident}", params={"verify": "true"}).json()["verification"]
    assert (found["holds"], found["is_intact"], found["is_logged"]) == (False, False, False)
    assert "changed or is damaged" in found["says"]


# --- reruns


def test_the_same_question_on_the_same_day_differs_in_nothing(one: Service) -> None:
    ident = kept(one)["assessment"]["id"]
    found = one.ask("POST", f"{PATH}/{ident}/rerun", json={}).json()["difference"]
    assert found["is_same_result"]
    assert (found["rules"], found["gates"], found["changed_versions"]) == ([], [], [])
    assert found["score"]["change"] == 0


def test_another_day_tells_the_rules_that_changed(one: Service) -> None:
    told = kept(one)
    rerun = one.ask("POST", f"{PATH}/{told['assessment']['id']}/rerun", json={"as_of": "2020-06-30"}).json()
    found, then, now = rerun["difference"], told["answer"], rerun["answer"]
    assert rerun["as_of"] == now["as_of"] == "2020-06-30"
    assert found["score"] == {
        "kept": then["score"], "now": now["score"], "change": pytest.approx(now["score"] - then["score"], abs=1e-4)
    }  # fmt: skip
    statuses = [{(rule["id"], rule["foreign_party"]): rule["status"] for rule in one["rules"]} for one in (then, now)]
    for rule in found["rules"]:
        key = (rule["id"], rule["foreign_party"])
        assert (rule["status_kept"], rule["status_now"]) == (statuses[0].get(key), statuses[1].get(key))
    moved = {key for key in {*statuses[0], *statuses[1]} if statuses[0].get(key) != statuses[1].get(key)}
    assert moved
    assert moved <= {(rule["id"], rule["foreign_party"]) for rule in found["rules"]}
    gone = {gate["rule"] for gate in found["gates"] if gate["status_now"] is None}
    assert "us.icts.connected-vehicles.manufacturer-sale" in gone
    assert total(one) == 1


@pytest.mark.parametrize("body", [[], {"as_of": "soon"}, {"as_of": 5}, {"day": "2020-01-01"}, {"a/b~c": 1}])
def test_a_rerun_of_something_else_is_refused(one: Service, body: object) -> None:
    ident = kept(one)["assessment"]["id"]
    response = one.ask("POST", f"{PATH}/{ident}/rerun", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "request-invalid")


# --- deletion and tenants


def test_what_is_deleted_is_gone_and_the_audit_log_says_by_whom(one: Service) -> None:
    ident = kept(one)["assessment"]["id"]
    made, admin = one.key("admin")
    assert one.ask("DELETE", f"{PATH}/{ident}", admin).json() == {"deleted": ident}
    for response in (one.ask("GET", f"{PATH}/{ident}", admin), one.ask("DELETE", f"{PATH}/{ident}", admin)):
        assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "assessment-unknown")
    with one.store.read() as session:
        *_, last = audit.entries_about(session, "default", ident)
        assert audit.verify(session, "default").is_sound
    assert (last.action, last.actor) == ("assessment.deleted", f"admin of default ({made.id})")


def test_another_tenant_sees_and_touches_nothing(one: Service) -> None:
    _, ours = one.key("admin", tenant="ours")
    _, theirs = one.key("admin", tenant="theirs")
    told = kept(one, headers={**ours, "idempotency-key": "one"}, label="secret")
    path = f"{PATH}/{told['assessment']['id']}"
    asked: tuple[tuple[str, str, object], ...] = (
        ("GET", path, None),
        ("GET", f"{path}?verify=true", None),
        ("DELETE", path, None),
        ("POST", f"{path}/rerun", {}),
    )
    for method, address_, body in asked:
        response = one.ask(method, address_, theirs, json=body)
        nowhere = one.ask(method, address_.replace(told["assessment"]["id"], "0" * 36), theirs, json=body)
        assert response.status_code == nowhere.status_code == 404
        assert response.json()["errors"] == nowhere.json()["errors"]
    assert total(one, theirs) == total(one, theirs, label="secret") == 0
    assert total(one, ours) == 1
    again = one.ask("POST", PATH, {**theirs, "idempotency-key": "one"}, json=XIAOMI_FORD)
    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers
    assert again.json()["assessment"]["id"] != told["assessment"]["id"]


# --- repeats


def test_the_same_request_under_the_same_key_is_kept_once(one: Service) -> None:
    once = {"idempotency-key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
    first = one.ask("POST", PATH, once, json=XIAOMI_FORD)
    again = one.ask("POST", PATH, once, json=XIAOMI_FORD)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert total(one) == 1


def test_another_request_under_the_same_key_is_refused(one: Service) -> None:
    once = {"idempotency-key": "one"}
    kept(one, headers=once)
    for response in (
        one.ask("POST", PATH, once, json=described("Ours")),
        one.ask("POST", PATH, once, json=XIAOMI_FORD, params={"label": "other"}),
    ):
        assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")
    assert total(one) == 1


def test_after_a_refusal_the_key_is_free(one: Service) -> None:
    once = {"idempotency-key": "one"}
    assert one.ask("POST", PATH, once, json=MISTAKEN).status_code == 422
    kept(one, headers=once)


def test_a_request_under_way_is_not_worked_on_twice(
    one: Service, monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    begun, go_on, ask = threading.Event(), threading.Event(), Workspace.ask

    def slow(self: Workspace, data: object, *, today: date) -> Any:
        begun.set()
        go_on.wait(60)
        return ask(self, data, today=today)

    monkeypatch.setattr(Workspace, "ask", slow)
    once = {"idempotency-key": "one"}
    first: list[Any] = []
    thread = threading.Thread(target=lambda: first.append(one.ask("POST", PATH, once, json=XIAOMI_FORD)))
    thread.start()
    assert begun.wait(60)
    meanwhile = one.ask("POST", PATH, once, json=XIAOMI_FORD)
    go_on.set()
    thread.join()
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "request-in-progress")
    assert meanwhile.headers["retry-after"] == "1"
    assert first[0].status_code == 201
    assert total(one) == 1


def test_a_day_later_the_key_is_free_again(one: Service) -> None:
    once = {"idempotency-key": "one"}
    first = kept(one, headers=once)["assessment"]["id"]
    one.clock.moment = NOON + timedelta(hours=25)
    assert kept(one, headers=once)["assessment"]["id"] != first


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\u00e9"])
def test_a_key_that_cannot_be_one_is_refused(one: Service, key: str) -> None:
    response = one.http.post(PATH, json=XIAOMI_FORD, headers={b"idempotency-key": key.encode("latin-1")})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["code"], error["parameter"]) == ("key-malformed", "Idempotency-Key")


# --- what is not kept, and what is not understood


@pytest.mark.parametrize("by", ["the tenant", "the service"])
def test_where_nothing_is_stored_questions_are_answered_and_counted(
    workspace: Workspace, tmp_path: Path, by: str
) -> None:
    options: dict[str, Any] = {"retention": "nothing"} if by == "the service" else {}
    with service(workspace, tmp_path / "store.sqlite", **options) as one:
        if by == "the tenant":
            with one.store.write() as session:
                retention.choose(session, "default", retention.Retention(0), Signature("a test", NOON))
        response = one.ask("POST", PATH, {"idempotency-key": "one"}, json=XIAOMI_FORD, params={"label": "secret"})
        assert response.status_code == 200
        assert response.json()["assessment"] is None
        assert response.json()["answer"] == one.ask("POST", "/v1/scores", json=XIAOMI_FORD).json()
        assert "location" not in response.headers
        assert total(one) == 0
        with one.store.read() as session:
            assert retention.counts(session, "default", NOON.date(), NOON.date()) == {
                (NOON.date(), "createAssessment"): 1
            }
            assert "Xiaomi" not in str(session.connection().exec_driver_sql("SELECT * FROM idempotency").all())


def test_the_shorter_of_two_times_counts_when_old_ones_are_deleted(one: Service) -> None:
    kept(one)
    month = Signature("a test", NOON + timedelta(days=31))
    assert retention.purge(one.store, month).assessments == 0
    assert retention.purge(one.store, month, retention.read_retention("30")).assessments == 1
    assert total(one) == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_sql_in_any_field_is_text_and_nothing_else(one: Service, text: str) -> None:
    before = kept(one)["assessment"]["id"]
    told = kept(one, {**described(text), "foreign_party": text}, label=text)
    assert told["assessment"]["label"] == text
    assert told["inputs"]["parties"][0]["name"] == text
    for name in ("label", "party"):
        assert total(one, None, **{name: text}) == 1
    for method, path in (("GET", PATH), ("DELETE", PATH)):
        assert one.ask(method, f"{path}/{text.replace('/', '%2F').replace('?', '%3F')}").status_code in (404, 405)
    for name in ("band", "order", "cursor", "as_of_from", "created_to", "limit"):
        assert one.ask("GET", PATH, params={name: text}).status_code == 422
    key = text.encode("ascii", "ignore").decode().replace(" ", "")
    assert one.ask("POST", PATH, {"idempotency-key": key, "x-api-key": key}, json=XIAOMI_FORD).status_code == 201
    assert one.ask("GET", f"{PATH}/{before}", params={"verify": "true"}).json()["verification"]["holds"]
    with one.store.read() as session:
        assert audit.verify(session, "default").is_sound


def test_assessments_kept_at_once_are_all_kept(one: Service) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(kept(one, described(f"Firm {n}")))) for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer["assessment"]["id"] for answer in answers}) == 12
    assert total(one) == 12


def test_an_answer_of_an_older_program_is_still_shown(one: Service) -> None:
    old = Versions(engine="0.0.1", rule_set="old", dataset="old")
    new = assessments.NewAssessment(
        inputs=XIAOMI_FORD, question="Xiaomi and Ford", as_of=date(2026, 11, 22), band="high", score=1.0, low=0.0,
        high=2.0, versions=old, parties=("xiaomi",), body=b'{"of":"another form"}', created_by="anybody",
    )  # fmt: skip
    with one.store.write() as session:
        ident = assessments.add(session, "default", new, NOON).id
    told = one.ask("GET", f"{PATH}/{ident}", params={"verify": "true"}).json()
    assert told["answer"] == {"of": "another form"}
    assert [item["part"] for item in told["verification"]["changed_versions"]] == ["engine", "rule_set", "dataset"]


def test_a_store_may_be_opened_by_two_services_at_once(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "s.sqlite") as one, open_store(str(tmp_path / "s.sqlite")) as other:
        ident = kept(one)["assessment"]["id"]
        with TestClient(create_app(workspace=workspace, store=other)) as client:
            assert client.get(f"{PATH}/{ident}").status_code == 200
