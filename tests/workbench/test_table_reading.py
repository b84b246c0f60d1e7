"""A workbook that cannot be read says why, and every cell that cannot, where."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from riskapi.errors import Problem, RuleError
from riskapi.workbench.table_reading import read_workbook
from tests.workbench.table_books import EXAMPLES, SHEET, VOCABULARY, edited, exported, tables_in


def problems(path: Path, folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(RuleError) as caught:
        read_workbook(path, {table.id: table for table in tables_in(folder)}, VOCABULARY)
    return caught.value.problems


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    exported(tmp_path / "a")
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    (found,) = problems(tmp_path / "x.xlsx", tmp_path / "a")
    assert (found.code, found.file) == ("bad-workbook", "x.xlsx")


def test_a_workbook_from_elsewhere_is_told(tmp_path: Path) -> None:
    exported(tmp_path / "a")
    Workbook().save(tmp_path / "x.xlsx")
    (found,) = problems(tmp_path / "x.xlsx", tmp_path / "a")
    assert "About" in found.detail


def test_a_renamed_sheet_and_an_unknown_table_are_told_together(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[SHEET].title = "mine"
        for row in book["About"].iter_rows():
            if row[0].value == EXAMPLES:
                row[2].value = "us.test.other"

    path = edited(exported(tmp_path / "a"), change)
    assert [found.code for found in problems(path, tmp_path / "a")] == ["bad-workbook", "bad-workbook"]


def test_empty_lines_between_and_below_are_no_rows(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[SHEET].insert_rows(3)
        book[SHEET]["B9"] = "  "

    path = edited(exported(tmp_path / "a"), change)
    (read,) = read_workbook(path, {table.id: table for table in tables_in(tmp_path / "a")}, VOCABULARY)
    assert [row.spot.name for row in read.rows.rows] == [f"{SHEET}!A2", f"{SHEET}!A4", f"{SHEET}!A5"]
