from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from riskapi.workspace import Workspace
from tests.cli.program import DEMO, flat, run

EXPORT = ("export", *DEMO[1:])


def test_the_ending_says_what_is_written(shipped: Workspace, tmp_path: Path) -> None:
    beginnings = {"x.xlsx": b"PK", "x.html": b"<!doctype html>", "x.json": b"{", "x.csv": b"\xef\xbb\xbfquestion"}
    for name, beginning in beginnings.items():
        result = run(*EXPORT, "--no-what-if", "--out", str(tmp_path / name))
        assert result.exit_code == 0, result.stderr
        assert (tmp_path / name).read_bytes().startswith(beginning)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(beginnings)


def test_the_answer_is_that_of_score_and_has_the_hash_of_the_workbook(shipped: Workspace, tmp_path: Path) -> None:
    for name in ("x.json", "x.xlsx"):
        run(*EXPORT, "--no-what-if", "--out", str(tmp_path / name))
    content = (tmp_path / "x.json").read_bytes()
    assert json.loads(content) == json.loads(run(*DEMO, "--json").stdout)
    page = load_workbook(tmp_path / "x.xlsx")["Summary"]
    named = next(row[1].value for row in page.iter_rows() if row[0].value == "SHA-256")
    assert named == hashlib.sha256(content).hexdigest()


def test_the_workbook_has_owners_duties_and_what_if(shipped: Workspace, tmp_path: Path) -> None:
    goods = ("--set", "deal.product=ev_car", "--set", "deal.production_countries=CN")
    result = run(*EXPORT, *goods, "--out", str(tmp_path / "x.xlsx"))
    assert result.exit_code == 0, result.stderr
    book = load_workbook(tmp_path / "x.xlsx")
    for sheet, needed in (("Ownership", "Lei Jun"), ("Duties", "Total"), ("What-if", "settle on")):
        assert needed in " ".join(str(cell.value) for row in book[sheet].iter_rows() for cell in row)


def test_an_earlier_briefing_gives_a_sheet_of_changes(shipped: Workspace, tmp_path: Path) -> None:
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    run(*EXPORT, "--as-of", "2025-06-30", "--no-what-if", "--out", str(old))
    result = run(*EXPORT, "--no-what-if", "--since", str(old), "--paper", "letter", "--out", str(new))
    assert result.exit_code == 0, result.stderr
    book = load_workbook(new)
    assert "Changes" in book.sheetnames
    assert book["Changes"].page_setup.paperSize == 1


def test_every_wrong_option_is_told_at_once(shipped: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "old.xlsx"
    other.write_bytes(b"no workbook")
    result = run("export", "Xiaomi", "--out", "x.doc", "--paper", "b5", "--since", str(other), "--set", "deal.stake")
    assert result.exit_code == 2
    told = flat(result.stderr)
    for needed in ("two parties are wanted", "`.doc` is no ending", "`b5` is no paper", "old.xlsx", "--set deal.stake"):
        assert needed in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "a file to write is needed"),
        (("--out", "nowhere/at/all/x.xlsx"), "there is no folder"),
        (("--out", "x.csv", "--since", "old.xlsx"), "only a workbook tells what changed"),
        (("--out", "x.xlsx", "--since", "not-there.xlsx"), "cannot be read"),
    ],
)
def test_a_wrong_file_is_told_before_anything_is_written(
    shipped: Workspace, options: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*EXPORT, *options)
    assert result.exit_code == 2
    assert told in flat(result.stderr)
    assert list(tmp_path.iterdir()) == []
