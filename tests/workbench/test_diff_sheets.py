from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from riskapi.workbench import diff_sheets
from riskapi.workbench.diff_base import Sides
from riskapi.workbench.diff_impact import NO_IMPACT, Impact, Versions, impact_of
from riskapi.workbench.diff_sheets import workbook
from riskapi.workbench.portfolio import Portfolio
from tests.cli.world import RULE
from tests.shipped import AS_OF, shipped_workspace
from tests.workbench.rule_states import SECOND, edited, sides


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sides, Impact]:
    """One rule changed in points and title, one added, over the deals of the datasets."""
    after = edited(
        RULE, ("points: 10", "points: 80"), ("title: A quarter", 'title: "=A quarter'), ("goes abroad", 'goes abroad"')
    )
    found = sides(tmp_path_factory.mktemp("rules"), (RULE,), (after, SECOND))
    workspace = shipped_workspace()
    proposals = list(Portfolio(workspace, AS_OF, side=8).default())
    versions = Versions((found.base.book, found.after), found.cards, found.diff)
    return found, impact_of(versions, proposals, workspace.assembler)


@pytest.fixture(scope="module")
def book(changed: tuple[Sides, Impact]) -> Workbook:
    return load_workbook(io.BytesIO(workbook(*changed, "main", AS_OF)))


def table(book: Workbook, sheet: str, name: str) -> list[dict[str, Any]]:
    """The rows of a named table by their heads."""
    page = book[sheet]
    head, *rows = [[cell.value for cell in row] for row in page[page.tables[name].ref]]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_sheets_have_named_tables_and_fixed_heads(book: Workbook) -> None:
    assert book.sheetnames == ["Summary", "Rules", "Moves", "Distribution"]
    assert [page.freeze_panes for page in book] == ["A4", "B2", "B2", None]
    names = {item.name for page in book for item in page.tables.values()}
    assert names == {"summary", "rules", "moves", "changes", "scores", "bands", "gates", "behind"}


def test_the_summary_counts_what_changed_and_what_moves(book: Workbook, changed: tuple[Sides, Impact]) -> None:
    told = {row["what"]: row["value"] for row in table(book, "Summary", "summary")}
    assert (told["rules added"], told["rules removed"], told["rules changed"]) == (1, 0, 1)
    assert (told["step of the version"], told["lowest version that fits"]) == ("minor", "1.5.0")
    assert told["rule set before"].startswith("1.4.0+")
    assert told["as of"] == datetime(2026, 11, 22)  # noqa: DTZ001  # as Excel has it
    assert told["pairings that move"] == len(changed[1].moved) > 0


def test_each_edit_is_a_row_with_the_rule_and_both_states(book: Workbook) -> None:
    rows = table(book, "Rules", "rules")
    (points,) = [row for row in rows if row["rule"] == "us.test.foreign-share" and row["field"] == "points"]
    assert (points["change"], points["before"], points["after"]) == ("changed", "+10", "+80")
    assert points["can move a score"] == "yes"
    added = [row for row in rows if row["rule"] == "us.other.foreign-share"]
    assert {row["change"] for row in added} == {"added"}
    assert {row["before"] for row in added} == {None}


def test_a_citation_leads_to_the_source_of_its_instrument(book: Workbook) -> None:
    cell = book["Rules"]["E2"]
    assert cell.value == "Act of Tests, section 7.1"
    assert cell.hyperlink.target == "https://example.org/law"


def test_a_title_that_looks_like_a_formula_stays_text(book: Workbook) -> None:
    cells = [
        cell for row in book["Rules"].iter_rows() for cell in row if cell.value == "=A quarter or more goes abroad"
    ]
    assert cells
    assert {(cell.data_type, bool(cell.quotePrefix)) for cell in cells} == {("s", True)}


def test_each_movement_is_a_row_of_numbers_with_its_reason(book: Workbook, changed: tuple[Sides, Impact]) -> None:
    rows = table(book, "Moves", "moves")
    assert len(rows) == len(changed[1].moved)
    sizes = [abs(row["change"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    largest = rows[0]
    assert largest["change"] == pytest.approx(largest["score after"] - largest["score before"], abs=0.02)
    assert largest["low before"] <= largest["score before"] <= largest["high before"]
    assert "us.test.foreign-share" in largest["why"] or "us.other.foreign-share" in largest["why"]


def test_the_distribution_counts_every_pairing_that_moves_once(book: Workbook, changed: tuple[Sides, Impact]) -> None:
    moved = len(changed[1].moved)
    assert sum(row["pairings"] for row in table(book, "Distribution", "changes")) == moved
    scores = table(book, "Distribution", "scores")
    assert sum(row["pairings before"] for row in scores) == sum(row["pairings after"] for row in scores) == moved
    assert [row["score from"] for row in scores] == list(range(0, 100, 5))


def test_deals_are_listed_before_the_matrix_where_not_all_fit(
    changed: tuple[Sides, Impact], monkeypatch: pytest.MonkeyPatch
) -> None:
    deals = changed[1].by_origin["deals"]
    assert 0 < deals < len(changed[1].moved)
    monkeypatch.setattr(diff_sheets, "MOST_MOVES", deals)
    cut = load_workbook(io.BytesIO(workbook(*changed, "main", AS_OF)))
    assert {row["from"] for row in table(cut, "Moves", "moves")} == {"deals"}
    assert f"of {len(changed[1].moved):,} movements" in cut["Moves"]["A1"].value


def test_without_impact_there_is_only_what_changed(changed: tuple[Sides, Impact]) -> None:
    found = load_workbook(io.BytesIO(workbook(changed[0], None, "main", AS_OF)))
    assert found.sheetnames == ["Summary", "Rules"]


def test_rules_that_say_the_same_make_a_workbook_too(tmp_path: Path) -> None:
    same = sides(tmp_path, (RULE,), (RULE,))
    found = load_workbook(io.BytesIO(workbook(same, NO_IMPACT, "main", AS_OF)))
    (empty,) = table(found, "Moves", "moves")
    assert set(empty.values()) == {None}


def test_the_same_difference_gives_the_same_bytes(changed: tuple[Sides, Impact]) -> None:
    assert workbook(*changed, "main", AS_OF) == workbook(*changed, "main", AS_OF)
