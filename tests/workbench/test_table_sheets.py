"""The workbook of a table is one that an expert can work in, and runs nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook

from riskapi.workbench.table_sheets import state_of
from tests.rules.table_files import CSV_NAME, CSV_ROWS, IN_CSV, TABLE, changed
from tests.workbench.table_books import EXAMPLES, SHEET, exported, tables_in


def opened(folder: Path, text: str = TABLE) -> Workbook:
    return load_workbook(exported(folder, text))


def test_rows_and_examples_have_a_sheet_each_beside_explanations(tmp_path: Path) -> None:
    book = opened(tmp_path / "a")
    assert book.sheetnames == ["About", SHEET, EXAMPLES, "Columns", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    told = {(row[0], row[1]) for row in book["Columns"].iter_rows(min_row=2, values_only=True)}
    assert {(SHEET, cell.value) for cell in book[SHEET][1]} <= told


def test_numbers_and_days_are_typed(tmp_path: Path) -> None:
    row = [cell.value for cell in opened(tmp_path / "a")[SHEET][2]]
    assert row == ["first", "licence", ">= 25%", datetime(2024, 1, 1), datetime(2025, 12, 31), 4, "10"]  # noqa: DTZ001


def test_enumerated_columns_have_drop_downs_and_the_head_stays(tmp_path: Path) -> None:
    page = opened(tmp_path / "a", changed(("points: 6,", "points: 6, gate: tariff,")))[SHEET]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in page.data_validations.dataValidation}
    assert page.freeze_panes == "B2"
    assert rules["B2"].showErrorMessage is False  # a test such as `not licence` may be typed
    assert rules["H2"].showErrorMessage is True  # a gate is one of the list


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    text = changed(("row.rate: 10}", 'row.rate: "=cmd|calc!A1"}'), ("row.rate: 20}", 'row.rate: "+1"}'))
    cells = [cell for page in opened(tmp_path / "a", text) for row in page.iter_rows() for cell in row]
    assert "=cmd|calc!A1" in [cell.value for cell in cells]
    assert [cell for cell in cells if cell.data_type == "f"] == []


def test_long_ids_have_names_of_sheets_that_a_spreadsheet_takes(tmp_path: Path) -> None:
    names = opened(tmp_path / "a", changed(("id: us.test.law.duty", f"id: us.test.law.{'x' * 60}"))).sheetnames
    assert all(len(name) <= 31 for name in names)
    assert len(set(names)) == len(names)


def test_the_state_follows_the_rule_file_and_the_csv_file(tmp_path: Path) -> None:
    exported(tmp_path / "a", IN_CSV, CSV_ROWS)
    before = state_of(tables_in(tmp_path / "a")[0])
    (tmp_path / "a" / CSV_NAME).write_text(CSV_ROWS + "\n", encoding="utf-8")
    assert state_of(tables_in(tmp_path / "a")[0]) != before
