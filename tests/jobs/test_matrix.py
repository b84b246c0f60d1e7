from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from riskapi.errors import RequestError
from riskapi.jobs import matrix
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.matrix import MATRIX
from riskapi.matrix.run import best
from riskapi.workspace import Workspace

TODAY = date(2026, 11, 22)
DEAL = {"type": "joint_venture", "sector": "automotive", "activity_country": "US"}
BODY: dict[str, Any] = {
    "foreign": {"names": ["Xiaomi", "BYD", "Ford"]}, "hosts": {"names": ["Ford", "Tesla"]}, "templates": [{"deal": DEAL}],
}  # fmt: skip


def frame(workspace: Workspace, body: dict[str, Any], done: int = 0) -> pl.DataFrame:
    parts = list(MATRIX.begin(body, workspace, TODAY).parts(done, lambda: True))
    return pl.concat([part.frame for part in parts])


def test_a_request_is_counted_and_its_days_are_filled_in(workspace: Workspace) -> None:
    wanted = MATRIX.read(BODY, workspace, TODAY, JobLimits())
    assert (wanted.total, wanted.as_of) == (5, TODAY)  # Ford is not paired with itself
    assert wanted.inputs == {**BODY, "dates": ["2026-11-22"]}
    two = MATRIX.read({**BODY, "dates": ["2024-01-31", "2025-01-31"]}, workspace, TODAY, JobLimits())
    assert (two.total, two.as_of) == (10, date(2025, 1, 31))


def test_more_pairings_than_are_allowed_are_refused_before_any_work(workspace: Workspace) -> None:
    with pytest.raises(RequestError) as raised:
        MATRIX.read({**BODY, "foreign": {"all": True}}, workspace, TODAY, JobLimits(pairings=100))
    assert [problem.code for problem in raised.value.problems] == ["too-many"]


def test_rows_are_the_same_wherever_the_work_begins(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = MATRIX.read(BODY, workspace, TODAY, JobLimits()).inputs
    whole = frame(workspace, dict(inputs))
    monkeypatch.setattr(matrix, "TOGETHER", 2)
    for done in range(5):
        assert_frame_equal(frame(workspace, dict(inputs), done), whole[done:])


def test_the_highest_scores_of_all_parts_are_kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = frame(workspace, BODY)
    monkeypatch.setattr(matrix, "TOGETHER", 2)
    body = {**BODY, "top": 2}
    parts = list(MATRIX.begin(body, workspace, TODAY).parts(0, lambda: True))
    assert sum(part.items for part in parts) == 5
    assert MATRIX.reduce
    found = MATRIX.reduce(body, [part.frame for part in parts])
    assert found is not None
    assert found["score"].to_list() == sorted(whole["score"], reverse=True)[:2]
    again = MATRIX.reduce(body, [found])
    assert again is not None
    assert_frame_equal(again, found)
    assert MATRIX.reduce(BODY, [whole]) is None


def test_where_only_the_highest_are_wanted_they_are_those_of_all_wherever_the_work_begins(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "SHEETS", 1)
    sides = {side: {"select": "sector=automotive"} for side in ("foreign", "hosts")}
    inputs = {**BODY, **sides, "dates": ["2024-01-31", "2026-11-22", "2025-01-31"]}
    whole, body = frame(workspace, inputs), {**inputs, "top": 7}
    assert MATRIX.reduce
    sheet = len(whole) // 3
    for done in (0, sheet, sheet + 1):
        parts = list(MATRIX.begin(body, workspace, TODAY).parts(done, lambda: True))
        assert sum(part.items for part in parts) == len(whole) - done
        found = MATRIX.reduce(body, [whole[:done], *(part.frame for part in parts)])
        assert found is not None
        assert_frame_equal(found, best([whole], 7))
        if done != sheet + 1:  # there rows are made one after the other up to the end
            assert sum(part.frame.height for part in parts) < len(whole) / 10


def test_its_workbook_is_that_of_a_portfolio(workspace: Workspace) -> None:
    assert MATRIX.workbook
    made = MATRIX.workbook(frame(workspace, BODY), BODY, workspace, TODAY)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert len(book.sheetnames) > 3
    assert "Xiaomi" in str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])
