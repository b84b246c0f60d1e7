"""How a service is reached: addresses and keys that cannot be right are refused, and a key is nowhere to be read."""

from __future__ import annotations

import logging
import pickle
import traceback

import httpx
import pytest

from riskapi.client import Client, RemoteError, UnreachableError
from riskapi.errors import SettingsError
from tests.client.scripted import Script, answer, problem

SECRET = "rk_5d1f0c1e9a0b7c3d_qXv7secretsecretsecret"


@pytest.mark.parametrize(
    "url",
    ["", "risk.example.org", "ftp://risk.example.org", "https://", "https://anna:pw@risk.example.org",
     "https://risk.example.org?x=1", "https://risk.example.org#x", "https://risk.example.org:port", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_address_of_a_service_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="service-address"):
        Client(url)


@pytest.mark.parametrize("url", ["http://risk.example.org", "http://10.0.0.7:8000", "http://127.0.0.1.example.org"])
def test_a_key_does_not_go_over_http_to_another_machine_unless_that_is_allowed(url: str) -> None:
    with pytest.raises(SettingsError, match="everybody on the way"):
        Client(url, key=SECRET)
    Client(url)
    Client(url, key=SECRET, allow_http=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "https://a.example"]
)
def test_a_key_goes_over_https_and_to_this_machine(url: str) -> None:
    Client(url, key=SECRET)


@pytest.mark.parametrize("key", ["rk_1\r\nx-admin: 1", "rk 1", "rk_schlüssel", "rk_1\x00"])
def test_what_cannot_be_a_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="key-unusable") as caught:
        Client("https://risk.example.org", key=key)
    assert key not in str(caught.value)


def test_a_service_may_lie_below_a_path() -> None:
    script = Script([answer(), answer()])
    for url in ("http://127.0.0.1:9/risk", "http://127.0.0.1:9/risk/"):
        script.client(url=url).health()
    assert [request.url.path for request in script.seen] == ["/risk/health"] * 2


def test_an_id_stays_encoded_on_its_way() -> None:
    script = Script([problem(404, "not-found")])
    with pytest.raises(RemoteError):
        script.client().rule("a/b?c%2F小")
    assert script.seen[0].url.raw_path == b"/v1/rules/a%2Fb%3Fc%252F%E5%B0%8F"


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.example/x",
        "//elsewhere.example/x",
        "/\\elsewhere.example",
        "x?y=1",
        "x#y",
        "\r\nHost: a",
        "@a",
    ],
)
def test_whatever_is_read_is_read_from_the_service(path: str) -> None:
    script = Script([answer(), answer()])
    for url in ("http://127.0.0.1:9", "http://127.0.0.1:9/risk"):
        script.client(url=url, key=SECRET).get(path, q="a&b=c")
    assert [(request.url.host, request.url.port) for request in script.seen] == [("127.0.0.1", 9)] * 2
    assert {request.headers["host"] for request in script.seen} == {"127.0.0.1:9"}
    assert {request.url.query for request in script.seen} == {b"q=a%26b%3Dc"}


def test_the_key_is_in_no_text_log_or_trace(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    script = Script([answer(), httpx.ConnectError("refused"), problem(401, "key-unknown")])
    client = script.client(key=SECRET)
    shown = [repr(client), str(client), repr(client._http), repr(client._http.auth), repr(vars(client))]
    client.health()
    with pytest.raises(RemoteError) as caught:
        client.health()
    error = caught.value
    shown += [
        str(error),
        repr(error),
        *traceback.TracebackException.from_exception(error, capture_locals=True).format(),
    ]
    assert script.seen[0].headers["authorization"] == f"Bearer {SECRET}"
    assert [text for text in (*shown, caplog.text) if "qXv7" in text] == []


def test_an_error_survives_the_way_between_processes() -> None:
    script = Script([problem(422, "request-invalid"), httpx.ReadError("torn")])
    client = script.client()
    for call in (lambda: client.rule("a"), lambda: client.delete_assessment("a")):
        with pytest.raises(RemoteError) as caught:
            call()
        again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own
        assert (type(again), str(again), again.told) == (type(caught.value), str(caught.value), caught.value.told)
        if isinstance(again, UnreachableError):
            assert again.was_sent
