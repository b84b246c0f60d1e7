"""The examples inside rule files, run on the Python back end. Enters: rules. Leaves: a problem for each that fails."""

from __future__ import annotations

from collections.abc import Iterable

from riskapi.errors import Problem
from riskapi.language import determining, text, trace
from riskapi.rules.book import Example, Rule
from riskapi.rules.model import Status


def run_examples(rules: Iterable[Rule]) -> list[Problem]:
    """Problems of all examples whose outcome is not the expected one, with the sub-expressions that decided."""
    return [problem for rule in rules for example in rule.examples if (problem := _run(rule, example)) is not None]


def outcome(rule: Rule, example: Example) -> Status:
    """What the rule says of the example on its date; a rule that is not in force does not fire."""
    return rule.evaluate(example.facts) if rule.is_in_force(example.as_of) else Status.NOT_FIRED


def _run(rule: Rule, example: Example) -> Problem | None:
    found = outcome(rule, example)
    if found is example.expect:
        return None
    return Problem(
        code="example-failed",
        detail=f"{rule.id}: example `{example.name}` is {found}, {example.expect} was expected",
        file=rule.file,
        line=example.line,
        hint=_why(rule, example),
    )


def _why(rule: Rule, example: Example) -> str:
    if not rule.is_in_force(example.as_of):
        return f"the rule is not in force on {example.as_of}"
    words = {True: "true", False: "false", None: "not known"}
    atoms = determining(trace(rule.condition, example.facts))
    return "decided by: " + "; ".join(f"{text(atom.node)} is {words[atom.value]}" for atom in atoms)
