from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.workbench.lint_dates import dates_of, dates_of_rule, sources_twice
from riskapi.workbench.lint_finding import Severity, Spots
from tests.rules.rule_files import load, spoiled
from tests.workbench.tiny_rules import STAKES, tiny

BEFORE = "2019-12-31 not_fired: {deal.stake: 0.5}"


def found(folder: Path, spans: str, *examples: str) -> list[tuple[str, Severity]]:
    rule = tiny(folder, "deal.stake >= 0.25", [*STAKES, *examples], spans=spans)
    return [(item.detail, item.severity) for item in dates_of_rule(rule, Spots(folder))]


def codes(folder: Path, text: str) -> list[str]:
    (rule,) = load(folder, text)
    return [item.code for item in dates_of_rule(rule, Spots(folder)) if item.severity is not Severity.NOTE]


def test_examples_on_both_sides_leave_nothing_to_say(tmp_path: Path) -> None:
    assert found(tmp_path, "[{from: 2020-01-01}]", BEFORE) == []


def test_the_start_of_a_rule_in_force_is_a_note_that_of_a_later_one_a_warning(tmp_path: Path) -> None:
    assert found(tmp_path, "[{from: 2020-01-01}]") == [("no example has a day before 2020-01-01", Severity.NOTE)]
    assert found(tmp_path, "[{from: 2027-01-01}]") == [
        ("no example has a day from 2027-01-01 to now", Severity.WARNING)
    ]


def test_an_end_and_a_suspension_need_both_sides(tmp_path: Path) -> None:
    ended, suspended = (
        "[{from: 2020-01-01, to: 2026-12-31}]",
        "[{from: 2020-01-01, to: 2021-12-31}, {from: 2026-01-01}]",
    )
    assert found(tmp_path, ended, BEFORE) == [("no example has a day after 2026-12-31", Severity.WARNING)]
    assert found(tmp_path, ended, BEFORE, "2027-01-01 not_fired: {}") == []
    inside = "2021-12-31 fired: {deal.stake: 0.5}"
    assert [detail for detail, _ in found(tmp_path, suspended, BEFORE, inside)] == [
        "no example has a day after 2021-12-31",
        "no example has a day before 2026-01-01",
    ]
    assert found(tmp_path, suspended, BEFORE, inside, "2022-01-01 not_fired: {}") == []


@pytest.mark.parametrize(
    ("days", "missing"), [(("2026-12-31", "2027-01-01"), None), (("2026-12-31",), "true"), (("2027-01-01",), "false")]
)
def test_a_date_in_a_condition_needs_both_sides(tmp_path: Path, days: tuple[str, ...], missing: str | None) -> None:
    examples = [
        f"- {{name: {status} {day}, given: {{deal.stake: 0.5, deal.signed_on: {day}}}, expect: {status}}}"
        for status in ("fired", "not_fired", "undetermined")
        for day in days
    ]
    comparison = "deal.signed_on >= date '2027-01-01'"
    rule = tiny(tmp_path, f"deal.stake >= 0.25 and {comparison}", examples)
    told = [item.detail for item in dates_of_rule(rule, Spots(tmp_path)) if item.severity is Severity.WARNING]
    assert told == ([f"no example makes `{comparison}` {missing}"] if missing else [])


@pytest.mark.parametrize("day", ["1899-12-31", "2037-01-01", "2205-03-17"])
def test_a_day_that_cannot_be_meant_is_told(tmp_path: Path, day: str) -> None:
    assert "implausible-date" in codes(tmp_path, spoiled(("from: 2020-01-01", f"from: {day}")))


@pytest.mark.parametrize("day", ["1900-01-01", "2036-12-31"])
def test_days_up_to_the_bounds_are_plausible(tmp_path: Path, day: str) -> None:
    assert "implausible-date" not in codes(tmp_path, spoiled(("from: 2020-01-01", f"from: {day}")))


@pytest.mark.parametrize(
    ("span", "severities"),
    [
        ("{from: 2020-01-01, published: 2019-12-31}", []),
        ("{from: 2020-01-01, published: 2020-01-01}", []),
        ("{from: 2020-01-01, published: 2020-01-31}", [Severity.NOTE]),
        ("{from: 2020-01-01, published: 2020-02-01}", [Severity.WARNING]),
        ("{from: 2020-01-01, published: 2020-02-01, note: reaches back}", []),
    ],
)
def test_a_rule_that_begins_before_it_was_published_needs_a_note(
    tmp_path: Path, span: str, severities: list[Severity]
) -> None:
    (rule,) = load(tmp_path, spoiled(("{from: 2020-01-01}", span)))
    found = [item.severity for item in dates_of_rule(rule, Spots(tmp_path)) if item.code == "published-late"]
    assert found == severities


@pytest.mark.parametrize(
    ("notes", "count"), [(("", ""), 1), (("a", "a"), 1), (("a", ""), 1), (("", "a"), 0), (("a", "b"), 0)]
)
def test_a_source_that_stands_there_already_is_told(tmp_path: Path, notes: tuple[str, str], count: int) -> None:
    line = "  - {url: https://example.org/law, retrieved: 2026-11-22}\n"
    lines = "".join(line.replace("22}", f"22, note: {note}}}") if note else line for note in notes)
    (rule,) = load(tmp_path, spoiled((line, lines)))
    found = list(sources_twice(rule.instrument, Spots(tmp_path)))
    assert ([item.line for item in found], len(found)) == ([8] * count, count)


def test_a_gate_of_low_confidence_needs_a_note(tmp_path: Path) -> None:
    low, gate = ("confidence: high", "confidence: low"), ("points: 10", "points: 10, gate: prohibition")
    note = ("confidence: high", "confidence: low\nnotes: the annex was not seen")
    assert codes(tmp_path, spoiled(low, gate)) == ["low-confidence-gate"]
    assert [codes(tmp_path, spoiled(*changes)) for changes in ((low,), (gate,), (note, gate))] == [[], [], []]


def test_a_source_read_after_the_check_is_told(tmp_path: Path) -> None:
    (rule,) = load(tmp_path, spoiled(("checked: {on: 2026-11-22", "checked: {on: 2026-11-21")))
    (told,) = dates_of(rule.instrument, Spots(tmp_path), today=None, stale_days=None)
    assert (told.code, told.line) == ("source-after-check", 7)


def test_a_check_is_stale_once_it_is_older_than_allowed(tmp_path: Path) -> None:
    (rule,) = load(tmp_path)

    def told(today: date, days: int | None) -> list[str]:
        return [item.code for item in dates_of(rule.instrument, Spots(tmp_path), today=today, stale_days=days)]

    assert told(date(2026, 12, 22), 30) == []
    assert told(date(2026, 12, 23), 30) == ["check-stale"]
    assert told(date(2036, 12, 23), None) == []
