from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from riskapi.errors import Problem
from riskapi.workbench.verdicts import Kind, Verdict, as_json, as_junit, of_examples
from tests.rules.rule_files import load, small_vocabulary, spoiled

GOOD = Verdict(kind=Kind.EXAMPLE, group="us.a.b", name="a quarter", file="us/us.a.yaml", line=7)
BAD = Verdict(
    kind=Kind.SCENARIO,
    group="deals.yaml",
    name="one-deal",
    file="deals.yaml",
    line=3,
    problems=(
        Problem(code="scenario-failed", detail="a < b & \x1b[31m", file="deals.yaml", line=4, hint="because"),
        Problem(code="scenario-failed", detail="second", file="deals.yaml", line=5),
    ),
)


def test_an_example_that_fails_says_where_it_stands_and_what_would_change_it(tmp_path: Path) -> None:
    rules = load(tmp_path, spoiled(("{name: less, given: {deal.stake: 0.24}", "{name: less, given: {deal.stake: 0.3}")))
    verdicts = of_examples(rules, small_vocabulary())
    assert [(item.name, item.passed) for item in verdicts] == [
        ("a quarter", True),
        ("less", False),
        ("not known", True),
    ]
    (problem,) = verdicts[1].problems
    assert (problem.code, problem.line) == ("example-failed", verdicts[1].line)
    assert "example `less` is fired, not_fired was expected" in problem.detail
    assert "deal.stake >= 0.25: true   (deal.stake: 30 %)" in (problem.hint or "")
    assert "would be not_fired with" in (problem.hint or "")


def test_json_counts_and_lists_every_verdict() -> None:
    told = json.loads(as_json([GOOD, BAD]))
    assert told["summary"] == {"examples": 1, "scenarios": 1, "failed": 1}
    assert [item["passed"] for item in told["results"]] == [True, False]
    assert [item["line"] for item in told["results"][1]["problems"]] == [4, 5]


def test_junit_has_a_suite_for_each_kind_and_a_failure_for_each_problem() -> None:
    root = ET.fromstring(as_junit([GOOD, BAD]))  # noqa: S314  # made here
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [suite.get("tests") for suite in root] == ["1", "1"]
    failures = root.findall("./testsuite/testcase[@name='one-deal']/failure")
    assert [item.get("message") for item in failures] == ["a < b & ?[31m", "second"]
    assert "deals.yaml:4" in (failures[0].text or "")


def test_junit_of_nothing_is_still_xml() -> None:
    assert ET.fromstring(as_junit([])).get("tests") == "0"  # noqa: S314  # made here
