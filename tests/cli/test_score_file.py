"""`riskapi template` and `riskapi score --file`: files in and out, exit codes, and what is told on the way."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from riskapi.workspace import Workspace
from tests.cli.program import flat, run

TEXT = "Foreign party,Host party,Deal type\nXiaomi,Ford,joint_venture\nXiaomi,Ford,jv\n"


@pytest.fixture
def pairings(tmp_path: Path) -> Path:
    file = tmp_path / "pairings.csv"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_template_can_be_scored_as_it_is(shipped: Workspace, tmp_path: Path, ending: str) -> None:
    file, out = tmp_path / f"pairings.{ending}", tmp_path / f"scored.{ending}"
    assert run("template", "--out", str(file)).exit_code == 0
    done = run("score", "--file", str(file), "--out", str(out), "--as-of", "2026-11-22")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "1 answered, 0 not answered; as of 2026-11-22" in done.stdout
    assert out.read_bytes() != file.read_bytes()


@pytest.mark.parametrize("ending", ["xlsx", "csv", "json", "parquet"])
def test_rows_with_errors_end_with_one_and_the_result_is_there(shipped: Workspace, pairings: Path, ending: str) -> None:
    out = pairings.with_name(f"scored.{ending}")
    done = run("score", "--file", str(pairings), "--out", str(out))
    assert done.exit_code == 1
    assert "C3 (Deal type): `jv` is not in the list [unknown-code]" in flat(done.stderr)
    assert out.read_bytes()


def test_the_result_is_in_the_form_of_its_ending(shipped: Workspace, pairings: Path) -> None:
    outs = [pairings.with_name(name) for name in ("a.json", "a.csv", "a.xlsx")]
    for out in outs:
        run("score", "--file", str(pairings), "--out", str(out), "--as-of", "2026-11-22")
    data = json.loads(outs[0].read_text())
    assert (data["answered"], data["refused"], data["as_of"]) == (1, 1, "2026-11-22")
    with outs[1].open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 3
    assert load_workbook(outs[2]).sheetnames[:3] == ["Pairings", "Reasons", "Method and versions"]


def test_explain_tells_more_reasons(shipped: Workspace, pairings: Path) -> None:
    few, more = pairings.with_name("few.json"), pairings.with_name("more.json")
    run("score", "--file", str(pairings), "--out", str(few))
    run("score", "--file", str(pairings), "--out", str(more), "--explain")
    counts = [len(json.loads(file.read_text())["rows"][0]["answer"]["reasons"]) for file in (few, more)]
    assert counts[0] < counts[1]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--file", "{in}"), "--out: a file is needed"),
        (("--file", "{in}", "--out", "scored.pdf"), "`.pdf` is no ending that is known"),
        (("--file", "{in}", "--out", "{in}"), "would take the place of the file"),
        (("--file", "{in}", "--out", "scored.csv", "--type", "licence"), "a file says itself what is asked"),
        (("--file", "{in}", "--out", "scored.csv", "--json"), "a file says itself what is asked"),
        (("--file", "{in}", "--out", "scored.csv", "--as-of", "soon"), "`soon` is not a date"),
        (("--file", "missing.xlsx", "--out", "scored.csv"), "cannot be read"),
        (("--out", "scored.csv"), "--out and --explain go with --file"),
        (("Xiaomi", "Ford", "--explain"), "--out and --explain go with --file"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    shipped: Workspace, pairings: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(pairings.parent)
    done = run("score", *(option.replace("{in}", str(pairings)) for option in options))
    assert done.exit_code == 2
    assert told in flat(done.stderr)
    assert [file.name for file in pairings.parent.iterdir()] == ["pairings.csv"]


def test_a_file_that_cannot_be_read_leaves_no_result(shipped: Workspace, pairings: Path) -> None:
    pairings.write_bytes(b"PK\x03\x04 and nothing more")
    out = pairings.with_name("scored.xlsx")
    done = run("score", "--file", str(pairings), "--out", str(out))
    assert done.exit_code == 2
    assert "[workbook-broken]" in done.stderr
    assert not out.exists()
