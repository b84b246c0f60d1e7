from __future__ import annotations

from pathlib import Path

from riskapi.workbench.lint_layers import needless_overrides, of_layers, stale_changes
from tests.rules.layer_files import ANOTHER, EXTENDS, LAW, STAKE, book, layer, of_base, replacement
from tests.rules.rule_files import VALID, write


def test_a_stale_override_is_told_with_what_changed_and_what_the_layer_says_now(tmp_path: Path) -> None:
    text = replacement(of_base(tmp_path), **{"points:_10": "points: 20"})
    house = layer(tmp_path / "house", {LAW: text})
    assert list(stale_changes(book(tmp_path, house))) == []
    write(tmp_path / "base", VALID.replace("0.25", "0.3").replace("from: 2020-01-01", "from: 2020-02-01"), LAW)
    (finding,) = stale_changes(book(tmp_path, house))
    assert (finding.code, finding.rule, finding.line) == ("override-stale", STAKE, 5)
    assert (finding.file or "").endswith(f"house/rules/{LAW}")
    assert "since then its condition and dates changed" in finding.detail
    assert "points: `+20` in place of `+10`" in finding.detail
    assert "from 2020-01-01" in finding.detail
    assert finding.advice.endswith(f"`of: {_now(tmp_path)}`")


def _now(folder: Path) -> str:
    from riskapi.rules.fingerprint import fingerprint

    (rule,) = book(folder).rules
    return fingerprint(rule)


def test_a_stale_switching_off_is_told_too(tmp_path: Path) -> None:
    text = f"extends: us.test.law\ndisables: [{{rule: {STAKE}, of: {of_base(tmp_path)}, reason: x}}]\n"
    house = layer(tmp_path / "house", {LAW: text, "us/us.other.law.yaml": VALID.replace("us.test", "us.other")})
    write(tmp_path / "base", VALID.replace("points: 10", "points: 12"), LAW)
    (finding,) = stale_changes(book(tmp_path, house))
    assert "its effect changed" in finding.detail


def test_an_override_that_says_the_same_is_needless(tmp_path: Path) -> None:
    same = layer(tmp_path / "same", {LAW: replacement(of_base(tmp_path), Large_stakes="Big stakes")})
    other = layer(tmp_path / "other", {LAW: replacement(of_base(tmp_path), **{"points:_10": "points: 20"})})
    assert [item.code for item in needless_overrides(book(tmp_path, same))] == ["override-needless"]
    assert list(needless_overrides(book(tmp_path, other))) == []


def test_findings_below_are_the_business_of_others(tmp_path: Path) -> None:
    from riskapi.workbench.lint_finding import Finding, Severity

    found = book(tmp_path, layer(tmp_path / "house", {LAW: f"{EXTENDS}rules:\n{ANOTHER}"}))
    findings = [Finding(code="x", severity=Severity.NOTE, detail="", file=rule.file) for rule in found.rules]
    own = [rule for rule in found.rules if rule.layer == "house"]
    assert [item.file for item in of_layers(findings, own)] == [own[0].file]
