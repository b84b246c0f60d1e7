from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from riskapi.settings import Settings
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def rules(small: Settings) -> Path:
    """Rules of version 1.4.0 in a repository; since the commit the points went from 10 to 12."""
    (small.rules / "VERSION").write_text("1.4.0\n", encoding="utf-8")
    (small.rules / "CHANGELOG.md").write_text("# Log\n\n## [1.4.0] - 2026-01-01\n\n- old\n", encoding="utf-8")
    git(small.rules.parent, "init", "--quiet")
    git(small.rules.parent, "add", "rules")
    git(small.rules.parent, "commit", "--quiet", "-m", "first")
    write_rules(small.rules, RULE.replace("points: 10", "points: 12"))
    return small.rules


def test_the_entry_is_printed_and_the_step_told_beside_it(rules: Path) -> None:
    result = run("rules", "changelog", "--date", "2026-11-22")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("## [1.5.0] - 2026-11-22\n\n### Changed\n")
    assert "points: `+10` becomes `+12`" in result.stdout
    assert "1.4.0 to 1.5.0 at least, a minor step: 1 rule changed" in flat(result.stderr)
    assert (rules / "VERSION").read_text(encoding="utf-8") == "1.4.0\n"


def test_writing_makes_the_check_pass_that_failed_before(rules: Path) -> None:
    before = run("rules", "changelog", "--check")
    assert before.exit_code == 1
    assert "version-behind" in before.stderr
    assert "changelog-behind" in before.stderr
    assert run("rules", "changelog", "--write", "--date", "2026-11-22").exit_code == 0
    assert (rules / "VERSION").read_text(encoding="utf-8") == "1.5.0\n"
    text = (rules / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith("# Log\n\n## [1.5.0] - 2026-11-22\n")
    assert text.endswith("## [1.4.0] - 2026-01-01\n\n- old\n")
    assert run("rules", "changelog", "--check").exit_code == 0
    assert run("rules", "test").exit_code == 0  # both files may lie among the rules


def test_writing_twice_changes_nothing_and_a_further_change_is_caught_up(rules: Path) -> None:
    run("rules", "changelog", "--write", "--date", "2026-11-22")
    once = (rules / "CHANGELOG.md").read_text(encoding="utf-8")
    run("rules", "changelog", "--write", "--date", "2026-11-22")
    assert (rules / "CHANGELOG.md").read_text(encoding="utf-8") == once
    write_rules(rules, RULE.replace("gate: prohibition", "gate: tariff"))
    assert run("rules", "changelog", "--check").exit_code == 1
    run("rules", "changelog", "--write", "--date", "2026-11-22")
    assert (rules / "VERSION").read_text(encoding="utf-8") == "2.0.0\n"
    assert "[1.5.0]" not in (rules / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_larger_step_may_be_taken_and_stays_when_the_entry_is_written_again(rules: Path) -> None:
    run("rules", "changelog", "--write", "--bump", "major")
    assert (rules / "VERSION").read_text(encoding="utf-8") == "2.0.0\n"
    run("rules", "changelog", "--write")
    assert (rules / "VERSION").read_text(encoding="utf-8") == "2.0.0\n"
    assert run("rules", "changelog", "--check").exit_code == 0


def test_a_step_that_is_too_small_is_refused_and_nothing_written(rules: Path) -> None:
    result = run("rules", "changelog", "--write", "--bump", "patch")
    assert result.exit_code == 2
    assert "bump-too-small" in result.stderr
    assert (rules / "VERSION").read_text(encoding="utf-8") == "1.4.0\n"


def test_where_nothing_changed_there_is_nothing_to_tell(rules: Path) -> None:
    write_rules(rules, "# a remark\n" + RULE)
    result = run("rules", "changelog", "--write")
    assert result.exit_code == 0
    assert result.stdout == "The rule books say the same: nothing to tell against HEAD.\n"
    assert run("rules", "changelog", "--check").exit_code == 0


def test_checking_and_writing_at_once_is_bad_usage(rules: Path) -> None:
    assert run("rules", "changelog", "--write", "--check").exit_code == 2


def test_the_first_version_counts_the_whole_book(small: Settings, tmp_path: Path) -> None:
    shutil.copytree(small.rules, tmp_path / "earlier")
    result = run("rules", "changelog", str(tmp_path / "earlier"), "--write", "--date", "2026-11-22")
    assert result.exit_code == 0, result.stderr
    assert (small.rules / "VERSION").read_text(encoding="utf-8") == "1.0.0\n"
    assert "1 rule of 1 instrument" in (small.rules / "CHANGELOG.md").read_text(encoding="utf-8")
    assert run("rules", "changelog", str(tmp_path / "earlier"), "--check").exit_code == 0


def test_a_layer_keeps_its_number_in_its_own_file(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = tmp_path / "house"
    (layer / "rules" / "us").mkdir(parents=True)
    head = "name: house\ntitle: House rules\nversion: 0.1.0   # ours\nextends: shipped\nmade_for: '>=0.0'\n"
    (layer / "layer.yaml").write_text(head, encoding="utf-8")
    own = RULE.replace("us.test", "us.house")
    (layer / "rules" / "us" / "us.house.yaml").write_text(own, encoding="utf-8")
    shutil.copytree(layer, tmp_path / "earlier")
    (layer / "rules" / "us" / "us.house.yaml").write_text(own.replace("points: 10", "points: 12"), encoding="utf-8")
    monkeypatch.setenv("RISKAPI_RULES", f"{small.rules}:{layer}")
    result = run("rules", "changelog", str(tmp_path / "earlier"), "--write", "--date", "2026-11-22")
    assert result.exit_code == 0, result.stderr
    assert (layer / "layer.yaml").read_text(encoding="utf-8") == head.replace("0.1.0", "0.2.0")
    assert "`us.house.foreign-share`" in (layer / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not (small.rules / "CHANGELOG.md").exists()
    assert run("rules", "changelog", str(tmp_path / "earlier"), "--check").exit_code == 0


def test_ci_holds_version_and_changelog_against_the_base_of_the_pull_request() -> None:
    workflow = yaml.safe_load(
        Path(__file__).parents[2].joinpath(".github/workflows/rules.yml").read_text(encoding="utf-8")
    )
    steps = workflow["jobs"]["check"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0
    assert any("riskapi rules changelog --check" in step.get("run", "") for step in steps)
