"""The page of problems names every code that the source can make, and its examples are bad and good as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from riskapi.assessment.request import read_request
from riskapi.errors import RequestError
from riskapi.facts.vocabulary import Vocabulary
from riskapi.language import ConditionError, parse
from riskapi.warehouse.load import domains_of, read_table
from riskapi.warehouse.schema import Table
from riskapi.warehouse.tables import CODES, TABLES
from tests.docs.pages import ROOT, coded, codes_in_source, page, rows, section

PAGE = "docs/reference/problems.md"
#: Codes that nobody meets: a heading of a table, not a problem.
INTERNAL = {"candidates"}


def codes_on_page() -> set[str]:
    return {code for cells in rows(page(PAGE)) for code in coded(cells[0])}


def examples(heading: str) -> Iterator[tuple[str, ...]]:
    for cells in rows(section(page(PAGE), heading)):
        given = [coded(cell) for cell in cells]
        if all(given[index] for index in (0, -2, -1)) and len(cells) > 3:
            yield (given[0][0], *(item[0] for item in given[2:]))


def test_every_code_of_the_source_is_on_the_page() -> None:
    missing = {
        code: sorted(files) for code, files in codes_in_source().items() if code not in codes_on_page() | INTERNAL
    }
    assert missing == {}


def test_no_code_on_the_page_has_gone() -> None:
    assert codes_on_page() - set(codes_in_source()) == set()


def test_the_search_for_codes_finds_every_way_of_making_one(tmp_path: Path) -> None:
    source = """
class E:
    code: str = "a-class"
class F(E):
    code = "its-child"
P(code="a-keyword" if x else "another-one")
self.problem(row, "column", "a-call", "text")
"""
    (tmp_path / "x.py").write_text(source, encoding="utf-8")
    assert set(codes_in_source(tmp_path)) == {"a-class", "its-child", "a-keyword", "another-one", "a-call"}


CONDITIONS = list(examples("Conditions in rule files"))
QUESTIONS = list(examples("Questions"))
CELLS = list(examples("Tables"))


def test_there_are_examples_to_check() -> None:
    assert (len(CONDITIONS) > 15, len(QUESTIONS) > 6, len(CELLS) > 7) == (True, True, True)


@pytest.mark.parametrize(("code", "bad", "good"), CONDITIONS)
def test_a_condition_is_bad_or_good_as_the_page_says(code: str, bad: str, good: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(ConditionError) as raised:
        parse(bad, vocabulary)
    assert code in {finding.code for finding in raised.value.findings}
    parse(good, vocabulary)


@pytest.mark.parametrize(("code", "bad", "good"), QUESTIONS)
def test_a_question_is_bad_or_good_as_the_page_says(code: str, bad: str, good: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(RequestError) as raised:
        read_request(json.loads(bad), vocabulary, date(2026, 11, 22))
    assert code in {problem.code for problem in raised.value.problems}
    read_request(json.loads(good), vocabulary, date(2026, 11, 22))


def codes_of_cell(folder: Path, place: str, cell: str) -> set[str]:
    """The problems of a file with this one cell."""
    table_name, _, column_name = place.partition(".")
    (column,) = (c for t in TABLES if t.name == table_name for c in t.columns if c.name == column_name)
    file = folder / "cell.csv"
    file.write_text(f'{column.name}\n"{cell}"\n', encoding="utf-8")
    codes, _ = read_table(ROOT / "datasets" / CODES.file, CODES, {})
    _, problems = read_table(file, Table(name="cell", meaning="", columns=(column,), key=()), domains_of(codes))
    return {problem.code for problem in problems}


@pytest.mark.parametrize(("code", "place", "bad", "good"), CELLS)
def test_a_cell_is_bad_or_good_as_the_page_says(code: str, place: str, bad: str, good: str, tmp_path: Path) -> None:
    assert code in codes_of_cell(tmp_path, place, bad)
    assert codes_of_cell(tmp_path, place, good) == set()
