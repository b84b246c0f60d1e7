"""Fixtures: one service for a module, over the shipped rules and datasets and a store of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from riskapi.client import Client
from riskapi.workspace import Workspace
from tests.api.kept import Service, service
from tests.client.served import client_of
from tests.shipped import shipped_workspace


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return shipped_workspace()


@pytest.fixture(scope="module")
def open_service(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service(workspace, tmp_path_factory.mktemp("client") / "store.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def client(open_service: Service) -> Iterator[Client]:
    with client_of(open_service.http) as opened:
        yield opened
