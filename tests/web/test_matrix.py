"""Many firms against many."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import pytest
from litestar.testing import TestClient
from openpyxl import load_workbook

from riskapi.assessment.words import amount
from riskapi.workspace import Workspace
from tests.briefing.briefings import rows_of
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


def test_a_name_that_was_taken_as_a_misspelling_stands_beside_the_firm(client: TestClient[Any]) -> None:
    assert "from “Xiomi”: see that it is meant" in client.get(address("Xiomi", "Ford")).text
    assert "see that it is meant" not in client.get(address("Xiaomi", "Ford")).text


def test_a_company_with_itself_is_no_pairing(client: TestClient[Any]) -> None:
    assert "the same company" in client.get(address("Ford", "Ford")).text


def test_more_names_than_fit_are_refused(client: TestClient[Any]) -> None:
    response = client.get(address("\n".join(f"firm {index}" for index in range(13)), "Ford"))
    assert response.status_code == 422
    assert "13 names" in response.text


def test_the_workbook_of_a_matrix_has_its_scores(client: TestClient[Any], workspace: Workspace) -> None:
    place = address("Xiaomi\nBYD", "Ford\nTesla").replace("/matrix?", "/matrix/portfolio.xlsx?")
    response = client.get(place)
    assert 'filename="matrix-2026-11-22.xlsx"' in response.headers["content-disposition"]
    found = rows_of(load_workbook(io.BytesIO(response.content)), "Ranking")
    assert len(found) == 4
    score = next(row["Score"] for row in found if (row["Foreign party"], row["Host"]) == ("Xiaomi", "Ford"))
    assert score == pytest.approx(workspace.ask(BODY, today=AS_OF).score, abs=1e-4)


def test_the_rows_of_a_matrix_are_a_csv(client: TestClient[Any]) -> None:
    response = client.get(address("Xiaomi\nBYD", "Ford").replace("/matrix?", "/matrix/rows.csv?"))
    assert len(response.text.strip().split("\r\n")) == 3


def test_the_page_of_a_matrix_leads_to_its_files(client: TestClient[Any]) -> None:
    page = Reader(client.get(address("Xiaomi", "Ford")).text)
    for link in page.attributes("href"):
        if link.startswith("/matrix/"):
            assert client.get(link).status_code == 200
    assert sum(link.startswith("/matrix/") for link in page.attributes("href")) == 2


def test_a_file_of_a_matrix_needs_every_name_settled(client: TestClient[Any]) -> None:
    response = client.get(address("Volvo", "Ford").replace("/matrix?", "/matrix/portfolio.xlsx?"))
    assert response.status_code == 422
    assert "Volvo" in response.text


def test_a_matrix_takes_no_described_firm(client: TestClient[Any]) -> None:
    assert client.get(address("Xiaomi", "Ford") + "&a.seat_country=CN").status_code == 422
