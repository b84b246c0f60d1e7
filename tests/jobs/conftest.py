"""Fixtures: an empty SQLite store, and a kind of job that counts letters in place of scoring, so that tests are fast.

What both databases do alike is tested in tests/store; here one is enough.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from riskapi.jobs import kinds, result, runner, work
from riskapi.store.database import Store, open_store
from riskapi.workspace import Workspace
from tests.jobs.counting import COUNTING
from tests.shipped import shipped_workspace


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store: to make its tables takes longer than most tests."""
    file = tmp_path_factory.mktemp("template") / "store.sqlite"
    open_store(str(file)).close()
    return file


@pytest.fixture
def store(tmp_path: Path, template: Path) -> Iterator[Store]:
    shutil.copy(template, tmp_path / "store.sqlite")
    with open_store(str(tmp_path / "store.sqlite")) as opened:
        yield opened


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    return shipped_workspace()


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The kind `counting` beside the others."""
    known = MappingProxyType({**kinds.KINDS, COUNTING.name: COUNTING})
    for module in (runner, work, result):
        monkeypatch.setattr(module, "KINDS", known)
    return COUNTING
