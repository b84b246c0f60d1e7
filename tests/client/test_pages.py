"""Lists that come in pages, by script: fetched as they are wanted, and never without end."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from riskapi.client import UnreadableError
from tests.client.scripted import Script, answer


def rule(number: int) -> dict[str, Any]:
    return {
        "id": f"r{number}", "title": "t", "jurisdiction": "US", "instrument": "i", "authority": "a", "citation": "c",
        "kind": "aggravating", "pillar": "threat", "points": 1.0, "gate": None, "group": None, "state": "in_force",
        "in_force": [], "confidence": "high", "layer": "shipped",
    }  # fmt: skip


def page(*numbers: int, following: str | None = None, **more: Any) -> httpx.Response:
    return answer({"rules": [rule(number) for number in numbers], "total": 9, "next_cursor": following, **more})


def cursors(script: Script) -> list[str | None]:
    return [request.url.params.get("cursor") for request in script.seen]


def test_a_page_is_fetched_when_its_first_entry_is_wanted() -> None:
    script = Script([page(1, 2, following="a"), page(3)])
    listed = script.client().rules()
    assert script.seen == []
    walk = iter(listed)
    assert [next(walk).id, next(walk).id] == ["r1", "r2"]
    assert cursors(script) == [None]
    assert [one.id for one in walk] == ["r3"]
    assert cursors(script) == [None, "a"]


def test_each_walk_begins_anew() -> None:
    script = Script([page(1), page(1)])
    listed = script.client().rules()
    assert [one.id for one in listed] == [one.id for one in listed] == ["r1"]


def test_filters_go_with_every_page_and_dates_as_texts() -> None:
    script = Script([page(1, following="a b&c"), page(2)])
    list(script.client().rules(jurisdiction="US", as_of="2026-11-22", page_size=1))
    for request, cursor in zip(script.seen, (None, "a b&c"), strict=True):
        wanted = {"jurisdiction": "US", "as_of": "2026-11-22", "limit": "1"} | ({"cursor": cursor} if cursor else {})
        assert dict(request.url.params) == wanted


def test_an_empty_page_in_between_ends_nothing() -> None:
    script = Script([page(1, following="a"), page(following="b"), page(2)])
    assert [one.id for one in script.client().rules()] == ["r1", "r2"]


def test_a_service_that_gives_the_same_cursor_again_is_not_asked_for_ever() -> None:
    script = Script([page(1, following="a"), page(2, following="a")])
    assert [one.id for one in script.client().rules()] == ["r1", "r2"]


def test_a_page_that_cannot_be_fetched_at_first_is_fetched_again() -> None:
    script = Script([page(1, following="a"), httpx.ReadError("torn"), page(2)])
    assert [one.id for one in script.client().rules()] == ["r1", "r2"]
    assert cursors(script) == [None, "a", "a"]


def test_an_awaited_list_is_walked_the_same_way() -> None:
    script = Script([page(1, following="a"), page(2), page(1, 2)])

    async def walk() -> tuple[list[str], list[int]]:
        async with script.awaited_client() as client:
            ids = [one.id async for one in client.rules()]
            return ids, [len(one.items) async for one in client.rules().pages()]

    assert asyncio.run(walk()) == (["r1", "r2"], [2])


@pytest.mark.parametrize(
    "wrong",
    [
        answer({}),
        answer([]),
        answer({"rules": {}}),
        page(1, next_cursor=5),
        page(1, total="nine"),
        answer({"rules": [{}]}),
    ],
)
def test_what_is_no_page_is_told_as_such(wrong: httpx.Response) -> None:
    with pytest.raises(UnreadableError):
        list(Script([wrong]).client().rules())
