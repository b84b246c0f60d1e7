"""Deals and claims that editors write: who may, what is checked, what everybody of the tenant then sees."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from sqlalchemy.orm import Session

from riskapi.api.description.openapi import describe
from riskapi.api.frame.edits_overlay import MOST_READY, Overlays
from riskapi.api.frame.operation import Example, Operation
from riskapi.api.operations import edits as operations
from riskapi.api.operations.edits_body import TABLES
from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.store import audit, edits
from riskapi.store.database import Store, open_store
from riskapi.store.edits import Kind, check_cells
from riskapi.store.errors import StoreBusyError, told
from riskapi.warehouse.load import read_table
from riskapi.web.routes import ASKING, page_routes
from riskapi.workspace import Workspace
from tests.api.calls import address
from tests.api.kept import Service, service

SHIPPED = "us-2026-ford-xiaomi-jv"
OWN = "us-2026-byd-ford-jv"
DEAL = {
    "deal_id": OWN, "title": "BYD and Ford talk about a plant", "foreign_company_id": "byd", "host_company_id": "ford",
    "activity_country": "US", "deal_type": "joint_venture", "sector": "automotive", "foreign_share": 49.5,
    "announced_on": "2026-11-01", "source_url": "https://example.org/a", "as_of": "2026-11-20", "confidence": "low",
}  # fmt: skip
CLAIM = {
    "made_on": "2026-11-02", "claimant": "Spokesperson of Ford", "role": "host_party", "stance": "denies",
    "source_url": "https://example.org/c", "as_of": "2026-11-20", "confidence": "medium",
}  # fmt: skip
BYD_FORD = {**XIAOMI_FORD, "parties": ["byd", "ford"]}
NUMBERS = count()
EXAMPLES = [(operation, example) for operation in operations.OPERATIONS for example in operation.examples]


@dataclass
class Desk:
    """A tenant of his own with the key of an editor, in a service that all tests share."""

    service: Service
    tenant: str
    editor: dict[str, str]

    @property
    def store(self) -> Store:
        return self.service.store

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        return self.service.ask(method, path, {**self.editor, **(headers or {})}, **more)


@pytest.fixture(scope="module")
def shared(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(workspace, tmp_path_factory.mktemp("store") / "store.sqlite") as found:
        yield found


def desk(shared: Service) -> Desk:
    tenant = f"desk-{next(NUMBERS)}"
    return Desk(shared, tenant, shared.key("editor", tenant=tenant)[1])


@pytest.fixture
def one(shared: Service) -> Desk:
    return desk(shared)


@pytest.fixture
def other(shared: Service) -> Desk:
    return desk(shared)


def body(kind: str = "deal", /, **changes: Any) -> dict[str, Any]:
    return {kind: {**(DEAL if kind == "deal" else CLAIM), **changes}, "reason": "read in the press"}


def add(one: Desk, **changes: Any) -> dict[str, Any]:
    response = one.ask("POST", "/v1/deals", json=body(**changes))
    assert response.status_code == 201, response.text
    return dict(response.json())


def say(one: Desk, deal: str = SHIPPED, **changes: Any) -> dict[str, Any]:
    response = one.ask("POST", f"/v1/deals/{deal}/claims", json=body("claim", **changes))
    assert response.status_code == 201, response.text
    return dict(response.json())


def shown(one: Desk, deal: str) -> dict[str, Any]:
    response = one.ask("GET", f"/v1/deals/{deal}", params={"as_of": "2026-11-22"})
    assert response.status_code == 200, response.text
    return dict(response.json())


def put(one: Desk, path: str, match: str | None, data: dict[str, Any]) -> Any:
    return one.ask("PUT", path, {"if-match": match} if match else {}, json=data)


def take_back(one: Desk, path: str, match: str) -> Any:
    return one.ask("DELETE", path, {"if-match": match}, params={"reason": "it was a mistake"})


def version(one: Desk) -> str:
    return str(one.ask("GET", "/v1/deals", params={"limit": "1"}).json()["versions"]["dataset"])


def pointers(response: Any) -> set[tuple[str | None, str]]:
    assert response.status_code == 422, response.text
    return {(item.get("pointer"), item["code"]) for item in response.json()["errors"]}


# --- what is written is seen


def test_a_deal_that_was_written_is_seen_with_its_author_everywhere(one: Desk) -> None:
    made = add(one)
    assert made["edit"]["version"] == 1
    found = shown(one, OWN)
    assert found["deal"]["foreign_share"] == 49.5
    mark = found["deal"]["edited"]
    assert (mark["version"], mark["reason"]) == (1, "read in the press")
    assert mark["by"].startswith(f"editor of {one.tenant} (")
    listed = one.ask("GET", "/v1/deals", params={"party": "byd", "limit": "200"}).json()["deals"]
    assert [item["deal"]["edited"] is not None for item in listed if item["deal"]["deal_id"] == OWN] == [True]
    status = one.ask("POST", "/v1/scores", json=BYD_FORD).json()["deal_status"]
    assert (status["deal_id"], status["edited"]) == (OWN, mark)


def test_rows_of_the_datasets_bear_no_mark(one: Desk) -> None:
    add(one)
    found = shown(one, SHIPPED)
    assert found["deal"]["edited"] is None
    assert {claim["edited"] for claim in found["status"]["claims"]} == {None}


def test_a_claim_changes_the_status_of_a_score_at_once(one: Desk) -> None:
    before = one.ask("POST", "/v1/scores", json=XIAOMI_FORD).json()["deal_status"]
    made = say(one, claimant="Xiaomi", role="foreign_party", stance="confirms")
    assert made["edit"]["id"] == f"{SHIPPED}.1001"
    after = one.ask("POST", "/v1/scores", json=XIAOMI_FORD).json()["deal_status"]
    assert before["status"] != after["status"] == "disputed"
    marks = {claim["claim_id"]: claim["edited"] for claim in after["claims"]}
    assert marks.pop(f"{SHIPPED}.1001")["version"] == 1
    assert set(marks.values()) == {None}


def test_a_deal_that_was_written_is_compared_with(one: Desk) -> None:
    add(
        one,
        deal_id="us-2026-geely-gm-jv",
        foreign_company_id="geely-auto",
        host_company_id="general-motors",
        announced_on="2026-10-01",
    )
    answer = one.ask("POST", "/v1/scores", json={**BYD_FORD, "as_of": "2026-11-22"}).json()
    found = [item["deal"] for item in answer["comparables"] if item["deal"]["deal_id"] == "us-2026-geely-gm-jv"]
    assert [item["edited"]["version"] for item in found] == [1]


def test_what_is_written_over_a_row_of_the_datasets_can_be_taken_back(one: Desk) -> None:
    history = one.ask("GET", f"/v1/deals/{SHIPPED}/history")
    row = history.json()["in_datasets"]
    assert (history.json()["version"], history.json()["edits"]) == (0, [])
    response = put(
        one, f"/v1/deals/{SHIPPED}", history.headers["etag"], {"deal": {**row, "title": "Ours"}, "reason": "x"}
    )
    assert response.status_code == 200, response.text
    found = shown(one, SHIPPED)
    assert found["deal"]["title"] == "Ours"
    assert found["status"]["claims"]  # those of the datasets stay with it
    back = take_back(one, f"/v1/deals/{SHIPPED}", response.headers["etag"])
    assert (back.status_code, back.json()["shows"], back.json()["edit"]["cells"]) == (200, "datasets", None)
    assert shown(one, SHIPPED)["deal"]["title"] == row["title"]
    versions = one.ask("GET", f"/v1/deals/{SHIPPED}/history").json()
    assert [(edit["version"], edit["cells"] is None) for edit in versions["edits"]] == [(1, False), (2, True)]


def test_a_claim_of_the_datasets_may_be_corrected_and_stays_with_its_deal(one: Desk) -> None:
    path = f"/v1/claims/{SHIPPED}.4"
    row = one.ask("GET", f"{path}/history").json()["in_datasets"]
    assert pointers(put(one, path, '"0"', {"claim": {**row, "deal_id": OWN}, "reason": "x"})) == {
        ("/claim/deal_id", "id-differs")
    }
    assert put(one, path, '"0"', {"claim": {**row, "claimant": "A paper"}, "reason": "x"}).status_code == 200
    claims = {claim["claim_id"]: claim for claim in shown(one, SHIPPED)["status"]["claims"]}
    assert claims[f"{SHIPPED}.4"]["claimant"] == "A paper"
    assert claims[f"{SHIPPED}.4"]["edited"]["version"] == 1


def test_the_version_of_the_datasets_names_the_edits_and_only_while_there_are_any(
    one: Desk, workspace: Workspace
) -> None:
    plain = version(one)
    assert plain == workspace.versions.dataset
    add(one)
    first = version(one)
    say(one, OWN)
    second = version(one)
    assert first != second
    assert {name.partition("+edits.")[0] for name in (first, second)} == {plain}
    assert one.ask("GET", "/v1/deals").headers["riskapi-dataset"] == second
    assert take_back(one, f"/v1/claims/{OWN}.1001", '"1"').status_code == 200
    assert take_back(one, f"/v1/deals/{OWN}", '"1"').status_code == 200
    assert version(one) == plain


def test_an_assessment_that_rests_on_edits_says_so_and_no_longer_holds_when_they_change(one: Desk) -> None:
    add(one)
    kept = one.ask("POST", "/v1/assessments", json=BYD_FORD).json()["assessment"]
    assert "+edits." in kept["versions"]["dataset"]
    path = f"/v1/assessments/{kept['id']}"
    assert one.ask("GET", path, params={"verify": "true"}).json()["verification"]["holds"] is True
    say(one, OWN)
    found = one.ask("GET", path, params={"verify": "true"}).json()["verification"]
    assert (found["holds"], [item["part"] for item in found["changed_versions"]]) == (False, ["dataset"])


# --- who sees, who may


def test_another_tenant_sees_nothing_of_it_and_cannot_touch_it(one: Desk, other: Desk) -> None:
    add(one)
    say(one, SHIPPED, stance="confirms")
    assert other.ask("GET", f"/v1/deals/{OWN}").status_code == 404
    assert other.ask("GET", f"/v1/deals/{OWN}/history").status_code == 404
    assert put(other, f"/v1/deals/{OWN}", '"1"', body()).status_code == 404
    assert take_back(other, f"/v1/deals/{OWN}", '"1"').status_code == 404
    assert other.ask("POST", f"/v1/deals/{OWN}/claims", json=body("claim")).status_code == 404
    assert other.ask("GET", f"/v1/claims/{SHIPPED}.1001/history").status_code == 404
    assert other.ask("GET", "/v1/edits").json()["total"] == 0
    assert "+edits." not in shown(other, SHIPPED)["versions"]["dataset"]
    assert add(other)["edit"]["version"] == 1  # the same id in another tenant is another row


def test_another_worker_sees_an_edit(one: Desk, workspace: Workspace) -> None:
    with open_store(one.store.url) as store:
        seconds = iter([0.0, 0.5, 0.9, 2.0])
        other = Overlays(store, lambda: next(seconds))
        assert other.over(workspace, one.tenant) is workspace
        add(one)
        assert other.over(workspace, one.tenant, looks=False) is workspace  # a score may be a second behind
        assert OWN in {deal.deal_id for deal in other.over(workspace, one.tenant).ledger.deals()}  # a list is not
        say(one)
        assert len(other.over(workspace, one.tenant, looks=False).ledger.get(SHIPPED).claims) == 6  # after the second


def test_what_is_written_while_a_workspace_is_made_is_not_missed(
    one: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(one)
    overlays, read = Overlays(one.store), edits.current

    def read_slowly(session: Session, tenant: str, kind: Kind) -> tuple[edits.Edit, ...]:
        found = read(session, tenant, kind)
        overlays.forget(tenant)  # as the end of a write does
        return found

    monkeypatch.setattr(edits, "current", read_slowly)
    overlays.over(workspace, one.tenant)
    monkeypatch.undo()
    say(one)
    assert len(overlays.over(workspace, one.tenant, looks=False).ledger.get(SHIPPED).claims) == 6


def test_many_tenants_do_not_fill_the_memory(one: Desk, workspace: Workspace) -> None:
    overlays = Overlays(one.store)
    for number in range(MOST_READY + 5):
        overlays.over(workspace, f"tenant-{number}")
    assert len(overlays._ready) == MOST_READY


def test_an_older_workspace_is_not_kept_in_memory(one: Desk, workspace: Workspace) -> None:
    add(one)
    overlays = Overlays(one.store)
    overlays.over(workspace, one.tenant)
    overlays.over(workspace, "other")
    newer = workspace.with_ledger(workspace.ledger, None)
    assert overlays.over(newer, one.tenant).book is newer.book
    assert [ready.below is newer for ready in overlays._ready.values()] == [True]


def test_where_the_store_cannot_be_asked_nobody_is_answered_without_the_edits(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(one)

    def fail(*_: object) -> int:
        raise StoreBusyError(told("the server closed the connection").problems)

    monkeypatch.setattr(edits, "state_of", fail)
    response = one.ask("GET", f"/v1/deals/{OWN}")
    assert (response.status_code, response.json()["code"]) == (503, "store-busy")
    assert int(response.headers["retry-after"]) > 0


# --- versions


def test_a_change_must_say_which_version_it_follows(one: Desk) -> None:
    add(one)
    path = f"/v1/deals/{OWN}"
    assert put(one, path, None, body()).json()["code"] == "precondition-required"
    for wrong in ('"0"', '"2"', "1", 'W/"1"', '"abc"', '""'):
        assert put(one, path, wrong, body()).json()["code"] == "precondition-failed", wrong
    assert put(one, path, '"1"', body(title="Another")).headers["etag"] == '"2"'
    assert put(one, path, '"1"', body(title="Lost")).status_code == 412
    assert put(one, path, "*", body(title="Whatever")).json()["edit"]["version"] == 3


def test_a_history_that_did_not_change_is_not_sent_again(one: Desk) -> None:
    path = f"/v1/deals/{SHIPPED}/history"
    tag = one.ask("GET", path).headers["etag"]
    assert one.ask("GET", path, {"if-none-match": tag}).status_code == 304
    put(one, f"/v1/deals/{SHIPPED}", tag, body(deal_id=SHIPPED))
    assert one.ask("GET", path, {"if-none-match": tag}).status_code == 200


def test_what_is_there_is_not_created_again(one: Desk) -> None:
    for taken in (SHIPPED, OWN):
        if taken == OWN:
            add(one)
        response = one.ask("POST", "/v1/deals", json=body(deal_id=taken))
        assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "deal-exists")


def test_what_was_taken_back_may_be_written_again_and_keeps_its_history(one: Desk) -> None:
    add(one)
    assert take_back(one, f"/v1/deals/{OWN}", '"1"').json()["shows"] == "nothing"
    assert one.ask("GET", f"/v1/deals/{OWN}").status_code == 404
    assert add(one)["edit"]["version"] == 3
    assert len(one.ask("GET", f"/v1/deals/{OWN}/history").json()["edits"]) == 3


def test_what_comes_with_the_datasets_cannot_be_taken_back(one: Desk) -> None:
    response = take_back(one, f"/v1/deals/{SHIPPED}", '"0"')
    assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "edit-gone")


def test_a_deal_whose_claims_stand_cannot_be_taken_back(one: Desk) -> None:
    add(one)
    say(one, OWN)
    response = take_back(one, f"/v1/deals/{OWN}", '"1"')
    assert (response.status_code, response.json()["errors"][0]["code"]) == (409, "claims-remain")
    take_back(one, f"/v1/claims/{OWN}.1001", '"1"')
    assert take_back(one, f"/v1/deals/{OWN}", '"1"').status_code == 200


def test_the_number_of_a_claim_is_never_given_twice(one: Desk) -> None:
    say(one)
    take_back(one, f"/v1/claims/{SHIPPED}.1001", '"1"')
    assert say(one)["edit"]["id"] == f"{SHIPPED}.1002"


def test_a_post_that_is_sent_twice_writes_once(one: Desk) -> None:
    headers = {"idempotency-key": "k-1"}
    first = one.ask("POST", f"/v1/deals/{SHIPPED}/claims", headers, json=body("claim"))
    again = one.ask("POST", f"/v1/deals/{SHIPPED}/claims", headers, json=body("claim"))
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"] == f"/v1/claims/{SHIPPED}.1001"
    other = one.ask("POST", f"/v1/deals/{SHIPPED}/claims", headers, json=body("claim", claimant="Other"))
    assert other.json()["code"] == "idempotency-key-reused"
    assert one.ask("GET", "/v1/edits").json()["total"] == 1


def test_each_change_is_in_the_audit_log_and_a_refused_one_is_not(one: Desk) -> None:
    add(one)
    one.ask("POST", "/v1/deals", json=body(outcome="nonsense"))
    put(one, f"/v1/deals/{OWN}", '"7"', body())
    take_back(one, f"/v1/deals/{OWN}", '"1"')
    with one.store.read() as session:
        assert [entry.action for entry in audit.entries(session, one.tenant)] == [
            "key.created",
            "deal.written",
            "deal.taken_back",
        ]
        assert audit.verify(session, one.tenant).is_sound


# --- checks


def test_everything_that_is_wrong_with_a_row_is_told_at_once_with_its_place(one: Desk) -> None:
    data = body(
        deal_id="Not A Slug", foreign_company_id="nobody-at-all", outcome="nonsense", foreign_share=101, as_of=None,
        source_url="javascript:alert(1)", announced_on="01.11.2026", forein_name="x", title=" spaced ", sector="space_opera",
    )  # fmt: skip
    assert pointers(one.ask("POST", "/v1/deals", json={**data, "reason": " ", "resaon": "x"})) == {
        ("/resaon", "unknown-field"), ("/reason", "text-empty"), ("/deal/deal_id", "value-malformed"),
        ("/deal/foreign_company_id", "reference-unknown"), ("/deal/outcome", "value-unknown"),
        ("/deal/foreign_share", "number-out-of-range"), ("/deal/as_of", "value-missing"),
        ("/deal/source_url", "value-malformed"), ("/deal/announced_on", "date-malformed"),
        ("/deal/forein_name", "column-unknown"), ("/deal/title", "value-spaces"), ("/deal/sector", "value-unknown"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (["no"], {("", "wrong-type")}),
        ({"deal": [], "reason": "x"}, {("/deal", "wrong-type")}),
        ({"deal": {**DEAL, "title": True}, "reason": "x"}, {("/deal/title", "wrong-type")}),
        ({"deal": {**DEAL, "title": {"a": 1}}, "reason": "x"}, {("/deal/title", "wrong-type")}),
        ({"deal": DEAL}, {("/reason", "missing-field")}),
        ({"deal": {**DEAL, "outcome": "cleared", "outcome_on": "2026-10-01"}, "reason": "x"},
         {("/deal/outcome_on", "outcome-before-announcement")}),
        ({"deal": {name: cell for name, cell in DEAL.items() if name != "source_url"}, "reason": "x"},
         {("/deal/source_url", "value-missing")}),
    ],
)  # fmt: skip
def test_a_deal_that_cannot_be_one_is_refused(one: Desk, data: object, wrong: set[tuple[str, str]]) -> None:
    assert pointers(one.ask("POST", "/v1/deals", json=data)) == wrong


def test_a_claim_needs_its_day_and_gets_its_id_here(one: Desk) -> None:
    path = f"/v1/deals/{SHIPPED}/claims"
    assert pointers(one.ask("POST", path, json=body("claim", made_on=None))) == {("/claim/made_on", "value-missing")}
    assert pointers(one.ask("POST", path, json=body("claim", claim_id=f"{SHIPPED}.7"))) == {
        ("/claim/claim_id", "id-differs")
    }
    assert one.ask("POST", "/v1/deals/no-such-deal/claims", json=body("claim")).status_code == 404


def test_numbers_come_back_as_they_were_sent(one: Desk) -> None:
    add(one, foreign_share=50, value_usd_m=1234567.25)
    found = shown(one, OWN)["deal"]
    assert (found["foreign_share"], found["value_usd_m"]) == (50, 1234567.25)
    cells = one.ask("GET", f"/v1/deals/{OWN}/history").json()["edits"][0]["cells"]
    assert (cells["foreign_share"], cells["value_usd_m"]) == ("50", "1234567.25")


CELLS = ("x", " x", "-1", "1e3", "101", "7.5", "2026-02-30", "2026-11-01", "EU", "US", "cleared", "low", "media",
         "https://a b", "https://a.example", "49,5", "")  # fmt: skip
COLUMNS = {
    Kind.DEAL: ("title", "foreign_share", "value_usd_m", "announced_on", "outcome", "activity_country", "source_url",
                "confidence", "deal_type", "announced_precision"),
    Kind.CLAIM: ("claimant", "role", "stance", "anonymous_sources", "as_of"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "column"), [(kind, column) for kind, columns in COLUMNS.items() for column in columns]
)
def test_a_cell_is_refused_exactly_where_the_tables_refuse_it(
    workspace: Workspace, tmp_path: Path, kind: Kind, column: str
) -> None:
    table, domains = TABLES[kind], workspace.vocabulary.domains
    row = {name: str(value) for name, value in (DEAL if kind is Kind.DEAL else CLAIM).items()}
    row |= {"claim_id": f"{OWN}.1", "deal_id": OWN} if kind is Kind.CLAIM else {}
    by_table = {}
    for cell in CELLS:
        file = tmp_path / table.file
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(table.header)
            writer.writerow([{**row, column: cell}.get(name, "") for name in table.header])
        _, found = read_table(file, table, {name: dict.fromkeys(codes, "") for name, codes in domains.items()})
        by_table[cell] = [problem.code for problem in found]
    if column == "source_url":
        by_table[""] = ["value-missing"]  # more than the tables ask: here a row without a source is not taken
    here = {
        cell: [p.code for p in check_cells(kind, row[table.key[0]], {**row, column: cell}, domains)] for cell in CELLS
    }
    assert here == by_table


def test_a_row_that_cannot_be_used_any_more_is_listed_with_the_reason(one: Desk, workspace: Workspace) -> None:
    add(one)
    say(one, OWN)
    with one.store.write() as session:  # as an older program might have left it: the deal is gone, its claim is not
        session.connection().exec_driver_sql(
            "UPDATE edits SET cells = NULL WHERE kind = 'deal' AND tenant = ?", (one.tenant,)
        )
    overlays = Overlays(one.store)
    assert overlays.over(workspace, one.tenant).ledger.deals() == workspace.ledger.deals()
    ((left,)) = overlays.left_out(one.tenant)
    assert (left.id, left.reason) == (f"{OWN}.1001", f"there is no deal `{OWN}` any more")


# --- as the document says


@pytest.fixture(scope="module")
def document(workspace: Workspace) -> dict[str, Any]:
    return describe(operations.OPERATIONS, workspace)


def prepared(one: Desk, operation: Operation) -> dict[str, str]:
    """What an example needs to be there; the header that names the version."""
    if operation.id in ("replaceDeal", "takeBackDeal"):
        assert one.ask("POST", "/v1/deals", json=operations.OPERATIONS[0].examples[0].body).status_code == 201
        return {"if-match": '"1"'}
    if operation.id == "takeBackClaim":
        assert put(one, f"/v1/claims/{SHIPPED}.4", '"0"', body("claim")).status_code == 200
        return {"if-match": '"1"'}
    return {"if-match": '"0"'} if operation.takes_match else {}


@pytest.mark.parametrize(
    ("asked", "example"), EXAMPLES, ids=[f"{operation.id}-{example.name}" for operation, example in EXAMPLES]
)
def test_every_example_works_and_answers_as_the_document_says(
    one: Desk, document: dict[str, Any], asked: Operation, example: Example
) -> None:
    headers = prepared(one, asked)
    path, query = address(asked, example)
    response = one.ask(asked.method, path, headers, params=query or None, json=example.body)
    assert response.status_code == asked.statuses[0], response.text
    told = document["paths"][asked.path][asked.method.lower()]
    registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))

    def check(reference: str, data: object) -> None:
        schema = {"$ref": f"urn:api{reference}"}
        Draft202012Validator(schema, registry=registry, format_checker=FormatChecker()).validate(data)

    answer = told["responses"][str(response.status_code)]["content"]["application/json"]
    check(answer["schema"]["$ref"], response.json())
    shown_example = answer["examples"][example.name]["value"]
    check(answer["schema"]["$ref"], shown_example)
    assert shown_example.keys() == response.json().keys()
    if example.body is not None:
        check(told["requestBody"]["content"]["application/json"]["schema"]["$ref"], example.body)


# --- pages


def test_pages_show_the_edits_of_the_tenant_and_say_that_they_are_edits(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "store.sqlite", pages=page_routes) as pages:
        one = Desk(pages, "default", pages.key("editor")[1])
        _, theirs = pages.key("viewer", tenant="other")
        add(one, title="A plant <b>of both</b>")
        say(one, OWN)
        listed = one.ask("GET", "/deals", params={"party": "byd", "as_of": "2026-11-22"}).text
        assert "A plant &lt;b&gt;of both" in listed
        assert "written here" in listed
        page = one.ask("GET", f"/deals/{OWN}", params={"as_of": "2026-11-22"}).text
        assert page.count("Not from the datasets: written by editor of default") == 3
        assert "A plant" not in pages.ask("GET", "/deals", theirs, params={"as_of": "2026-11-22"}).text
        assert pages.ask("GET", f"/deals/{OWN}", theirs).status_code == 404


def test_a_page_that_scores_asks_for_the_key_of_an_analyst(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "store.sqlite", pages=page_routes) as pages:
        _, viewer = pages.key("viewer")
        for path in ASKING:
            assert pages.ask("GET", path, viewer).status_code == 403, path
        assert pages.ask("GET", "/deals", viewer).status_code == 200
