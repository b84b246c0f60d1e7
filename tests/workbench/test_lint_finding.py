from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.rules.source import Path_
from riskapi.workbench.lint_finding import EXPLANATIONS, Finding, Severity, Spots
from tests.rules.rule_files import VALID, load


@pytest.mark.parametrize(
    ("path", "text"),
    [(("where", "large"), "large:"), (("in_force", 0), "in_force:"), (("when",), "when:"), (("nowhere",), "- id:")],
)
def test_a_finding_stands_on_the_line_of_its_field_or_of_the_rule(tmp_path: Path, path: Path_, text: str) -> None:
    (rule,) = load(tmp_path)
    found = Spots(tmp_path).in_rule("never-fires", rule, path, "detail")
    assert text in VALID.splitlines()[(found.line or 0) - 1]
    assert (found.file, found.rule, found.severity) == ("us.test.law.yaml", rule.id, Severity.ERROR)


def test_the_second_rule_of_a_file_has_lines_of_its_own(tmp_path: Path) -> None:
    text = VALID + VALID[VALID.index("  - id:") :].replace("us.test.law.stake", "us.test.law.second")
    found = [Spots(tmp_path).in_rule("never-fires", rule, ("when",), "detail").line for rule in load(tmp_path, text)]
    assert found == [index for index, line in enumerate(text.splitlines(), 1) if "when:" in line]


def test_a_finding_of_a_file_stands_on_the_line_of_the_field(tmp_path: Path) -> None:
    (rule,) = load(tmp_path)
    found = Spots(tmp_path).in_file("check-stale", rule.instrument, ("checked",), "detail")
    assert VALID.splitlines()[(found.line or 0) - 1].startswith("checked:")


def test_advice_is_the_hint_or_that_of_the_code() -> None:
    def advice(code: str, hint: str | None) -> str:
        return Finding(code=code, severity=Severity.ERROR, detail="", hint=hint).advice

    assert advice("never-fires", None) == EXPLANATIONS["never-fires"].mend
    assert (advice("never-fires", "do this"), advice("of-loading", None)) == ("do this", "")
