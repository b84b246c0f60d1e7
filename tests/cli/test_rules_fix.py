from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from riskapi.settings import Settings
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules

WRONG = RULE.replace("deal.foreign_stake >= 0.25", "deal.foreign_steak >= 25  # § 7").replace(
    "kind: aggravating", "kind: Aggravating"
)
RIGHT = RULE.replace("deal.foreign_stake >= 0.25", "deal.foreign_stake >= 0.25  # § 7")


def tidy(text: str) -> str:
    return text.strip("\n") + "\n"


def test_fix_corrects_the_file_says_what_it_did_and_checks_again(small: Settings) -> None:
    file = write_rules(small.rules, WRONG)
    result = run("rules", "check", "--fix")
    assert result.exit_code == 0, result.stderr
    assert file.read_text(encoding="utf-8") == tidy(RIGHT)
    line = 1 + next(index for index, text in enumerate(WRONG.splitlines()) if "steak" in text)
    assert (
        f"us/us.test.yaml:{line}: corrected: `deal.foreign_steak` is `deal.foreign_stake` [unknown-fact]"
        in result.stdout
    )
    assert "corrected: shares are fractions: 25 is 0.25 [never-true]" in result.stdout
    assert "corrections in 1 file; read them before you commit" in result.stdout
    assert result.stdout.endswith("1 files, 1 rules: no problems\n")


def test_a_book_that_was_mended_says_the_same_as_before_the_mistakes(small: Settings, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(small.rules, base)
    write_rules(small.rules, WRONG)
    run("rules", "check", "--fix")
    assert "The rule books say the same" in run("rules", "diff", str(base), "--no-impact").stdout


@pytest.mark.parametrize("arguments", [("--diff",), ("--fix", "--diff"), ("--fix", "--dry-run")])
def test_the_difference_is_shown_and_nothing_is_written(small: Settings, arguments: tuple[str, ...]) -> None:
    file = write_rules(small.rules, WRONG)
    result = run("rules", "check", *arguments)
    assert result.exit_code == 1
    assert file.read_text(encoding="utf-8") == WRONG
    assert "--- a/us/us.test.yaml\n+++ b/us/us.test.yaml\n" in result.stdout
    assert "+      large_share: deal.foreign_stake >= 0.25  # § 7" in result.stdout


def test_without_anything_to_correct_there_is_no_difference(small: Settings) -> None:
    write_rules(small.rules, tidy(RULE))
    result = run("rules", "check", "--diff")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing to correct" in run("rules", "check", "--fix").stdout


def test_what_has_no_one_right_correction_stays_and_still_fails(small: Settings) -> None:
    file = write_rules(small.rules, WRONG.replace("points: 10", "points: -10"))
    result = run("rules", "check", "--fix")
    assert result.exit_code == 1
    assert "points: -10" in file.read_text(encoding="utf-8")
    assert "kind aggravating must be above 0" in flat(result.stderr)


def test_a_proposal_is_made_only_when_it_is_asked_for(small: Settings) -> None:
    unused = RULE.replace("    when: large_share", "      other: deal.foreign_control\n    when: large_share")
    file = write_rules(small.rules, tidy(unused))
    result = run("rules", "check", "--fix")
    assert (result.exit_code, file.read_text(encoding="utf-8")) == (1, tidy(unused))
    assert "`--fix --unsafe` would write: the part `other` is taken out" in flat(result.stderr)
    assert run("rules", "check", "--fix", "--unsafe").exit_code == 0
    assert file.read_text(encoding="utf-8") == tidy(RULE)


def test_the_check_tells_what_fix_would_correct(small: Settings) -> None:
    write_rules(small.rules, WRONG)
    assert "`--fix` corrects it: `Aggravating` is `aggravating`" in flat(run("rules", "check").stderr)


def test_machines_get_the_correction_with_its_place(small: Settings) -> None:
    write_rules(small.rules, WRONG.replace("Aggravating", "aggravating"))
    (found,) = json.loads(run("rules", "check", "--format", "json").stdout)["findings"]
    line = 1 + next(index for index, text in enumerate(WRONG.splitlines()) if "steak" in text)
    (piece,) = found["fix"]["replacements"]
    assert (found["fix"]["safe"], piece["start"]["line"], piece["text"]) == (True, line, "deal.foreign_stake")
    (result,) = json.loads(run("rules", "check", "--format", "sarif").stdout)["runs"][0]["results"]
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert change["artifactLocation"] == place
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": line, "startColumn": 20, "endLine": line, "endColumn": 38},
            "insertedContent": {"text": "deal.foreign_stake"},
        }
    ]


def test_a_file_that_cannot_be_read_does_not_keep_another_from_being_corrected(small: Settings) -> None:
    file = write_rules(small.rules, WRONG)
    other = file.with_name("us.other.yaml")
    text = RULE.replace("us.test", "us.other").replace("citation: Act of Tests, part 7", "citation: 1 C.F.R. 1")
    other.write_text(text, encoding="utf-8")
    result = run("rules", "check", "--fix")
    assert (result.exit_code, "citation: 1 CFR 1\n" in other.read_text(encoding="utf-8")) == (0, True)
    assert "in 2 files; read them" in result.stdout


def test_one_file_is_corrected_alone(small: Settings) -> None:
    file = write_rules(small.rules, WRONG)
    other = file.with_name("us.other.yaml")
    other.write_text(WRONG.replace("us.test", "us.other"), encoding="utf-8")
    run("rules", "check", "--fix", str(file))
    assert "steak" not in file.read_text(encoding="utf-8")
    assert "steak" in other.read_text(encoding="utf-8")
