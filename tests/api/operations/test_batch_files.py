"""Files of pairings at /v1/scores/batch: CSV and workbooks in; items, CSV or a workbook out; and what is refused."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from litestar.testing import TestClient
from openpyxl import load_workbook

from riskapi.api.operations.batch_files import MOST_ROWS

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
PAIRINGS = (
    "Foreign party,Host party,Deal type,Sector,Our note\n"
    "Xiaomi,Ford,joint_venture,automotive,first\n"
    "\n"
    "Frod Motors of Nowhere,Ford,jv,automotive,second\n"
)


def send(client: TestClient[Any], content: bytes | str, kind: str = CSV, accept: str | None = None) -> Any:
    headers = {"content-type": kind, **({"accept": accept} if accept else {})}
    return client.post("/v1/scores/batch", content=content, headers=headers)


def test_a_csv_file_is_answered_item_by_item(client: TestClient[Any]) -> None:
    answer = send(client, PAIRINGS).json()
    assert (answer["answered"], answer["refused"]) == (1, 1)
    good, bad = answer["items"]
    assert (good["index"], good["status"], bad["index"], bad["status"]) == (0, 200, 2, 422)
    alone = client.post(
        "/v1/scores", json={"parties": ["Xiaomi", "Ford"], "deal": {"type": "joint_venture", "sector": "automotive"}}
    ).json()
    assert good["row"]["score"] == alone["score"]
    codes = {error["code"]: error for error in bad["problem"]["errors"]}
    assert set(codes) == {"name-unknown", "unknown-code"}
    assert codes["unknown-code"]["detail"].startswith("C4 (Deal type): ")


def test_the_same_file_comes_back_with_columns_added(client: TestClient[Any]) -> None:
    answer = send(client, PAIRINGS, accept=CSV)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="scored.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[rows[0].index("Our note")] for row in rows] == ["Our note", "first", "", "second"]
    assert rows[0][:2] == ["Foreign party", "Error: Foreign party"]
    assert [row[rows[0].index("Result")] for row in rows[1:]] == ["answered", "blank", "not answered"]


def test_the_template_comes_back_as_a_scored_workbook(client: TestClient[Any]) -> None:
    template = client.get("/v1/scores/template.xlsx")
    assert template.headers["content-type"] == XLSX
    answer = send(client, template.content, XLSX, accept=XLSX)
    page = load_workbook(io.BytesIO(answer.content))["Pairings"]
    assert [table.name for table in page.tables.values()] == ["pairings"]
    assert len(page.data_validations.dataValidation) > 10


def test_the_day_is_a_parameter(client: TestClient[Any]) -> None:
    answer = client.post("/v1/scores/batch?as_of=2020-06-30", content=PAIRINGS, headers={"content-type": CSV})
    assert answer.json()["items"][0]["row"]["as_of"] == "2020-06-30"


def test_more_rows_than_fit_are_refused_with_advice(client: TestClient[Any]) -> None:
    answer = send(client, "Foreign party,Host party\n" + "Xiaomi,Ford\n" * (MOST_ROWS + 1))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["code"] == "too-many-rows"
    assert "/v1/jobs/scores" in error["hint"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 and nothing more", XLSX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLSX),
        (b"", CSV),
        (b"\xff\xfe\x00", CSV),
        (b"a,b\n1,2\n", CSV),
    ],
)
def test_a_file_that_cannot_be_read_is_a_wrong_request(client: TestClient[Any], content: bytes, kind: str) -> None:
    answer = send(client, content, kind)
    assert answer.status_code == 422
    assert answer.json()["code"] == "request-invalid"
    assert all(error["hint"] for error in answer.json()["errors"])


def test_other_media_types_are_refused(client: TestClient[Any]) -> None:
    answer = send(client, PAIRINGS, "application/vnd.ms-excel")
    assert answer.status_code == 415
    assert client.post("/v1/scores", content=PAIRINGS, headers={"content-type": CSV}).status_code == 415


def test_questions_as_json_are_answered_as_json_only(client: TestClient[Any]) -> None:
    body = {"questions": [{"parties": ["Xiaomi", "Ford"]}]}
    answer = client.post("/v1/scores/batch", json=body, headers={"accept": XLSX})
    assert answer.status_code == 406
    mixed = client.post("/v1/scores/batch", json=body, headers={"accept": f"{XLSX};q=0.5, {JSON}"})
    assert mixed.status_code == 200


def test_what_looks_like_a_formula_stays_text_in_the_answer(client: TestClient[Any]) -> None:
    evil = 'Label,Foreign party,Host party\n"=HYPERLINK(""http://evil"")",Xiaomi,Ford\n'
    rows = list(csv.reader(io.StringIO(send(client, evil, accept=CSV).content.decode("utf-8-sig"))))
    assert rows[1][0].startswith("'=HYPERLINK")
    book = load_workbook(io.BytesIO(send(client, evil, accept=XLSX).content))
    cell = book["Pairings"]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_the_example_of_the_document_is_answered(client: TestClient[Any]) -> None:
    told = client.get("/schema/openapi.json").json()["paths"]["/v1/scores/batch"]["post"]
    example = told["requestBody"]["content"][CSV]["examples"]["file"]["value"]
    assert send(client, example).json()["answered"] == 2
    assert {JSON, CSV, XLSX} == set(told["responses"]["200"]["content"])


def test_more_cells_than_so_many_rows_can_have_are_refused_early(client: TestClient[Any]) -> None:
    wide = "Foreign party,Host party\n" + ("x," * 900 + "\n") * 200
    answer = send(client, wide)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "file-too-large")
