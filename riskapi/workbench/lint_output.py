"""Findings for machines: findings in, JSON, SARIF 2.1.0 or annotations of GitHub out. Paths come in as they shall be shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from riskapi.workbench.lint_finding import EXPLANATIONS, Finding, Severity

_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ANNOTATION = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
#: Where a file of a finding lies for the reader of the output.
Paths = Callable[[str], str]


def as_json(findings: Sequence[Finding], path: Paths) -> str:
    """Counts by severity, and each finding with its place."""
    counts = Counter(item.severity for item in findings)
    data = {
        "summary": {severity.value: counts[severity] for severity in Severity},
        "findings": [
            {
                "code": item.code,
                "severity": item.severity.value,
                "detail": item.detail,
                "hint": item.advice or None,
                "file": path(item.file) if item.file else None,
                "line": item.line,
                "column": item.column,
                "rule": item.rule,
                "field": item.field,
                "fix": _fix(item),
            }
            for item in findings
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def _fix(item: Finding) -> dict[str, Any] | None:
    """What would mend it, with the pieces that change (line and column count from 1; the end lies behind the last)."""
    if item.fix is None:
        return None
    pieces = [
        {
            "start": {"line": piece.start[0], "column": piece.start[1]},
            "end": {"line": piece.end[0], "column": piece.end[1]},
            "text": piece.text,
        }
        for piece in item.replacements
    ]
    return {"description": item.fix, "safe": item.fix_is_safe, "replacements": pieces}


def as_sarif(findings: Sequence[Finding], path: Paths, version: str) -> str:
    """One run in SARIF 2.1.0; every code that was found is described once."""
    codes = list(dict.fromkeys(item.code for item in findings))
    driver = {"name": "riskapi rules check", "version": version, "rules": [_sarif_rule(code) for code in codes]}
    results = [_sarif_result(item, codes.index(item.code), path) for item in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_rule(code: str) -> dict[str, Any]:
    told = EXPLANATIONS.get(code)
    if told is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": told.meaning},
        "help": {"text": f"{told.mend}\n\nBad: {told.bad}\nGood: {told.good}"},
        "defaultConfiguration": {"level": told.severity.value},
    }


def _sarif_result(item: Finding, index: int, path: Paths) -> dict[str, Any]:
    text = f"{item.detail}. {item.advice}" if item.advice else item.detail
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": item.severity.value,
        "message": {"text": text},
    }
    if item.file:
        place: dict[str, Any] = {"artifactLocation": {"uri": path(item.file)}}
        if item.line:
            place["region"] = {"startLine": item.line} | ({"startColumn": item.column} if item.column else {})
        result["locations"] = [{"physicalLocation": place}]
        if item.fix is not None and item.replacements:
            result["fixes"] = [_sarif_fix(item, item.fix, place["artifactLocation"])]
    return result


def _sarif_fix(item: Finding, said: str, file: dict[str, Any]) -> dict[str, Any]:
    pieces = [
        {
            "deletedRegion": {
                "startLine": piece.start[0],
                "startColumn": piece.start[1],
                "endLine": piece.end[0],
                "endColumn": piece.end[1],
            },
            "insertedContent": {"text": piece.text},
        }
        for piece in item.replacements
    ]
    words = said if item.fix_is_safe else f"{said} (a proposal: it may change what the rule says)"
    change = {"artifactLocation": file, "replacements": pieces}
    return {"description": {"text": words}, "artifactChanges": [change]}


def as_annotations(findings: Sequence[Finding], path: Paths) -> str:
    """One workflow command of GitHub a line, shown beside the line of the file in a pull request."""
    return "\n".join(_annotation(item, path) for item in findings)


def _annotation(item: Finding, path: Paths) -> str:
    place = {"file": path(item.file) if item.file else None, "line": item.line, "col": item.column, "title": item.code}
    told = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in place.items() if value is not None)
    text = f"{item.detail}\n{item.advice}" if item.advice else item.detail
    return f"::{_ANNOTATION[item.severity]} {told}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for sign in ("%", "\r", "\n", *more):
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
