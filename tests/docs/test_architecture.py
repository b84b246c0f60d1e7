"""The map of the program leads somewhere: every path exists, every command is there, nothing is left off."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, coded, markdown_files, page, rows, section
from tests.project.test_imports import LAYERS

PAGE = "docs/architecture.md"


def test_there_are_more_than_twelve_common_changes_and_each_says_where_and_how() -> None:
    found = list(rows(section(page(PAGE), "Where do I change X?")))
    assert len(found) >= 12
    assert all(coded(place) or "where it is found" in place for _, place, _ in found)
    assert all(coded(check) for _, _, check in found)


@pytest.mark.parametrize("name", [file.relative_to(ROOT).as_posix() for file in markdown_files()])
def test_every_path_that_a_page_names_exists(name: str) -> None:
    folders = r"(?:riskapi|rules|datasets|docs|tests|benchmarks|notebooks)"
    named = set(re.findall(rf"(?<![\w/.-]){folders}/[\w./-]*\w", page(name)))
    paths = {path for path in named if re.search(r"\.(py|md|csv|yaml|json)$", path)}
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", [file.relative_to(ROOT).as_posix() for file in markdown_files()])
def test_every_link_leads_to_a_page_and_a_heading(name: str) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page(name), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), f"{name} links to {target}"
        assert not anchor or anchor in anchors(file.read_text(encoding="utf-8")), f"{name} links to {target}"


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_make_targets_of_the_table_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    for _, _, check in rows(section(page(PAGE), "Where do I change X?")):
        (command,) = coded(check)
        assert set(command.removeprefix("make ").split()) <= targets


def test_the_order_of_imports_is_the_one_that_is_tested() -> None:
    (block,) = re.findall(r"```\n(.*?)```", section(page(PAGE), "Order of imports"), re.DOTALL)
    assert tuple(block.split()) == LAYERS


def test_every_package_has_a_paragraph() -> None:
    text = section(page(PAGE), "Packages")
    packages = [path.parent.name for path in (ROOT / "riskapi").glob("*/__init__.py")]
    assert [name for name in packages if f"riskapi/{name}/" not in text] == []


def test_every_setting_is_described() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "riskapi").rglob("*.py"))
    text = page("docs/reference/settings.md")
    assert [name for name in sorted(set(re.findall(r"RISKAPI_[A-Z_]+", source))) if f"`{name}`" not in text] == []
