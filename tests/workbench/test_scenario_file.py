from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.errors import Problem, RuleError
from riskapi.rules import Status
from riskapi.workbench.scenario_file import Scenario, read_scenarios

TEXT = """\
title: Deals for tests
as_of: 2026-11-22
scenarios:
  - name: one-deal
    parties: [Alpha, Beta]
    foreign_party: Alpha
    deal: {type: licence, market_countries: [US, NO]}
    expect:
      fired: [us.test.law.stake]
      gates: []
      higher_than:
        another-deal: it asks for less
  - name: another-deal
    like: one-deal
    as_of: 2020-02-29
    deal: {type: joint_venture}
    expect:
      not_fired:
        - us.test.law.stake
      score_between: [0, 50]
"""


def read(folder: Path, text: str = TEXT, name: str = "deals.yaml") -> dict[str, Scenario]:
    (folder / name).write_text(text, encoding="utf-8")
    return {item.name: item for item in read_scenarios(folder)}


def refused(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(RuleError) as caught:
        read(folder, text)
    return list(caught.value.problems)


def test_a_scenario_is_a_question_with_what_is_expected(tmp_path: Path) -> None:
    scenario = read(tmp_path)["one-deal"]
    assert scenario.question == {
        "parties": ["Alpha", "Beta"],
        "deal": {"type": "licence", "market_countries": ["US", "NO"]},
        "as_of": "2026-11-22",
        "foreign_party": "Alpha",
    }
    assert (dict(scenario.rules), scenario.gates) == ({"us.test.law.stake": Status.FIRED}, frozenset())


def test_a_scenario_takes_over_the_deal_that_it_is_like_but_not_what_is_expected(tmp_path: Path) -> None:
    scenario = read(tmp_path)["another-deal"]
    assert scenario.question["parties"] == ["Alpha", "Beta"]
    assert scenario.question["deal"] == {"type": "joint_venture", "market_countries": ["US", "NO"]}
    assert (scenario.as_of, scenario.gates) == (date(2020, 2, 29), None)
    assert (scenario.score_between, scenario.higher_than) == ((0, 50), {})


def test_each_expectation_has_its_line(tmp_path: Path) -> None:
    scenarios, lines = read(tmp_path), TEXT.splitlines()
    assert "another-deal: it asks" in lines[scenarios["one-deal"].line_of("another-deal") - 1]
    assert "- us.test.law.stake" in lines[scenarios["another-deal"].line_of("us.test.law.stake") - 1]
    assert "score_between" in lines[scenarios["another-deal"].line_of("score_between") - 1]


def test_a_country_stays_text(tmp_path: Path) -> None:
    assert read(tmp_path)["one-deal"].question["deal"]["market_countries"][1] == "NO"


@pytest.mark.parametrize(
    ("before", "after", "code", "at", "words"),
    [
        ("like: one-deal", "like: one-deel", "scenario-unknown", "like: one-deel", "did you mean `one-deal`"),
        ("like: one-deal", "like: another-deal", "scenario-unknown", "like: another-deal", "builds upon itself"),
        ("another-deal: it", "no-deal: it", "scenario-unknown", "no-deal: it", "there is no scenario `no-deal`"),
        ("    parties: [Alpha, Beta]\n", "", "missing-field", "- name: one-deal", "`parties` of one-deal is missing"),
        ("as_of: 2026-11-22\n", "", "missing-field", "- name: one-deal", "`as_of` of one-deal is missing"),
        ("as_of: 2020-02-29", "as_of: 29.2.2020", "bad-value", "29.2.2020", "dates are written as"),
        ("[Alpha, Beta]", "[Alpha]", "bad-value", "[Alpha]", ""),
        ("fired: [us", "fierd: [us", "unknown-field", "fierd", "did you mean `fired`"),
        ("[0, 50]", "[50, 0]", "bad-value", "not_fired", "lies above"),
        ("gates: []", "gates: [ban]", "bad-value", "[ban]", "not one of prohibition"),
        ("it asks for less", "", "empty-field", "another-deal:", "is empty"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, code: str, at: str, words: str
) -> None:
    assert before in TEXT
    text = TEXT.replace(before, after, 1)
    found = refused(tmp_path, text)
    assert [(item.code, item.file) for item in found[:1]] == [(code, "deals.yaml")]
    lines = text.splitlines()
    assert any(at in lines[(item.line or 1) - 1] for item in found)
    assert words in f"{found[0].detail} {found[0].hint or ''}"


def test_a_name_that_stands_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    again = TEXT[TEXT.index("  - name: one-deal") : TEXT.index("  - name: another-deal")]
    (problem,) = refused(tmp_path, TEXT + again)
    assert (problem.code, problem.line) == ("duplicate-scenario", len(TEXT.splitlines()) + 1)


def test_a_scenario_that_expects_nothing_is_refused(tmp_path: Path) -> None:
    text = TEXT.replace(
        "      not_fired:\n        - us.test.law.stake\n      score_between: [0, 50]\n", "      fired: []\n"
    )
    assert "nothing is expected" in refused(tmp_path, text)[0].detail


def test_a_rule_that_is_expected_twice_is_refused(tmp_path: Path) -> None:
    text = TEXT.replace("      gates: []\n", "      undetermined: [us.test.law.stake]\n")
    assert "`us.test.law.stake` is expected twice" in refused(tmp_path, text)[0].detail


def test_a_name_that_another_file_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    found = refused(tmp_path, TEXT)
    assert {item.code for item in found} == {"duplicate-scenario"}
    assert "also in a.yaml:4" in found[0].detail


def test_all_files_are_told_of_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("title: [\n", encoding="utf-8")
    assert {item.file for item in refused(tmp_path, TEXT.replace("fired:", "fierd:"))} == {"a.yaml", "deals.yaml"}
