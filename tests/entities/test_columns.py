from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.entities.columns import ANSWERS, Tally, resolve_table, shielded
from riskapi.entities.resolver import NamedCompany, NameIndex
from riskapi.errors import RequestError

INDEX = NameIndex(
    [
        NamedCompany(company_id="xiaomi", name="Xiaomi", seat_country="CN"),
        NamedCompany(company_id="volvo-ab", name="AB Volvo", seat_country="SE"),
        NamedCompany(company_id="volvo-cars", name="Volvo Cars", seat_country="SE"),
    ],
    [],
)
COUNTRIES = frozenset({"CN", "SE", "US"})


def answered(text: str) -> tuple[list[dict[str, str]], Tally]:
    tally = Tally()
    header, *rows = resolve_table(text, INDEX, COUNTRIES, file="in.csv", tally=tally)
    return [dict(zip(header, row, strict=False)) for row in rows], tally


def test_every_row_is_answered_in_its_order_with_its_other_columns() -> None:
    rows, tally = answered("id,query,country_hint\n1,Xiaomi,CN\n2,Volvo,\n3,Nobody At All,\n")
    assert [(row["id"], row["status"], row["company_id"]) for row in rows] == [
        ("1", "match", "xiaomi"), ("2", "ambiguous", ""), ("3", "no_match", ""),
    ]  # fmt: skip
    assert rows[1]["candidates"] == "volvo-ab|volvo-cars"
    assert all(row["reason"] for row in rows)
    assert tally.statuses == {"match": 1, "ambiguous": 1, "no_match": 1}


def test_the_columns_start_with_the_query_and_the_answers() -> None:
    header = next(resolve_table("query,note\n", INDEX, COUNTRIES, file="in.csv", tally=Tally()))
    assert header == ["query", *ANSWERS, "note"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",CN", "empty"),
        ("Xiaomi,XX", "unknown-code"),
        ("Xiaomi", "field-count"),
        ("Xiaomi,CN,more", "field-count"),
        ("x" * 301 + ",", "too-long"),
    ],
)
def test_a_row_that_cannot_be_asked_is_answered_with_its_problem(row: str, code: str) -> None:
    rows, tally = answered(f"query,country_hint\nXiaomi,CN\n{row}\nXiaomi,CN\n")
    assert [entry["status"] for entry in rows] == ["match", "no_match", "match"]
    assert rows[1]["reason"]
    assert [(problem.code, problem.line) for problem in tally.problems] == [(code, 3)]


@pytest.mark.parametrize("text", ["", "name\nXiaomi\n", "query,query\nXiaomi,Xiaomi\n"])
def test_a_file_without_one_column_of_names_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        answered(text)


def test_a_column_named_like_an_answer_is_kept_under_another_name() -> None:
    rows, _ = answered("query,score\nXiaomi,7\n")
    assert (rows[0]["score"], rows[0]["score_in"]) == ("100", "7")


def test_byte_order_mark_and_line_breaks_in_cells_do_no_harm() -> None:
    rows, _ = answered('\ufeffquery,note\r\nXiaomi,"two\nlines"\r\n')
    assert (rows[0]["status"], rows[0]["note"]) == ("match", "two\nlines")


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "  =1", "＝1", "-2+3"])
def test_a_cell_that_starts_like_a_formula_is_written_as_text(cell: str) -> None:
    assert shielded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+3.5", "Xiaomi", "a=b", ""])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert shielded(cell) == cell


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), min_size=1, max_size=5))
def test_no_row_is_lost_and_no_formula_left_whatever_the_names_are(names: list[str]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["query", "n"], *([name, "1"] for name in names)])
    tally = Tally()
    _, *rows = resolve_table(buffer.getvalue(), INDEX, COUNTRIES, file="in.csv", tally=tally)
    assert len(rows) == len(names)
    assert not any(cell.startswith(("=", "@", "\t")) for row in rows for cell in row)
