"""A table goes to a workbook and back without a trace; edits arrive, and a broken cell is told by sheet and cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from riskapi.errors import RuleError
from riskapi.rules import load_file
from riskapi.settings import Settings
from riskapi.workbench.table_file import find_tables
from riskapi.workbench.table_import import imported, new_texts
from riskapi.workbench.table_reading import read_workbook
from riskapi.workbench.table_sheets import workbook_of
from tests.rules.table_files import CSV_NAME, CSV_ROWS, IN_CSV, NAME, TABLE, changed, line_of
from tests.shipped import shipped_vocabulary
from tests.workbench.table_books import EXAMPLES, SHEET, VOCABULARY, edited, exported, read_back, tables_in


def cell(sheet: str, place: str, value: Any, number_format: str | None = None) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][place] = value
        if number_format:
            book[sheet][place].number_format = number_format

    return change


def text_after(folder: Path, change: Callable[[Workbook], None], text: str = TABLE) -> str:
    """The rule file after an import of the changed workbook."""
    files = read_back(edited(exported(folder, text), change), folder).files
    return files[folder / NAME].decode("utf-8")


def refused(folder: Path, change: Callable[[Workbook], None], text: str = TABLE) -> list[str]:
    """Where and why an import refuses the changed workbook."""
    path = edited(exported(folder, text), change)
    with pytest.raises(RuleError) as caught:
        read_back(path, folder)
    return [f"{problem.place()} {problem.code}" for problem in caught.value.problems]


@pytest.mark.parametrize(("text", "csv"), [(TABLE, None), (IN_CSV, CSV_ROWS), (IN_CSV, CSV_ROWS.replace("\n", "\r\n"))])
def test_an_unchanged_workbook_changes_no_byte(text: str, csv: str | None, tmp_path: Path) -> None:
    found = read_back(exported(tmp_path / "a", text, csv), tmp_path / "a")
    assert (found.files, found.changes) == ({}, ())


_WORDS = (
    st.text(
        st.characters(
            codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co", "Cn"), exclude_characters="\ufeff"
        ),
        min_size=1,
        max_size=20,
    )
    .map(str.strip)
    .filter(bool)
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=_WORDS,
    share=st.integers(0, 1000),
    points=st.integers(1, 400),
    day=st.dates(date(2024, 1, 1), date(2025, 6, 1)),
)
def test_whatever_a_table_holds_comes_back_as_the_same_bytes(
    rate: str, share: int, points: int, day: date, tmp_path: Path
) -> None:
    text = changed(
        ("row.rate: 10}", f"row.rate: {json.dumps(rate, ensure_ascii=False)}}}"),
        ("row.rate: 20}", f"row.rate: {json.dumps('=' + rate, ensure_ascii=False)}}}"),
        ("[0.3..0.5)", f"{share / 10}%"),
        ("points: 4", f"points: {points / 4}"),
        ("from: 2024-01-01", f"from: {day}"),
    )
    folder = tmp_path / "a"
    path = exported(folder, text)
    read = read_workbook(path, {table.id: table for table in tables_in(folder)}, VOCABULARY)
    assert new_texts(read, VOCABULARY) == {}


def test_a_changed_cell_changes_its_cell_only(tmp_path: Path) -> None:
    after = text_after(tmp_path / "a", cell(SHEET, "F3", 8))
    assert after == TABLE.replace("points: 5", "points: 8")


@pytest.mark.parametrize(
    ("place", "value", "number_format", "written"),
    [
        ("C3", 0.2, "0%", "deal.stake: 20%"),
        ("C3", 0.2, "General", "deal.stake: 0.2"),
        ("C3", 0.1 + 0.1, "0.00%", "deal.stake: 20%"),
        ("C3", ">= 20% ", None, 'deal.stake: ">= 20%"'),
        ("D3", datetime(2026, 1, 1), "dd/mm/yyyy", "from: 2026-01-01"),  # noqa: DTZ001  # a spreadsheet has no zones
        ("G3", "=1+1 is text", "@", 'row.rate: "=1+1 is text"'),
        ("B3", "licence\u00a0 ", None, "deal.type: licence"),
    ],
)
def test_what_people_type_is_understood(
    place: str, value: object, number_format: str | None, written: str, tmp_path: Path
) -> None:
    def change(book: Workbook) -> None:
        cell(SHEET, place, value, number_format)(book)
        if isinstance(value, str):
            book[SHEET][place].data_type = "s"
        book[EXAMPLES]["B4"] = None  # an empty cell too many
        book[SHEET]["F3"] = 9  # the row changes anyhow
        if "stake" in written:
            book[EXAMPLES]["C4"], book[EXAMPLES]["E4"] = 0.2, "second"

    after = text_after(tmp_path / "a", change)
    assert written in after.splitlines()[line_of(TABLE, "key: second") - 1]


def test_no_stays_the_country(tmp_path: Path) -> None:
    text = changed(
        ("points: 6,", "points: 6, deal.countries: US,"),
        ("type: joint_venture}, fires", "type: joint_venture, deal.countries: [US]}, fires"),
    )

    def change(book: Workbook) -> None:
        column = next(c.column_letter for c in book[SHEET][1] if c.value == "deal.countries")
        book[SHEET][f"{column}4"] = "NO"
        country = next(c.column_letter for c in book[EXAMPLES][1] if c.value == "deal.countries")
        book[EXAMPLES][f"{country}5"] = "NO"

    after = text_after(tmp_path / "a", change, text)
    assert "deal.countries: NO}" in after
    assert "deal.countries: [NO]" in after


def test_comments_and_the_rest_of_the_file_stay(tmp_path: Path) -> None:
    after = text_after(tmp_path / "a", cell(SHEET, "F3", 8))
    assert "# the first step\n" in after
    assert "row.rate: 20}  # now\n" in after


def test_a_deleted_row_and_its_examples_go(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[SHEET].delete_rows(4)
        book[EXAMPLES]["E5"] = "none"

    path = edited(exported(tmp_path / "a"), change)
    found = read_back(path, tmp_path / "a")
    after = found.files[tmp_path / "a" / NAME].decode()
    assert "venture" not in after.split("rows:")[1].split("unless:")[0]
    assert any("ids are permanent" in line for line in found.changes)


def test_an_added_row_with_its_examples_becomes_a_rule(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[SHEET].append(["none-yet", "licence", "< 20%", date(2026, 1, 1), None, 2, "5, or so"])
        book[EXAMPLES].append(["small", None, 0.1, "licence", "none-yet"])
        book[EXAMPLES].append(["not small", None, 0.2, "licence", "second"])

    folder = tmp_path / "a"
    path = edited(exported(folder), change)
    found = read_back(path, folder)
    (folder / NAME).write_bytes(found.files[folder / NAME])
    assert [rule.id for rule in load_file(folder / NAME, VOCABULARY)][-1] == "us.test.law.duty.none-yet"
    assert read_back(path, folder).files == {}


def test_rows_can_be_put_in_another_order(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        values = [c.value for c in book[SHEET][2]]
        book[SHEET].delete_rows(2)
        for number, value in enumerate(values, 1):
            book[SHEET].cell(4, number).value = value

    after = text_after(tmp_path / "a", change)
    assert line_of(after, "key: venture") < line_of(after, "# the first step") < line_of(after, "key: first")


def test_a_csv_file_is_changed_in_its_line_only(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    path = edited(exported(folder, IN_CSV, CSV_ROWS), cell(SHEET, "F3", 8))
    assert read_back(path, folder).files == {folder / CSV_NAME: CSV_ROWS.replace(",,5,20", ",,8,20").encode()}


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("B3", "licens", "unknown-code"),
        ("C3", "20..10", "bad-cell"),
        ("C3", ">= 0,2", "bad-cell"),
        ("C3", "=0.1*2", "bad-cell"),
        ("C3", date(2026, 3, 1), "bad-cell"),
        ("D3", 46023, "bad-cell"),
        ("D3", "1/1/2026", "bad-value"),
        ("F3", "five", "bad-value"),
        ("A3", "Second Row", "row-key"),
        ("A3", "first", "row-key"),
        ("C1", "deal.stak", "unknown-column"),
        ("J3", "lost", "unknown-column"),
    ],
)
def test_a_broken_cell_is_told_by_its_sheet_and_cell(place: str, value: object, code: str, tmp_path: Path) -> None:
    told = refused(tmp_path / "a", cell(SHEET, place, value, "General" if isinstance(value, int) else None))
    assert f"a.xlsx {SHEET}!{place} {code}" in told


def test_a_broken_example_is_told_by_its_sheet_and_cell(tmp_path: Path) -> None:
    assert refused(tmp_path / "a", cell(EXAMPLES, "D2", "licens")) == [f"a.xlsx {EXAMPLES}!D2 unknown-code"]
    assert refused(tmp_path / "b", cell(EXAMPLES, "E2", "frist"))[0].startswith(f"b.xlsx {EXAMPLES}!E2")


def test_a_row_that_contradicts_an_example_is_refused_with_the_example(tmp_path: Path) -> None:
    told = refused(tmp_path / "a", cell(SHEET, "C2", ">= 30%"))
    assert told == [f"a.xlsx {EXAMPLES}!A2 example-failed"]


def test_a_problem_of_the_rest_of_the_file_is_told_in_the_file(tmp_path: Path) -> None:
    told = refused(tmp_path / "a", cell(SHEET, "F3", 8), changed(("if_unknown: caution", "if_unknown: perhaps")))
    assert [line.split()[0] for line in told] == [f"{NAME}:{line_of(TABLE, 'if_unknown')}:17"]


def test_a_file_that_changed_since_the_export_is_not_overwritten_unasked(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    path = edited(exported(folder), cell(SHEET, "F3", 8))
    (folder / NAME).write_text(TABLE.replace("title: A law", "title: The law"), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        read_back(path, folder)
    assert [problem.code for problem in caught.value.problems] == ["table-changed"]
    assert b"title: The law" in read_back(path, folder, overwrite=True).files[folder / NAME]


def test_a_file_with_carriage_returns_keeps_them(tmp_path: Path) -> None:
    assert text_after(tmp_path / "a", cell(SHEET, "F3", 8), TABLE.replace("\n", "\r\n")) == TABLE.replace(
        "points: 5", "points: 8"
    ).replace("\n", "\r\n")


def test_what_changed_is_told_in_words(tmp_path: Path) -> None:
    path = edited(exported(tmp_path / "a"), cell(SHEET, "F3", 8))
    assert read_back(path, tmp_path / "a").changes == ("us.test.law.duty: row `second`: points: `5` becomes `8`",)


def test_nothing_is_written_by_reading(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    read_back(edited(exported(folder), cell(SHEET, "F3", 8)), folder)
    assert (folder / NAME).read_text(encoding="utf-8") == TABLE


def test_every_shipped_table_goes_through_a_workbook_without_a_trace(tmp_path: Path) -> None:
    vocabulary = shipped_vocabulary()
    tables = find_tables([Settings.from_environment({}).rules])
    assert len(tables) > 2
    workbook_of(tables, vocabulary).save(tmp_path / "all.xlsx")
    read = read_workbook(tmp_path / "all.xlsx", {table.id: table for table in tables}, vocabulary)
    found = imported(read, vocabulary)
    assert (len(read), found.files, found.changes) == (len(tables), {}, ())
