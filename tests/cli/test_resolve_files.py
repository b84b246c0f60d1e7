from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import typer

from riskapi.cli.resolve_files import evaluate_file, resolve_file
from riskapi.errors import RequestError


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_a_file_of_names_is_answered_in_another_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("query,country_hint\nXiaomi,CN\n华为,\nVolvo,\n", "utf-8")
    resolve_file(source, target)
    assert [(row["status"], row["company_id"]) for row in rows_of(target)] == [
        ("match", "xiaomi"), ("match", "huawei"), ("ambiguous", ""),
    ]  # fmt: skip


def test_bad_rows_are_answered_and_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("query,country_hint\nXiaomi,CN\n,\nXiaomi,Narnia\n", "utf-8")
    with pytest.raises(typer.Exit) as stopped:
        resolve_file(source, target)
    assert stopped.value.exit_code == 1
    assert [row["status"] for row in rows_of(target)] == ["match", "no_match", "no_match"]
    assert "2 problems" in capsys.readouterr().err


def test_a_file_that_cannot_be_used_leaves_the_old_answer_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    target.write_text("old", "utf-8")
    source.write_text("names\nXiaomi\n", "utf-8")
    with pytest.raises(RequestError):
        resolve_file(source, target)
    assert target.read_text("utf-8") == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_missing_file_and_one_in_another_encoding_are_refused(tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "in.csv"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(RequestError):
        resolve_file(source, tmp_path / "out.csv")


def test_the_figures_of_a_file_of_cases_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "cases.csv"
    source.write_text("query,expected,kind\nXiaomi,xiaomi,exact\nFord Foundation,none,foundation\n", "utf-8")
    evaluate_file(source, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["all"]["recall"], told["all"]["false_match_rate"]) == (1.0, 0.0)
    evaluate_file(source)
    words = capsys.readouterr().out
    assert "recall@1" in words
    assert "p95" in words
