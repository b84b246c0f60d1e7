"""Tables are exported and read back from the command line; a workbook that is not clean changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from riskapi.settings import Settings
from tests.cli.program import flat, run
from tests.rules.table_files import TABLE

#: The table for tests, over facts that are shipped.
TEXT = (
    TABLE.replace("deal.stake", "deal.foreign_stake")
    .replace("deal.licensed", "deal.heavy_vehicles")
    .replace("us.test.law", "us.test-law")
)
NAME = "us.test-law.duty"


@pytest.fixture
def file(small: Settings) -> Path:
    path = small.rules / "us" / "us.test-law.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def workbook(file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "duty.xlsx"
    assert run("rules", "table", "export", NAME, "--out", str(path)).exit_code == 0
    return path


def change(path: Path, place: str, value: int | str) -> None:
    book = load_workbook(path)
    book[NAME][place] = value
    book.save(path)


def test_tables_are_listed(file: Path) -> None:
    assert f"{NAME}  3 rows, 6 examples  us/us.test-law.yaml" in run("rules", "table", "list").stdout


@pytest.mark.parametrize("name", [NAME, f"{NAME}.first", "us.test-law"])
def test_a_table_is_found_by_its_own_id_that_of_a_row_and_that_of_its_instrument(
    name: str, file: Path, tmp_path: Path
) -> None:
    result = run("rules", "table", "export", name, "--out", str(tmp_path / "x.xlsx"))
    assert (result.exit_code, "1 tables, 3 rows" in result.stdout) == (0, True)


def test_a_workbook_that_is_there_is_not_overwritten(workbook: Path) -> None:
    before = workbook.read_bytes()
    result = run("rules", "table", "export", NAME, "--out", str(workbook))
    assert (result.exit_code, workbook.read_bytes() == before) == (2, True)


def test_an_unknown_table_names_near_ones(file: Path, tmp_path: Path) -> None:
    result = run("rules", "table", "export", "us.test-law.duti", "--out", str(tmp_path / "x.xlsx"))
    assert (result.exit_code, f"`{NAME}`" in flat(result.stderr)) == (2, True)


def test_an_unchanged_workbook_changes_nothing(workbook: Path, file: Path) -> None:
    result = run("rules", "table", "import", str(workbook), "--write")
    assert (result.exit_code, "nothing to change" in result.stdout) == (0, True)
    assert file.read_text(encoding="utf-8") == TEXT


def test_a_clean_workbook_changes_the_file_only_when_told_to(workbook: Path, file: Path) -> None:
    change(workbook, "F3", 8)
    told = run("rules", "table", "import", str(workbook), "--check").stdout
    assert f"{NAME}: row `second`: points: `5` becomes `8`" in told
    assert file.read_text(encoding="utf-8") == TEXT
    assert run("rules", "table", "import", str(workbook), "--write").exit_code == 0
    assert file.read_text(encoding="utf-8") == TEXT.replace("points: 5", "points: 8")


def test_a_broken_cell_is_told_and_nothing_is_written(workbook: Path, file: Path) -> None:
    change(workbook, "B3", "licens")
    result = run("rules", "table", "import", str(workbook), "--write")
    assert result.exit_code == 1
    assert f"duty.xlsx {NAME}!B3: `licens` is not a value of deal.type" in flat(result.stderr)
    assert file.read_text(encoding="utf-8") == TEXT


def test_options_that_contradict_each_other_and_missing_files_are_refused(workbook: Path) -> None:
    assert run("rules", "table", "import", str(workbook), "--check", "--write").exit_code == 2
    assert run("rules", "table", "import", "nothing.xlsx").exit_code == 2
