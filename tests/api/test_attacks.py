"""Attacks that were tried, and fail: one service, every operation of the document, tables of what was sent.

Bearer tokens are attacked in test_oidc.py, webhooks in the tests of `riskapi.watch`, workbooks in those of `riskapi.spreadsheet`.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from httpx import Response
from sqlalchemy import text as sql

from riskapi.api.app import OPERATIONS
from riskapi.api.frame.operation import Kind, Operation
from riskapi.settings import Settings
from riskapi.store import audit, keys
from riskapi.store.audit import Act, Signature
from riskapi.store.audit_export import csv_lines
from riskapi.store.errors import KeyRefusedError
from riskapi.store.keys import Scope
from riskapi.web.routes import page_routes
from riskapi.workspace import Workspace
from tests.api.calls import address
from tests.api.kept import NOON, Service, service
from tests.small import small_rules

GUARDED = [operation for operation in OPERATIONS if operation.scope is not None]
WITH_BODY = [operation for operation in OPERATIONS if operation.takes_body]
#: Words by which a database would give itself away.
TOLD_BY_A_DATABASE = re.compile(
    "syntax error|no such (table|column)|binder error|parser error|operationalerror|sqlalchemy|traceback",
    re.IGNORECASE,
)
SQL = (
    "x'; DROP TABLE assessments; DELETE FROM api_keys WHERE '1'='1' UNION SELECT secret_hash FROM api_keys; --",
    '") OR 1=1; ATTACH \'/etc/passwd\' AS x; SELECT * FROM read_csv("/etc/passwd"); /* %s :a $1 ? {{7*7}} ${7*7} */',
)


@dataclass
class World:
    """One service: `ours` is an administrator of a tenant with things in it, `theirs` one of another tenant."""

    service: Service
    ours: dict[str, str]
    theirs: dict[str, str]
    #: The base of an address -> the id of a thing of ours below it.
    made: dict[str, str]

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
        found: Response = self.service.ask(method, path, headers if headers is not None else self.ours, **more)
        return found


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A small rule book: what is attacked is the way in and the store, and each of some thousand requests works."""
    rules = small_rules(tmp_path_factory.mktemp("rules"))
    with Workspace.open(Settings.from_environment({**os.environ, **rules})) as opened:
        yield opened


