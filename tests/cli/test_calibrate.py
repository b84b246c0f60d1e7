from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from riskapi.scoring.observed import RECORD, load_observed
from tests.backtest.synthetic import record, records, write
from tests.cli import program
from tests.cli.program import flat
from tests.shipped import shipped_workspace

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown does not depend on how much the fit tries."""
    monkeypatch.setattr("riskapi.backtest.calibration.PENALTIES", (8.0,))
    monkeypatch.setattr("riskapi.backtest.baselines.REPEATS", 1)
    monkeypatch.setattr("riskapi.backtest.calibrate.SPREAD_DRAWS", 3)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Invented deals in which only sites near a base were stopped."""
    made = [
        record(number, outcome="prohibited" if number % 3 == 0 else "cleared", sector="other", host_country="US",
               sensitivities={"near_military_site": number % 3 == 0, "critical_technology": False, "defence_supplier": False})
        for number in range(60)
    ]  # fmt: skip
    return write(tmp_path / "cases.jsonl", *made)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(shipped_workspace().settings.rules, folder)
    return folder


def test_the_page_tells_figures_proposals_and_what_is_left(cases: Path) -> None:
    result = program.run("calibrate", str(cases))
    shown = flat(result.stdout)
    assert result.exit_code == 0
    for words in (
        "60 cases, 20 adverse",
        "Country of the owner alone",
        "Proposed points",
        "sensitive-site",
        "from 2018-08-13",
    ):
        assert words in shown


def test_json_and_markdown_say_the_same(cases: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    result = program.run("calibrate", str(cases), "--json", "--markdown", str(target))
    data = json.loads(result.stdout)
    proposed = [row["rule_id"] for row in data["proposals"] if row["proposed"] is not None]
    assert proposed
    assert all(f"`{rule_id}`" in target.read_text() for rule_id in proposed)
    assert f"{data['nested']['auc']['value']:.3f}" in target.read_text()


@pytest.mark.slow
def test_write_changes_the_points_and_a_second_run_starts_from_the_experts_again(cases: Path, rules: Path) -> None:
    first = json.loads(program.run("calibrate", str(cases), "--json", RISKAPI_RULES=str(rules)).stdout)
    result = program.run("calibrate", str(cases), "--write", RISKAPI_RULES=str(rules))
    assert "changed: any/any.screening-grounds.yaml" in result.stderr
    again = json.loads(program.run("calibrate", str(cases), "--json", RISKAPI_RULES=str(rules)).stdout)
    expert = {row["rule_id"]: row["expert"] for row in first["proposals"]}
    assert {row["rule_id"]: row["expert"] for row in again["proposals"]} == expert
    assert again["current"]["auc"]["value"] > first["current"]["auc"]["value"] - 0.001


def test_outcome_rates_of_the_bands_are_kept_beside_the_rules(tmp_path: Path, rules: Path) -> None:
    (rules / RECORD).unlink()
    file = write(tmp_path / "invented.jsonl", *records())
    assert program.run("backtest", str(file), "--record", "--json", RISKAPI_RULES=str(rules)).exit_code == 0
    assert sum(row.n for row in load_observed(rules).values()) == len(records())


def test_rules_below_private_layers_are_not_changed(cases: Path, tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    assert program.run("rules", "init", str(layer)).exit_code == 0
    for command in (["calibrate", str(cases), "--write"], ["backtest", str(cases), "--record"]):
        result = program.run("--rules", str(layer), *command)
        assert result.exit_code == 2
        assert "[layers-in-the-way]" in flat(result.stderr)


def test_a_report_that_cannot_be_written_is_told(cases: Path, tmp_path: Path) -> None:
    result = program.run("calibrate", str(cases), "--markdown", str(tmp_path / "nowhere" / "report.md"))
    assert result.exit_code == 2
    assert "[not-written]" in result.stderr
