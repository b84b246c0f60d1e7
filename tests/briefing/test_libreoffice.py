"""The workbooks in another program: LibreOffice opens them, works formulas out to our values, and keeps charts and colours."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from functools import lru_cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from riskapi.briefing.portfolio import portfolio_workbook
from tests.briefing.briefings import demo_bytes, parts, rows_of
from tests.briefing.portfolios import demo_about, demo_frame

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed (package libreoffice-calc)"),
]


def without_values(content: bytes) -> bytes:
    """The workbook with formulas that have no values, so that whoever opens it has to work them out."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts(content).items():
            archive.writestr(name, re.sub(r"(<f>[^<]*</f>)<v>[^<]*</v>", r"\1", text))
    return target.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks as LibreOffice saves them again; it starts once for both."""
    folder = tmp_path_factory.mktemp("office")
    sources = [folder / "briefing.xlsx", folder / "portfolio.xlsx"]
    for source, content in zip(sources, (without_values(demo_bytes()), portfolio()), strict=True):
        source.write_bytes(content)
    target = folder / "saved"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return target


@pytest.fixture(scope="module")
def saved(folder: Path) -> bytes:
    """The briefing of one pairing."""
    return (folder / "briefing.xlsx").read_bytes()


@lru_cache(maxsize=1)
def portfolio() -> bytes:
    return portfolio_workbook(demo_frame(), demo_about())


@pytest.mark.parametrize("sheet", ["Waterfall", "Sensitivity"])
def test_formulas_come_to_the_values_that_the_workbook_states(saved: bytes, sheet: str) -> None:
    ours = rows_of(load_workbook(io.BytesIO(demo_bytes()), data_only=True), sheet)
    page = load_workbook(io.BytesIO(saved), data_only=True)[sheet]
    top = next(row[0].row for row in page.iter_rows() if row[0].value == next(iter(ours[0])))
    for offset, row in enumerate(ours, 1):
        theirs = [cell.value for cell in page[top + offset]][: len(row)]
        for head, value, other in zip(row, row.values(), theirs, strict=True):
            if isinstance(value, int | float):
                assert other == pytest.approx(value, abs=1e-6), (head, offset)


def test_sheets_and_charts_are_kept(saved: bytes) -> None:
    assert load_workbook(io.BytesIO(saved)).sheetnames == load_workbook(io.BytesIO(demo_bytes())).sheetnames
    charts = [name for name in parts_of(saved) if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == 2


def test_a_portfolio_keeps_its_rows_links_charts_and_colours(folder: Path) -> None:
    content = (folder / "portfolio.xlsx").read_bytes()
    ours, theirs = load_workbook(io.BytesIO(portfolio())), load_workbook(io.BytesIO(content))
    assert theirs.sheetnames == ours.sheetnames
    for name in ("Ranking", "Drivers", "Matrix 1"):
        rows = [[cell.value for cell in row] for row in ours[name].iter_rows()]
        assert [[cell.value for cell in row[: len(rows[0])]] for row in theirs[name].iter_rows()] == rows
        assert sum(cell.hyperlink is not None for row in theirs[name].iter_rows() for cell in row) > 0
    (place,) = theirs["Matrix 1"].conditional_formatting
    assert place.rules[0].dxf.numFmt.formatCode.endswith('Severe"')
    assert len([name for name in parts_of(content) if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]) == 3


def parts_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()
