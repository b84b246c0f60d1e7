"""Fixtures, one for a module: a client over the shipped rules and a clock that stands still; a server and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient

from riskapi.web.app import create_app
from riskapi.workspace import Workspace
from tests.shipped import AS_OF, shipped_workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.browsing import Tab


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return shipped_workspace()


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(workspace=workspace, clock=lambda: AS_OF)) as client:
        yield client


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service in a process of its own, one for all modules that use a browser (they are one group)."""
    from tests.web.browsing import serving

    with serving(tmp_path_factory.mktemp("web")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from tests.web.browsing import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def tab(browser: Browser, server: str) -> Iterator[Tab]:
    """A fresh page in a window of usual width; it must have no complaints in the end."""
    from tests.web.browsing import Tab

    with browser.new_context(base_url=server, viewport={"width": 1200, "height": 850}) as context:
        tab = Tab(context.new_page())
        yield tab
        assert tab.complaints == []
