"""What cells take: drop-downs and bounds that Excel opens, and cells of any type on a coloured ground."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from riskapi.briefing.checks import Check, Takes, listed, validation
from riskapi.briefing.sheets import CellValue, Column, Form, Sheet, Table, Tone, Toned, workbook_bytes
from tests.briefing.briefings import read
from tests.shipped import AS_OF


def check(takes: Takes, **more: object) -> Check:
    return Check(takes=takes, title="A title", prompt="What to write", **more)  # type: ignore[arg-type]


def page_of(*tables: Table, **more: object) -> object:
    sheet = Sheet("One", tables, **more)  # type: ignore[arg-type]
    return read(workbook_bytes([sheet], title="A", day=AS_OF))["One"]


def test_a_short_list_stands_in_the_check_itself() -> None:
    made = validation(check(Takes.LIST, allowed=listed(("yes", "no"))), "A2:A9")
    assert (made.type, made.formula1, made.showErrorMessage) == ("list", '"yes,no"', True)


def test_a_list_may_be_offered_only() -> None:
    assert not validation(check(Takes.LIST, allowed="Lists!$A$1:$A$3", is_strict=False), "A2").showErrorMessage


@pytest.mark.parametrize(
    ("low", "high", "bounds"),
    [
        (0, 1, ("between", "0", "1")),
        (0, None, ("greaterThanOrEqual", "0", None)),
        (1990, 2100, ("between", "1990", "2100")),
    ],
)
def test_numbers_have_bounds(low: float, high: float | None, bounds: tuple[str, str, str | None]) -> None:
    made = validation(check(Takes.NUMBER, low=low, high=high), "A2")
    assert (made.operator, made.formula1, made.formula2) == bounds


def test_texts_are_cut_to_what_excel_takes() -> None:
    made = validation(Check(takes=Takes.ANYTHING, title="t" * 99, prompt="p" * 999), "A2")
    assert (len(made.promptTitle or ""), len(made.prompt or "")) == (32, 255)


def test_checks_hold_for_the_open_rows_below_a_table() -> None:
    columns = (Column("Answer", Form.ANY, 12, check(Takes.LIST, allowed=listed(("yes", "no")))), Column("Other"))
    page = page_of(Table("t", columns, [("yes", "x")], open_rows=5))
    (made,) = page.data_validations.dataValidation  # type: ignore[attr-defined]
    assert str(made.sqref) == "A2:A7"


@pytest.mark.parametrize(
    "value", [25, 0.5, True, "text", "=1+1", date(2026, 1, 31), datetime.fromisoformat("2026-01-31T05:00"), time(3, 4)]
)
def test_a_coloured_cell_keeps_its_value_and_type(value: CellValue) -> None:
    held = Toned(value, Tone.APPLIES)  # type: ignore[arg-type]
    cell = page_of(Table("t", (Column("A", Form.ANY),), [(held,)]))["A2"]  # type: ignore[index]
    found = cell.value.date() if type(value) is date else cell.value
    assert (found, cell.style) == (value, "riskapi applies")
    assert cell.data_type != "f"


def test_a_table_without_a_name_may_have_any_headings() -> None:
    page = page_of(Table(None, (Column("A"), Column("a"), Column("")), [("1", "2", "3")]), above=[["A title", 7]])
    assert not page.tables  # type: ignore[attr-defined]
    assert page.auto_filter.ref == "A2:C3"  # type: ignore[attr-defined]
    assert [cell.value for cell in page[1]][:2] == ["A title", 7]  # type: ignore[index]
