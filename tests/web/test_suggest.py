"""Names that complete themselves."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.entities.resolver import Match
from riskapi.web.suggest import MOST, options
from riskapi.workspace import Workspace
from tests.web.pages import Reader


@pytest.mark.parametrize(
    ("typed", "company"), [("xiao", "Xiaomi"), ("小", "Xiaomi"), ("Форд", "Ford"), ("FOR", "Ford")]
)
def test_a_beginning_in_any_script_offers_the_company(workspace: Workspace, typed: str, company: str) -> None:
    assert company in [option.name for option in options(workspace, typed)]


@pytest.mark.parametrize("typed", ["volvo", "ford", "h", "geely", "chi"])
def test_what_the_field_holds_after_a_choice_means_that_company_alone(workspace: Workspace, typed: str) -> None:
    offered = list(options(workspace, typed))
    assert 0 < len(offered) <= MOST
    for option in offered:
        found = workspace.resolve(option.value)
        assert isinstance(found, Match)
        assert found.name == option.name


def test_nothing_typed_offers_nothing(client: TestClient[Any]) -> None:
    assert not Reader(client.get("/suggest?q=").text).elements
    assert not Reader(client.get("/suggest").text).elements
