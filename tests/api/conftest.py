"""Fixtures: one client for a module, over the shipped rules and datasets and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.workspace import Workspace
from tests.api.document import document_of
from tests.api.kept import empty_store
from tests.shipped import AS_OF, shipped_workspace


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return shipped_workspace()


@pytest.fixture(scope="module")
def app(workspace: Workspace) -> Litestar:
    return create_app(workspace=workspace, clock=lambda: AS_OF)


@pytest.fixture(scope="module")
def client(app: Litestar) -> Iterator[TestClient[Any]]:
    with TestClient(app) as client:
        yield client


@pytest.fixture(scope="session", autouse=True)
def _described_once() -> Iterator[None]:
    """Services over the same rules and data share their description: it takes a second, and most modules ask for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("riskapi.api.serving.pages.describe", document_of)
        yield


@pytest.fixture(scope="session", name="empty_store")
def _empty_store() -> Path:
    return empty_store()
