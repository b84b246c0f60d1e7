"""Many pairings as a workbook, as CSV and as Parquet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from riskapi.briefing import portfolio_rows
from riskapi.briefing.portfolio import content_hash, portfolio_csv, portfolio_parquet, portfolio_workbook
from riskapi.briefing.sheets import Paper
from riskapi.errors import RequestError
from tests.briefing.briefings import parts, read, rows_of
from tests.briefing.portfolios import demo_about, demo_frame, rows
from tests.shipped import AS_OF

ATTACK = '=HYPERLINK("http://evil.example","x")'


@lru_cache(maxsize=1)
def demo_bytes() -> bytes:
    return portfolio_workbook(demo_frame(), demo_about())


@lru_cache(maxsize=1)
def demo() -> Workbook:
    return read(demo_bytes())


def of(frame: pl.DataFrame, **named: Any) -> Workbook:
    return read(portfolio_workbook(frame, demo_about(), **named))


def texts_of(page: Worksheet) -> str:
    return "\n".join(str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None)


# --- the whole


def test_the_same_rows_give_the_same_bytes() -> None:
    assert portfolio_workbook(demo_frame(), demo_about()) == demo_bytes()


def test_there_is_a_matrix_for_each_template_between_summary_and_the_lists() -> None:
    assert demo().sheetnames == [
        "Summary", "Matrix 1", "Matrix 2", "Ranking", "Drivers", "Gates", "Driving rules", "Distributions", "Method",
    ]  # fmt: skip


def test_the_document_says_what_it_is_and_bears_the_day_of_its_facts() -> None:
    properties = demo().properties
    assert properties.title == "Scrutiny of 14 pairings"
    assert properties.created == datetime.combine(AS_OF, datetime.min.time())
    assert demo_about().rule_set in (properties.keywords or "")


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, "9"), (Paper.LETTER, "1")])
def test_every_sheet_is_set_up_for_the_paper(paper: Paper, size: str) -> None:
    book = of(rows(("A", "B", 1.0)), paper=paper)
    assert {str(page.page_setup.paperSize) for page in book.worksheets} == {size}


def test_a_frame_that_is_no_matrix_is_refused_with_the_columns_that_are_missing() -> None:
    with pytest.raises(RequestError, match="score"):
        portfolio_workbook(demo_frame().drop("score"), demo_about())


def test_more_rows_than_a_sheet_holds_are_refused_with_what_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio_rows, "MOST_ROWS", 13)
    with pytest.raises(RequestError, match="parquet or csv"):
        portfolio_workbook(demo_frame(), demo_about())


def test_a_matrix_without_rows_is_a_workbook_that_says_so() -> None:
    book = of(demo_frame().clear())
    assert "There is no pairing." in texts_of(book["Summary"])


# --- ranking and drivers


def test_the_ranking_has_every_pairing_once_the_highest_score_first() -> None:
    found = rows_of(demo(), "Ranking")
    expected = demo_frame().sort("score", descending=True)
    assert [row["Score"] for row in found] == expected["score"].to_list()
    ours = {(row["Foreign id"], row["Host id"], row["Template"], row["Lowest"], row["Highest"]) for row in found}
    assert ours == set(demo_frame().select("foreign_id", "host_id", "template", "low", "high").rows())
    assert all(row["As of"] == datetime.combine(AS_OF, datetime.min.time()) for row in found)


def test_equal_scores_have_the_same_rank() -> None:
    frame = rows(("A", "X", 50.0), ("B", "X", 50.0), ("C", "X", 90.0))
    assert [row["Rank"] for row in rows_of(of(frame), "Ranking")] == [1, 2, 2]


def test_the_driver_of_a_pairing_leads_to_its_rules() -> None:
    page, drivers = demo()["Ranking"], demo()["Drivers"]
    (table,) = page.tables.values()
    head, *found = page[table.ref]
    place = [cell.value for cell in head].index("Strongest driver")
    driven = [row for row in found if row[place].value is not None]
    assert len(driven) == demo_frame().filter(pl.col("drivers").list.len() > 0).height
    for row in driven:
        target = row[place].hyperlink.location
        assert target.startswith("'Drivers'!A")
        led_to = drivers[int(target.removeprefix("'Drivers'!A"))]
        assert [cell.value for cell in led_to[1:4]] == [cell.value for cell in row[1:4]]
        assert led_to[5].value == 1
        assert str(led_to[6].value).startswith(row[place].value.rstrip("…"))


def test_the_drivers_are_those_of_the_rows_with_the_points_of_the_rules() -> None:
    ours = Counter(row["Rule id"] for row in rows_of(demo(), "Drivers"))
    assert ours == Counter(demo_frame()["drivers"].explode().to_list())
    for row in rows_of(demo(), "Drivers"):
        assert row["Points"] == demo_about().rules[row["Rule id"]].points


# --- matrix


def test_a_cell_of_the_matrix_is_the_score_and_leads_to_its_row_of_the_ranking() -> None:
    page, ranking = demo()["Matrix 2"], demo()["Ranking"]
    (table,) = page.tables.values()
    head, *found = page[table.ref]
    hosts = [cell.value for cell in head]
    scores = {
        (row["foreign"], row["host"]): row["score"]
        for row in demo_frame().filter(pl.col("template") == "Venture").to_dicts()
    }
    seen = {(row[0].value, hosts[n]): row[n].value for row in found for n in (1, 2) if row[n].value is not None}
    assert seen == scores
    cell = found[0][1]
    led_to = ranking[int(cell.hyperlink.location.removeprefix("'Ranking'!A"))]
    assert [one.value for one in led_to[1:3]] == [found[0][0].value, hosts[1]]


def test_a_company_with_itself_has_an_empty_cell() -> None:
    found = {row["Foreign party"]: row for row in rows_of(demo(), "Matrix 1")}
    assert found["Ford"]["Ford"] is None
    assert found["Ford"]["Tesla"] is not None


def test_the_colours_follow_the_numbers_by_the_bands_of_the_scorecard_and_name_them() -> None:
    page = demo()["Matrix 1"]
    (place,) = page.conditional_formatting
    cuts = []
    for rule in place.rules:
        assert rule.formula[0].startswith("AND(ISNUMBER(")  # an empty cell is no zero
        cuts.append((float(rule.formula[0].split(">=")[1].rstrip(")")), rule.dxf.numFmt.formatCode.rsplit(" ", 1)[1]))
    assert cuts == [(band.at_least, f'{band.label}"') for band in reversed(demo_about().bands)]


def test_a_wide_matrix_stands_on_its_longer_side_and_is_printed_in_parts_with_the_names_on_each() -> None:
    wide = rows(*((f"Firm {f}", f"Host {h:02}", 5.0) for f in range(2) for h in range(30)))
    page = of(wide)["Matrix"]
    assert (page["A4"].value, page["B4"].value, page.max_row) == ("Host", "Firm 0", 34)
    square = rows(*((f"Firm {f:02}", f"Host {h:02}", 5.0) for f in range(30) for h in range(30)))
    page = of(square)["Matrix"]
    assert [part.id for part in page.col_breaks.brk] == [13, 25]
    assert (page.print_title_cols, page.print_title_rows) == ("$A:$A", "$4:$4")
    assert page.freeze_panes == "B5"


def test_two_companies_of_one_name_are_told_apart() -> None:
    frame = rows(("A", "Volvo", 5.0), ("A", "volvo", 9.0)).with_columns(host_id=pl.Series(["volvo-ab", "volvo-cars"]))
    assert list(rows_of(of(frame), "Matrix")[0]) == ["Foreign party", "Volvo (volvo-ab)", "volvo (volvo-cars)"]


# --- what many have in common


def test_gates_are_counted_by_rule() -> None:
    found = {row["Rule id"]: row for row in rows_of(demo(), "Gates")}
    for column, head in (("gates", "Pairings it applies to"), ("possible_gates", "Pairings it may apply to")):
        expected = Counter(text.split(":")[1] for texts in demo_frame()[column] for text in texts)
        assert {rule: row[head] for rule, row in found.items() if row[head]} == dict(expected)


def test_the_law_of_a_gate_leads_to_where_it_was_read() -> None:
    page = demo()["Gates"]
    (table,) = page.tables.values()
    _, *found = page[table.ref]
    assert all(row[4].hyperlink.target.startswith("http") for row in found)


def test_every_distribution_adds_up_to_the_pairings_and_has_a_chart_in_words() -> None:
    page = demo()["Distributions"]
    assert set(page.tables) == {"bands", "scores", "ranges"}
    for name in ("scores", "ranges"):
        _, *found = page[page.tables[name].ref]
        assert sum(row[3].value for row in found) == demo_frame().height
    _, *found = page[page.tables["bands"].ref]
    assert [row[1].value for row in found] == [7, 7]
    assert [sum(cell.value for cell in row[2:]) for row in found] == [7, 7]
    drawing = parts(demo_bytes())["xl/drawings/drawing1.xml"]
    assert drawing.count("descr=") == 3


def test_the_summary_names_question_bands_both_ends_gates_versions_and_that_it_is_no_advice() -> None:
    text = texts_of(demo()["Summary"])
    for wanted in (
        "2 kinds of deal", "by name", "Highest 10", "Lowest 4", "Severe", "not legal advice", "a warning",
        demo_about().rule_set, demo_about().dataset, content_hash(demo_frame()),
    ):  # fmt: skip
        assert wanted in text
    best = demo_frame().sort("score", descending=True).row(0, named=True)
    assert f"{best['foreign']} and {best['host']}" in text


# --- what strangers wrote


def test_a_name_that_looks_like_a_formula_stays_text_everywhere() -> None:
    content = portfolio_workbook(rows((ATTACK, "@host", 5.0)), demo_about())
    assert not any("<f>" in text for name, text in parts(content).items() if "worksheets" in name)
    row = next(one for one in read(content)["Ranking"].iter_rows() if one[1].value == ATTACK)
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in row[1:3]] == [
        (ATTACK, "s", True), ("@host", "s", True),
    ]  # fmt: skip


def test_letters_that_no_file_can_hold_are_written_as_their_escapes() -> None:
    book = of(rows(("A\x00<b>&\u202e", "B", 5.0)))
    assert rows_of(book, "Ranking")[0]["Foreign party"] == "A\\x00<b>&\\u202e"


# --- beside it


def test_csv_has_the_rows_in_their_order_with_lists_joined_and_no_formula() -> None:
    frame = rows((ATTACK, "B", 5.0)).with_columns(gates=pl.Series([["prohibition:x", "tariff:y"]]))
    found = list(csv.DictReader(io.StringIO(portfolio_csv(frame).decode("utf-8-sig"))))
    assert found[0]["foreign"] == f"'{ATTACK}"
    assert found[0]["gates"] == "prohibition:x; tariff:y"
    assert list(found[0]) == frame.columns


def test_parquet_gives_the_rows_back() -> None:
    assert pl.read_parquet(io.BytesIO(portfolio_parquet(demo_frame()))).equals(demo_frame())
