"""What docs/briefing.md says one can do from Python does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

PAGE = Path(__file__).parents[2] / "docs" / "briefing.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
WRITES = {"briefing.xlsx": "Waterfall", "portfolio.xlsx": "Matrix"}


@pytest.mark.parametrize(("block", "name"), list(zip(BLOCKS, WRITES, strict=True)), ids=list(WRITES))
def test_the_code_writes_the_workbook(block: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block, str(PAGE), "exec"), {})  # noqa: S102  # our own page
    assert WRITES[name] in load_workbook(tmp_path / name, read_only=True).sheetnames


def test_every_picture_of_the_page_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert len(pictures) >= 6
    assert all((PAGE.parent / picture).is_file() for picture in pictures)
