from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from riskapi.backtest.cases import OutcomeClass, load_cases
from riskapi.errors import RequestError
from tests.backtest.synthetic import case, record, records, write


@pytest.mark.parametrize(
    ("announced", "as_of"),
    [("2016-03-01", date(2016, 2, 29)), ("2024-06", date(2024, 5, 31)), ("2011", date(2010, 12, 31))],
)
def test_the_question_is_of_the_day_before_the_earliest_announcement(announced: str, as_of: date) -> None:
    assert case(announced=announced).announcement.as_of == as_of


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("cleared", OutcomeClass.CLEARED),
        ("completed_without_known_review", OutcomeClass.CLEARED),
        ("cleared_with_conditions", OutcomeClass.CONDITIONS),
        ("prohibited", OutcomeClass.ADVERSE),
        ("forced_divestiture", OutcomeClass.ADVERSE),
        ("withdrawn_after_objection", OutcomeClass.ADVERSE),
        ("abandoned_pending_review", OutcomeClass.ADVERSE),
        ("abandoned_commercial", None),
        ("pending", None),
        ("report_denied", None),
    ],
)
def test_every_outcome_has_its_class_or_is_left_out(outcome: str, expected: OutcomeClass | None) -> None:
    assert case(outcome=outcome).outcome_class is expected


def test_a_good_file_has_no_problems_and_keeps_its_order(tmp_path: Path) -> None:
    file = load_cases(write(tmp_path / "c.jsonl", *records()))
    assert file.problems == ()
    assert [item.case_id for item in file.cases] == [item["case_id"] for item in records()]


def problems_of(folder: Path, *lines: Any) -> list[tuple[str, int | None, str | None]]:
    file = load_cases(write(folder / "c.jsonl", *lines))
    return [(problem.code, problem.line, problem.field) for problem in file.problems]


def test_all_problems_are_told_with_line_and_field_and_the_good_records_stay(tmp_path: Path) -> None:
    bad = record(1, outcome="blocked", stake_pct=130, announced="last year")
    found = problems_of(tmp_path, record(0), bad, "", "{not json", "[1]", record(2, foreign_party={"country": "China"}))
    assert sorted(found, key=str) == sorted(
        [
            ("case-invalid", 2, "stake_pct"),
            ("case-invalid", 2, "announced"),
            ("case-invalid", 2, "outcome"),
            ("json-syntax", 4, None),
            ("wrong-type", 5, None),
            ("case-invalid", 6, "foreign_party.country"),
        ],
        key=str,
    )
    assert [item.case_id for item in load_cases(tmp_path / "c.jsonl").cases] == ["invented-00"]


def test_a_misspelt_outcome_is_answered_with_the_near_one(tmp_path: Path) -> None:
    file = load_cases(write(tmp_path / "c.jsonl", record(0), record(1, outcome="prohibitd")))
    assert "prohibited" in (file.problems[0].hint or "")


def test_a_case_that_stands_there_twice_counts_once(tmp_path: Path) -> None:
    assert problems_of(tmp_path, record(0), record(0)) == [("duplicate-case", 2, "case_id")]
    assert len(load_cases(tmp_path / "c.jsonl").cases) == 1


@pytest.mark.parametrize("value", ["true", 1, "yes"])
def test_a_sensitivity_is_true_false_or_not_known(tmp_path: Path, value: object) -> None:
    bad = record(1, sensitivities={"critical_technology": value})
    assert problems_of(tmp_path, record(0), bad) == [("case-invalid", 2, "sensitivities.critical_technology")]


def test_unknown_in_words_is_not_known() -> None:
    foreign = {"state_ownership": "unknown", "ultimate_owner_country": "", "lists_at_announcement": None}
    party = case(foreign_party=foreign).announcement.foreign_party
    assert (party.state_ownership, party.ultimate_owner_country, party.lists_at_announcement) == (None, None, ())


def test_the_owner_country_is_that_of_the_seat_where_the_owner_is_not_known() -> None:
    assert case(foreign_party={"country": "SG", "ultimate_owner_country": "CN"}).owner_country == "CN"
    assert case(foreign_party={"country": "SG", "ultimate_owner_country": None}).owner_country == "SG"


def test_further_fields_are_passed_over(tmp_path: Path) -> None:
    assert problems_of(tmp_path, {**record(0), "remark": "more"}) == []


def test_a_line_separator_inside_a_text_does_not_part_a_record(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    text = record(0, title="one\u2028two")
    write(path, str(text).replace("'", '"').replace("None", "null").replace("True", "true").replace("False", "false"))
    assert load_cases(path).problems == ()


def test_the_version_names_the_content(tmp_path: Path) -> None:
    first = load_cases(write(tmp_path / "a.jsonl", record(0)))
    same = load_cases(write(tmp_path / "b.jsonl", record(0)))
    other = load_cases(write(tmp_path / "c.jsonl", record(0, title="Other")))
    assert first.version == same.version != other.version


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"{}\n", b"\xff\xfe"])
def test_a_file_without_a_case_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RequestError) as raised:
        load_cases(path)
    assert all(problem.file == str(path) for problem in raised.value.problems)