@pytest.fixture(scope="module")
def world(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    file = tmp_path_factory.mktemp("attacks") / "store.sqlite"
    with service(workspace, file, pages=page_routes, webhook_key="k" * 40, webhook_hosts=("hooks.example.org",)) as one:
        ours, theirs = (one.key("admin", tenant=tenant)[1] for tenant in ("ours", "theirs"))
        found = World(one, ours, theirs, {})
        for operation in OPERATIONS:
            if operation.method == "POST" and 200 not in operation.statuses[:1] and "{" not in operation.path:
                response = call(found, operation, ours, **own_ids(found, operation))
                assert response.status_code in operation.statuses, (operation.id, response.text)
                location = response.headers["location"]
                base = operation.path if location.startswith(f"{operation.path}/") else location.rpartition("/")[0]
                found.made[base] = location.removeprefix(f"{base}/").split("/")[0]
        response = found.ask("POST", "/v1/deals/us-2026-ford-xiaomi-jv/claims", json=example_body("createClaim"))
        found.made["/v1/claims"] = response.headers["location"].rpartition("/")[2]
        yield found


def own_ids(world: World, operation: Operation) -> dict[str, Any]:
    """The body of an example with the id of our watchlist in the place of the made-up one."""
    body: Any = operation.examples[0].body
    if isinstance(body, dict) and "watchlists" in body:
        return {"json": {**body, "watchlists": [world.made["/v1/watchlists"]]}}
    return {}


def example_body(ident: str) -> Any:
    return next(operation.examples[0].body for operation in OPERATIONS if operation.id == ident)


def call(
    world: World, operation: Operation, headers: Mapping[str, str], path: str | None = None, **more: Any
) -> Response:
    example = operation.examples[0]
    own, query = address(operation, example)
    given = {**headers, **({"if-match": "*"} if operation.takes_match else {})}
    data = {"json": example.body} if operation.takes_body else {}
    return world.ask(operation.method, path or own, given, **{"params": query or None, **data, **more})


def is_sound(response: Response, *statuses: int) -> None:
    """Refused or answered as documented, and nothing given away."""
    assert response.status_code < 500, response.text
    assert not statuses or response.status_code in statuses, response.text
    assert not TOLD_BY_A_DATABASE.search(response.text)


def holds(world: World) -> dict[str, int]:
    """How many rows each table of the store has."""
    with world.service.store.read() as session:
        names = session.scalars(sql("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        return {name: session.scalar(sql(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


def ids(operations: list[Operation]) -> list[str]:
    return [operation.id for operation in operations]


# --- SQL


def in_parameters() -> list[tuple[Operation, str]]:
    return [(one, item.name) for one in GUARDED for item in one.parameters if item.kind is Kind.TEXT]


@pytest.mark.parametrize("hostile", SQL)
def test_sql_in_any_parameter_is_text_and_nothing_else(world: World, hostile: str) -> None:
    before = holds(world)
    for operation, name in in_parameters():
        example = operation.examples[0]
        values = {**example.values, name: hostile}
        path = operation.path
        for item in operation.parameters:
            if item.in_path:
                path = path.replace(f"{{{item.name}}}", quote(values.pop(item.name), safe=""))
        if operation.method != "GET" and name == "reason":
            continue  # a reason is any text; it is kept below
        response = call(world, operation, world.ours, path, params=values or None)
        is_sound(response)
    after = holds(world)
    assert {name: after[name] for name in ("api_keys", "tenants", "edits")} == {
        name: before[name] for name in ("api_keys", "tenants", "edits")
    }
    assert all(after[name] >= count for name, count in before.items())


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, str):
        yield path
    for key, item in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from leaves(item, (*path, key))


def with_leaf(node: Any, path: tuple[Any, ...], text: str) -> Any:
    if not path:
        return text
    copied: Any = dict(node) if isinstance(node, dict) else list(node)
    copied[path[0]] = with_leaf(node[path[0]], path[1:], text)
    return copied


@pytest.mark.parametrize("operation", WITH_BODY, ids=ids(WITH_BODY))
def test_sql_in_any_text_of_a_body_is_text_and_nothing_else(world: World, operation: Operation) -> None:
    before = holds(world)
    body = operation.examples[0].body
    for number, leaf in enumerate(leaves(body)):
        is_sound(call(world, operation, world.ours, json=with_leaf(body, leaf, SQL[number % 2])))
    assert all(holds(world)[name] >= count for name, count in before.items())


def test_sql_that_is_kept_comes_back_as_it_was_sent(world: World) -> None:
    row = {**example_body("createDeal")["deal"], "deal_id": "us-2026-sql-sql", "title": SQL[0], "summary": SQL[1]}
    assert world.ask("POST", "/v1/deals", json={"deal": row, "reason": SQL[0]}).status_code == 201
    shown = world.ask("GET", "/v1/deals/us-2026-sql-sql").json()["deal"]
    assert (shown["title"], shown["summary"], shown["edited"]["reason"]) == (SQL[0], SQL[1], SQL[0])
    page = world.ask("GET", "/deals/us-2026-sql-sql").text
    assert "49" not in page.split("UNION")[1][:40]  # no template was run
    assert world.ask(
        "DELETE", "/v1/deals/us-2026-sql-sql", {**world.ours, "if-match": "*"}, params={"reason": SQL[1]}
    ).is_success


@pytest.mark.parametrize("cursor", ["x", "eA", "eA==", quote(SQL[0]), "-1", "0", "AAAA" * 90, "%00", "🙂"])
def test_a_cursor_that_was_made_up_is_refused_or_finds_a_page(world: World, cursor: str) -> None:
    for operation in OPERATIONS:
        if any(item.name == "cursor" for item in operation.parameters):
            path, query = address(operation, operation.examples[0])
            is_sound(world.ask("GET", path, params={**query, "cursor": cursor}), 200, 404, 422)


# --- paths

WAYS_UP = (
    "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cpyproject.toml", "%2fetc%2fpasswd",
    "....//....//etc/passwd", "..%00", "%252e%252e%252fetc%252fpasswd", "..;/pyproject.toml", "~root", "CON",
    "%ef%bc%8e%ef%bc%8e/x", "file:%2f%2f%2fetc%2fpasswd", "a" * 5_000,
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS_UP)
def test_no_id_and_no_file_name_leads_out_of_its_folder(world: World, way: str) -> None:
    paths = [operation.path for operation in GUARDED if operation.method == "GET" and "{id}" in operation.path]
    pages = ("/static/{id}", "/rules/{id}", "/companies/{id}", "/deals/{id}", "/problems/{id}", "/v1/jobs/{id}/result")
    for path in (*paths, *pages):
        response = world.ask("GET", path.replace("{id}", way))
        is_sound(response, 400, 404, 406, 414, 422)
        assert "root:" not in response.text
        assert "[project]" not in response.text


# --- bodies

BODIES: dict[str, tuple[bytes, int]] = {
    "a million brackets": (b"[" * 900_000, 400),
    "objects in objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, 400),
    "just too deep": (b'{"deal":' + b"[" * 32 + b"]" * 32 + b"}", 400),
    "a number that never ends": (b'{"a":' + b"9" * 500_000 + b"}", 400),
    "a key given twice": (b'{"reason":"a","reason":"b"}', 400),
    "not a number": (b'{"a":NaN}', 400),
    "half a pair": (b'{"a":"\\ud800"}', 400),
    "a text that is no text": (b'{"a":"\x00"}', 400),
    "bytes that are not UTF-8": (b'{"a":"\xff"}', 400),
    "nothing": (b"", 400),
    "many fields": (json.dumps({f"f{n}": n for n in range(12_000)}).encode(), 400),
    "a text that is too long": (b'{"a":"' + b"x" * 20_000 + b'"}', 400),
    "a deep name": (b'{"' + b"/~" * 5_000 + b'":1}', 422),
    "a prototype": (b'{"__proto__":{"a":1},"constructor":{"prototype":{}}}', 422),
}


@pytest.mark.parametrize("name", list(BODIES))
def test_a_body_that_is_made_to_break_the_reader_is_refused_everywhere(world: World, name: str) -> None:
    content, status = BODIES[name]
    for operation in WITH_BODY:
        path, query = address(operation, operation.examples[0])
        given = {**world.ours, "content-type": "application/json", "if-match": "*"}
        response = world.ask(operation.method, path, given, params=query or None, content=content)
        # An operation on something that is not there may say so first.
        is_sound(response, status, 404, *((422,) if status == 400 and name == "many fields" else ()))
        assert len(response.content) < 60_000


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-7", ""],
)
def test_a_form_of_another_site_is_no_body(world: World, kind: str) -> None:
    for operation in WITH_BODY:
        path, query = address(operation, operation.examples[0])
        response = world.ask(
            operation.method, path, {**world.ours, "content-type": kind}, params=query or None, content=b"{}"
        )
        is_sound(response, 415, 404)


# --- headers

INJECTED = (
    "a\r\nset-cookie: stolen=1",
    "a\nset-cookie: stolen=1",
    "a%0d%0aset-cookie:%20stolen=1",
    "\x00",
    "é" * 5,
    "x" * 9_000,
)


def headers_are_sound(response: Response) -> None:
    assert "stolen" not in response.headers.get("set-cookie", "")
    for name, value in response.headers.raw:
        assert not re.search(rb"[\r\n\0]", name + value), (name, value)
    assert re.fullmatch(r"[!-~]{1,64}", response.headers["x-request-id"])


@pytest.mark.parametrize("value", INJECTED)
def test_nothing_that_a_caller_sends_makes_a_header(world: World, value: str) -> None:
    for name in (
        "x-request-id",
        "traceparent",
        "idempotency-key",
        "origin",
        "if-none-match",
        "accept-encoding",
        "x-forwarded-for",
    ):
        given: Any = [*world.ours.items(), (name, value.encode("utf-8"))]
        response = world.service.http.request(
            "POST", "/v1/assessments", headers=given, json=example_body("createAssessment")
        )
        headers_are_sound(response)
        assert response.status_code in (200, 201, 422), name
    response = world.ask("GET", f"/v1/deals/{quote(value)}")
    headers_are_sound(response)
    row = {**example_body("createDeal")["deal"], "deal_id": value}
    response = world.ask("POST", "/v1/deals", json={"deal": row, "reason": "x"})
    assert response.status_code in (400, 422)
    headers_are_sound(response)


@pytest.mark.parametrize("name", ['a"; filename="evil.exe', "../../x\\..\\y", "a\r\nset-cookie: stolen=1", "小米;x=y"])
def test_the_name_of_a_file_is_made_from_harmless_signs(world: World, name: str) -> None:
    asked = {"a": name, "a.seat_country": "CN", "b": "Ford", "type": "joint_venture", "activity_country": "US"}
    for path in ("/deal/rules.csv", "/deal/answer.json", "/deal/brief.html"):
        response = world.ask("GET", path, params=asked)
        headers_are_sound(response)
        assert response.status_code in (200, 422)
        if response.status_code == 200:
            disposition = response.headers["content-disposition"]
            assert re.fullmatch(
                r'attachment; filename="[A-Za-z0-9._-]+"; filename\*=UTF-8\'\'[A-Za-z0-9._~%-]+', disposition
            )
            assert "%2F" not in disposition.upper()
            assert "%5C" not in disposition.upper()


# --- keys


def test_a_guesser_of_keys_learns_nothing_from_the_work_that_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every refusal reads the store once and compares two whole hashes, in a time that does not depend on where they differ."""
    made, header = world.service.key("viewer")
    text = header["authorization"].removeprefix("Bearer ")
    steps: list[Any] = []
    compare, read = hmac.compare_digest, world.service.store.read

    def counted(one: str, other: str) -> bool:
        steps.append((len(one), len(other)))
        return compare(one, other)

    def read_counted() -> Any:
        steps.append("read")
        return read()

    monkeypatch.setattr(hmac, "compare_digest", counted)
    monkeypatch.setattr(world.service.store, "read", read_counted)
    unknown = f"rk_{'0' * 16}_{'0' * 64}"
    guesses = (
        unknown,
        text[:-1] + ("0" if text[-1] != "0" else "1"),
        f"rk_{made.id}_{'0' * 64}",
        "rk_short",
        "",
        text.upper(),
    )
    taken = []
    for guess in guesses:
        with pytest.raises(KeyRefusedError) as raised:
            keys.authenticate(world.service.store, guess, NOON)
        assert raised.value.problems[0].code == "key-unknown"
        taken.append(tuple(steps))
        steps.clear()
    assert set(taken) == {("read", (64, 64))}


@pytest.mark.parametrize("operation", GUARDED, ids=ids(GUARDED))
def test_an_expired_and_a_revoked_key_open_nothing(world: World, operation: Operation) -> None:
    for header in ended(world):
        response = call(world, operation, header)
        assert (response.status_code, response.json()["code"]) == (401, "key-refused")


ENDED: dict[int, list[dict[str, str]]] = {}


def ended(world: World) -> list[dict[str, str]]:
    """The headers of a key that has expired and of one that was revoked."""
    if id(world) not in ENDED:
        one = world.service
        _, expired = one.key("admin", tenant="ours", expires_at=one.clock.moment + timedelta(seconds=1))
        made, revoked = one.key("admin", tenant="ours")
        with one.store.write() as session:
            keys.revoke(session, "ours", made.id, Signature("a test", NOON))
        one.clock.moment += timedelta(seconds=2)
        ENDED[id(world)] = [expired, revoked]
    return ENDED[id(world)]


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.ANALYST, Scope.EDITOR])
def test_a_key_does_nothing_beyond_its_scope(world: World, scope: Scope) -> None:
    _, header = world.service.key(scope.value, tenant="ours")
    before = holds(world)
    for operation in GUARDED:
        if operation.scope is not None and not scope.allows(operation.scope):
            response = call(world, operation, header)
            assert (response.status_code, response.json()["code"]) == (403, "scope-too-low"), operation.id
    assert holds(world) == before


# --- another tenant

BELOW = [(one, one.path.partition("/{")[0]) for one in GUARDED if "{id}" in one.path]
#: What belongs to nobody: the rule book, and companies of the datasets.
OF_ALL = ("/v1/rules", "/v1/companies")


def test_every_address_with_an_id_is_known_to_belong_to_a_tenant_or_to_nobody(world: World) -> None:
    assert {base for _, base in BELOW} == {*world.made, *OF_ALL}


@pytest.mark.parametrize("operation", [one for one, base in BELOW if base not in OF_ALL], ids=lambda one: one.id)
def test_an_id_of_another_tenant_is_simply_not_found(world: World, operation: Operation) -> None:
    base = operation.path.partition("/{")[0]
    example = operation.examples[0]
    path = operation.path.replace("{id}", world.made[base])
    for item in operation.parameters:
        path = path.replace(f"{{{item.name}}}", example.values.get(item.name, "1"))
    response = call(world, operation, world.theirs, path)
    assert (response.status_code, response.json()["code"]) == (404, "not-found"), response.text
    made_up = call(world, operation, world.theirs, path.replace(world.made[base], "0" * len(world.made[base])))
    assert made_up.status_code == 404
    assert [error["code"] for error in made_up.json()["errors"]] == [
        error["code"] for error in response.json()["errors"]
    ]


@pytest.mark.parametrize("base", ["/v1/assessments", "/v1/jobs", "/v1/deals", "/v1/watchlists"])
def test_what_others_do_not_find_is_there(world: World, base: str) -> None:
    assert world.ask("GET", f"{base}/{world.made[base]}").status_code == 200


def test_a_tenant_that_has_nothing_sees_empty_lists(world: World) -> None:
    for path in ("/v1/assessments", "/v1/jobs", "/v1/edits", "/v1/watchlists", "/v1/webhooks", "/v1/changes"):
        response = world.ask("GET", path, world.theirs)
        assert response.status_code == 200, response.text
        assert not any(ident in response.text for ident in world.made.values()), path


# --- formulas

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("https://evil.example","x")', "\uff1d1+1")


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_a_name_is_text_in_a_table(world: World, formula: str) -> None:
    asked = {"a": formula, "a.seat_country": "CN", "b": "Ford", "type": "joint_venture", "activity_country": "US"}
    plain = world.ask("GET", "/deal/rules.csv", params=asked)
    assert plain.status_code == 200, plain.text
    cells = [cell for row in csv.reader(io.StringIO(plain.text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r", "\uff1d"))]


def test_a_formula_in_a_name_is_text_in_a_workbook(world: World) -> None:
    asked = {"a": FORMULAS[0], "a.seat_country": "CN", "b": "Ford", "type": "joint_venture", "activity_country": "US"}
    book = openpyxl.load_workbook(io.BytesIO(world.ask("GET", "/deal/briefing.xlsx", params=asked).content))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if FORMULAS[0] in str(cell.value)]
    assert found
    assert "f" not in {cell.data_type for cell in found}


def test_a_formula_in_the_name_of_a_key_is_text_in_the_exported_log(world: World) -> None:
    with world.service.store.write() as session:
        for formula in FORMULAS:
            audit.append(session, "ours", Act(actor=formula, action="test", subject=formula), NOON)
    with world.service.store.read() as session:
        lines = "".join(csv_lines(audit.entries(session, "ours")))
    cells = [cell for row in csv.reader(io.StringIO(lines)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\uff1d"))]
