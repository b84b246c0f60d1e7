"""Webhooks over HTTP: who may, the secret that is shown once, targets that are refused, and messages from end to end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from riskapi.api.operations.watch_samples import QUESTION
from riskapi.api.operations.webhooks import PATH
from riskapi.api.serving.options import Options
from riskapi.cli.config import effective
from riskapi.errors import SettingsError
from riskapi.store import audit
from riskapi.watch.signature import verify
from riskapi.workspace import Workspace
from tests.api.kept import Service, service
from tests.api.watched import codes, ident_of, made, moves, new_store
from tests.watch.receiver import receiving

KEY = "k" * 32
GOOD = {"url": "https://hooks.example.org/riskapi"}


@pytest.fixture
def one(workspace: Workspace, tmp_path: Path) -> Iterator[Service]:
    with service(workspace, new_store(tmp_path), watch_every=0, webhook_key=KEY) as opened:
        yield opened


def hook(one: Service, body: object = GOOD, headers: dict[str, str] | None = None) -> Any:
    response = one.ask("POST", PATH, headers, json=body)
    assert response.status_code == 201, response.text
    return response.json()


def wait_for(met: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not met():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def test_the_secret_is_shown_once_and_is_nowhere_else(one: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        found = hook(one)
        ident, secret = found["webhook"]["id"], found["secret"]
        texts = [one.ask("GET", path).text for path in (PATH, f"{PATH}/{ident}/deliveries", "/metrics")]
    with one.store.read() as session:
        texts += [str(entry.plain()) for entry in audit.entries(session, "default")]
        for table in ("webhooks", "idempotency", "webhook_deliveries"):
            texts.append(str(session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()))
    for text in (*texts, caplog.text, repr(Options(webhook_key=KEY))):
        assert secret.removeprefix("whsec_") not in text
        assert KEY not in text


def test_the_same_request_under_one_key_gets_the_same_secret_and_keeps_one_webhook(one: Service) -> None:
    first, again = (one.ask("POST", PATH, {"idempotency-key": "a"}, json=GOOD).json() for _ in range(2))
    assert first == again
    assert len(one.ask("GET", PATH).json()["webhooks"]) == 1


def test_a_rotation_gives_another_secret_and_tells_until_when_both_sign(one: Service) -> None:
    found = hook(one)
    path = f"{PATH}/{found['webhook']['id']}/rotate"
    rotated = one.ask("POST", path, {"idempotency-key": "r"}, params={"overlap_hours": "1"})
    assert rotated.status_code == 201
    assert rotated.json()["secret"] != found["secret"]
    assert rotated.json()["webhook"]["both_until"] is not None
    assert one.ask("POST", path, {"idempotency-key": "r"}, params={"overlap_hours": "1"}).json() == rotated.json()
    assert codes(one.ask("POST", path, params={"overlap_hours": "169"}), 422)


def test_everything_about_webhooks_needs_scope_admin(one: Service) -> None:
    _, editor = one.key("editor")
    _, admin = one.key("admin")
    ident = hook(one, headers=admin)["webhook"]["id"]
    for method, path in (
        ("POST", PATH), ("GET", PATH), ("DELETE", f"{PATH}/{ident}"), ("POST", f"{PATH}/{ident}/rotate"),
        ("POST", f"{PATH}/{ident}/test"), ("GET", f"{PATH}/{ident}/deliveries"),
        ("POST", f"{PATH}/{ident}/deliveries/x/resend"),
    ):  # fmt: skip
        assert codes(one.ask(method, path, editor, json=GOOD), 403) == ["scope-too-low"]
        assert codes(one.ask(method, path, json=GOOD), 401) == ["key-missing"]


def test_another_organisation_finds_no_webhook_and_watches_no_list_of_ours(one: Service) -> None:
    _, mine = one.key("admin")
    _, other = one.key("admin", tenant="other")
    ident = hook(one, headers=mine)["webhook"]["id"]
    message = one.ask("POST", f"{PATH}/{ident}/test", mine).json()["delivery"]["id"]
    for method, path in (
        ("DELETE", f"{PATH}/{ident}"), ("POST", f"{PATH}/{ident}/rotate"), ("POST", f"{PATH}/{ident}/test"),
        ("GET", f"{PATH}/{ident}/deliveries"), ("POST", f"{PATH}/{ident}/deliveries/{message}/resend"),
    ):  # fmt: skip
        assert codes(one.ask(method, path, other), 404) == ["webhook-unknown"]
    assert one.ask("GET", PATH, other).json() == {"webhooks": []}
    theirs = ident_of(made(one, mine))
    refused = one.ask("POST", PATH, other, json={**GOOD, "watchlists": [theirs]})
    assert codes(refused, 422) == ["watchlist-unknown"]
    assert refused.json()["errors"][0]["pointer"] == "/watchlists/0"
    foreign = hook(one, headers=other)["webhook"]["id"]
    assert codes(one.ask("POST", f"{PATH}/{foreign}/deliveries/{message}/resend", other), 404) == ["delivery-unknown"]


INSIDE = (
    "http://hooks.example.org/", "https://127.0.0.1/", "https://localhost:22/", "https://[::ffff:169.254.169.254]/",
    "https://169.254.169.254/latest/meta-data/", "https://2130706433/", "https://user:pass@hooks.example.org/",
    "https://[64:ff9b::a9fe:a9fe]/", "file:///etc/passwd", "https://hooks.example.org/\r\nX: y",
)  # fmt: skip


def test_a_target_inside_or_in_an_odd_form_is_refused_and_not_kept(one: Service) -> None:
    for url in INSIDE:
        response = one.ask("POST", PATH, json={"url": url})
        assert response.status_code in (400, 422), url
    assert one.ask("GET", PATH).json() == {"webhooks": []}


def test_without_a_key_in_the_settings_there_are_no_webhooks(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, new_store(tmp_path), watch_every=0) as bare:
        assert codes(bare.ask("POST", PATH, json=GOOD), 409) == ["webhooks-off"]
        assert bare.ask("GET", PATH).json() == {"webhooks": []}


def test_a_service_with_a_host_that_is_none_does_not_start(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(SettingsError), service(workspace, new_store(tmp_path), webhook_hosts=("*",)):
        pass


def test_a_weak_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(SettingsError) as raised:
        Options.from_environment({"RISKAPI_WEBHOOK_KEY": "hunter2"})
    assert "hunter2" not in str(raised.value)


def test_a_deleted_webhook_is_gone_with_what_waited_for_it(one: Service) -> None:
    ident = hook(one)["webhook"]["id"]
    one.ask("POST", f"{PATH}/{ident}/test")
    assert one.ask("DELETE", f"{PATH}/{ident}").json() == {"deleted": ident}
    assert codes(one.ask("GET", f"{PATH}/{ident}/deliveries"), 404) == ["webhook-unknown"]
    with one.store.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM webhook_deliveries").scalar() == 0


def test_messages_are_listed_page_by_page_and_by_state(one: Service) -> None:
    ident = hook(one)["webhook"]["id"]
    path = f"{PATH}/{ident}/deliveries"
    wanted = [one.ask("POST", f"{PATH}/{ident}/test").json()["delivery"]["id"] for _ in range(5)]
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        found = one.ask("GET", path, params=query).json()
        seen += [message["id"] for message in found["deliveries"]]
        if found["next_cursor"] is None:
            break
        query["cursor"] = found["next_cursor"]
    assert seen == wanted[::-1]
    assert one.ask("GET", path, params={"state": "dead"}).json()["deliveries"] == []
    assert codes(one.ask("GET", path, params={"cursor": "msg_x"}), 422) == ["bad-cursor"]


def test_a_change_reaches_its_receiver_from_end_to_end_and_can_be_verified(
    workspace: Workspace, tmp_path: Path
) -> None:
    with (
        receiving() as receiver,
        service(workspace, new_store(tmp_path), watch_every=1, webhook_key=KEY, webhook_hosts=(receiver.host,)) as one,
    ):
        found = hook(one, {"url": receiver.url, "events": ["watchlist.alert"]})
        path = f"{PATH}/{found['webhook']['id']}"
        test = one.ask("POST", f"{path}/test").json()["delivery"]
        wait_for(lambda: len(receiver.got) == 1)
        made(one, None, QUESTION)
        assert moves(one, workspace, "new", date(2025, 3, 16)) == 1
        wait_for(lambda: len(receiver.got) >= 2)
        messages = []
        for request in receiver.got[:2]:
            head, _, body = request.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            messages.append(verify(found["secret"], headers, body, one.clock.moment.timestamp()))
        assert (messages[0].id, messages[0].data["type"]) == (test["id"], "webhook.test")
        assert messages[1].data["type"] == "watchlist.alert"
        changes = one.ask("GET", "/v1/changes").json()["changes"]
        assert messages[1].data["data"] == changes[0]
        listed = one.ask("GET", f"{path}/deliveries", params={"state": "delivered"}).json()["deliveries"]
        assert {message["id"] for message in listed} >= {messages[0].id}
        assert "riskapi_webhook_attempts_total" in one.ask("GET", "/metrics").text


def test_the_check_of_the_settings_tells_of_the_key_only_that_it_is_there(tmp_path: Path) -> None:
    environment = {"RISKAPI_WEBHOOK_KEY": KEY, "RISKAPI_STORE": str(tmp_path / "store.sqlite")}
    rows = {name: value for name, value, _ in effective(environment)}
    assert rows["RISKAPI_WEBHOOK_KEY"] == "(not shown)"
    assert KEY not in str(rows)
