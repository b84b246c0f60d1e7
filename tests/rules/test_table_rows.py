"""Rows of tables keep the place of every cell; a CSV file that cannot be read says where and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.rules.source import parse_source
from riskapi.rules.table_rows import read_csv, rows_inside, rows_of_csv


def test_cells_of_a_csv_file_keep_line_and_column() -> None:
    grid = rows_of_csv('key,deal.type\n\n"a","b\nc"\nd,"e, f"\n', "x.csv")
    assert [(row.text("key"), row.text("deal.type"), row.spot.line) for row in grid.rows] == [
        ("a", "b\nc", 3),
        ("d", "e, f", 5),
    ]
    assert grid.rows[1].cells["deal.type"].spot.column == 2
    assert grid.problems == []


def test_a_missing_cell_is_an_empty_one() -> None:
    assert rows_of_csv("key,a,b\nx,1\n", "x.csv").rows[0].text("b") == ""


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("key;a\nx;1\n", "bad-csv", 1),
        ("key,a\nx,CN, HK\n", "bad-csv", 2),
        ('key,a\nx,"open\n', "bad-csv", 2),
        ("key,a,a\nx,1,2\n", "duplicate-key", 1),
        ("key,,a\nx,1,2\n", "unknown-column", 1),
        ("key,a\n", "bad-value", 1),
        ("", "bad-value", 1),
    ],
)
def test_a_csv_file_that_cannot_be_read_is_told(text: str, code: str, line: int) -> None:
    found = rows_of_csv(text, "x.csv").problems[0]
    assert (found.code, found.file, found.line) == (code, "x.csv", line)


def test_a_csv_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"key,a\nx,caf\xe9\n")
    (found,) = read_csv(tmp_path / "x.csv", "x.csv").problems
    assert (found.code, found.line) == ("not-utf-8", 2)


def test_a_mark_at_the_start_of_the_file_is_no_part_of_the_first_head(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xef\xbb\xbfkey,a\r\nx,1\r\n")
    assert list(read_csv(tmp_path / "x.csv", "x.csv").headers) == ["key", "a"]


def test_lists_inside_a_rule_file_are_read_like_their_spelling_with_commas() -> None:
    source = parse_source("rows:\n  - {key: a, t: [CN, HK], u: []}\n  - {key: b, t: {x: y}}\n  - c\n", "x.yaml")
    grid = rows_inside(source, ("rows",))
    assert (grid.rows[0].text("t"), grid.rows[0].text("u")) == ("CN, HK", "none")
    assert [problem.line for problem in grid.problems] == [3, 4]
