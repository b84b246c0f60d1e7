"""The tables of a folder are found with their rows and examples as text."""

from __future__ import annotations

from pathlib import Path

from riskapi.workbench.table_file import find_tables
from tests.rules.rule_files import VALID
from tests.rules.table_files import CSV_NAME, CSV_ROWS, IN_CSV, TABLE, write


def test_rows_are_found_in_the_file_and_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "a" / "us", TABLE)
    write(tmp_path / "b" / "us", IN_CSV, CSV_ROWS)
    inside, beside = find_tables([tmp_path / "a", tmp_path / "b"])
    assert (inside.id, inside.instrument, inside.shown) == ("us.test.law.duty", "us.test.law", "us/us.test.law.yaml")
    assert (inside.csv, beside.csv) == (None, tmp_path / "b" / "us" / CSV_NAME)
    assert [row.text("key") for row in inside.rows.rows] == [row.text("key") for row in beside.rows.rows]


def test_examples_have_a_column_for_every_fact_that_one_of_them_gives(tmp_path: Path) -> None:
    write(tmp_path, TABLE.replace("{deal.stake: 0.5,", "{deal.stake: null, deal.codes: [],"))
    (table,) = find_tables([tmp_path])
    headers = ["name", "as_of", "deal.stake", "deal.type", "deal.codes", "fires", "undetermined"]
    assert list(table.examples.headers) == headers
    texts = [[row.text(header) for header in headers] for row in table.examples.rows]
    assert texts[0] == ["then", "2025-12-31", "0.25", "licence", "", "first", ""]
    assert texts[4] == ["half", "", "unknown", "joint_venture", "none", "none", ""]
    assert texts[5] == ["nothing told", "2025-06-30, 2026-06-30", "", "", "", "", "all"]


def test_files_without_a_table_have_none(tmp_path: Path) -> None:
    write(tmp_path, VALID)
    assert find_tables([tmp_path]) == []
