"""The workbook of one pairing: its sheets, what they show of the answer, and that nothing from outside can act in it."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from riskapi.briefing.material import Briefing, content_hash
from riskapi.briefing.sheets import Paper
from riskapi.briefing.workbook import briefing_workbook
from tests.briefing.briefings import demo, demo_bytes, parts, read, rows_of
from tests.shipped import AS_OF, shipped_workspace

SHEETS = [
    "Summary", "Waterfall", "Rules", "Gates", "Clocks", "Parties", "Ownership", "Designations", "Claims", "Comparables",
    "Duties", "Sensitivity", "Find out", "What-if", "Sources", "Method", "Record",
]  # fmt: skip
NUMBER = re.compile(r"\[(\d{1,3})\]")  # four digits are the year of a Chinese document


def summary_lines(briefing_bytes: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in read(briefing_bytes)["Summary"].iter_rows()]


def said(briefing_bytes: bytes) -> str:
    return "\n".join(str(value) for line in summary_lines(briefing_bytes) for value in line if value is not None)


def labelled(briefing_bytes: bytes, label: str) -> list[Any]:
    return next(line for line in summary_lines(briefing_bytes) if line[0] == label)


def test_the_sheets_stand_in_the_order_of_reading_and_none_is_hidden() -> None:
    book = read(demo_bytes())
    assert book.sheetnames == SHEETS
    assert {page.sheet_state for page in book.worksheets} == {"visible"}


def test_the_same_briefing_gives_the_same_bytes() -> None:
    assert briefing_workbook(demo()) == demo_bytes()


@pytest.mark.slow
def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import hashlib; from tests.briefing.briefings import demo_bytes; from riskapi.workspace import Workspace;"
        "print(hashlib.sha256(demo_bytes()).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "PATH": "/usr/bin:/bin"}
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment)
    assert found.stdout.strip() == hashlib.sha256(demo_bytes()).hexdigest()


def test_the_summary_shows_the_result_of_the_answer() -> None:
    answer = demo().answer
    assert labelled(demo_bytes(), "Question")[1] == answer.question
    assert labelled(demo_bytes(), "Score, 0 to 100")[1:3] == [answer.score, answer.band.label]
    assert labelled(demo_bytes(), "Lowest")[1:3] == [answer.low, answer.band_low.label]
    assert labelled(demo_bytes(), "Highest")[1:3] == [answer.high, answer.band_high.label]
    assert labelled(demo_bytes(), "SHA-256")[1] == content_hash(answer)
    assert answer.notice in said(demo_bytes())
    assert answer.versions.rule_set in said(demo_bytes())


def test_the_summary_names_the_three_rules_that_count_most_either_way() -> None:
    steps = sorted((step for step in demo().answer.waterfall if step.rule), key=lambda step: -abs(step.points))
    up = [step.points for step in steps if step.points > 0][:3]
    shown = [line[0] for line in summary_lines(demo_bytes()) if isinstance(line[0], int | float)]
    assert shown[: len(up)] == up
    assert all(points < 0 for points in shown[len(up) :])


def test_an_end_that_no_score_reaches_is_not_shown_as_reached() -> None:
    page = read(demo_bytes())["Summary"]
    cell = next(row[1] for row in page.iter_rows() if row[0].value == "Highest")
    assert cell.number_format.startswith('[>99.9]">99.9"')


def test_every_sheet_can_be_reached_from_the_summary() -> None:
    links = [
        cell.hyperlink.location for row in read(demo_bytes())["Summary"].iter_rows() for cell in row if cell.hyperlink
    ]
    assert {f"'{sheet}'!A1" for sheet in SHEETS[1:]} <= set(links)


def test_every_rule_of_the_answer_has_a_row_with_its_status_and_points() -> None:
    rows = {row["Id"]: row for row in rows_of(read(demo_bytes()), "Rules")}
    words = {"fired": "Applies", "undetermined": "May apply", "not_fired": "Does not apply"}
    for rule in demo().answer.rules:
        assert rows[rule.id]["Status"] == words[rule.status]
        assert rows[rule.id]["Points"] == rule.points
        assert rule.citation in rows[rule.id]["Citation"]
    assert {rule.id for rule in demo().answer.dormant} <= rows.keys()


def test_points_in_the_rules_add_up_to_the_waterfall() -> None:
    steps = sum(step.points for step in demo().answer.waterfall if step.kind == "rule")
    assert sum(row["Points"] for row in rows_of(read(demo_bytes()), "Rules")) == pytest.approx(steps)


def test_periods_are_days_in_numbers() -> None:
    rows = rows_of(read(demo_bytes()), "Clocks")
    clocks = [item for gate in demo().answer.gates for item in gate.clock]
    assert [row["Days"] for row in rows] == [item.days for item in clocks]


def test_dates_are_dates() -> None:
    rows = rows_of(read(demo_bytes()), "Claims")
    assert [row["Date"].date() for row in rows] == [claim.made_on for claim in demo().answer.deal_status.claims]  # type: ignore[union-attr]
    former = next(row for row in rows_of(read(demo_bytes()), "Designations") if row["Standing"] == "no longer")
    assert (former["From"], former["Off since"]) == (datetime(2021, 1, 14), datetime(2021, 5, 25))  # noqa: DTZ001


def test_the_duties_end_with_their_total() -> None:
    rows = rows_of(read(demo_bytes()), "Duties")
    total = demo().duties[0].total_pct
    assert total is not None
    assert [row["Adds"] for row in rows if row["Measure"] == "Total"] == [pytest.approx(total / 100)]
    counted = [row["Adds"] for row in rows if row["Counts"] == "counts"]
    assert sum(counted) == pytest.approx(total / 100)


# Sources


def test_every_number_in_brackets_is_a_row_of_the_sources() -> None:
    book = read(demo_bytes())
    known = {row["No."] for row in rows_of(book, "Sources")}
    cited = {
        int(number)
        for page in book.worksheets
        if page.title not in ("Sources", "Record")
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
        for number in NUMBER.findall(cell.value)
    }
    assert cited == known == set(range(1, len(known) + 1))


def links_within(page: Worksheet) -> Iterator[tuple[str, str]]:
    """Texts of the links of a sheet that stay in the workbook, and where they lead."""
    for cell in (cell for row in page.iter_rows() for cell in row if cell.hyperlink):
        if cell.hyperlink is not None and cell.hyperlink.location:
            yield str(cell.value), cell.hyperlink.location


def test_a_citation_leads_to_the_row_of_its_first_number() -> None:
    book = read(demo_bytes())
    followed = 0
    for page in book.worksheets:
        for text, location in links_within(page):
            sheet, _, place = location.replace("'", "").partition("!")
            target = book[sheet][place].value
            if sheet == "Sources" and place != "A1":
                followed += 1
                assert target == int(NUMBER.findall(text)[0])
    assert followed > 50


def test_a_source_leads_to_its_page_and_says_where_it_is_cited() -> None:
    page = read(demo_bytes())["Sources"]
    for row in page.iter_rows(min_row=4):
        assert row[1].hyperlink is not None
        assert str(row[1].hyperlink.target).startswith("http")
        assert row[5].value


# What comes from outside

FORMULA = '=HYPERLINK("http://x.example","click")'


def poisoned() -> Briefing:
    """A briefing whose parties, claims and rules bear names that a spreadsheet would work out."""
    briefing = demo()
    answer = briefing.answer
    status = answer.deal_status
    assert status is not None
    claims = tuple(
        replace(claim, claimant=FORMULA, note="@SUM(A1)", source_url="javascript:alert(1)") for claim in status.claims
    )
    first, second = answer.parties
    rules = tuple(replace(rule, title=FORMULA, because="+1+1") for rule in answer.rules)
    changed = replace(
        answer,
        question="-1+1",
        parties=(replace(first, name=FORMULA), replace(second, name="<script>&A &P")),
        deal_status=replace(status, claims=claims, headline=FORMULA, title="=1"),
        rules=rules,
        warnings=("=1+1",),
    )
    return replace(briefing, answer=changed)


def test_no_cell_but_our_own_sums_is_a_formula() -> None:
    for page in read(briefing_workbook(poisoned())).worksheets:
        for cell in (cell for row in page.iter_rows() for cell in row if cell.data_type == "f"):
            assert page.title in ("Waterfall", "Sensitivity")
            assert re.fullmatch(r"=[A-Z0-9()+\-*/^,<>=.]+", str(cell.value)), cell.value


def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited() -> None:
    page = read(briefing_workbook(poisoned()))["Claims"]
    cells = [cell for row in page.iter_rows() for cell in row if cell.value in (FORMULA, "@SUM(A1)")]
    assert cells
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_a_source_that_is_no_page_of_the_web_is_named_but_leads_nowhere() -> None:
    page = read(briefing_workbook(poisoned()))["Sources"]
    row = next(row for row in page.iter_rows() if row[2].value == "javascript:alert(1)")
    assert row[1].hyperlink is None


def test_no_part_of_the_file_is_a_macro_or_leads_to_another_file() -> None:
    names = parts(demo_bytes())
    assert not any("vba" in name.lower() or "external" in name.lower() for name in names)


def test_the_names_of_parties_give_the_foot_no_commands() -> None:
    foot = cast(Any, read(briefing_workbook(poisoned()))["Rules"].oddFooter).left.text
    assert "&&A &&P" in foot
    assert "&A" not in foot.replace("&&", "")


# Form


def table_pages() -> list[Worksheet]:
    return [page for page in read(demo_bytes()).worksheets if page.tables]


def test_heads_stay_in_sight_and_stand_on_every_printed_page() -> None:
    assert len(table_pages()) == len(SHEETS) - 1
    for page in table_pages():
        (table,) = page.tables.values()
        top = page[table.ref][0][0].row
        assert page.freeze_panes is not None
        assert page[page.freeze_panes].row == top + 1
        assert page.print_title_rows == f"${top}:${top}"
        assert table.autoFilter is not None


def test_headings_of_a_table_differ() -> None:
    for page in table_pages():
        (table,) = page.tables.values()
        names = [column.name.casefold() for column in table.tableColumns]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(("paper", "code"), [(Paper.A4, 9), (Paper.LETTER, 1)])
def test_every_sheet_is_set_up_for_the_paper(paper: Paper, code: int) -> None:
    for page in read(briefing_workbook(demo(), paper=paper)).worksheets:
        assert page.page_setup.paperSize == code
        assert cast(Any, page.oddFooter).right.text == "&P / &N"
        assert cast(Any, page.sheet_properties.pageSetUpPr).fitToPage


def test_the_document_says_what_it_is() -> None:
    properties = read(demo_bytes()).properties
    assert properties.title == "Scrutiny briefing: Xiaomi and Ford"
    assert properties.subject == demo().answer.question
    assert demo().answer.versions.rule_set in str(properties.keywords)
    assert properties.created == datetime(2026, 11, 22)  # noqa: DTZ001  # as Excel has it


# Charts


def test_the_waterfall_is_a_stacked_column_chart_over_cells_that_can_be_seen() -> None:
    xml = parts(demo_bytes())["xl/charts/chart1.xml"]
    assert '<barDir val="col"' in xml
    assert '<grouping val="stacked"' in xml
    assert set(re.findall(r"<f>'Waterfall'!\$([A-Z])\$", xml)) == set("GHIJKLM")
    page = read(demo_bytes())["Waterfall"]
    assert not any(dimension.hidden for dimension in page.column_dimensions.values())


def test_bars_of_the_waterfall_begin_where_the_one_before_ended() -> None:
    rows = cached_rows("Waterfall")
    assert rows[-1]["So far"] == pytest.approx(demo().answer.points)
    for before, row in pairwise(rows[:-1]):
        start, end = before["So far"], row["So far"]
        assert end - start == pytest.approx(row["Points"])
        raised, lowered = (row[f"{way}"] - row[f"{way}, below 0"] for way in ("Raises", "Lowers"))
        assert (raised, lowered) == pytest.approx((max(end - start, 0), max(start - end, 0)))
        low, high = min(start, end), max(start, end)
        assert row["Unseen"] == pytest.approx(max(low, 0) + min(high, 0))


def test_formulas_have_their_values_for_readers_that_work_nothing_out() -> None:
    for sheet in ("Waterfall", "Sensitivity"):
        assert all(
            value is not None for row in cached_rows(sheet) for key, value in row.items() if key in ("So far", "Swing")
        )
    assert cached_rows("Waterfall")[-1]["Score so far"] == pytest.approx(demo().answer.score, abs=1e-3)


def cached_rows(sheet: str) -> list[dict[str, Any]]:
    import io

    from openpyxl import load_workbook

    return rows_of(load_workbook(io.BytesIO(demo_bytes()), data_only=True), sheet)


def test_charts_are_told_in_words() -> None:
    drawings = [xml for name, xml in parts(demo_bytes()).items() if name.startswith("xl/drawings/drawing")]
    assert len(drawings) == 2
    for xml in drawings:
        assert len(re.findall(r'descr="[^"]{80,}"', xml)) == 1


# Other material


def test_a_bare_answer_has_all_sheets_and_says_what_was_not_asked() -> None:
    bare = Briefing(answer=demo().answer)
    book = read(briefing_workbook(bare))
    assert book.sheetnames == SHEETS
    assert book["What-if"]["A1"].value == "No what-if was asked with this briefing."
    assert "No duty is worked out" in book["Duties"]["A1"].value
    assert rows_of(book, "Sensitivity")


def test_parties_that_the_tables_do_not_know_make_a_briefing() -> None:
    party = {"name": "NewCo", "inline": True, "facts": {"seat_country": "CN"}}
    answer = shipped_workspace().score(party, "Ford", as_of=AS_OF, type="licence", activity_country="US")
    book = read(briefing_workbook(Briefing(answer=answer)))
    assert book["Claims"]["A1"].value.startswith("No deal between the two parties is on record")
    assert "On none of these lists" in book["Designations"]["A2"].value
