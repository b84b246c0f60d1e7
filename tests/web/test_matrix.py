"""Many firms against many."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar.testing import TestClient

from riskapi.briefing.words import amount
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import BODY, VENTURE, Reader


def address(firms: str, hosts: str) -> str:
    return f"/matrix?{urlencode([('firms', firms), ('hosts', hosts), *VENTURE[2:]])}"


def test_a_cell_is_the_score_of_its_pairing(client: TestClient[Any], workspace: Workspace) -> None:
    page = Reader(client.get(address("Xiaomi", "Ford")).text)
    answer = workspace.ask(BODY, today=AS_OF)
    assert f"{amount(answer.score)} {answer.band.label} {amount(answer.low)}–{amount(answer.high)}" in page.text


def test_a_name_that_does_not_settle_leaves_the_rest_of_the_table(client: TestClient[Any]) -> None:
    page = Reader(client.get(address("Volvo\nXiaomi", "Ford\nTesla")).text)
    assert page.text.count("name not settled") == 2
    assert page.text.count("Severe") >= 2
    settling = [link for link in page.attributes("href") if link.startswith("/matrix?") and "volvo-cars" in link]
    assert len(settling) == 1


def test_a_company_with_itself_is_no_pairing(client: TestClient[Any]) -> None:
    assert "the same company" in client.get(address("Ford", "Ford")).text


def test_more_names_than_fit_are_refused(client: TestClient[Any]) -> None:
    response = client.get(address("\n".join(f"firm {index}" for index in range(13)), "Ford"))
    assert response.status_code == 422
    assert "13 names" in response.text
