from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from riskapi.api.serving.current import Current
from riskapi.api.serving.reload import LOOKS_BETWEEN, Reloader, fingerprint
from riskapi.errors import RuleError
from riskapi.settings import Settings
from riskapi.workspace import Workspace


def opened(name: str) -> Workspace:
    return cast(Workspace, SimpleNamespace(versions=SimpleNamespace(rule_set=name, dataset=name), close=lambda: None))


class World:
    """What lies on disk, and what the reloader told of it."""

    def __init__(self) -> None:
        self.state, self.told = "one", list[bool]()
        self.current = Current(opened("one"), is_ours=True)
        self.open: Callable[[], Workspace] = lambda: opened(self.state)
        self.reloader = Reloader(self.current, self.opener, lambda: self.state, period=0.02, told=self.hear)

    def opener(self) -> Workspace:
        return self.open()

    def hear(self, *, well: bool) -> None:
        self.told.append(well)

    def version(self) -> str:
        with self.current.lease() as workspace:
            return workspace.versions.rule_set


async def told(world: World, times: int) -> None:
    """Wait until the reloader has told of so many tries."""
    for _ in range(6_000):
        if len(world.told) >= times:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it told of nothing")


def broken() -> Workspace:
    raise RuleError("a rule is broken")


def test_what_could_not_be_opened_is_tried_again_though_no_file_changed() -> None:
    world = World()
    world.state, world.open = "two", broken
    assert not world.reloader.look()
    failure = world.reloader.failure
    assert failure is not None
    world.open = lambda: opened("two")  # what failed was not the files: memory, a lock, a disk
    looks = [world.reloader.look() for _ in range(LOOKS_BETWEEN)]
    assert looks == [False] * (LOOKS_BETWEEN - 1) + [True]
    assert world.version() == "two"
    assert world.reloader.failure is None
    assert not any(world.reloader.look() for _ in range(2 * LOOKS_BETWEEN))


def test_nothing_is_opened_while_nothing_changes() -> None:
    world = World()
    assert not world.reloader.look()
    assert not world.told


def test_a_change_on_disk_is_taken() -> None:
    world = World()
    world.state = "two"
    assert world.reloader.look()
    assert (world.version(), world.told, world.reloader.failure) == ("two", [True], None)


def test_what_cannot_be_used_is_told_and_the_older_stays_until_it_is_mended() -> None:
    world = World()
    world.state, world.open = "two", broken
    assert not world.reloader.look()
    assert world.version() == "one"
    assert world.told == [False]
    assert "a rule is broken" in str(world.reloader.failure)
    assert not world.reloader.look()  # not tried again and again
    world.state, world.open = "three", lambda: opened("three")
    assert world.reloader.look()
    assert (world.version(), world.reloader.failure) == ("three", None)


def test_an_unforeseen_failure_does_not_end_the_looking() -> None:
    world = World()

    def fault() -> Workspace:
        raise ZeroDivisionError

    async def run() -> str:
        await world.reloader.start()
        world.open, world.state = fault, "two"
        await told(world, 1)
        world.open, world.state = lambda: opened("three"), "three"
        await told(world, 2)
        await world.reloader.stop()
        return world.version()

    assert asyncio.run(run()) == "three"
    assert world.told == [False, True]


def test_a_signal_asks_for_a_look_at_once() -> None:
    world = World()
    world.reloader = Reloader(world.current, lambda: opened("two"), lambda: "one", period=0, told=world.hear)

    async def run() -> None:
        await world.reloader.start()
        os.kill(os.getpid(), signal.SIGHUP)
        await told(world, 1)
        await world.reloader.stop()

    asyncio.run(run())
    assert (world.version(), world.told) == ("two", [True])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shipped = Settings.from_environment()
    for name in ("rules", "datasets", "cache"):
        (tmp_path / name).mkdir()
    shutil.copy(shipped.rules / "scorecard.yaml", tmp_path / "rules")
    shutil.copy(shipped.datasets / "companies.csv", tmp_path / "datasets")
    return replace(shipped, rules=tmp_path / "rules", datasets=tmp_path / "datasets", cache=tmp_path / "cache")


def touch(settings: Settings, change: str) -> Any:
    match change:
        case "rule":
            (settings.rules / "us").mkdir()
            (settings.rules / "us" / "new.yaml").write_text("x: 1", encoding="utf-8")
        case "table":
            with (settings.datasets / "companies.csv").open("a", encoding="utf-8") as file:
                file.write("\n")
        case "refresh":
            (settings.cache / "refresh").mkdir()
            (settings.cache / "refresh" / "pointer.json").write_text("{}", encoding="utf-8")
        case "version":
            (settings.rules / "VERSION").write_text("2.0.0", encoding="utf-8")


@pytest.mark.parametrize("change", ["rule", "table", "refresh", "version"])
def test_the_fingerprint_sees_rules_tables_and_refreshed_lists(settings: Settings, change: str) -> None:
    before = fingerprint(settings)
    assert fingerprint(settings) == before
    touch(settings, change)
    assert fingerprint(settings) != before
