"""Fixtures: one client for a module, over the shipped rules and datasets and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.web.app import create_app
from riskapi.workspace import Workspace
from tests.shipped import AS_OF, shipped_workspace


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return shipped_workspace()


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(workspace=workspace, clock=lambda: AS_OF)) as client:
        yield client
