"""The workbook in another program: LibreOffice opens it, works its formulas out to our values, and keeps its charts."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.briefing.briefings import demo_bytes, parts, rows_of

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
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The workbook as LibreOffice saves it again."""
    folder = tmp_path_factory.mktemp("office")
    source = folder / "briefing.xlsx"
    source.write_bytes(without_values(demo_bytes()))
    target = folder / "saved"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return Path(target / "briefing.xlsx").read_bytes()


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


def parts_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()
