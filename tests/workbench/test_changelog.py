from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.rules import SemanticVersion
from riskapi.workbench.changelog import HEAD, new_entry, problems_of, read_entries, with_entry
from riskapi.workbench.diff_base import Sides
from tests.cli.world import RULE
from tests.workbench.rule_states import SECOND, edited, sides

DAY = date(2026, 11, 22)
BASE = SemanticVersion(1, 4, 0)
NEXT = SemanticVersion(1, 5, 0)


def entry_of(found: Sides, version: SemanticVersion = NEXT) -> str:
    return new_entry(found.diff, (found.base.book, found.after), version, DAY)


@pytest.fixture
def moved(tmp_path: Path) -> Sides:
    """The threshold and the title of the rule changed."""
    after = edited(RULE, (">= 0.25", ">= 0.3"), ("0.5}", "0.6}"), ("title: A quarter", "title: Three tenths"))
    return sides(tmp_path, (RULE,), (after,))


def test_a_changed_rule_is_told_with_its_instrument_citation_and_both_states(moved: Sides) -> None:
    assert entry_of(moved) == (
        "## [1.5.0] - 2026-11-22\n"
        "\n"
        "### Changed\n"
        "\n"
        "- **Test instrument** (`us.test`; Act of Tests, part 7)\n"
        "  - `us.test.foreign-share`: Three tenths or more goes abroad (Act of Tests, section 7.1)\n"
        "    - comparisons: `deal.foreign_stake >= 0.25` becomes `deal.foreign_stake >= 0.3`\n"
        "    - texts or examples: title, examples\n"
    )


def test_added_and_removed_rules_stand_in_their_sections(tmp_path: Path) -> None:
    text = entry_of(sides(tmp_path, (RULE,), (SECOND,)))
    added, removed = text.split("### Removed")
    assert "### Added" in added
    assert "`us.other.foreign-share`" in added
    assert "prohibition, +10 points, in force from 2020-01-01" in added
    assert "`us.test.foreign-share`" in removed
    assert "Act of Tests, section 7.1" in removed
    assert "### Changed" not in text


def test_particulars_of_an_instrument_are_named(tmp_path: Path) -> None:
    text = entry_of(sides(tmp_path, (RULE,), (edited(RULE, ("authority: Test", "authority: Best")),)))
    assert "- **Test instrument** (`us.test`; Act of Tests, part 7)\n  - particulars: authority\n" in text


def test_texts_of_rules_cannot_mark_up_the_entry(tmp_path: Path) -> None:
    after = edited(
        RULE, ("title: A quarter", 'title: "<b>@all</b> [x](http://y) A quarter'), ("goes abroad", 'goes abroad"')
    )
    text = entry_of(sides(tmp_path, (RULE,), (after,)))
    assert "<b>" not in text
    assert "@all" not in text
    assert "[x]" not in text


def test_a_long_citation_is_cut_visibly(tmp_path: Path) -> None:
    long = edited(SECOND, ("citation: Act of Tests, part 7", "citation: " + "Act of Tests " * 40))
    head = next(line for line in entry_of(sides(tmp_path, (RULE,), (RULE, long))).splitlines() if "us.other`;" in line)
    assert head.endswith("...)")


def test_the_entry_about_a_base_without_a_version_counts_the_whole_book(tmp_path: Path) -> None:
    text = entry_of(sides(tmp_path, (RULE,), (RULE, SECOND), None, "1.0.0"), SemanticVersion(1, 0, 0))
    assert "- The first rule book: 2 rules of 2 instruments, of 1 jurisdiction." in text
    assert "  - United States (US): 2 instruments, 2 rules (2 prohibition)" in text
    assert "us.test" not in text


def test_a_first_entry_makes_the_changelog(moved: Sides) -> None:
    text = with_entry("", entry_of(moved), BASE)
    assert text.startswith(HEAD)
    assert text.endswith(entry_of(moved))


