"""A field of a rule is found on its line, also where the rule is the row of a table."""

from __future__ import annotations

from pathlib import Path

from riskapi.workbench.places import Places
from tests.rules.table_files import CSV_NAME, CSV_ROWS, IN_CSV, NAME, TABLE, line_of, load


def test_a_field_of_a_row_is_on_the_line_of_the_row_and_a_shared_one_on_its_own(tmp_path: Path) -> None:
    rule = load(tmp_path)["second"]
    places = Places(tmp_path)
    assert rule.file == NAME
    assert places.line(rule, ("effect", "points")) == line_of(TABLE, "key: second")
    assert places.line(rule, ("because",)) == line_of(TABLE, 'because: "')
    assert places.line(rule, ("unless", "lifted")) == line_of(TABLE, "lifted:")


def test_a_field_of_a_row_in_a_csv_file_is_on_the_line_that_names_the_file(tmp_path: Path) -> None:
    rule = load(tmp_path, IN_CSV, CSV_ROWS)["second"]
    assert Places(tmp_path).line(rule, ("effect", "points")) == line_of(IN_CSV, CSV_NAME)
