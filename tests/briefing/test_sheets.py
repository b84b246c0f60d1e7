from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from riskapi.briefing.sheets import LONGEST_TEXT, CellValue, Column, Form, Link, Sheet, Table, plain, workbook_bytes

DAY = date(2026, 11, 22)
COLUMNS = (Column("what", Form.TEXT, 30), Column("how much", Form.NUMBER), Column("when", Form.DATE))


def made(*rows: tuple[CellValue, ...], columns: tuple[Column, ...] = COLUMNS, remarks: tuple[str, ...] = ()) -> bytes:
    sheet = Sheet("Things", (Table("things", columns, rows),), remarks)
    return workbook_bytes([sheet], title="Test", day=DAY)


def read(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_values_keep_their_types() -> None:
    page = read(made(("a", 1.5, DAY), ("b", 2, None)))["Things"]
    assert [cell.value for cell in page[2]] == ["a", 1.5, datetime(2026, 11, 22)]  # noqa: DTZ001  # as Excel has it
    assert page["C2"].is_date
    assert page["C3"].value is None


def test_heads_stay_in_sight_and_the_table_can_be_filtered_by_name() -> None:
    page = read(made(("a", 1.5, DAY), ("b", 2.0, DAY)))["Things"]
    assert page.freeze_panes == "B2"
    assert page.tables["things"].ref == "A1:C3"
    assert [column.name for column in page.tables["things"].tableColumns] == ["what", "how much", "when"]
    assert page.column_dimensions["A"].width == 30


def test_remarks_stand_above_the_heads() -> None:
    page = read(made(("a", 1.5, DAY), remarks=("one", "two")))["Things"]
    assert [page[f"A{row}"].value for row in range(1, 6)] == ["one", "two", None, "what", "a"]
    assert page.freeze_panes == "B5"


def test_a_table_without_rows_is_a_valid_table() -> None:
    page = read(made())["Things"]
    assert page.tables["things"].ref == "A1:C2"


def test_several_tables_stand_one_below_the_other_and_nothing_is_frozen() -> None:
    one, two = (Table(name, COLUMNS, [("a", 1.0, DAY)], title=name.upper()) for name in ("one", "two"))
    page = read(workbook_bytes([Sheet("Both", (one, two))], title="Test", day=DAY))["Both"]
    assert {table.name: table.ref for table in page.tables.values()} == {"one": "A2:C3", "two": "A6:C7"}
    assert page["A5"].value == "TWO"
    assert page.freeze_panes is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example")', "\t=1", "\n=1"])
def test_what_looks_like_a_formula_is_text_that_stays_text(text: str) -> None:
    content = made((text, 1.0, None))
    cell = read(content)["Things"]["A2"]
    assert cell.value == text
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert "<f>" not in parts(content)["xl/worksheets/sheet1.xml"]


def test_ordinary_text_has_no_quotation_mark() -> None:
    assert not read(made(("a = b", 1.0, None)))["Things"]["A2"].quotePrefix


def test_characters_that_a_cell_cannot_hold_are_shown_as_escapes() -> None:
    page = read(made(("a\x07b\u202ec\ud800", 1.0, None)))["Things"]
    assert page["A2"].value == "a\\x07b\\u202ec\\ud800"


def test_text_that_is_too_long_is_cut_and_says_so() -> None:
    text = plain("x" * (LONGEST_TEXT + 1))
    assert len(text) == LONGEST_TEXT
    assert text.endswith("[cut]")
    assert plain("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("http://example.org", "http://example.org"),
        ("HTTPS://example.org:8443/%20x", "HTTPS://example.org:8443/%20x"),
        ("https://example.org/法律 [1]", "https://example.org/%E6%B3%95%E5%BE%8B%20%5B1%5D"),
    ],
)
def test_a_link_shows_its_text_and_leads_to_its_address(address: str, target: str) -> None:
    cell = read(made((Link("15 CFR 791", address), 1.0, None)))["Things"]["A2"]
    assert cell.value == "15 CFR 791"
    assert cell.hyperlink.target == target


@pytest.mark.parametrize(
    "address",
    [
        *(None, "", "javascript:alert(1)", "file:///etc/passwd", "https://", "https:///x", "mailto:a@b.example"),
        *(
            "https://example.org/%zz",
            "https://example.org/#a#b",
            "https://a b.example/",
            "https://example.org/" + "x" * 2_000,
        ),
    ],
)
def test_an_address_that_is_no_web_address_is_left_away(address: str | None) -> None:
    cell = read(made((Link("text", address), 1.0, None)))["Things"]["A2"]
    assert cell.value == "text"
    assert cell.hyperlink is None


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_leaves_its_cell_empty(number: float) -> None:
    assert read(made(("a", number, None)))["Things"]["B2"].value is None


def test_the_document_bears_the_day_that_was_told_and_no_other() -> None:
    properties = read(made(("a", 1.0, None))).properties
    assert properties.created == properties.modified == datetime(2026, 11, 22)  # noqa: DTZ001  # as Excel has it


def test_the_same_sheets_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib, datetime as d; from riskapi.briefing.sheets import *;"
        "c = (Column('a', Form.LONG), Column('b', Form.CHANGE), Column('c', Form.ANY));"
        "r = [(Link('x', 'https://example.org'), 1.5, d.date(2026, 1, 1)), ('=y', -2.0, True)];"
        "b = workbook_bytes([Sheet('S', (Table('t', c, r),))], title='T', day=d.date(2026, 1, 1));"
        "print(hashlib.sha256(b).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, env={"PYTHONHASHSEED": seed, "TZ": zone}
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert runs[0] == runs[1]
