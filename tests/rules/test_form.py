from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.rules.form import WANTED
from riskapi.rules.model import FIELDS
from tests.rules.rule_files import problems, spoiled


@pytest.mark.parametrize(
    ("before", "after", "detail", "hint"),
    [
        ("points: 10", "points: ", "`effect.points` in us.test.law.stake is empty", "a number"),
        ("title: Large stakes", "title:", "`title` in us.test.law.stake is empty", "a short text"),
        ("from: 2020-01-01", "from: ", "`in_force.from` in us.test.law.stake is empty", "written as 2027-01-31"),
        ("title: A law for tests", "title:", "`title` is empty", "a short text"),
    ],
)
def test_an_empty_field_is_named_with_its_rule_and_what_belongs_there(
    tmp_path: Path, before: str, after: str, detail: str, hint: str
) -> None:
    (problem,) = problems(tmp_path, spoiled((before, after)))
    assert (problem.code, problem.detail) == ("empty-field", detail)
    assert hint in (problem.hint or "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("points: 10", "points: ten"),
        ("points: 10", "points: [10]"),
        ("points: 10", "points: 101"),
        ("kind: aggravating", "kind: Aggravating"),
        ("from: 2020-01-01", "from: 2020-02-30"),
        ("from: 2020-01-01", "from: soon"),
        ("[{from: 2020-01-01}]", "2020-01-01"),
        ("[{from: 2020-01-01}]", "[2020-01-01]"),
        ("title: Large stakes", "title: [a, b]"),
        ("id: us.test.law.stake", "id: US Test"),
        ("https://example.org/law", "example.org/law"),
        ("jurisdiction: US", "jurisdiction: usa"),
        ("{pillar: threat, points: 10, why: because}", "threat"),
        ("deal.stake: 0.24", "deal.stake: {a: 1}"),
        ("unless: {lifted: deal.licensed}", "unless: [deal.licensed]"),
    ],
)
def test_no_message_speaks_of_types_of_programs(tmp_path: Path, before: str, after: str) -> None:
    words = {"string", "input", "none", "tuple", "dict", "valid", "instance", "model", "enum", "parse", "pattern"}
    for problem in problems(tmp_path, spoiled((before, after))):
        said = f"{problem.detail} {problem.hint or ''}".lower().replace("`", " ").split()
        assert not words & {word.strip(".,:;()") for word in said}


def test_one_wrong_value_is_told_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, spoiled(("deal.stake: 0.24", "deal.stake: {a: 1}")))) == 1


def test_every_field_that_may_be_empty_by_mistake_is_described() -> None:
    assert set(FIELDS) - set(WANTED) == set()
