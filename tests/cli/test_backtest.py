from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from riskapi.backtest.report import Dimension
from riskapi.cli.backtest import By
from tests.backtest.synthetic import COUNT, record, records, write
from tests.cli import program
from tests.cli.program import flat

pytestmark = pytest.mark.usefixtures("shipped")


@pytest.fixture(autouse=True)
def _one_penalty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown does not depend on how much the regression tries."""
    monkeypatch.setattr("riskapi.backtest.baselines.PENALTIES", (0.1,))


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return write(tmp_path / "invented.jsonl", *records(), record(90, outcome="pending"))


def test_json_has_the_figures_and_nothing_else_is_printed(cases: Path) -> None:
    result = program.run("backtest", str(cases), "--json", "--by", "sector")
    data = json.loads(result.stdout)
    assert data["by"]["dimension"] == "sector"
    assert (result.exit_code, result.stderr) == (0, "")
    assert (data["n"], data["excluded"]) == (COUNT, {"pending": 1})
    assert isinstance(data["auc"], float)


def test_the_page_shows_figures_baselines_bands_and_misses(cases: Path) -> None:
    result = program.run("backtest", str(cases))
    shown = flat(result.stdout)
    assert result.exit_code == 0
    for words in ("36 cases of 36 deal families", "1 pending", "Owner country alone", "Somers' D", "Reliability"):
        assert words in shown
    assert "Adverse, and scored lowest" in shown
    assert "-35 base" in shown


def test_the_page_and_the_json_say_the_same(cases: Path) -> None:
    data = json.loads(program.run("backtest", str(cases), "--json").stdout)
    ends = data["intervals"]["somers_d"]
    assert f"{data['somers_d']:.3f} ({ends['low']:.3f} to {ends['high']:.3f})" in flat(
        program.run("backtest", str(cases)).stdout
    )


@pytest.mark.parametrize("by", [By.REGIME, By.COUNTRY])
def test_cases_are_parted_as_asked(cases: Path, by: By) -> None:
    assert f"By {by.value}" in program.run("backtest", str(cases), "--by", by.value).stdout


def test_the_choices_are_the_dimensions_of_the_report() -> None:
    assert [item.value for item in By] == [item.value for item in Dimension]


def test_the_table_of_cases_is_written(cases: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert program.run("backtest", str(cases), "--json", "--out", str(out)).exit_code == 0
    with out.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == COUNT


def test_a_table_that_cannot_be_written_is_the_callers_fault(cases: Path, tmp_path: Path) -> None:
    result = program.run("backtest", str(cases), "--out", str(tmp_path / "nowhere" / "out.csv"))
    assert result.exit_code == 2
    assert "[not-written]" in flat(result.stderr)


def test_records_that_cannot_be_read_are_told_and_the_others_counted(tmp_path: Path) -> None:
    file = write(tmp_path / "c.jsonl", *records(), record(91, outcome="blocked"), "{")
    result = program.run("backtest", str(file), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["n"] == COUNT
    assert len(json.loads(result.stdout)["unreadable"]) == 2
    assert f"c.jsonl:{COUNT + 1} outcome" in flat(result.stderr)
    assert "[json-syntax]" in flat(result.stderr)


def test_a_file_that_is_not_there_is_the_callers_fault(tmp_path: Path) -> None:
    result = program.run("backtest", str(tmp_path / "none.jsonl"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "[no-file]" in flat(result.stderr)


def test_escape_sequences_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    made = [{**item, "title": "\x1b[31mred", "sector": "\x1b[2J"} for item in records()]
    result = program.run("backtest", str(write(tmp_path / "c.jsonl", *made)), "--by", "sector")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_without_the_extra_the_command_says_what_to_install(cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "sklearn" else real(name, package)

    monkeypatch.setattr("riskapi.backtest.extra.find_spec", without)
    result = program.run("backtest", str(cases))
    assert result.exit_code == 2
    assert "[extra-missing]" in flat(result.stderr)
    assert "scikit-learn" in flat(result.stderr)
    assert 'riskapi[backtest]"' in flat(result.stderr)


def test_other_commands_do_not_wait_for_the_statistics() -> None:
    program_text = "import sys, riskapi.cli.main, riskapi.workspace; print({'sklearn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program_text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
