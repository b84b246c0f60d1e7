from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules

PAIRING = (
    '{"parties": ["Alpha", "Beta"], "deal": {"deal.type": "joint_venture", "deal.activity_country": "US", '
    '"deal.foreign_stake": 0.25}}\n'
)


@pytest.fixture
def changed(small: Settings, tmp_path: Path) -> Path:
    """The earlier rules in a folder; since then the threshold moved from 0.25 to 0.3."""
    shutil.copytree(small.rules, tmp_path / "earlier")
    write_rules(
        small.rules, RULE.replace(">= 0.25", ">= 0.3").replace("deal.foreign_stake: 0.5", "deal.foreign_stake: 0.6")
    )
    return tmp_path / "earlier"


def test_a_moved_threshold_shows_what_it_moves_and_why(changed: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text(PAIRING, encoding="utf-8")
    result = run("rules", "diff", str(changed), "--portfolio", str(tmp_path / "pairs.jsonl"), "--json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    (rule,) = data["rules"]
    assert (rule["id"], rule["aspects"], rule["moves_scores"]) == ("us.test.foreign-share", ["logic", "examples"], True)
    (moved,) = data["impact"]["movements"]
    assert moved["before"]["gates"] == ["prohibition"]
    assert moved["after"]["gates"] == []
    assert moved["before"]["score"] == 70
    assert moved["after"]["score"] < 10
    assert [reason["id"] for reason in moved["rules"]] == ["us.test.foreign-share"]
    assert data["impact"]["gates"] == {"prohibition": {"gained": 0, "lost": 1}}


def test_markdown_holds_change_and_impact(changed: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text(
        "first,second,deal.activity_country,deal.type,deal.foreign_stake\nAlpha,Beta,US,joint_venture,0.25\n", "utf-8"
    )
    text = run("rules", "diff", str(changed), "--portfolio", str(tmp_path / "pairs.csv"), "--markdown").stdout
    assert "`deal.foreign_stake >= 0.25` becomes `deal.foreign_stake >= 0.3`" in text
    assert "1 of 1 pairings move" in text
    assert "-prohibition" in text
    assert "| high | low | 1 |" in text


def test_the_matrix_of_the_datasets_is_the_portfolio_unless_one_is_named(changed: Path) -> None:
    data = json.loads(run("rules", "diff", str(changed), "--json").stdout)
    assert data["impact"]["pairings"] == {"matrix": 1}


def test_a_change_that_no_pairing_shows_is_pointed_out(changed: Path, tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text(PAIRING.replace("0.25", "0.5"), encoding="utf-8")
    text = run("rules", "diff", str(changed), "--portfolio", str(tmp_path / "pairs.jsonl"), "--markdown").stdout
    assert "Nothing moves in 1 pairings" in text
    assert "No pairing looked at shows a difference for `us.test.foreign-share`" in text


def test_without_impact_nothing_is_scored(changed: Path) -> None:
    data = json.loads(run("rules", "diff", str(changed), "--no-impact", "--json").stdout)
    assert "impact" not in data
    assert len(data["rules"]) == 1


@pytest.mark.parametrize("form", [(), ("--markdown",)])
def test_the_same_rules_say_the_same_in_one_line(
    small: Settings, form: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.rules.parent)
    result = run("rules", "diff", "rules", *form)
    assert result.exit_code == 0
    assert result.stdout == "The rule books say the same: nothing changed against rules.\n"


def test_without_impact_or_without_a_change_no_database_is_built_or_opened(
    changed: Path, small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "open", refused)
    monkeypatch.setattr("duckdb.connect", refused)
    assert run("rules", "diff", str(changed), "--no-impact").exit_code == 0
    assert run("rules", "diff", str(small.rules), "--json").exit_code == 0
    assert not small.cache.exists()


def refused(*_: object, **__: object) -> None:
    raise AssertionError("a database is opened")


def test_the_workbook_is_written_beside_the_report_and_is_the_same_each_time(changed: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        result = run("rules", "diff", str(changed), "--markdown", "--xlsx", str(tmp_path / f"{name}.xlsx"))
        assert result.exit_code == 0, result.stderr
        assert "becomes" in result.stdout
    assert load_workbook(tmp_path / "one.xlsx").sheetnames == ["Summary", "Rules", "Moves", "Distribution"]
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_workbook_that_cannot_be_written_is_bad_input(changed: Path, tmp_path: Path) -> None:
    result = run("rules", "diff", str(changed), "--no-impact", "--xlsx", str(tmp_path / "nowhere" / "a.xlsx"))
    assert result.exit_code == 2
    assert "not-writable" in result.stderr


def test_the_step_of_the_version_is_told(changed: Path, small: Settings) -> None:
    for folder in (changed, small.rules):
        (folder / "VERSION").write_text("1.4.0\n", encoding="utf-8")
    report = run("rules", "diff", str(changed), "--no-impact", "--markdown").stdout
    assert "Version: a minor step (1 rule changed" in report
    assert "at least 1.5.0; **1.4.0 is stated, which is too low**" in report
    data = json.loads(run("rules", "diff", str(changed), "--no-impact", "--json").stdout)
    assert (data["step"]["needed"], data["step"]["version"]) == ("minor", "1.5.0")
    assert data["versions"]["before"].startswith("1.4.0+")


def test_a_revision_outside_a_repository_is_bad_input(small: Settings, tmp_path: Path) -> None:
    result = run("rules", "diff", "HEAD", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert result.exit_code == 2
    assert "lies in no git repository" in flat(result.stderr)


def test_a_commit_is_compared_with_what_lies_in_the_folder(small: Settings) -> None:
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    for command in (("init", "--quiet"), ("add", "rules"), ("commit", "--quiet", "-m", "first")):
        subprocess.run(["git", "-C", str(small.rules.parent), *who, *command], check=True, capture_output=True)
    write_rules(small.rules, RULE.replace("points: 10", "points: 12"))
    result = run("rules", "diff", "--no-impact", "--markdown")
    assert "points: `+10` becomes `+12`" in result.stdout, result.stderr


def test_only_one_form_is_printed(small: Settings) -> None:
    assert run("rules", "diff", str(small.rules), "--json", "--markdown").exit_code == 2


def test_a_day_that_is_none_is_bad_input(small: Settings) -> None:
    result = run("rules", "diff", str(small.rules), "--as-of", "tomorrow")
    assert result.exit_code == 2
    assert "--as-of" in result.stderr
