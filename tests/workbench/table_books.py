"""A workbook of a small table for tests: exported, changed as people change it, and read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook, load_workbook

from riskapi.workbench.table_file import TableFile, find_tables
from riskapi.workbench.table_import import Imported, imported
from riskapi.workbench.table_reading import read_workbook
from riskapi.workbench.table_sheets import workbook_of
from tests.rules.rule_files import small_vocabulary
from tests.rules.table_files import TABLE, write

SHEET, EXAMPLES = "us.test.law.duty", "us.test.law.duty examples"
VOCABULARY = small_vocabulary()


def tables_in(folder: Path) -> list[TableFile]:
    """The tables of a folder."""
    return find_tables([folder])


def exported(folder: Path, text: str = TABLE, csv: str | None = None) -> Path:
    """A workbook of a rule file in that folder."""
    write(folder, text, csv)
    path = folder.parent / f"{folder.name}.xlsx"
    workbook_of(tables_in(folder), VOCABULARY).save(path)
    return path


def edited(path: Path, change: Callable[[Workbook], None]) -> Path:
    """The workbook after somebody has worked in it."""
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path


def read_back(path: Path, folder: Path, *, overwrite: bool = False) -> Imported:
    """What an import makes of the workbook."""
    tables = {table.id: table for table in tables_in(folder)}
    return imported(read_workbook(path, tables, VOCABULARY), VOCABULARY, overwrite=overwrite)
