"""The client that is awaited, against the service itself. What it shares with the other one is tested there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest

from riskapi.client import AsyncClient, RefusedNameError
from riskapi.workspace import Workspace
from tests.api.kept import Service
from tests.client.test_sync import CARS, QUESTION
from tests.shipped import AS_OF

T = TypeVar("T")


def told(service: Service, ask: Callable[[AsyncClient], Awaitable[T]]) -> T:
    """What a program gets that asks this service."""

    async def run() -> T:
        transport = httpx.ASGITransport(service.http.app)
        async with AsyncClient("http://127.0.0.1", transport=transport) as client:
            return await ask(client)

    return asyncio.run(run())


def test_answers_are_the_objects_that_the_workspace_gives(open_service: Service, workspace: Workspace) -> None:
    async def ask(client: AsyncClient) -> tuple[Any, ...]:
        return tuple(
            await asyncio.gather(
                client.score("Xiaomi", "Ford", as_of="2026-11-22", **CARS),
                client.ask(QUESTION, today=AS_OF),
                client.resolve("General"),
            )
        )

    assert told(open_service, ask) == (
        workspace.score("Xiaomi", "Ford", as_of="2026-11-22", **CARS),
        workspace.ask(QUESTION, today=AS_OF),
        workspace.resolve("General"),
    )


def test_lists_are_walked_over_their_pages(open_service: Service, workspace: Workspace) -> None:
    async def ask(client: AsyncClient) -> list[str]:
        return [rule.id async for rule in client.rules(jurisdiction="CN", page_size=7)]

    assert told(open_service, ask) == sorted(rule.id for rule in workspace.book.rules if rule.jurisdiction == "CN")


def test_errors_are_those_of_the_other_client(open_service: Service) -> None:
    with pytest.raises(RefusedNameError, match="nearest names"):
        told(open_service, lambda client: client.score("Xiaomi", "Frod", as_of="2026-11-22"))


def test_an_answer_is_kept_and_deleted(open_service: Service) -> None:
    async def ask(client: AsyncClient) -> bool:
        kept = await client.keep(QUESTION, today=AS_OF)
        assert kept.assessment is not None
        verdict = await client.verify(kept.assessment.id)
        await client.delete_assessment(kept.assessment.id)
        return verdict.holds

    assert told(open_service, ask)
