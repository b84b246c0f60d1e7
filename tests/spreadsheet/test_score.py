"""A file with answers: every row answered or told what is wrong with it, nothing lost, nothing moved."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook

from riskapi.spreadsheet.output import ENDINGS, template, written
from riskapi.spreadsheet.problems import FileRefusedError
from riskapi.spreadsheet.results import RESULT_HEADINGS, ScoredFile
from riskapi.spreadsheet.score import Wanted, score_file
from tests.shipped import AS_OF, shipped_workspace
from tests.spreadsheet.files import book_of, saved, with_title

TEXT = (
    "Our pairings,\n"
    "Note,Foreign party,Host party,Deal type,Sector,Country of the activity,Foreign stake\n"
    "a,Xiaomi,Ford,Joint venture,automotive,US,49%\n"
    ",,,,,,\n"
    "c,Frod Motors of Nowhere,Ford,jv,automotive,US,25\n"
    "d,BYD,Volkswagen,licence,automotive,Germany,\n"
)


def score(content: str | bytes, *, explain: bool = False, as_of: date = AS_OF) -> ScoredFile:
    raw = content.encode() if isinstance(content, str) else content
    return score_file(raw, "pairings.csv", shipped_workspace(), Wanted(as_of=as_of, explain=explain))


@lru_cache(maxsize=1)
def scored() -> ScoredFile:
    return score(TEXT)


@lru_cache(maxsize=8)
def output(ending: str) -> bytes:
    return written(scored(), ending, shipped_workspace())


def pairings(content: bytes) -> tuple[Workbook, Any]:
    book = load_workbook(io.BytesIO(content))
    return book, book["Pairings"]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_row_is_answered_blank_or_told_what_is_wrong() -> None:
    assert [row.status for row in scored().rows] == ["answered", "blank", "not answered", "answered"]
    wrong = scored().rows[2].problems
    assert {(item.column, item.problem.code) for item in wrong} == {
        (1, "name-unknown"),
        (3, "unknown-code"),
        (6, "out-of-range"),
    }


def test_an_answer_is_that_of_the_question_asked_alone() -> None:
    alone = shipped_workspace().score(
        "Xiaomi", "Ford", as_of=AS_OF, foreign_party="Xiaomi", type="joint_venture", sector="automotive",
        activity_country="US", foreign_stake=0.49,
    )  # fmt: skip
    found = scored().rows[0].answer
    assert found is not None
    assert (found.score, found.low, found.high, found.band) == (alone.score, alone.low, alone.high, alone.band.name)
    assert found.gates == alone.gates


def test_a_row_may_have_a_day_of_its_own() -> None:
    found = score("Foreign party,Host party,As of\nXiaomi,Ford,2020-06-30\nXiaomi,Ford,\n")
    assert [row.answer and row.answer.as_of for row in found.rows] == [date(2020, 6, 30), AS_OF]


def test_parties_that_look_exchanged_are_answered_with_a_warning() -> None:
    found = score("Foreign party,Host party,in\nFord,Xiaomi,US\nXiaomi,Ford,US\nFord,Xiaomi,\n")
    told = ["exchanged" in " ".join(row.answer.warnings) for row in found.rows if row.answer]
    assert told == [True, False, False]


def test_a_name_that_was_taken_as_a_misspelling_is_told_in_its_row() -> None:
    rest = "Ford,joint_venture,automotive,US\n"
    text = f"Foreign party,Host party,Deal type,Sector,Country of the activity\nXiomi,{rest}Xiaomi,{rest}"
    rows = csv_rows(written(score(text), ".csv", shipped_workspace()))
    place = rows[0].index("Warnings")
    told = [any("`Xiomi` was taken for Xiaomi" in line for line in row[place].splitlines()) for row in rows[1:]]
    assert told == [True, False]


def test_what_has_been_said_of_the_deal_stands_beside_the_score() -> None:
    alone = shipped_workspace().score("Xiaomi", "Ford", as_of=AS_OF, type="joint_venture", activity_country="US")
    (row,) = score("Foreign party,Host party,in,type\nXiaomi,Ford,US,joint_venture\n").rows
    assert alone.deal_status is not None
    assert row.answer is not None
    assert row.answer.report_status == alone.deal_status.label


def test_with_explain_every_rule_that_may_apply_is_told() -> None:
    more, few = score(TEXT, explain=True).rows[0].answer, scored().rows[0].answer
    assert more is not None
    assert few is not None
    assert {reason.rule for reason in few.reasons} < {reason.rule for reason in more.reasons}
    assert "undetermined" in {reason.status for reason in more.reasons}


def test_every_cell_of_the_file_stays_in_its_row_and_order() -> None:
    before, after = list(csv.reader(io.StringIO(TEXT))), csv_rows(output(".csv"))
    assert after[0] == before[0][:1]
    head = after[1]
    kept = [place for place, name in enumerate(head) if not name.startswith("Error") and name not in RESULT_HEADINGS]
    assert [head[place] for place in kept] == before[1]
    for old, new in zip(before[2:], after[2:], strict=True):
        assert [new[place] for place in kept] == old


def test_what_is_wrong_stands_right_beside_its_cell_with_what_to_do() -> None:
    head, row = csv_rows(output(".csv"))[1], csv_rows(output(".csv"))[4]
    for name in ("Foreign party", "Deal type", "Foreign stake"):
        place = head.index(name)
        assert head[place + 1] == f"Error: {name}"
        assert row[place + 1].endswith(".")
        assert row[place + 1].count(". ") >= 1
    assert "Error: Sector" not in head


def test_names_that_do_not_settle_bring_candidates() -> None:
    error = next(
        error for error in json.loads(output(".json"))["rows"][2]["errors"] if error["column"] == "Foreign party"
    )
    assert error["cell"] == "B5"
    assert "id" in error["hint"] or "described here" in error["hint"]


def test_the_workbook_marks_wrong_cells_and_keeps_types() -> None:
    rows: list[list[Any]] = [["Foreign party", "Host party", "Deal type", "Foreign stake", "Checked on"],
            ["Xiaomi", "Ford", "jv", 25, date(2026, 5, 1)]]  # fmt: skip
    _, page = pairings(written(score(saved(book_of(rows))), ".xlsx", shipped_workspace()))
    head = [cell.value for cell in page[1]]
    wrong, right = page.cell(2, head.index("Foreign stake") + 1), page.cell(2, head.index("Checked on") + 1)
    assert (wrong.value, wrong.style) == (25, "riskapi applies")
    assert right.value.date() == date(2026, 5, 1)
    said = str(page.cell(2, head.index("Error: Foreign stake") + 1).value)
    assert said == "`25` does not fit: a number from 0 to 1 is wanted. Shares are written 25% or 0.25."


def test_the_workbook_tells_reasons_and_how_it_was_made() -> None:
    book, page = pairings(written(score(saved(book_of([row.split(",") for row in TEXT.splitlines()[1:]]))), ".xlsx",
                                  shipped_workspace()))  # fmt: skip
    assert book.sheetnames[:3] == ["Pairings", "Reasons", "Method and versions"]
    assert [table.name for table in page.tables.values()] == ["pairings"]
    reasons = list(book["Reasons"].iter_rows(min_row=4, values_only=True))
    assert {row[0] for row in reasons} == {2, 5}
    said = {row[1]: row[2] for row in book["Method and versions"].iter_rows(values_only=True)}
    versions = shipped_workspace().versions
    assert (said["Rules"], said["Data"]) == (versions.rule_set, versions.dataset)


def test_the_workbook_speaks_of_no_sheet_that_it_does_not_have() -> None:
    book, _ = pairings(output(".xlsx"))
    told = " ".join(str(row[2]) for row in book["Method and versions"].iter_rows(values_only=True))
    assert "in the column Legal gates" in told
    assert "sheet Find out" not in told
    assert "own sheet" not in told
    assert "see the sheet" not in told


def test_headings_that_no_table_takes_are_kept_without_a_table() -> None:
    rows: list[list[Any]] = [["Note", "note", None, "Foreign party", "Host party"], ["a", "b", "c", "Xiaomi", "Ford"]]
    _, page = pairings(written(score(saved(book_of(rows))), ".xlsx", shipped_workspace()))
    assert not page.tables
    assert [cell.value for cell in page[1]][:5] == rows[0]
    assert [cell.value for cell in page[2]][:5] == rows[1]


def test_a_score_near_an_end_of_the_scale_is_not_shown_as_the_end() -> None:
    rows = [
        replace(row, answer=replace(row.answer, low=0.0001, score=99.97, high=99.9999)) if row.answer else row
        for row in scored().rows
    ]
    near = replace(scored(), rows=tuple(rows))
    rows_of_csv = csv_rows(written(near, ".csv", shipped_workspace()))
    place = rows_of_csv[1].index("Score")
    assert rows_of_csv[2][place : place + 3] == ["99.9", "0.1", "99.9"]
    assert pl.read_parquet(written(near, ".parquet", shipped_workspace()))["Score"][0] == 99.9
    assert json.loads(written(near, ".json", shipped_workspace()))["rows"][0]["answer"]["score"] == 99.97


def test_parquet_has_numbers_and_days() -> None:
    frame = pl.read_parquet(io.BytesIO(output(".parquet")))
    assert frame.schema["Score"] == pl.Float64
    assert frame.schema["Answered as of"] == pl.Date
    assert frame["Result"].to_list() == ["answered", "blank", "not answered", "answered"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_file_gives_the_same_bytes(ending: str) -> None:
    assert written(score(TEXT), ending, shipped_workspace()) == output(ending)


def test_a_scored_file_can_be_mended_and_scored_again() -> None:
    text = output(".csv").decode("utf-8-sig").replace("Frod Motors of Nowhere", "Geely").replace("jv", "licence")
    again = score(text.replace(",25,", ",25%,"))
    assert [row.status for row in again.rows] == ["answered", "blank", "answered", "answered"]
    head = csv_rows(written(again, ".csv", shipped_workspace()))[1]
    assert head == [*TEXT.splitlines()[1].split(","), *RESULT_HEADINGS]


def test_formulas_in_cells_do_not_become_formulas() -> None:
    text = 'Note,Foreign party,Host party\n"=1+1",Xiaomi,Ford\n-3.5,Xiaomi,Ford\n+cmd|x,Xiaomi,Ford\n'
    found = score(text)
    assert [row[0] for row in csv_rows(written(found, ".csv", shipped_workspace()))[1:]] == ["'=1+1", "-3.5", "'+cmd|x"]
    _, page = pairings(written(found, ".xlsx", shipped_workspace()))
    assert [page.cell(row, 1).data_type for row in (2, 3, 4)] == ["s", "s", "s"]


def test_other_sheets_of_the_workbook_are_kept_as_values() -> None:
    book = book_of([["Foreign party", "Host party"], ["Xiaomi", "Ford"]])
    book.create_sheet("Contacts").append(["Anna", 7])
    kept, _ = pairings(written(score(saved(book)), ".xlsx", shipped_workspace()))
    assert [cell.value for cell in kept["Contacts"][1]] == ["Anna", 7]


@pytest.mark.parametrize("title", ["a/b:c*[d]?\\\\", "Lists", "reasons", "'quoted'", "\u202eabc", "x" * 31])
def test_a_sheet_may_bear_any_title(title: str) -> None:
    content = with_title(
        saved(book_of([["Foreign party", "Host party", "type"], ["Xiaomi", "Ford", "licence"]])), title
    )
    book = load_workbook(io.BytesIO(written(score(content), ".xlsx", shipped_workspace())))
    assert book.sheetnames[1:] == ["Reasons", "Method and versions", "Columns", "Lists"]
    assert any("'Lists'!" in str(item.formula1) for item in book.worksheets[0].data_validations.dataValidation)


def test_too_many_rows_are_refused_before_any_is_answered() -> None:
    with pytest.raises(FileRefusedError) as caught:
        score_file(TEXT.encode(), "p.csv", shipped_workspace(), Wanted(as_of=AS_OF, most=2, too_many_hint="use jobs"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint) == ("too-many-rows", "use jobs")


def test_progress_is_told_row_by_row() -> None:
    heard: list[Any] = []
    wanted = Wanted(as_of=AS_OF, told=lambda done, of: heard.append((done, of)))
    score_file(TEXT.encode(), "p.csv", shipped_workspace(), wanted)
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_template_is_answered_as_it_is() -> None:
    for ending in (".xlsx", ".csv"):
        found = score(template(ending, shipped_workspace()))
        assert [row.status for row in found.rows] == ["answered"]
        assert not found.notices
