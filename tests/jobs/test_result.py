"""Results as pages and files: every row once, types, and text that a spreadsheet would work out."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import polars as pl
import pytest

from riskapi.errors import RequestError
from riskapi.jobs import result
from riskapi.jobs.work import Outcome
from riskapi.store.database import Store
from riskapi.store.jobs import Job
from riskapi.workspace import Workspace
from tests.jobs.counting import Bench


@pytest.fixture
def bench(store: Store, workspace: Workspace) -> Bench:
    return Bench(store, workspace)


def done(bench: Bench, items: int = 5, **inputs: Any) -> Job:
    job = bench.put(items, **inputs)
    assert bench.work() is Outcome.DONE
    return bench.seen(job)


def test_pages_hold_each_row_once_whatever_their_size(bench: Bench) -> None:
    job = done(bench, 7)
    for size in (1, 2, 3, 7, 50):
        rows = [
            row
            for first in range(0, 7, size)
            for row in result.rows_of(bench.store, "default", job, first, size)
        ]  # fmt: skip
        assert [row["number"] for row in rows] == list(range(7))
    assert result.rows_of(bench.store, "default", job, 7, 10) == []
    assert result.rows_of(bench.store, "press", job, 0, 10) == []


def test_json_rows_have_lists_and_what_is_for_json_alone(bench: Bench) -> None:
    rows = result.rows_of(bench.store, "default", done(bench), 0, 2)
    assert rows == [
        {"number": 0, "text": "=item 0", "list": ["a", "0"], "told": None},
        {"number": 1, "text": "=item 1", "list": ["a", "1"], "told": {"n": 1}},
    ]


def test_csv_holds_all_rows_and_no_formula(bench: Bench) -> None:
    with result.csv_file(bench.store, "default", done(bench)) as file:
        content = file.read()
    assert content.startswith(b"\xef\xbb\xbfnumber,text,list\r\n")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [{"number": f"{n}", "text": f"'=item {n}", "list": f"a; {n}"} for n in range(5)]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_name_that_a_spreadsheet_would_work_out_is_made_harmless(text: str) -> None:
    (safe,) = result._harmless(pl.Series([text]))
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_parquet_holds_all_rows_with_their_types(bench: Bench) -> None:
    with result.parquet_file(bench.store, "default", done(bench)) as file:
        frame = pl.read_parquet(file.read())
    assert frame.schema == {"number": pl.Int64(), "text": pl.String(), "list": pl.List(pl.String())}
    assert frame["number"].to_list() == list(range(5))
    assert frame["text"][0] == "=item 0"


def test_a_workbook_holds_text_and_numbers_and_what_they_were_made_from(bench: Bench) -> None:
    job = done(bench)
    with result.xlsx_file(bench.store, "default", job, bench.workspace) as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read()))["Result"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    values = [cell.value for cell in cells]
    assert {0, 1, 2, 3, 4, "=item 0", "a; 0"} <= set(values)
    assert f"Rules: {bench.workspace.versions.rule_set}" in values


def test_a_result_without_rows_has_its_columns(bench: Bench) -> None:
    job = done(bench, 2, best=0)
    assert job.rows == 0
    with result.csv_file(bench.store, "default", job) as file:
        assert file.read() == b"\xef\xbb\xbfnumber,text,list\r\n"
    with result.parquet_file(bench.store, "default", job) as file:
        assert pl.read_parquet(file.read()).columns == ["number", "text", "list"]
    with result.xlsx_file(bench.store, "default", job, bench.workspace) as file:
        assert openpyxl.load_workbook(io.BytesIO(file.read())).sheetnames == ["Result"]


def test_a_file_with_too_many_rows_is_refused_with_another_form(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    job = done(bench)
    monkeypatch.setattr(result, "MOST_SHEET_ROWS", 4)
    monkeypatch.setattr(result, "MOST_CSV_ROWS", 4)
    with pytest.raises(RequestError) as raised:
        result.xlsx_file(bench.store, "default", job, bench.workspace)
    assert "parquet" in (raised.value.problems[0].hint or "")
    with pytest.raises(RequestError):
        result.csv_file(bench.store, "default", job)
