"""The record of a briefing: written, read back, and compared."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import Workbook

from riskapi.briefing.changes import changes_sheet
from riskapi.briefing.material import content_hash
from riskapi.briefing.record import Item, Record, read_record, record_of
from riskapi.briefing.workbook import briefing_workbook
from riskapi.errors import RequestError
from tests.briefing.briefings import demo, demo_bytes, read, rows_of

EARLIER = date(2025, 6, 30)


def recorded() -> Record:
    return record_of(demo().answer, content_hash(demo().answer))


def changed(before: Record, now: Record) -> list[tuple[object, ...]]:
    (table,) = changes_sheet(before, now).tables
    return [tuple(getattr(value, "text", value) for value in row) for row in table.rows]


def test_a_briefing_can_be_read_back_whole() -> None:
    assert read_record(demo_bytes(), "briefing.xlsx") == recorded()


def test_a_briefing_has_not_changed_since_itself() -> None:
    assert changed(recorded(), recorded()) == []
    assert changes_sheet(recorded(), recorded()).remarks == ("No difference.",)


def test_a_later_briefing_tells_what_moved() -> None:
    before = read_record(demo_bytes(EARLIER), "old.xlsx")
    now = replace(demo(), before=before)
    book = read(briefing_workbook(now))
    assert book.sheetnames[-2:] == ["Changes", "Record"]
    score = next(row for row in rows_of(book, "Changes") if row["Id"] == "score")
    then = demo(EARLIER).answer.score
    assert (score["Before"], score["Now"]) == (then, now.answer.score)
    assert score["Difference"] == pytest.approx(now.answer.score - then, abs=1e-4)
    told = [cell.value for row in book["Summary"].iter_rows() for cell in row]
    assert "Since the earlier briefing" in told


def with_rule(status: str | None, points: float = 0.0, sort: str = "rule") -> Record:
    items = {} if status is None else {(sort, "a.b.c"): Item("A rule", status, points)}
    return Record(items)


@pytest.mark.parametrize(
    ("before", "now", "row"),
    [
        (with_rule("fired", 10), with_rule("fired", 12), ("changed", "Applies, +10 points", "Applies, +12 points", 2)),
        (with_rule("undetermined"), with_rule("fired", 5), ("changed", "May apply", "Applies, +5 points", 5)),
        (with_rule(None), with_rule("fired", 5), ("new", None, "Applies, +5 points", None)),
        (with_rule("fired", 5), with_rule(None), ("gone", "Applies, +5 points", None, None)),
        (with_rule("suspended", 5, "dormant"), with_rule("fired", 5), ("changed", "suspended", "Applies, +5 points", None)),
    ],
)  # fmt: skip
def test_a_rule_that_moved_has_one_row(before: Record, now: Record, row: tuple[object, ...]) -> None:
    assert changed(before, now) == [("Rule", "A rule", *row, "a.b.c")]


def test_a_rule_that_never_applied_is_no_change() -> None:
    assert changed(with_rule(None), with_rule("not_fired")) == []


def test_another_pairing_is_told_to_be_one() -> None:
    one, other = (Record({("party", "A"): Item(name, None, name)}) for name in ("Xiaomi", "BYD"))
    assert any("other parties" in str(remark) for remark in changes_sheet(one, other).remarks)


def other_workbook() -> bytes:
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def zip_of(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: b"", "no workbook"),
        (lambda: b"PK\x03\x04 broken", "no workbook"),
        (lambda: zip_of("hello.txt", b"hello"), "no workbook"),
        (other_workbook, "the sheet `Record` is missing"),
        (lambda: zip_of("xl/workbook.xml", b"0" * 1_000_001), "unpacked"),
        (lambda: b"0" * 20_000_001, "more than 20,000,000 bytes"),
    ],
    ids=["empty", "broken", "no-workbook", "another-workbook", "bomb", "too-large"],
)
def test_what_is_no_briefing_is_refused_with_its_name(
    made: Callable[[], bytes], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskapi.briefing.record._MAX_UNPACKED", 1_000_000)  # hundreds of it take seconds to pack
    with pytest.raises(RequestError) as caught:
        read_record(made(), "old.xlsx")
    (problem,) = caught.value.problems
    assert problem.code == "bad-briefing"
    assert problem.file == "old.xlsx"
    assert told in problem.detail
