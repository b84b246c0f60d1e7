"""A server, and a world outside in which no time passes and chance is always the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from riskapi.refresh.download import Web, new_client
from riskapi.refresh.snapshots import SnapshotFolder
from tests.refresh.server import Server

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class Time:
    """A clock that moves when somebody sleeps; `slept` tells for how long each time."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.now = NOW

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def seconds(self) -> float:
        """Seconds that only grow."""
        return (self.now - NOW).total_seconds()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def web(time: Time) -> Iterator[Web]:
    with new_client() as client:
        yield Web(client=client, now=lambda: time.now, sleep=time.sleep, clock=time.seconds, jitter=lambda: 1.0)


@pytest.fixture
def folder(tmp_path: Path) -> SnapshotFolder:
    return SnapshotFolder(tmp_path / "refresh")
