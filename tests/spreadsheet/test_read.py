"""What is read of a file, and what is refused: always with a reason and with what to do, never with another error."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from riskapi.spreadsheet import archive, scan
from riskapi.spreadsheet.columns import catalogue
from riskapi.spreadsheet.grid import Grid
from riskapi.spreadsheet.problems import FileRefusedError
from riskapi.spreadsheet.read import read_grid
from tests.shipped import shipped_vocabulary
from tests.spreadsheet.files import HEAD, book_of, rebuilt, saved, with_sheet, workbook

ROW = ("one", "Xiaomi", "Ford", "joint_venture", "automotive", 0.49)
GOOD = workbook(ROW)
CATALOGUE = catalogue(shipped_vocabulary())


def read(content: bytes) -> Grid:
    return read_grid(content, "pairings", CATALOGUE.head_of)


def refusal(content: bytes) -> str:
    """The code of the refusal, which says what to do."""
    with pytest.raises(FileRefusedError) as caught:
        read(content)
    (problem,) = caught.value.problems
    assert problem.detail
    assert problem.hint
    return problem.code


# What is read


def test_cells_keep_their_types() -> None:
    grid = read(workbook((*ROW[:5], 0.25), ("two", 360, True, date(2026, 1, 31), None, "25 %")))
    assert grid.rows[1:] == (
        ("one", "Xiaomi", "Ford", "joint_venture", "automotive", 0.25),
        ("two", 360, True, date(2026, 1, 31), None, "25 %"),
    )


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    book = book_of([HEAD, (date(2026, 1, 31), *ROW[1:])])
    book.epoch = CALENDAR_MAC_1904
    assert read(saved(book)).rows[1][0] == date(2026, 1, 31)


def test_blank_rows_stay_in_place_and_those_at_the_end_go() -> None:
    book = book_of([HEAD, ROW, (), ROW])
    book.worksheets[0]["A90"].number_format = "0%"
    assert [bool(row) for row in read(saved(book)).rows] == [True, True, False, True]


def test_the_sheet_called_pairings_is_read_and_hidden_ones_are_told() -> None:
    book = book_of([HEAD, ("wrong", *ROW[1:])], title="First")
    book.create_sheet("Secret").sheet_state = "hidden"
    page = book.create_sheet(" pairings ")
    page.append(list(HEAD))
    page.append(["right", *ROW[1:]])
    grid = read(saved(book))
    assert grid.rows[1][0] == "right"
    assert [sheet.title for sheet in grid.others] == ["First"]
    assert any("`Secret`" in notice for notice in grid.notices)


def test_formulas_are_read_as_their_values_and_told() -> None:
    content = with_sheet(workbook((2, *ROW[1:])), lambda part: part.replace(b"<v>2</v>", b"<f>1+1</f><v>2</v>"))
    grid = read(content)
    assert grid.rows[1][0] == 2
    assert any("1 formula" in notice for notice in grid.notices)
    assert not grid.failed


@pytest.mark.parametrize("cell", ['<c r="F2"><f>1/0</f></c>', '<c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'])
def test_formulas_without_a_value_are_not_taken_for_empty_cells(cell: str) -> None:
    content = with_sheet(
        workbook((*ROW[:5], 77)), lambda part: part.replace(b'<c r="F2" t="n"><v>77</v></c>', cell.encode())
    )
    assert read(content).failed == {(1, 5)}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_text_is_read_with_any_usual_separator(separator: str, mark: str) -> None:
    text = "\n".join(separator.join(row) for row in (HEAD[:3], ("one", "Citroën", "小米")))
    grid = read((mark + text).encode())
    assert grid.delimiter == separator
    assert grid.rows[1] == ("one", "Citroën", "小米")


def test_a_line_that_names_the_separator_is_left_out_and_told() -> None:
    grid = read(b"sep=;\r\nForeign party;Host party\r\nXiaomi;Ford\r\n")
    assert grid.rows[1] == ("Xiaomi", "Ford")
    assert any("sep=;" in notice for notice in grid.notices)


def test_lines_within_quotes_are_one_cell() -> None:
    assert read(b'Foreign party,Host party\n"Xiaomi\nInc","F ""x"""\n').rows[1] == ("Xiaomi\nInc", 'F "x"')


# What is refused


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no-pairings"),
        (b"   \n", "no-pairings"),
        ("Foreign party,Host party\nCitroën,Ford".encode("cp1252"), "not-utf-8"),
        ("Foreign party,Host party".encode("utf-16"), "not-utf-8"),
        (b"a,b\0c", "not-a-table"),
        (b'Foreign party,Host party\n"open', "csv-broken"),
        (b"%PDF-1.7", "not-a-table"),
        (archive.OLE_MARK + b"anything", "workbook-kind"),
        (b"PK\x03\x04", "workbook-broken"),
        (GOOD[:3000], "workbook-broken"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"xl/vbaProject.bin": b"macro"}, "workbook-macros"),
        ({"xl/embeddings/inner.xlsx": GOOD}, "workbook-unsafe"),
        ({"../outside.xml": b"<a/>"}, "workbook-unsafe"),
        ({"/etc/passwd.xml": b"<a/>"}, "workbook-unsafe"),
        ({"C:\\boot.xml": b"<a/>"}, "workbook-unsafe"),
        ({"XL/Workbook.xml": b"<a/>"}, "workbook-unsafe"),
        ({f"xl/{number}.xml": b"<a/>" for number in range(archive.MOST_PARTS)}, "workbook-too-large"),
        ({"xl/bomb.xml": b"<a>" + b" " * 5_000_000 + b"</a>"}, "workbook-too-large"),
    ],
    ids=["macros", "nested", "dots", "absolute", "drive", "twice", "many parts", "ratio"],
)
def test_archives_that_no_spreadsheet_program_writes_are_refused(more: dict[str, bytes], code: str) -> None:
    assert refusal(rebuilt(GOOD, more=more)) == code