def test_an_entry_goes_above_those_of_the_base(moved: Sides) -> None:
    old = f"{HEAD}\n## [1.4.0] - 2026-01-01\n\n### Added\n\n- old\n"
    text = with_entry(old, entry_of(moved), BASE)
    assert [entry.version for entry in read_entries(text)[1]] == [NEXT, BASE]
    assert text.endswith("## [1.4.0] - 2026-01-01\n\n### Added\n\n- old\n")


def test_writing_twice_gives_the_same_text(moved: Sides) -> None:
    once = with_entry(f"{HEAD}\n## [1.4.0] - 2026-01-01\n\n- old\n", entry_of(moved), BASE)
    assert with_entry(once, entry_of(moved), BASE) == once


def test_an_entry_newer_than_the_base_is_replaced_and_its_remarks_stay(moved: Sides) -> None:
    draft = f"{HEAD}\n## [1.4.1] - 2026-11-01\n\nStakes of 25 to 30 percent\nare free.\n\n### Changed\n\n- draft\n"
    text = with_entry(draft, entry_of(moved), BASE)
    assert "draft" not in text
    assert "## [1.5.0] - 2026-11-22\n\nStakes of 25 to 30 percent\nare free.\n\n### Changed\n" in text
    assert with_entry(text, entry_of(moved), BASE) == text


def test_rules_that_changed_without_version_and_changelog_are_found(moved: Sides) -> None:
    problems = problems_of(moved.diff, f"{HEAD}\n## [1.4.0] - 2026-01-01\n", "main")
    assert [problem.code for problem in problems] == ["version-behind", "changelog-behind"]
    assert "1.4.0 is stated" in problems[0].detail
    assert "1.5.0 or higher" in problems[0].detail
    assert "`us.test.foreign-share`" in problems[1].detail
    assert "riskapi rules changelog main --write" in (problems[0].hint or "")


@pytest.mark.parametrize("stated", ["1.5.0", "1.6.0", "2.0.0"])
def test_a_version_that_is_high_enough_with_its_entry_is_fine(tmp_path: Path, stated: str) -> None:
    found = sides(tmp_path, (RULE,), (edited(RULE, ("points: 10", "points: 11")),), "1.4.0", stated)
    text = with_entry("", entry_of(found, SemanticVersion.parse(stated) or BASE), BASE)
    assert problems_of(found.diff, text, "main") == []


def test_a_version_that_is_too_low_for_the_step_is_found(tmp_path: Path) -> None:
    found = sides(tmp_path, (RULE,), (edited(RULE, ("points: 10", "points: 11")),), "1.4.0", "1.4.1")
    text = with_entry("", entry_of(found, SemanticVersion(1, 4, 1)), BASE)
    assert [problem.code for problem in problems_of(found.diff, text, "main")] == ["version-behind"]


def test_a_version_without_an_entry_is_found(tmp_path: Path) -> None:
    found = sides(tmp_path, (RULE,), (RULE,), "1.4.0", "1.5.0")
    (problem,) = problems_of(found.diff, HEAD, "main")
    assert (problem.code, problem.detail) == ("changelog-behind", "there is no entry for 1.5.0")


def test_a_rule_that_changed_after_the_entry_was_written_is_found(tmp_path: Path) -> None:
    early = sides(tmp_path / "early", (RULE,), (edited(RULE, ("points: 10", "points: 11")),))
    late = sides(tmp_path / "late", (RULE,), (edited(RULE, ("points: 10", "points: 11")), SECOND), "1.4.0", "1.5.0")
    (problem,) = problems_of(late.diff, with_entry("", entry_of(early), BASE), "main")
    assert problem.code == "changelog-behind"
    assert "`us.other.foreign-share`" in problem.detail
    assert "us.test.foreign-share" not in problem.detail


def test_a_version_may_not_go_back(tmp_path: Path) -> None:
    found = sides(tmp_path, (RULE,), (RULE,), "1.4.0", "1.3.0")
    assert [problem.code for problem in problems_of(found.diff, HEAD, "main")] == ["version-behind"]


def test_rules_that_say_the_same_need_nothing(tmp_path: Path) -> None:
    found = sides(tmp_path, (RULE,), (edited(RULE, ("rules:\n", "# a remark\nrules:\n")),))
    assert problems_of(found.diff, "", "main") == []
