from __future__ import annotations

import json
from dataclasses import replace

from riskapi.workbench.lint_finding import EXPLANATIONS, Finding, Replacement, Severity
from riskapi.workbench.lint_output import as_annotations, as_json, as_sarif

IDLE = Finding(
    code="idle-condition", severity=Severity.WARNING, detail="`50%`\nis idle", file="us/a.yaml", line=7, rule="us.a.b"
)
UNUSED = Finding(code="fact-unused", severity=Severity.NOTE, detail="no rule uses `x`")
LOADING = Finding(
    code="yaml-syntax", severity=Severity.ERROR, detail="bad", file="us/b,c.yaml", line=3, column=5, hint="quote it"
)
FOUND = [IDLE, UNUSED, LOADING, IDLE]


def below(file: str) -> str:
    return f"rules/{file}"


def test_json_counts_and_lists_what_was_found() -> None:
    told = json.loads(as_json(FOUND, below))
    assert told["summary"] == {"error": 1, "warning": 2, "note": 1}
    assert told["findings"][0] == {
        "code": "idle-condition",
        "severity": "warning",
        "detail": "`50%`\nis idle",
        "hint": EXPLANATIONS["idle-condition"].mend,
        "file": "rules/us/a.yaml",
        "line": 7,
        "column": None,
        "rule": "us.a.b",
        "field": None,
        "fix": None,
    }
    assert [item["file"] for item in told["findings"][1:3]] == [None, "rules/us/b,c.yaml"]


def test_json_of_nothing_is_still_an_answer() -> None:
    assert json.loads(as_json([], below)) == {"summary": {"error": 0, "warning": 0, "note": 0}, "findings": []}


def test_sarif_describes_each_code_once_and_points_to_it() -> None:
    told = json.loads(as_sarif(FOUND, below, "1.2.3"))
    (run,) = told["runs"]
    driver = run["tool"]["driver"]
    assert (told["version"], driver["version"]) == ("2.1.0", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == ["idle-condition", "fact-unused", "yaml-syntax"]
    assert all(driver["rules"][item["ruleIndex"]]["id"] == item["ruleId"] for item in run["results"])
    assert [item["level"] for item in run["results"]] == ["warning", "note", "error", "warning"]


def test_sarif_gives_the_place_as_far_as_it_is_known() -> None:
    (run,) = json.loads(as_sarif(FOUND, below, "1"))["runs"]
    places = [item.get("locations") for item in run["results"]]
    assert places[0][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "rules/us/a.yaml"},
        "region": {"startLine": 7},
    }
    assert places[1] is None
    assert places[2][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}


def test_sarif_marks_a_correction_that_is_only_a_proposal() -> None:
    piece = Replacement((7, 3), (7, 9), "better")
    safe = replace(IDLE, fix="`worse` is `better`", fix_is_safe=True, replacements=(piece,))
    (run,) = json.loads(as_sarif([safe, replace(safe, fix_is_safe=False)], below, "1"))["runs"]
    texts = [item["fixes"][0]["description"]["text"] for item in run["results"]]
    assert texts == ["`worse` is `better`", "`worse` is `better` (a proposal: it may change what the rule says)"]
    (change,) = run["results"][0]["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["deletedRegion"] == {
        "startLine": 7, "startColumn": 3, "endLine": 7, "endColumn": 9,
    }  # fmt: skip


def test_annotations_are_one_line_each_with_signs_escaped() -> None:
    first, second, third, _ = as_annotations(FOUND, below).split("\n")
    mend = EXPLANATIONS["idle-condition"].mend
    assert first == f"::warning file=rules/us/a.yaml,line=7,title=idle-condition::`50%25`%0Ais idle%0A{mend}"
    assert second.startswith("::notice title=fact-unused::no rule uses `x`")
    assert third == "::error file=rules/us/b%2Cc.yaml,line=3,col=5,title=yaml-syntax::bad%0Aquote it"