def test_an_archive_that_is_too_large_when_unpacked_is_refused_before_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 20_000)
    more = {"xl/large.xml": random.Random(1).randbytes(20_000)}  # noqa: S311 - bytes that do not pack
    assert refusal(rebuilt(GOOD, more=more)) == "workbook-too-large"


def test_other_packed_files_are_refused() -> None:
    assert refusal(zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})) == "workbook-kind"
    assert refusal(zipped({"xl/workbook.bin": b"x"})) == "workbook-kind"
    assert refusal(zipped({"readme.txt": b"x"})) == "workbook-kind"


def test_a_locked_part_is_refused() -> None:
    content = bytearray(GOOD)
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    assert refusal(bytes(content)) == "workbook-locked"


@pytest.mark.parametrize(
    "start",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"])
def test_document_types_and_entities_are_refused(start: bytes, part: str) -> None:
    def change(name: str, content: bytes) -> bytes:
        _, _, rest = content.partition(b"?>") if content.startswith(b"<?xml") else (b"", b"", content)
        return start + rest if name == part else content

    assert refusal(rebuilt(GOOD, change)) == "workbook-unsafe"


@pytest.mark.parametrize(
    "cell", [b'<c r="XFD1048576"><v>1</v></c>', b'<c r="A1048576"><v>1</v></c>', b'<c r="ZZZ1"><f/></c>']
)
def test_a_cell_far_away_is_refused_before_a_table_is_made_of_it(cell: bytes) -> None:
    content = with_sheet(GOOD, lambda part: part.replace(b"</row></sheetData>", cell + b"</row></sheetData>"))
    assert refusal(content) == "workbook-too-large"


def test_one_shared_text_is_counted_in_every_cell_that_repeats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = b"<sst><si><t>" + b"the same long text " * 50 + b"</t></si></sst>"
    cells = b"".join(b'<c r="A%d" t="s"><v>0</v></c>' % row for row in range(3, 103))
    content = with_sheet(GOOD, lambda part: part.replace(b"</sheetData>", b"<row>" + cells + b"</row></sheetData>"))
    assert len(read(rebuilt(content, more={"xl/sharedStrings.xml": shared})).rows) == 102
    monkeypatch.setattr(scan, "MOST_TEXT", 50_000)
    assert refusal(rebuilt(content, more={"xl/sharedStrings.xml": shared})) == "workbook-too-large"


def test_shared_texts_in_another_part_are_refused() -> None:
    assert refusal(rebuilt(GOOD, more={"xl/other.xml": b"<sst><si><t>x</t></si></sst>"})) == "workbook-unsafe"


def test_deep_xml_is_refused() -> None:
    content = with_sheet(GOOD, lambda part: part.replace(b"<sheetData>", b"<a>" * 100 + b"</a>" * 100 + b"<sheetData>"))
    assert refusal(content) == "workbook-unsafe"


def test_merged_cells_in_the_table_are_refused_and_above_it_are_not() -> None:
    book = book_of([("A title",), HEAD, ROW, ROW])
    book.worksheets[0].merge_cells("A1:D1")
    assert len(read(saved(book)).rows) == 4
    book.worksheets[0].merge_cells("A3:A4")
    assert refusal(saved(book)) == "cells-merged"


def test_a_workbook_of_hidden_or_empty_sheets_is_refused() -> None:
    book = Workbook()
    assert refusal(saved(book)) == "no-pairings"


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


# Whatever comes


def only_refusals(content: bytes) -> None:
    try:
        read(content)
    except FileRefusedError as error:
        told = [problem.hint for problem in error.problems]
    else:
        told = ["read"]
    assert all(told)


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_changed_bytes_of_a_workbook_are_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for place, value in changes:
        content[place] = value
    only_refusals(bytes(content))


SHEET = zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/worksheets/sheet1.xml")
PIECES = st.sampled_from(
    [b'<c r="B2" t="s"><v>99999</v></c>', b'<c r="" t="d"><v>x</v></c>', b"<row r='0'>", b"</row>", b'<c t="b"><v>7</v></c>',
     b'<c r="A0"><v>1e999</v></c>', b"<is><t>x</t></is>", b'<mergeCell ref="A1:ZZZZZ9"/>', b"\xff", b"&#0;", b"<v/>",
     b'<row r="99999999999999999999">', b'<c r="B3" t="inlineStr"><is><t>a</t></is></c>', b'<c s="4000000000"><v>1</v></c>']
)  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, len(SHEET)), PIECES), min_size=1, max_size=6))
def test_a_sheet_with_pieces_put_in_is_read_or_refused(pieces: list[tuple[int, bytes]]) -> None:
    sheet = SHEET
    for place, piece in pieces:
        sheet = sheet[:place] + piece + sheet[place:]
    only_refusals(with_sheet(GOOD, lambda _: sheet))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    only_refusals(content)
    only_refusals(b"Foreign party,Host party\n" + content)
    only_refusals(archive.ZIP_MARK + content)
