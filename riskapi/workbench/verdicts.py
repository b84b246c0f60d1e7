"""What tests of rules found: one verdict for each example and scenario in; JSON and JUnit XML out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from riskapi.errors import Problem
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules import Example, Rule
from riskapi.rules.examples import outcome
from riskapi.workbench.failure import why_not


class Kind(StrEnum):
    """What was tested."""

    EXAMPLE = "example"
    SCENARIO = "scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One example or scenario, with what went against it; `group` is the rule of an example, the file of a scenario."""

    kind: Kind
    group: str
    name: str
    file: str
    line: int
    problems: tuple[Problem, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems


def of_examples(rules: Iterable[Rule], vocabulary: Vocabulary) -> tuple[Verdict, ...]:
    """Run every example of the rules."""
    return tuple(_of_example(rule, example, vocabulary) for rule in rules for example in rule.examples)


def _of_example(rule: Rule, example: Example, vocabulary: Vocabulary) -> Verdict:
    found = outcome(rule, example)
    problems: tuple[Problem, ...] = ()
    if found is not example.expect:
        problem = Problem(
            code="example-failed",
            detail=f"{rule.id}: example `{example.name}` is {found}, {example.expect} was expected",
            file=rule.file,
            line=example.line,
            hint="\n".join(why_not(rule, example.facts, example.as_of, example.expect, vocabulary)),
        )
        problems = (problem,)
    return Verdict(
        kind=Kind.EXAMPLE, group=rule.id, name=example.name, file=rule.file, line=example.line, problems=problems
    )


def as_json(verdicts: Sequence[Verdict]) -> str:
    """Counts, and each verdict with its problems."""
    counts = {f"{kind.value}s": sum(item.kind is kind for item in verdicts) for kind in Kind}
    data = {
        "summary": {**counts, "failed": sum(not item.passed for item in verdicts)},
        "results": [_data(item) for item in verdicts],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def _data(item: Verdict) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "group": item.group,
        "name": item.name,
        "file": item.file,
        "line": item.line,
        "passed": item.passed,
        "problems": [
            {"code": found.code, "detail": found.detail, "file": found.file, "line": found.line, "hint": found.hint}
            for found in item.problems
        ],
    }


def as_junit(verdicts: Sequence[Verdict]) -> str:
    """JUnit XML, as CI systems read it: one suite for examples and one for scenarios. No times: equal runs, equal text."""
    root = Element("testsuites", _counts(verdicts))
    for kind in Kind:
        own = [item for item in verdicts if item.kind is kind]
        if own:
            suite = SubElement(root, "testsuite", {"name": f"riskapi rules test: {kind.value}s", **_counts(own)})
            for item in own:
                _case(suite, item)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _counts(verdicts: Sequence[Verdict]) -> dict[str, str]:
    failed = sum(not item.passed for item in verdicts)
    return {"tests": str(len(verdicts)), "failures": str(failed), "errors": "0", "skipped": "0"}


def _case(suite: Element, item: Verdict) -> None:
    place = {"classname": item.group, "name": item.name, "file": item.file, "line": str(item.line)}
    case = SubElement(suite, "testcase", {key: _plain(value) for key, value in place.items()})
    for problem in item.problems:
        told = {"message": _plain(problem.detail), "type": problem.code}
        SubElement(case, "failure", told).text = _plain(str(problem))


def _plain(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(sign if sign in "\t\n" or " " <= sign < "\ud800" or sign > "\udfff" else "?" for sign in text)
