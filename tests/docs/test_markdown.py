"""Every page is whole Markdown: tables with as many cells as their heads, code blocks that end, short lines of prose."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, markdown_files, page

PAGES = [file.relative_to(ROOT).as_posix() for file in markdown_files()]


def broken_rows(text: str) -> list[str]:
    """Rows of tables that have more or fewer cells than the line above them."""
    lines = text.splitlines()
    cells = [len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0 for line in lines]
    return [
        line
        for before, here, line in zip(cells, cells[1:], lines[1:], strict=False)
        if before and here not in (0, before)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_the_rows_of_a_table_have_as_many_cells_as_its_head(name: str) -> None:
    assert broken_rows(page(name)) == []


def test_a_bar_inside_a_cell_is_seen() -> None:
    assert broken_rows("| a | b |\n|---|---|\n| `x|y` | z |\n") == ["| `x|y` | z |"]
    assert broken_rows("| a | b |\n|---|---|\n| `x\\|y` | z |\n") == []


@pytest.mark.parametrize("name", PAGES)
def test_every_code_block_ends(name: str) -> None:
    assert len(re.findall(r"^```", page(name), re.MULTILINE)) % 2 == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_starts_with_its_one_title(name: str) -> None:
    outside = re.sub(r"^```.*?^```$", "", page(name), flags=re.MULTILINE | re.DOTALL)
    assert outside.startswith("# ")
    assert len(re.findall(r"^# ", outside, re.MULTILINE)) == 1
