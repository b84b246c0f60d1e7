"""What the columns and rows of a file mean: headings matched leniently, mistakes at their cells, nothing read by chance."""

from __future__ import annotations

from typing import Any

import pytest

from riskapi.spreadsheet.columns import catalogue
from riskapi.spreadsheet.problems import FileRefusedError
from riskapi.spreadsheet.questions import RowQuestion, layout_of, questions_of
from riskapi.spreadsheet.read import read_grid
from riskapi.spreadsheet.values import Lexicon
from tests.shipped import AS_OF, shipped_vocabulary

CATALOGUE = catalogue(shipped_vocabulary())


def rows_of(text: str) -> list[RowQuestion]:
    grid = read_grid(text.encode(), "pairings.csv", CATALOGUE.head_of)
    return list(questions_of(grid, layout_of(grid, CATALOGUE), Lexicon(shipped_vocabulary()), AS_OF))


def body(text: str) -> dict[str, Any]:
    (row,) = rows_of(text)
    assert not row.problems
    return row.body


def codes(row: RowQuestion) -> list[tuple[int | None, str]]:
    return [(item.column, item.problem.code) for item in row.problems]


@pytest.mark.parametrize(
    "heading", ["Deal type", "deal type", "DEAL_TYPE", "deal.type", "type", "Type of deal", " Déal  Type "]
)
def test_a_heading_is_matched_by_label_name_or_usual_word(heading: str) -> None:
    assert body(f"Foreign party,Host party,{heading}\nXiaomi,Ford,licence")["deal"] == {"deal.type": "licence"}


def test_every_fact_that_callers_tell_may_be_a_column_under_its_name() -> None:
    keys = {column.key for column in CATALOGUE.columns}
    assert {fact.name for fact in shipped_vocabulary().tellable} <= keys
    for column in CATALOGUE.columns:
        assert CATALOGUE.find(column.key) is not None
        assert CATALOGUE.find(column.heading) is not None


def test_the_words_of_columns_mean_one_column_each() -> None:
    for column in CATALOGUE.columns:
        assert CATALOGUE.find(column.heading) == column


def test_a_row_becomes_the_question_that_the_service_takes() -> None:
    text = (
        "Foreign party,Host party,Foreign party: country,Deal type,Foreign stake,Market countries,As of,host.sectors\n"
        "Xiaomi,Ford,China,Joint venture,49%,US; CA,2020-06-30,automotive"
    )
    assert body(text) == {
        "parties": [
            {"name": "Xiaomi", "country": "CN"},
            {"name": "Ford", "facts": {"sectors": ["automotive"]}},
        ],
        "deal": {"deal.type": "joint_venture", "deal.foreign_stake": 0.49, "deal.market_countries": ["US", "CA"]},
        "as_of": "2020-06-30",
        "foreign_party": "Xiaomi",
    }


def test_an_empty_cell_says_nothing_and_not_known_says_that() -> None:
    told = body("Foreign party,Host party,Heavy vehicles,Foreign control\nXiaomi,Ford,,not known")["deal"]
    assert told == {"deal.foreign_control": None}


def test_first_and_second_do_not_say_who_is_foreign() -> None:
    assert "foreign_party" not in body("first,second\nXiaomi,Ford")
    assert body("first,second,foreign_party\nXiaomi,Ford,Ford")["foreign_party"] == "Ford"


def test_a_described_party_is_not_looked_up() -> None:
    told = body("Foreign party,Host party,foreign.inline,foreign.seat_country\nNewCo,Ford,yes,China")
    assert told["parties"][0] == {"name": "NewCo", "inline": True, "facts": {"seat_country": "CN"}}


def test_titles_above_the_head_are_passed_over() -> None:
    assert body("Our pairings of May,\n,\nForeign party,Host party\nXiaomi,Ford")["parties"][0]["name"] == "Xiaomi"


def test_a_slip_in_a_heading_is_told_and_a_column_of_ones_own_is_not() -> None:
    grid = read_grid(b"Foreign party,Host party,Sectr,Our remarks\nXiaomi,Ford,x,y", "p.csv", CATALOGUE.head_of)
    (notice,) = layout_of(grid, CATALOGUE).notices
    assert "`Sectr`" in notice
    assert "`Sector`" in notice


def test_a_file_without_both_parties_is_refused_with_the_nearest_headings() -> None:
    with pytest.raises(FileRefusedError) as caught:
        rows_of("Foreign part,Host party\nXiaomi,Ford")
    (problem,) = caught.value.problems
    assert problem.code == "headings-missing"
    assert "`Foreign party`" in (problem.hint or "")


def test_two_columns_of_one_meaning_are_refused_with_their_place() -> None:
    with pytest.raises(FileRefusedError) as caught:
        rows_of("Foreign party,Host party,Sector,deal.sector\nXiaomi,Ford,automotive,drones")
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == ("told-twice", 1, 4)


def test_every_mistake_of_a_row_is_told_at_its_cell() -> None:
    (row,) = rows_of("Foreign party,Host party,Deal type,Foreign stake,As of\n,Ford,jv,25,31.01.2026")
    assert codes(row) == [(2, "unknown-code"), (3, "out-of-range"), (4, "bad-date"), (0, "no-name")]


def test_a_row_with_more_cells_than_headings_is_not_read_by_chance() -> None:
    (row,) = rows_of("Foreign party,Host party,Market countries\nXiaomi,Ford,US,CA")
    assert codes(row) == [(None, "row-too-long")]


def test_a_row_with_a_label_only_is_no_blank_row() -> None:
    first, second = rows_of("Label,Foreign party,Host party\nBatteries,,\n,,\nx,Xiaomi,Ford")[:2]
    assert [code for _, code in codes(first)] == ["no-name", "no-name"]
    assert second.is_blank
