"""One message to one address: names that lie, servers that are slow, rude or elsewhere, and the way that a good one goes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from riskapi.watch.post import LONGEST_WAIT, Poster, Sent
from riskapi.watch.targets import Policy, Target, read_policy, read_target
from tests.watch.receiver import Receiver, certificate, receiving, saying, server_context, taking

NAME = "hooks.example.test"
BODY = b'{"type":"webhook.test"}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("trust"), NAME)


def target_of(receiver: Receiver) -> Target:
    return read_target(receiver.url, read_policy([receiver.host]))


def post(target: Target, poster: Poster | None = None, headers: Mapping[str, str] | None = None) -> Sent:
    return (poster or Poster(patience=20)).post(target, headers or {}, BODY)


def leading_to(*addresses: str) -> Poster:
    """A poster for whom every name leads to these."""
    return Poster(resolve=lambda _host, _port: addresses, patience=20)


def test_a_message_arrives_as_it_was_signed(receiver: Receiver) -> None:
    assert post(target_of(receiver), headers={"webhook-id": "msg_1"}) == Sent(status=204, problem=None)
    (request,) = receiver.got
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hook HTTP/1.1"
    assert f"Host: 127.0.0.1:{receiver.port}" in lines
    assert "webhook-id: msg_1" in lines
    assert body == BODY


INSIDE = (
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "100.64.0.1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_a_public_name_that_leads_inside_is_not_called(receiver: Receiver, address: str) -> None:
    target = read_target(f"https://{NAME}:8443/", Policy())
    sent = leading_to("93.184.216.34", address).post(target, {}, BODY)
    assert sent.status is None
    assert "nothing was sent" in (sent.problem or "")
    assert address not in (sent.problem or ""), "a problem must not tell what lies inside"
    assert receiver.got == []


def test_a_name_is_resolved_once_and_the_checked_address_is_called(receiver: Receiver, trusted: Path) -> None:
    """A name that changes between check and call (rebinding) gains nothing: it is not asked a second time."""
    asked: list[str] = []

    def resolve(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with receiving(context=server_context(trusted)) as inner:
        target = read_target(f"https://{NAME}:{inner.port}/", read_policy([f"{NAME}:{inner.port}"]))
        poster = Poster(resolve=resolve, context=ssl.create_default_context(cafile=trusted), patience=20)
        assert poster.post(target, {}, BODY) == Sent(status=204, problem=None)
        assert asked == [NAME]
        assert inner.names == [NAME], "TLS is asked for the name, not for the address"
        assert f"Host: {NAME}:{inner.port}".encode() in inner.got[0]
    assert receiver.got == []


def test_a_certificate_for_another_name_ends_the_connection_before_anything_is_told(
    tmp_path: Path, trusted: Path
) -> None:
    with receiving(context=server_context(certificate(tmp_path, "other.example.test"))) as inner:
        target = read_target(f"https://{NAME}:{inner.port}/", read_policy([f"{NAME}:{inner.port}"]))
        for trust in (trusted, tmp_path / "other.example.test.pem"):
            context = ssl.create_default_context(cafile=trust)
            sent = Poster(resolve=lambda *_: ["127.0.0.1"], context=context, patience=20).post(target, {}, BODY)
            assert sent == Sent(status=None, problem="the certificate is not valid for the host")
        assert inner.got == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver, status: str) -> None:
    with receiving(saying(status, f"Location: {receiver.url}")) as first:
        sent = post(target_of(first))
    assert sent.problem == f"status {status[:3]}: redirects are not followed"
    assert receiver.got == []


@pytest.mark.parametrize(
    ("status", "problem"),
    [("200 OK", None), ("202 Accepted", None), ("204", None), ("400 Bad", "status 400"),
     ("410 Gone", "status 410"), ("500 Oh", "status 500")],
)  # fmt: skip
def test_only_success_counts_as_taken(receiver: Receiver, status: str, problem: str | None) -> None:
    receiver.answer = saying(status, body=b"thanks")
    assert post(target_of(receiver)).problem == problem


def test_a_receiver_may_ask_for_time_within_reason(receiver: Receiver) -> None:
    for told, wait in (("120", 120), ("999999", LONGEST_WAIT), ("-5", None), ("Fri, 31 Dec 1999 23:59:59 GMT", None)):
        receiver.answer = saying("503 Busy", f"Retry-After: {told}")
        assert post(target_of(receiver)) == Sent(status=503, problem="status 503", wait=wait)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x-drip: 1\r\n")
        time.sleep(0.02)


def silence(connection: socket.socket) -> None:
    connection.recv(1)


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"y" * 65536)


@pytest.mark.parametrize("answer", [drip, silence])
def test_a_server_that_takes_its_time_is_left(receiver: Receiver, answer: object) -> None:
    receiver.answer = answer  # type: ignore[assignment]
    sent = post(target_of(receiver), Poster(patience=0.4))
    # One that drips may also fill up what is read of it, which ends as well.
    assert sent.problem == "no answer within 0.4 seconds" or sent.status == 200
    assert sent.status is None or answer is drip


def test_an_endless_answer_is_not_read_to_the_end(receiver: Receiver) -> None:
    receiver.answer = flood
    assert post(target_of(receiver)).problem == "the answer is not HTTP"

    def flood_later(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
        flood(connection)

    receiver.answer = flood_later
    assert post(target_of(receiver)).status == 200


RUDE = (
    b"",
    b"\x00\xff" * 50,
    b"SSH-2.0-OpenSSH_9.9\r\n",
    b"+PONG\r\n",
    b"HTTP/9.9 200 OK\r\n\r\n",
    b"HTTP/1.1 2000 OK\r\n\r\n",
)


@pytest.mark.parametrize("answer", RUDE)
def test_what_is_no_web_server_is_told_so_and_nothing_of_its_answer_is_kept(receiver: Receiver, answer: bytes) -> None:
    receiver.answer = lambda connection: connection.sendall(answer)
    assert post(target_of(receiver)) == Sent(status=None, problem="the answer is not HTTP")


def test_nobody_at_the_address_is_a_failure() -> None:
    with receiving() as gone:
        target = target_of(gone)
    assert post(target).problem == "the connection failed (ConnectionRefusedError)"


def test_a_name_that_nobody_knows_or_that_takes_for_ever_is_a_failure() -> None:
    target = read_target(f"https://{NAME}/", Policy())

    def unknown(_: str, __: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    never = threading.Event()

    def slow(_: str, __: int) -> Sequence[str]:
        never.wait(20)
        return []

    assert post(target, Poster(resolve=unknown)).problem == "the name of the host cannot be resolved"
    assert post(target, leading_to()).problem == "the name of the host has no address"
    assert post(target, Poster(resolve=slow, patience=0.2)).problem == "no answer within 0.2 seconds"
    never.set()


def test_a_header_that_breaks_its_line_is_never_sent(receiver: Receiver) -> None:
    assert post(target_of(receiver), headers={"webhook-id": "x\r\nHost: inner"}).status is None
    assert receiver.got == []


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(target_of(receiver)).status == 204
        assert proxy.got == []


def test_the_next_address_of_a_name_is_tried_where_the_first_does_not_answer(receiver: Receiver) -> None:
    target = read_target(f"http://localhost:{receiver.port}/", read_policy([f"http://localhost:{receiver.port}"]))
    receiver.answer = taking
    assert leading_to("127.0.0.2", "127.0.0.1").post(target, {}, BODY).status == 204


def test_an_interim_answer_is_passed_over(receiver: Receiver) -> None:
    receiver.answer = lambda connection: connection.sendall(
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    )
    assert post(target_of(receiver)).status == 200
