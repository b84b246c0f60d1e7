"""Files to take away are those that the command line writes."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from litestar.testing import TestClient

from riskapi.assessment.answer import to_json
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import BODY, QUERY


def test_the_json_is_the_answer_byte_for_byte(client: TestClient[Any], workspace: Workspace) -> None:
    response = client.get(f"/deal/answer.json?{QUERY}")
    assert response.content == to_json(workspace.ask(BODY, today=AS_OF))
    assert 'filename="xiaomi-ford-2026-11-22.json"' in response.headers["content-disposition"]


def test_the_workbook_opens_and_has_the_score(client: TestClient[Any], workspace: Workspace) -> None:
    response = client.get(f"/deal/briefing.xlsx?{QUERY}")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    values = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    score = workspace.ask(BODY, today=AS_OF).score
    assert any(isinstance(value, int | float) and abs(value - score) < 0.01 for value in values)


@pytest.mark.parametrize(("paper", "size"), [("", "9"), ("&paper=letter", "1")])
def test_the_workbook_is_set_up_for_the_paper_that_was_chosen(client: TestClient[Any], paper: str, size: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/deal/briefing.xlsx?{QUERY}{paper}").content))
    assert str(book.worksheets[0].page_setup.paperSize) == size


def test_a_paper_that_nobody_makes_is_refused(client: TestClient[Any]) -> None:
    assert client.get(f"/deal/briefing.xlsx?{QUERY}&paper=b7").status_code == 422


def test_the_workbook_combines_forms_and_countries(client: TestClient[Any]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/deal/briefing.xlsx?{QUERY}").content))
    scores = [float(str(row[2].value)) for row in book["Grid"].iter_rows(min_row=5)]
    assert scores == sorted(scores)
    assert len(scores) == 12


def test_the_brief_is_a_page_and_is_kept_and_not_shown(client: TestClient[Any]) -> None:
    response = client.get(f"/deal/brief.html?{QUERY}")
    assert response.headers["content-disposition"].startswith("attachment")
    assert "Scrutiny briefing: Xiaomi and Ford" in response.text


def test_a_file_name_never_holds_what_a_header_must_not(client: TestClient[Any]) -> None:
    response = client.get("/deal/rules.csv?a=小米&b=Форд&type=licence&activity_country=US")
    assert response.status_code == 200
    assert response.headers["content-disposition"].isascii()
