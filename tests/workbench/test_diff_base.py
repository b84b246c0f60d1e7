from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from riskapi.errors import RequestError, RuleError
from riskapi.settings import Settings
from riskapi.workbench.diff_base import base_folder, comparable, compared, load_base
from tests.cli.world import RULE, write_rules
from tests.shipped import shipped_vocabulary


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def scored(folder: Path, text: str = RULE) -> Path:
    """A rules folder with the shipped scorecard."""
    write_rules(folder, text)
    card = (Settings.from_environment({}).rules / "scorecard.yaml").read_text(encoding="utf-8")
    (folder / "scorecard.yaml").write_text(card, encoding="utf-8")
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Rules in `project/rules`, committed with 0.25 and changed to 0.3 since."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    rules = scored(tmp_path / "project" / "rules")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    scored(rules, RULE.replace("0.25", "0.3"))
    return rules


def test_a_revision_is_unpacked_beside_the_checkout(repository: Path) -> None:
    with base_folder("HEAD", repository) as folder:
        assert "0.25" in (folder / "us" / "us.test.yaml").read_text(encoding="utf-8")
        assert "0.3" in (repository / "us" / "us.test.yaml").read_text(encoding="utf-8")
    assert not folder.exists()


def test_rules_may_lie_at_the_top_of_their_repository(tmp_path: Path) -> None:
    rules = scored(tmp_path / "rules")
    git(rules, "init", "--quiet")
    git(rules, "add", ".")
    git(rules, "commit", "--quiet", "-m", "first")
    scored(rules, RULE.replace("0.25", "0.3"))
    with base_folder("HEAD", rules) as folder:
        assert "0.25" in (folder / "us" / "us.test.yaml").read_text(encoding="utf-8")


def test_a_branch_and_a_folder_are_bases_too(repository: Path) -> None:
    with base_folder("main", repository) as folder:
        assert load_base("main", folder, shipped_vocabulary()).book.by_id.keys() == {"us.test.foreign-share"}
    with base_folder(str(repository), repository) as folder:
        assert folder == repository


@pytest.mark.parametrize("name", ["nowhere", "--output=/dev/null", "HEAD~7"])
def test_an_unknown_revision_is_refused_with_what_to_name(repository: Path, name: str) -> None:
    with pytest.raises(RequestError, match="neither a folder nor a revision") as caught, base_folder(name, repository):
        pass
    assert "origin/main" in (caught.value.problems[0].hint or "")


def test_outside_a_repository_a_revision_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with (
        pytest.raises(RequestError, match="lies in no git repository"),
        base_folder("HEAD", scored(tmp_path / "rules")),
    ):
        pass


def test_a_revision_without_the_rules_folder_is_refused(repository: Path) -> None:
    with (
        pytest.raises(RequestError, match="has no folder `project/later`"),
        base_folder("HEAD", scored(repository.parent / "later")),
    ):
        pass


def test_a_file_that_todays_facts_cannot_read_is_left_out_on_both_sides(tmp_path: Path) -> None:
    old = scored(tmp_path / "old")
    (old / "us" / "us.test.yaml").write_text(RULE.replace("deal.foreign_stake >=", "deal.gone_fact >="), "utf-8")
    second = RULE.replace("us.test", "us.other")
    (old / "us" / "us.other.yaml").write_text(second, encoding="utf-8")
    new = scored(tmp_path / "new")
    (new / "us" / "us.other.yaml").write_text(second, encoding="utf-8")
    base = load_base("old", old, shipped_vocabulary())
    assert {problem.code for problem in base.unreadable} == {"unknown-fact"}
    kept = comparable(base, load_base("new", new, shipped_vocabulary()).book)
    assert kept.by_id.keys() == base.book.by_id.keys() == {"us.other.foreign-share"}


def test_a_base_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no rule file"):
        load_base("empty", tmp_path, shipped_vocabulary())


def test_a_file_that_did_not_change_is_compiled_once(tmp_path: Path) -> None:
    old, new = scored(tmp_path / "old"), scored(tmp_path / "new")
    found = compared(str(old), new, shipped_vocabulary())
    assert found.base.book.rules[0] is found.after.rules[0]
    assert found.diff.is_empty


def test_a_file_that_changed_is_compiled_from_its_own_state(tmp_path: Path) -> None:
    old, new = scored(tmp_path / "old"), scored(tmp_path / "new", RULE.replace("points: 10", "points: 12"))
    found = compared(str(old), new, shipped_vocabulary())
    assert [found.base.book.rules[0].points, found.after.rules[0].points] == [10, 12]


def test_both_versions_are_told(tmp_path: Path) -> None:
    old, new = scored(tmp_path / "old"), scored(tmp_path / "new")
    (old / "VERSION").write_text("1.4.0", encoding="utf-8")
    (new / "VERSION").write_text("1.5.0", encoding="utf-8")
    found = compared(str(old), new, shipped_vocabulary()).diff
    assert [str(number) for number in found.numbers] == ["1.4.0", "1.5.0"]
    assert [found.before[:6], found.after[:6]] == ["1.4.0+", "1.5.0+"]


TABLE = (
    RULE.replace("stake >= 0.25\n", "stake > 0\n")
    .replace("    effect:", "    table: {file: us.test.csv}\n    effect:")
    .replace("points: 10, ", "")
    .partition("    examples:")[0]
    + """\
    examples:
      - {name: all, given: {deal.foreign_stake: 0.5}, fires: [quarter, tenth]}
      - {name: none, given: {deal.foreign_stake: 0}, fires: []}
      - {name: not told, given: {}, undetermined: all}
"""
)


def tabled(folder: Path, *rows: str) -> Path:
    scored(folder, TABLE)
    lines = ["key,deal.foreign_stake,points", *rows]
    (folder / "us" / "us.test.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_change_of_a_table_beside_an_unchanged_rule_file_is_seen(tmp_path: Path) -> None:
    old = tabled(tmp_path / "old", "quarter,>= 0.25,10", "tenth,>= 0.1,4")
    new = tabled(tmp_path / "new", "quarter,>= 0.25,12", "tenth,>= 0.1,4")
    (change,) = compared(str(old), new, shipped_vocabulary()).diff.rules
    assert change.rule_id == "us.test.foreign-share.quarter"
    assert [(edit.field, edit.before, edit.after) for edit in change.edits] == [("points", "+10", "+12")]


def test_a_table_that_cannot_be_read_in_the_base_leaves_its_rules_out_on_both_sides(tmp_path: Path) -> None:
    old = tabled(tmp_path / "old", "quarter,much,10", "tenth,>= 0.1,4")
    new = tabled(tmp_path / "new", "quarter,>= 0.25,12", "tenth,>= 0.1,4")
    for folder in (old, new):
        (folder / "us" / "us.other.yaml").write_text(RULE.replace("us.test", "us.other"), encoding="utf-8")
    found = compared(str(old), new, shipped_vocabulary())
    assert found.diff.rules == ()
    assert found.diff.not_compared
