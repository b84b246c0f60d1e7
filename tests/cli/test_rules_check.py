from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskapi.settings import Settings
from riskapi.workbench.lint_finding import EXPLANATIONS
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules

NEVER = RULE.replace("deal.foreign_stake >= 0.25", "deal.foreign_stake >= 0.25 and deal.foreign_stake < 0.1")
IDLE = RULE.replace("deal.foreign_stake >= 0.25", "deal.foreign_stake >= 0.25 and deal.foreign_stake >= 0.1")
BROKEN = RULE.replace("deal.foreign_stake >= 0.25", "deal.foreign_steak >= 0.25")
LINE = 1 + next(index for index, line in enumerate(RULE.splitlines()) if "large_share:" in line)


def test_an_error_fails_the_check_with_its_place_code_and_advice(small: Settings) -> None:
    write_rules(small.rules, NEVER)
    result = run("rules", "check")
    assert result.exit_code == 1
    assert "us/us.test.yaml:" in result.stdout
    assert "error: us.test.foreign-share: no deal can make this rule fire [never-fires]" in result.stdout
    assert EXPLANATIONS["never-fires"].mend in result.stdout
    assert result.stdout.endswith("1 files, 1 rules: 1 error; `--explain CODE` says more\n")


def test_a_warning_fails_the_check_only_if_it_is_strict(small: Settings) -> None:
    write_rules(small.rules, IDLE)
    result = run("rules", "check")
    assert result.exit_code == 0
    assert f"us/us.test.yaml:{LINE}: warning: " in result.stdout
    assert "1 warning" in result.stdout
    assert run("rules", "check", "--strict").exit_code == 1


def test_notes_never_fail_the_check(small: Settings) -> None:
    result = run("rules", "check", "--all", "--strict")
    assert result.exit_code == 0
    assert "facts: note: no rule uses `deal.model_year` [fact-unused]" in result.stdout
    assert "[one-sided-date]" in result.stdout


def test_a_single_file_and_an_id_are_checked_alone(small: Settings) -> None:
    file = write_rules(small.rules, IDLE)
    for target in (str(file), "us.test", "us.test.foreign-share"):
        result = run("rules", "check", target, "--all")
        assert "[idle-condition]" in result.stdout
        assert "[fact-unused]" not in result.stdout


def test_stale_files_are_told_by_the_clock(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rules(small.rules, RULE.replace("2026-11-22", "2020-01-01"))
    assert "check-stale" not in run("rules", "check").stdout
    result = run("rules", "check", "--stale-days", "365")
    assert (result.exit_code, "[check-stale]" in result.stdout) == (0, True)


@pytest.mark.parametrize(("text", "code"), [(NEVER, "never-fires"), (BROKEN, "unknown-fact")])
def test_json_holds_findings_and_problems_of_loading_alike(small: Settings, text: str, code: str) -> None:
    file = write_rules(small.rules, text)
    result = run("rules", "check", "--format", "json")
    (found,) = json.loads(result.stdout)["findings"]
    assert (result.exit_code, found["code"], found["severity"]) == (1, code, "error")
    assert (Path(found["file"]).resolve(), found["line"] is not None) == (file.resolve(), True)


def test_paths_are_as_seen_from_the_current_folder(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rules(small.rules, NEVER)
    monkeypatch.chdir(small.rules.parent)
    assert "::error file=rules/us/us.test.yaml,line=" in run("rules", "check", "--format", "github").stdout
    told = json.loads(run("rules", "check", "--format", "sarif").stdout)
    (result,) = told["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rules/us/us.test.yaml"


def test_machines_get_an_answer_where_nothing_was_found(small: Settings) -> None:
    assert run("rules", "check", "--format", "github").stdout == ""
    assert json.loads(run("rules", "check", "--format", "json").stdout)["findings"] == []
    assert json.loads(run("rules", "check", "--format", "sarif").stdout)["runs"][0]["results"] == []


@pytest.mark.parametrize("code", list(EXPLANATIONS))
def test_each_code_is_explained_with_a_bad_and_a_good_example(code: str) -> None:
    result = run("rules", "check", "--explain", code)
    told = EXPLANATIONS[code]
    assert result.exit_code == 0
    assert all(text in result.stdout for text in (told.meaning, told.mend, f"bad:   {told.bad}", f"good:  {told.good}"))


def test_an_unknown_code_is_refused_with_near_ones() -> None:
    result = run("rules", "check", "--explain", "never-fire")
    assert result.exit_code == 2
    assert "did you mean `never-fires`" in flat(result.stderr)
    assert "docs/reference/problems.md" in flat(run("rules", "check", "--explain", "xyzzy").stderr)
