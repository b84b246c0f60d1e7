"""Fixtures: `store` is an open, empty store in a SQLite file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskapi.store.database import Store, open_store
from tests.api.kept import empty_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    file = shutil.copy(empty_store(), tmp_path / "store.sqlite")
    with open_store(str(file)) as opened:
        yield opened
