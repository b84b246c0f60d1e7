"""The workbook to fill in: drop-downs of everything that a column takes, explanations, the same bytes each time."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from riskapi.spreadsheet.columns import catalogue
from riskapi.spreadsheet.output import written
from riskapi.spreadsheet.score import Wanted, score_file
from riskapi.spreadsheet.template import YES_NO, template_csv, template_workbook
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace

TEMPLATE = template_workbook(shipped_vocabulary())
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
HEAD_ROW = 4


def opened(content: bytes = TEMPLATE) -> Workbook:
    return load_workbook(io.BytesIO(content))


def columns(book: Workbook) -> dict[str, str]:
    """Letters by heading."""
    return {str(cell.value): get_column_letter(cell.column or 1) for cell in book["Pairings"][HEAD_ROW]}


def checks(book: Workbook) -> dict[str, Any]:
    """The check of each column by heading."""
    letters = columns(book)
    found = {str(item.sqref).rstrip("0123456789:").split(":")[0].rstrip("0123456789"): item
             for item in book["Pairings"].data_validations.dataValidation}  # fmt: skip
    return {heading: found[letter] for heading, letter in letters.items() if letter in found}


def test_the_same_vocabulary_gives_the_same_bytes() -> None:
    assert template_workbook(shipped_vocabulary()) == TEMPLATE


def test_every_column_says_what_it_means_when_a_cell_is_chosen() -> None:
    book = opened()
    for heading, check in checks(book).items():
        assert check.promptTitle == heading[:32]
        assert 0 < len(check.prompt) <= 255
    assert set(checks(book)) == set(columns(book))


@pytest.mark.parametrize(
    ("heading", "domain"), [("Deal type", "deal_type"), ("Sector", "sector"), ("Country of the activity", "country")]
)
def test_drop_downs_offer_the_labels_of_the_vocabulary(heading: str, domain: str) -> None:
    book = opened()
    sheet, _, cells = checks(book)[heading].formula1.partition("!")
    offered = [cell.value for (cell,) in book[sheet.strip("'")][cells.replace("$", "")]]
    assert sorted(offered) == sorted(shipped_vocabulary().domains[domain].values())


def test_yes_and_no_are_offered_with_not_known() -> None:
    assert checks(opened())["Foreign board seat"].formula1 == f'"{",".join(YES_NO)}"'


def test_a_list_of_several_takes_more_than_its_drop_down_offers() -> None:
    assert not checks(opened())["Market countries"].showErrorMessage
    assert checks(opened())["Deal type"].showErrorMessage


def test_every_column_that_is_read_is_explained() -> None:
    rows = list(opened()["Columns"].iter_rows(min_row=4, values_only=True))
    known = catalogue(shipped_vocabulary()).columns
    assert [row[0] for row in rows] == [column.heading for column in known]
    assert all(row[2] and row[3] and row[5] for row in rows)


def test_the_head_stays_in_sight_and_the_file_says_what_it_is() -> None:
    book = opened()
    assert book["Pairings"].freeze_panes == "B5"
    assert book.properties.title == "Pairings to score"
    assert [table.name for table in book["Pairings"].tables.values()] == ["pairings"]


def test_the_text_form_has_the_same_headings() -> None:
    head, example = csv.reader(io.StringIO(template_csv(shipped_vocabulary()).decode("utf-8-sig")))
    assert head == list(columns(opened()))
    assert len(example) == len(head)


def filled() -> bytes:
    """The template with three rows as somebody may fill them in, one of them wrong."""
    book = opened()
    page, place = book["Pairings"], columns(book)
    rows: tuple[dict[str, Any], ...] = (
        {"Foreign party": "CATL", "Host party": "Ford", "Deal type": "Licence of technology or brand",
         "Country of the activity": "United States", "As of": date(2025, 6, 1)},
        {"Foreign party": "Geely", "Host party": "Nobody Motors of Nowhere", "Foreign stake": 30},
        {"Foreign party": "SAIC", "Host party": "Volkswagen", "Deal type": "joint_venture", "Market countries": "Germany; FR"},
    )  # fmt: skip
    for offset, row in enumerate(rows, 1):
        for heading, value in row.items():
            page[f"{place[heading]}{HEAD_ROW + offset}"] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def scored() -> bytes:
    workspace = shipped_workspace()
    found = score_file(filled(), "pairings.xlsx", workspace, Wanted(as_of=AS_OF))
    assert (found.answered, found.refused) == (2, 1)
    return written(found, ".xlsx", workspace)


def test_a_filled_template_keeps_its_drop_downs_when_scored() -> None:
    book = opened(scored())
    kept = checks(book)
    assert set(columns(opened())) <= set(kept)
    assert kept["Deal type"].formula1 == checks(opened())["Deal type"].formula1
    again = score_file(scored(), "scored.xlsx", shipped_workspace(), Wanted(as_of=AS_OF))
    assert (again.answered, again.refused) == (2, 1)


@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed (package libreoffice-calc)")
def test_another_program_opens_both_and_keeps_the_drop_downs(tmp_path: Path) -> None:
    sources = {"template.xlsx": TEMPLATE, "scored.xlsx": scored()}
    for name, content in sources.items():
        (tmp_path / name).write_bytes(content)
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
               "--outdir", str(tmp_path / "saved"), *(str(tmp_path / name) for name in sources)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    for name, content in sources.items():
        ours, theirs = opened(content), opened((tmp_path / "saved" / name).read_bytes())
        assert theirs.sheetnames == ours.sheetnames
        assert len(theirs["Pairings"].data_validations.dataValidation) >= len(set(columns(ours))) // 2
        found = score_file((tmp_path / "saved" / name).read_bytes(), name, shipped_workspace(), Wanted(as_of=AS_OF))
        assert found.answered == (1 if name == "template.xlsx" else 2)
