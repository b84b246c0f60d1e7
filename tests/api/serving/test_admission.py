from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litestar.types import HTTPScope, Receive, Send

from riskapi.api.frame.operation import MAX_BYTES
from riskapi.api.serving.admission import Admission
from riskapi.api.serving.options import Options
from tests.api.asgi_calls import Answered, ask, replying, scope_of


class Slow:
    """An application that answers when it is let go, and notes how many it worked on at once."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.working = self.most = 0
        self.bodies: list[bytes] = []

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        self.working += 1
        self.most = max(self.most, self.working)
        message: Any = await receive()
        self.bodies.append(message["body"])
        await self.go.wait()
        self.working -= 1
        await replying()(scope, receive, send)


def overload(threads: int, waiting: int, callers: int, path: str = "/v1/x", **more: int) -> tuple[Slow, list[Answered]]:
    """So many callers at once, before any is answered."""

    async def run() -> tuple[Slow, list[Answered]]:
        slow = Slow()
        door = Admission(slow, Options(threads=threads, waiting=waiting, **more))  # type: ignore[arg-type]  # numbers only
        tasks = [asyncio.create_task(ask(door, scope_of(path=path))) for _ in range(callers)]
        await asyncio.sleep(0.05)
        slow.go.set()
        answers = await asyncio.gather(*tasks)
        assert door.inside == 0
        return slow, answers

    return asyncio.run(run())


def test_no_more_than_the_places_are_in_work_and_no_more_than_may_wait_are_inside() -> None:
    slow, answers = overload(threads=2, waiting=3, callers=9)
    assert slow.most == 2
    assert sorted(answer.status for answer in answers) == [200] * 5 + [503] * 4


def test_a_refusal_is_a_problem_that_says_when_to_come_again() -> None:
    _, answers = overload(threads=1, waiting=0, callers=2)
    (refused,) = [answer for answer in answers if answer.status == 503]
    assert refused.json()["code"] == "overloaded"
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_probes_get_in_when_all_places_are_taken(path: str) -> None:
    _, answers = overload(threads=1, waiting=0, callers=5, path=path)
    assert {answer.status for answer in answers} == {200}


def one(app: Any, scope: HTTPScope, parts: list[bytes], pause: float = 0, **more: int) -> tuple[Answered, list[str]]:
    refused: list[str] = []

    async def run() -> Answered:
        return await ask(Admission(app, Options(**more), refused.append), scope, parts, pause)  # type: ignore[arg-type]

    return asyncio.run(run()), refused


async def echo(scope: HTTPScope, receive: Receive, send: Send) -> None:
    message: Any = await receive()
    await replying(message["body"])(scope, receive, send)


def test_a_body_in_parts_arrives_whole() -> None:
    assert one(echo, scope_of("POST"), [b"ab", b"", b"c"])[0].body == b"abc"


def test_a_body_that_announces_too_much_is_refused_unread() -> None:
    scope = scope_of("POST", headers={"content-length": str(MAX_BYTES + 1)})
    answer, refused = one(echo, scope, [])
    assert (answer.status, refused) == (413, ["large_body"])
    assert answer.headers["connection"] == "close"


def test_a_body_that_grows_too_large_is_refused() -> None:
    answer, _ = one(echo, scope_of("POST"), [b" " * 600_000] * 3)
    assert (answer.status, answer.json()["code"]) == (413, "body-too-large")


def test_a_body_that_does_not_come_is_given_up_and_holds_no_place() -> None:
    answer, refused = one(echo, scope_of("POST"), [b"a", b"b"], pause=0.8, body_time_limit=1)
    assert (answer.status, answer.json()["code"], refused) == (408, "body-too-slow", ["slow_body"])


def test_an_answer_that_takes_too_long_is_given_up_and_frees_its_place() -> None:
    async def never(scope: HTTPScope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    async def run() -> tuple[Answered, Answered]:
        door = Admission(never, Options(threads=1, time_limit=1))
        first = await ask(door)
        door._app = replying()
        return first, await ask(door)

    first, second = asyncio.run(run())
    assert (first.status, first.json()["code"], second.status) == (503, "took-too-long", 200)
    assert "retry-after" in first.headers


def test_who_waits_too_long_for_his_turn_is_told_to_come_again() -> None:
    async def run() -> tuple[Answered, Answered]:
        slow = Slow()
        door = Admission(slow, Options(threads=1, patience=1))
        first = asyncio.create_task(ask(door))
        await asyncio.sleep(0)
        second = await ask(door)
        slow.go.set()
        return await first, second

    first, second = asyncio.run(run())
    assert (first.status, second.status, second.json()["code"]) == (200, 503, "overloaded")


def test_a_slow_reader_holds_no_place_of_work() -> None:
    async def run() -> int:
        door = Admission(replying(), Options(threads=1))
        stuck = asyncio.Event()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                await stuck.wait()

        reader = asyncio.create_task(door(scope_of(), receive, send))  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
        status = (await asyncio.wait_for(ask(door), 1)).status
        stuck.set()
        await reader
        return status

    assert asyncio.run(run()) == 200


def test_who_hangs_up_while_sending_is_forgotten() -> None:
    async def run() -> int:
        door = Admission(echo, Options())

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            raise AssertionError("nobody is there")

        await door(scope_of("POST"), receive, send)  # type: ignore[arg-type]
        return door.inside

    assert asyncio.run(run()) == 0


def test_addresses_may_take_larger_bodies_than_others() -> None:
    def status(path: str, size: int) -> int:
        scope = scope_of("POST", path, headers={"content-length": str(size)})
        door = Admission(replying(), Options(), sizes={"/large": 2 * MAX_BYTES})
        return asyncio.run(ask(door, scope, [b"x" * size])).status

    assert status("/large", 2 * MAX_BYTES) == 200
    assert status("/large", 2 * MAX_BYTES + 1) == 413
    assert status("/other", MAX_BYTES + 1) == 413


def test_an_answer_in_pieces_has_the_time_anew_for_each() -> None:
    async def in_pieces(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(6):  # longer than the limit together; each has four fifths of it to spare
            await asyncio.sleep(0.2)
            await send({"type": "http.response.body", "body": b"%d" % number, "more_body": number < 5})

    answer = asyncio.run(ask(Admission(in_pieces, Options(time_limit=1)), scope_of("GET"), [b""]))
    assert (answer.status, answer.body) == (200, b"012345")
