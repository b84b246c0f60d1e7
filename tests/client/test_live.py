"""The client over real connections: a server process of the service, and sockets that break off."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from riskapi.client import AsyncClient, Client, Policy, UnreachableError
from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.api.test_live import live
from tests.client.test_sync import CARS, QUESTION
from tests.shipped import AS_OF
from tests.small import small_rules

QUICK = Policy(attempts=4, first_wait=0.01, longest_wait=0.02)
WHOLE = b'{"status": "ok", "engine": "9"}'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(WHOLE)


@contextmanager
def sockets(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers its connections one after the other with these bytes, and then closes each."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for text in answers:
                connection, _ = server.accept()
                with connection:
                    seen.append(connection.recv(65_536))
                    connection.sendall(text)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", seen
        thread.join(60)


@pytest.mark.parametrize(
    "wrong",
    [b"", HEAD, HEAD + WHOLE[:9], b"HTTP/1.1 200 OK\r\ncontent-", b"SSH-2.0-OpenSSH_9.2\r\n"],
    ids=["nothing", "no body", "half a body", "half a head", "another protocol"],
)
def test_a_connection_that_breaks_off_is_made_anew(wrong: bytes) -> None:
    with sockets(wrong, HEAD + WHOLE) as (url, seen), Client(url, policy=QUICK) as client:
        assert client.health().engine == "9"
    assert len(seen) == 2


def test_half_an_answer_is_never_taken_for_a_whole_one() -> None:
    with sockets(*[HEAD + WHOLE[:9]] * 4) as (url, _):

        async def ask() -> None:
            async with AsyncClient(url, policy=QUICK) as client:
                await client.health()

        with pytest.raises(UnreachableError, match="after 4 attempts") as caught:
            asyncio.run(ask())
    assert caught.value.was_sent


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as held:  # a port of our own on which nobody listens
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with Client(url, policy=QUICK) as client, pytest.raises(UnreachableError, match="after 4 attempts") as caught:
            client.keep(QUESTION, today=AS_OF)
    assert not caught.value.was_sent


@pytest.mark.server
@pytest.mark.slow
def test_a_server_process_gives_the_answers_of_the_workspace(tmp_path: Path) -> None:
    """Over the small book that the server opens, so that neither takes long."""
    small = Settings.from_environment({**os.environ, **small_rules(tmp_path)})
    with (
        Workspace.open(small) as workspace,
        live(tmp_path, 1, RISKAPI_STORE=str(tmp_path / "store.sqlite")) as service,
        Client(service.url) as client,
    ):
        asked = workspace.score("Xiaomi", "Ford", as_of=AS_OF, **CARS)
        assert client.score("Xiaomi", "Ford", as_of=AS_OF, **CARS) == asked
        kept, again = (client.keep(QUESTION, today=AS_OF, idempotency_key="order-1") for _ in range(2))
        assert (kept.is_repeat, again.is_repeat) == (False, True)
        assert [one.id for one in client.assessments()] == [again.assessment.id if again.assessment else None]
        assert len(list(client.rules(page_size=2))) == len(workspace.book.rules) > 2
