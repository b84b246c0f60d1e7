"""Mistakes that authors make, each put into a copy of a shipped rule: which command catches it, where, and in what words.

Every case names the line by the text that stands there, so that the shipped file may grow. What no command can know is at
the end: it is caught by whoever reads `rules diff`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from riskapi.cli.main import app
from tests.docs.pages import ROOT

FILE = "de/de.awv.yaml"
RULE = "de.awv.any-25"
THRESHOLD = "a_quarter: deal.foreign_stake >= 0.25"
SPAN = "in_force: [{from: 2013-09-01}]"
WHEN = "when: from_outside and shares_here and a_quarter"
OUTSIDE = "'eu' not in foreign.control_groups and foreign.control_country not in ('IS', 'LI', 'NO', 'CH')"
JUST_UNDER = "- {name: just under, given:"
SOURCES = "sources:\n"


@dataclass(frozen=True, slots=True)
class Seed:
    """A mistake: what it is, the text before and after, and who says what about the line that holds `at`."""

    name: str
    before: str
    after: str
    command: str
    code: str
    at: str
    words: tuple[str, ...]


SEEDS = (
    Seed("threshold shifted", THRESHOLD, THRESHOLD.replace("0.25", "0.30"), "test", "example-failed",
         "- {name: a quarter,", ("is not_fired, fired was expected", "decided by: deal.foreign_stake >= 0.3 is false")),
    Seed("from `at least` to `more than`", THRESHOLD, THRESHOLD.replace(">=", ">"), "test", "example-failed",
         "- {name: a quarter,", ("`a quarter` is not_fired", "decided by: deal.foreign_stake > 0.25 is false")),
    Seed("and made or", WHEN, WHEN.replace("shares_here and a_quarter", "(shares_here or a_quarter)"), "test",
         "example-failed", JUST_UNDER, ("`just under` is fired, not_fired was expected", "decided by:")),
    Seed("country dropped from an exception", OUTSIDE, OUTSIDE.replace(", 'CH'", ""), "test", "example-failed",
         "but foreign control country CH", ("is fired, not_fired was expected", "in ('IS', 'LI', 'NO') is false")),
    Seed("exception dropped", WHEN, WHEN.replace("from_outside and ", ""), "check", "unused-part",
         "from_outside: ", ("the part `from_outside` is used nowhere", "delete it, or use it in `when`")),
    Seed("the rest eaten as a comment", WHEN, WHEN.replace(" and a_quarter", " # and a_quarter"), "check", "unused-part",
         "a_quarter: ", ("the part `a_quarter` is used nowhere",)),
    Seed("wrong code", "'asset_purchase')", "'asset_sale')", "check", "unknown-code",
         "'asset_sale'", ("`asset_sale` is not a value of deal.type", "did you mean `asset_purchase`?")),
    Seed("wrong code of a country group", "'eu' not in", "'eea' not in", "check", "unknown-code",
         "'eea' not in", ("`eea` is not a value of foreign.control_groups",)),
    Seed("fact misspelt", THRESHOLD, THRESHOLD.replace("stake", "steak"), "check", "unknown-fact",
         "deal.foreign_steak", ("there is no fact `deal.foreign_steak`", "did you mean `deal.foreign_stake`")),
    Seed("percent for a share", THRESHOLD, THRESHOLD.replace("0.25", "25"), "check", "never-true",
         ">= 25", ("can never be true", "values lie between 0 and 1")),
    Seed("percent for a share in an example", "deal.foreign_stake: 0.249}", "deal.foreign_stake: 24.9}", "check",
         "out-of-range", "24.9", ("24.9", "between 0 and 1")),
    Seed("spans that share a day", SPAN, "in_force: [{from: 2013-09-01, to: 2026-12-31}, {from: 2026-12-31}]", "check",
         "bad-value", "{from: 2026-12-31}", ("spans from 2013-09-01 and from 2026-12-31 overlap",)),
    Seed("last day before the first", SPAN, "in_force: [{from: 2013-09-01, to: 2012-12-31}]", "check", "bad-value",
         "to: 2012-12-31", ("`to` lies before `from`",)),
    Seed("first day a day late", SPAN, SPAN.replace("09-01", "09-02"), "test", "example-failed",
         "first day in force (2013-09-01)", ("not_fired, fired was expected", "not in force on 2013-09-01")),
    Seed("a day that no calendar has", SPAN, SPAN.replace("09-01", "09-31"), "check", "bad-value",
         "2013-09-31", ("2013-09-31",)),
    Seed("sign of the points", "points: 2", "points: -2", "check", "bad-value",
         f"id: {RULE}", ("kind aggravating must be above 0, not -2",)),
    Seed("field misspelt", "group: any.review", "gruop: any.review", "check", "unknown-field",
         "gruop", ("there is no field `gruop` here", "did you mean `group`?")),
    Seed("colon in a title", "title: A quarter of", "title: A quarter: of", "check", "yaml-syntax",
         "title: A quarter: of", ("not valid YAML", "needs quotation marks around the whole")),
    Seed("host for foreign", OUTSIDE, OUTSIDE.replace("foreign.", "host."), "test", "example-failed",
         "- {name: a quarter,", ("is undetermined, fired was expected", "'eu' in host.control_groups is not known")),
    Seed("unknown slot in the sentence", "here {foreign.name}", "here {foreign.nmae}", "check", "bad-template",
         "{foreign.nmae}", ("there is no fact `foreign.nmae`", "did you mean `foreign.name`")),
    Seed("brace left open", "here {foreign.name}", "here {foreign.name", "check", "bad-template",
         "here {foreign.name", ("the braces do not fit",)),
)  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped file, alone in a rule book."""
    (tmp_path / "de").mkdir()
    shutil.copy(ROOT / "rules" / FILE, tmp_path / FILE)
    shutil.copy(ROOT / "rules/scorecard.yaml", tmp_path)
    monkeypatch.setenv("RISKAPI_RULES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path / FILE


def seed(file: Path, before: str, after: str) -> None:
    """Write the mistake into the rule, at the first place that has the text."""
    head, mark, tail = file.read_text(encoding="utf-8").partition(f"  - id: {RULE}\n")
    assert before in tail, f"the shipped rule no longer has: {before}"
    file.write_text(head + mark + tail.replace(before, after, 1), encoding="utf-8")


def line_of(file: Path, text: str) -> int:
    """Where the text stands in the rule (or, for the rule itself, where it starts)."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"  - id: {RULE}")
    return next(number for number, line in enumerate(lines[start:], start + 1) if text in line)


def said(*arguments: str, code: int = 1) -> str:
    """What `riskapi rules` answers, on one line."""
    result = CliRunner().invoke(app, ["rules", *arguments], env={"COLUMNS": "240", "NO_COLOR": "1"})
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize("command", ["check", "test", "coverage", "mutate"])
def test_without_a_mistake_nothing_is_caught(copy: Path, command: str) -> None:
    said(command, FILE, code=0)


@pytest.mark.parametrize("mistake", SEEDS, ids=lambda mistake: mistake.name)
def test_a_mistake_is_caught_where_it_is_with_what_to_do(copy: Path, mistake: Seed) -> None:
    seed(copy, mistake.before, mistake.after)
    if mistake.command != "check":
        said("check", FILE, code=0)
    answer = said(mistake.command, FILE)
    assert f"[{mistake.code}]" in answer
    assert f"{FILE}:{line_of(copy, mistake.at)}" in answer
    assert [words for words in mistake.words if words not in answer] == []


def test_a_source_that_is_missing_is_caught(copy: Path) -> None:
    text = copy.read_text(encoding="utf-8")
    head, rest = text[: text.index(SOURCES)], text[text.index("checked: ") :]
    copy.write_text(head + rest, encoding="utf-8")
    answer = said("check", FILE)
    assert f"{FILE}:1" in answer
    assert "`sources` is missing [missing-field]" in answer


def test_an_id_that_another_rule_has_is_caught(copy: Path) -> None:
    text = copy.read_text(encoding="utf-8").replace("id: de.awv.defence-10", f"id: {RULE}")
    copy.write_text(text, encoding="utf-8")
    second = [number for number, line in enumerate(text.splitlines(), 1) if line == f"  - id: {RULE}"][1]
    answer = said("check")
    assert f"{FILE}:{second}: `{RULE}` is also in {FILE} [duplicate-rule] ids are permanent and unique" in answer


def without_example(file: Path, start: str) -> None:
    """Delete the one-line example of the rule that starts so."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    del lines[line_of(file, start) - 1]
    file.write_text("".join(lines), encoding="utf-8")


def test_a_deleted_example_below_the_threshold_is_missed_by_coverage_and_mutants(copy: Path) -> None:
    without_example(copy, JUST_UNDER)
    place = f"{FILE}:{line_of(copy, THRESHOLD)}: {RULE}:"
    assert f"{place} no example: `deal.foreign_stake >= 0.25` is false" in said("coverage", FILE)
    answer = said("mutate", FILE, "--min-killed", "100")
    assert f"{place} threshold moved: `deal.foreign_stake >= 0.25` as `deal.foreign_stake >= 0.249` goes unn" in answer
    assert "foreign stake 24.9 %" in answer  # the example that would notice is proposed


def test_a_deleted_example_of_the_first_day_is_missed_by_mutants(copy: Path) -> None:
    without_example(copy, "first day in force (2013-09-01)")
    answer = said("mutate", FILE, "--min-killed", "100")
    assert f"{FILE}:{line_of(copy, SPAN)}: {RULE}: in force moved:" in answer
    assert "as_of: 2013-09-01" in answer


def test_examples_without_an_undetermined_one_are_refused(copy: Path) -> None:
    for start in ("- {name: share not told,", "- {name: nothing known,"):
        without_example(copy, start)
    answer = said("check", FILE)
    assert "[missing-example]" in answer
    assert f"{FILE}:{line_of(copy, '- {name: a quarter,')}" in answer
    assert "undetermined" in answer


def test_the_code_of_norway_stays_a_code_and_what_yaml_makes_of_it_is_refused(copy: Path) -> None:
    assert "foreign.control_country: NO," in copy.read_text(encoding="utf-8")
    said("test", FILE, code=0)
    seed(copy, "foreign.control_country: NO,", "foreign.control_country: false,")
    answer = said("check", FILE)
    assert "`false` is not a value of foreign.control_country" in answer
    assert f"{FILE}:{line_of(copy, 'foreign.control_country: false')}" in answer


def test_a_wrong_group_is_told_by_the_check_of_the_whole_book_and_shown_by_the_diff(copy: Path, tmp_path: Path) -> None:
    before = tmp_path / ".before"
    shutil.copytree(tmp_path, before)
    seed(copy, "group: any.review", "group: any.reveiw")
    assert "only this rule is in the group `any.reveiw`; was `any.review` meant? [lone-group]" in said("check", code=0)
    assert f"{RULE}: A quarter of any German business" in (answer := said("diff", str(before), "--no-impact", code=0))
    assert "group: any.review becomes any.reveiw" in answer
