from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from riskapi.errors import RequestError
from riskapi.matrix import kept as kept_module
from riskapi.matrix.kept import MANIFEST, KeptRows
from riskapi.matrix.plan import Plan
from riskapi.matrix.run import run
from tests.matrix.questions import planned, question
from tests.shipped import shipped_workspace


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planned(question(["Xiaomi", "BYD", "Toyota"], ["Ford", "Tesla", "Rivian"]))


@pytest.fixture(scope="module")
def rows(plan: Plan) -> pl.DataFrame:
    return pl.concat(run(shipped_workspace(), plan))


def add(kept: KeptRows, plan: Plan, frames: int = 100) -> None:
    """Add the rows from where the run is, but stop before the frame of that number."""
    made = run(shipped_workspace(), plan, start=kept.done, chunk=2)
    kept.add(frame for number, frame in zip(range(frames), made, strict=False) if number < frames)


def code(folder: Path, plan: Plan, *, resume: bool) -> str:
    with pytest.raises(RequestError) as caught:
        KeptRows.open(folder, plan, resume=resume)
    return caught.value.problems[0].code


def test_a_run_that_was_stopped_goes_on_and_ends_with_the_same_rows(
    tmp_path: Path, plan: Plan, rows: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_module, "ROWS_A_FILE", 3)
    add(KeptRows.open(tmp_path / "run", plan, resume=False), plan, frames=3)
    again = KeptRows.open(tmp_path / "run", plan, resume=True)
    assert again.done == 6
    add(again, plan)
    assert again.done == plan.pairings
    assert pl.concat(again.frames()).equals(rows)


def test_a_file_that_was_not_finished_does_not_count(tmp_path: Path, plan: Plan) -> None:
    kept = KeptRows.open(tmp_path / "run", plan, resume=False)
    (tmp_path / "run" / "rows-000000000000-000000000004.part").write_bytes(b"half of it")
    assert kept.done == 0


def test_a_gap_ends_what_counts(tmp_path: Path, plan: Plan, rows: pl.DataFrame) -> None:
    kept = KeptRows.open(tmp_path / "run", plan, resume=False)
    rows[:2].write_parquet(tmp_path / "run" / "rows-000000000000-000000000002.parquet")
    rows[4:6].write_parquet(tmp_path / "run" / "rows-000000000004-000000000006.parquet")
    assert kept.done == 2


def test_an_unfinished_run_is_not_overwritten_without_a_word(tmp_path: Path, plan: Plan) -> None:
    add(KeptRows.open(tmp_path, plan, resume=False), plan, frames=1)
    assert code(tmp_path, plan, resume=False) == "unfinished-run"


def test_a_run_of_other_versions_or_of_another_question_is_not_gone_on_with(tmp_path: Path, plan: Plan) -> None:
    KeptRows.open(tmp_path, plan, resume=False)
    other = Plan(plan.request, replace(plan.versions, rule_set="9.9.9+000000000000"))
    with pytest.raises(RequestError) as caught:
        KeptRows.open(tmp_path, other, resume=True)
    assert caught.value.problems[0].code == "other-run"
    assert "9.9.9+000000000000" in caught.value.problems[0].detail
    assert code(tmp_path, planned(question(["Xiaomi"], ["Ford"])), resume=True) == "other-run"


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"versions": 3})])
def test_a_manifest_that_cannot_be_read_is_told(tmp_path: Path, plan: Plan, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    assert code(tmp_path, plan, resume=True) == "other-run"


def test_progress_is_told_after_every_frame(tmp_path: Path, plan: Plan) -> None:
    told: list[int] = []
    KeptRows.open(tmp_path, plan, resume=False).add(run(shipped_workspace(), plan, chunk=4), told.append)
    assert told == [4, 8, 9]
