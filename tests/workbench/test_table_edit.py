"""Rows are put into a file by whole lines; what did not change keeps its spelling."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from riskapi.rules.source import parse_source
from riskapi.rules.table_rows import Cell, Grid, Row, Spot, rows_inside, rows_of_csv
from riskapi.workbench.table_edit import Change, csv_text, listed, row_written, scalar, yaml_text

SPOT = Spot("x", 1, 1, "x")
BLOCK = """\
rows:
  # first remark
  - key: a
    points: 1   # why
    # inside
    title: "A: a"

  # second remark
  - {key: b, points: 2}  # behind
after: x  # end
"""


def rewritten(text: str, rows: list[dict[str, str]]) -> str:
    old = rows_inside(parse_source(text, "x.yaml"), ("rows",))
    return yaml_text(text, [Change(("rows",), old, grid(rows), "key", {}, row_written)])


def grid(rows: list[dict[str, str]]) -> Grid:
    return Grid(rows=[Row(SPOT, {name: Cell(text, SPOT) for name, text in row.items()}) for row in rows])


A, B = {"key": "a", "points": "1", "title": "A: a"}, {"key": "b", "points": "2"}


def test_the_same_rows_are_the_same_text() -> None:
    assert rewritten(BLOCK, [A, B]) == BLOCK


def test_a_changed_row_keeps_its_remarks_and_the_spelling_of_the_rest() -> None:
    after = rewritten(BLOCK, [{**A, "points": "3"}, B])
    assert after == BLOCK.replace(
        '  - key: a\n    points: 1   # why\n    # inside\n    title: "A: a"\n',
        '    # inside\n  - {key: a, points: 3, title: "A: a"}\n',
    )
    assert rewritten(BLOCK, [A, {**B, "points": "3"}]) == BLOCK.replace("points: 2", "points: 3")


def test_rows_come_go_and_change_places() -> None:
    assert rewritten(BLOCK, [A]) == BLOCK.replace("  # second remark\n  - {key: b, points: 2}  # behind\n", "").replace(
        '"A: a"\n\n', '"A: a"\n'
    )
    assert "- {key: c, points: 9}\nafter: x" in rewritten(BLOCK, [A, B, {"key": "c", "points": "9"}])
    turned = rewritten(BLOCK, [B, A])
    assert (
        turned.index("# second remark")
        < turned.index("key: b")
        < turned.index("# first remark")
        < turned.index("key: a")
    )


def test_a_row_may_start_below_its_dash() -> None:
    text = "rows:\n  -\n    key: a\n    points: 1\n  # next\n  -\n    key: b\n    points: 2\n"
    assert rewritten(text, [{"key": "a", "points": "3"}, B]) == text.replace(
        "  -\n    key: a\n    points: 1\n", "  - {key: a, points: 3}\n"
    )
    assert rewritten(text, [B]) == "rows:\n  # next\n  -\n    key: b\n    points: 2\n"


def test_a_row_can_follow_a_last_line_without_an_end() -> None:
    assert rewritten("rows:\n  - {key: a}", [{"key": "a"}, B]) == "rows:\n  - {key: a}\n  - {key: b, points: 2}\n"


def test_a_list_in_brackets_stays_one() -> None:
    text = "t: {rows: [{key: a, points: 1}, {key: b}]}\n"
    old = rows_inside(parse_source(text, "x.yaml"), ("t", "rows"))
    change = Change(("t", "rows"), old, grid([{"key": "a", "points": "2"}, {"key": "b"}]), "key", {}, row_written)
    assert yaml_text(text, [change]) == "t: {rows: [{key: a, points: 2}, {key: b}]}\n"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).map(str.strip).filter(bool))
def test_any_text_is_written_so_that_it_is_read_again(text: str) -> None:
    written = f"a: {{k: {scalar(text)}, l: 1}}"
    assert yaml.load(written, yaml.BaseLoader) == {"a": {"k": text, "l": "1"}}  # noqa: S506  # text only


@pytest.mark.parametrize("text", ["null", "true", "0301", "3E001", "NO", "8703.80"])
def test_texts_that_look_like_something_else_are_read_as_text(text: str) -> None:
    assert parse_source(f"a: {scalar(text)}", "x").data == {"a": text}


def test_a_csv_file_keeps_the_lines_that_say_the_same() -> None:
    text = 'key,a,b\r\nx,"1",2\r\n\r\ny,3,"4, 5"\r\n'
    old = rows_of_csv(text, "x.csv")
    new = rows_of_csv(text.replace("3,", "6,"), "x.csv")
    assert csv_text(text, old, new, {}) == text.replace("y,3,", "y,6,")
    fewer = rows_of_csv('key,a,b\ny,3,"4, 5"\n', "x.csv")
    assert csv_text(text, old, fewer, {}) == 'key,a,b\r\ny,3,"4, 5"\r\n'


def test_another_column_writes_all_lines_anew() -> None:
    old = rows_of_csv("key,a\nx,1\n", "x.csv")
    assert csv_text("key,a\nx,1\n", old, rows_of_csv("key,a,b\nx,1,2\n", "x.csv"), {}) == "key,a,b\nx,1,2\n"


def test_a_line_separator_inside_a_cell_is_no_end_of_a_line() -> None:
    text = "key,a\nx,1\u20282\ny,3\n"
    assert csv_text(text, rows_of_csv(text, "x"), rows_of_csv(text.replace("y,3", "y,4"), "x"), {}) == text.replace(
        "y,3", "y,4"
    )


def test_the_last_line_may_lack_its_end() -> None:
    text = "key,a\nx,1\ny,2"
    assert csv_text(text, rows_of_csv(text, "x"), rows_of_csv(text + "\nz,3\n", "x"), {}) == "key,a\nx,1\ny,2\nz,3\n"


def test_values_between_commas() -> None:
    assert (listed("a, b,"), listed("none"), listed("")) == (["a", "b"], [], [])
