"""What the guide for authors says of tables is true: its table loads, its examples come out, its cells can be read."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from riskapi.cli.main import app
from riskapi.facts.vocabulary import FactType, Vocabulary
from riskapi.rules import Rule, load_file
from riskapi.rules.examples import run_examples
from riskapi.rules.table_cells import CellError, Subject, condition_of
from riskapi.rules.table_conditions import OUTPUTS, SPAN
from tests.docs.pages import ROOT, coded, page, rows, section

GUIDE = "rules/README.md"
HEAD = """\
instrument: br.ev-duty
title: Duty on electric cars
jurisdiction: BR
authority: Gecex-Camex
citation: Gecex-Camex resolution
sources: [{url: https://example.org/law, retrieved: 2026-11-22}]
checked: {on: 2026-11-22, how: read}
confidence: high
rules:
"""


@pytest.fixture
def shown(tmp_path: Path, vocabulary: Vocabulary) -> list[Rule]:
    """The rules of the table on the page."""
    (text,) = re.findall(r"^```yaml table\n(.*?)^```$", page(GUIDE), re.MULTILINE | re.DOTALL)
    file = tmp_path / "br.ev-duty.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    return load_file(file, vocabulary)


def test_the_table_loads_and_its_examples_come_out_as_expected(shown: list[Rule]) -> None:
    assert [rule.id for rule in shown] == ["br.ev-duty.electric-cars.10", "br.ev-duty.electric-cars.18"]
    assert run_examples(shown) == []


def test_every_column_that_is_no_question_is_shown() -> None:
    text = section(page(GUIDE), "Tables")
    assert [name for name in (*OUTPUTS, *SPAN) if f"`{name}`" not in text] == []


def test_every_cell_that_is_shown_can_be_read() -> None:
    shown = [code for cells in rows(section(page(GUIDE), "Tables")) if len(cells) == 2 for code in coded(cells[0])]
    cells = [cell for cell in shown if cell not in {*OUTPUTS, *SPAN, "key", "when", "row."}]
    assert len(cells) > 12
    for cell in cells:
        assert any(_readable(Subject("deal.x", kind, "share"), cell) for kind in FactType), cell


BLOCK = re.compile(r"^```console table\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOVING = re.compile(r"\b\d+(?= (?:rows|rules|examples)\b)")


def add_the_row(book: Workbook) -> None:
    """What the guide says to do in the sheet of the rows."""
    page: Any = book["br.ev-duty"]
    heads = {cell.value: cell.column for cell in page[1]}
    rows_of = {row[0].value: row[0].row for row in page.iter_rows(min_row=2)}
    page.cell(rows_of["electric-cars-35"], heads["to"]).value = date(2027, 6, 30)
    new = {"key": "electric-cars-40", "deal.product": "ev_car", "from": date(2027, 7, 1), "points": 6}
    new |= {"title": "Electric cars: 40 %", "because": "Electric cars of Chinese origin pay 40 %."}
    _fill(page, new)


def add_the_examples(book: Workbook) -> None:
    """What the guide says to do in the sheet of the examples."""
    page: Any = book["br.ev-duty examples"]
    line = next(row for row in page.iter_rows(min_row=2, values_only=True) if row[0] == "first day")
    first = dict(zip((cell.value for cell in page[1]), line, strict=True))
    _fill(page, {**first, "name": "last day of 35", "as_of": date(2027, 6, 30), "fires": "electric-cars-35"})
    _fill(page, {**first, "name": "first day of 40", "as_of": date(2027, 7, 1), "fires": "electric-cars-40"})
    _fill(page, {"name": "nothing known of 40", "as_of": date(2027, 9, 1), "undetermined": "all"})


def _fill(page: Any, values: Mapping[str, object]) -> None:  # a sheet
    line = next(number for number in range(2, 999) if page.cell(number, 1).value is None)
    for number, cell in enumerate(page[1], 1):
        page.cell(line, number).value = values.get(cell.value)


EDITS = {"# after the row is added": add_the_row, "# after the examples are added": add_the_examples}


def test_the_way_through_a_spreadsheet_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "rules/br", tmp_path / "rules/br")
    shutil.copy(ROOT / "rules/scorecard.yaml", tmp_path / "rules")
    (tmp_path / "rules/VERSION").write_text("1.0.0\n", encoding="utf-8")
    monkeypatch.setenv("RISKAPI_RULES", str(tmp_path / "rules"))
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(page("docs/rule-authors.md"))
    assert len(blocks) == 3
    for part in (part for block in blocks for part in re.split(r"^(?:\$ )", block, flags=re.MULTILINE)):
        command, _, shown_lines = part.partition("\n")
        if command in EDITS:
            book = load_workbook("duty.xlsx")
            EDITS[command](book)
            book.save("duty.xlsx")
        elif command:
            _type(command, shown_lines)


def _type(command: str, shown_lines: str) -> None:
    """Type it, and hold what the page shows against what is printed, in its order."""
    environment = {"COLUMNS": "100", "NO_COLOR": "1"}
    result = CliRunner().invoke(app, shlex.split(command)[1:], env=environment, catch_exceptions=False)
    rest = [MOVING.sub("N", line.rstrip()) for line in result.output.splitlines()]
    for line in (MOVING.sub("N", line) for line in shown_lines.splitlines() if line not in ("", "...")):
        assert line in rest, f"{command}\nshown: {line}\nprinted: {result.output}"
        rest = rest[rest.index(line) + 1 :]


def _readable(subject: Subject, cell: str) -> bool:
    try:
        condition_of(subject, cell)
    except CellError:
        return False
    return True
