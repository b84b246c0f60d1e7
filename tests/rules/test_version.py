from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.errors import RuleError
from riskapi.rules import RuleBook, SemanticVersion, Step, content_version, load_rules
from riskapi.rules.version import UNVERSIONED, load_version
from riskapi.settings import Settings
from riskapi.workbench.changelog import CHANGELOG_FILE, read_entries
from tests.cli.world import write_rules
from tests.shipped import shipped_vocabulary, shipped_workspace


def book(folder: Path) -> RuleBook:
    return load_rules(folder, shipped_vocabulary())


def test_the_label_is_the_number_and_the_beginning_of_the_hash(tmp_path: Path) -> None:
    write_rules(tmp_path)
    (tmp_path / "VERSION").write_text("1.4.0\n", encoding="utf-8")
    assert book(tmp_path).label == f"1.4.0+{content_version(tmp_path)[:12]}"


def test_the_number_is_no_part_of_the_hash(tmp_path: Path) -> None:
    write_rules(tmp_path)
    before = book(tmp_path)
    (tmp_path / "VERSION").write_text("1.4.0\n", encoding="utf-8")
    after = book(tmp_path)
    assert after.version == before.version
    assert after.label != before.label


def test_rules_without_a_number_count_as_nought(tmp_path: Path) -> None:
    write_rules(tmp_path)
    assert book(tmp_path).number == UNVERSIONED
    assert book(tmp_path).label.startswith("0.0.0+")


@pytest.mark.parametrize(
    "text", ["", "1.4", "v1.4.0", "1.4.0-beta", "01.4.0", "1.4.0\n1.5.0", "1.4.\u0661", "1.4.9999999"]
)
def test_a_number_that_is_none_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    write_rules(tmp_path)
    (tmp_path / "VERSION").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        book(tmp_path)
    (problem,) = raised.value.problems
    assert (problem.code, problem.file, problem.line) == ("bad-version", "VERSION", 1)
    assert "1.4.0" in (problem.hint or "")


def test_a_bad_number_is_told_together_with_bad_rules(tmp_path: Path) -> None:
    path = write_rules(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("kind: aggravating", "kind: odd"), encoding="utf-8")
    (tmp_path / "VERSION").write_text("new", encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        book(tmp_path)
    assert {"bad-version", "bad-value"} <= {problem.code for problem in raised.value.problems}


@pytest.mark.parametrize(
    ("step", "after"), [(Step.MAJOR, "2.0.0"), (Step.MINOR, "1.5.0"), (Step.PATCH, "1.4.3"), (Step.NONE, "1.4.2")]
)
def test_a_step_sets_the_smaller_numbers_to_nought(step: Step, after: str) -> None:
    assert str(SemanticVersion(1, 4, 2).after(step)) == after


def test_versions_are_ordered_as_numbers() -> None:
    assert SemanticVersion(1, 10, 0) > SemanticVersion(1, 9, 9)


def test_the_shipped_rules_have_a_version_that_heads_their_changelog() -> None:
    rules = Settings.from_environment({}).rules
    _, entries = read_entries((rules / CHANGELOG_FILE).read_text(encoding="utf-8"))
    assert entries[0].version == load_version(rules) > UNVERSIONED
    assert [entry.version for entry in entries] == sorted((entry.version for entry in entries), reverse=True)


def test_an_answer_names_number_and_hash() -> None:
    workspace = shipped_workspace()
    number, _, content = workspace.versions.rule_set.partition("+")
    assert number == str(load_version(workspace.settings.rules))
    assert workspace.book.version.startswith(content)
    assert len(content) == 12
