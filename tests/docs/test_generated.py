"""The generated pages are those that the program makes today, and they hold everything that they are for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from riskapi.api.app import OPERATIONS
from riskapi.cli.main import app
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules import RuleBook, load_rules
from riskapi.warehouse.tables import TABLES
from tests.docs.pages import ROOT, generator, page

GENERATED = (
    "rules/schema.json",
    "docs/reference/facts.md",
    "docs/reference/rules.md",
    "docs/reference/scorecard.md",
    "docs/reference/commands.md",
    "docs/reference/http.md",
    "docs/reference/backtest.md",
    "docs/reference/benchmarks.md",
    "datasets/README.md",
    "README.md",
    "docs/tutorial.md",
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("docs")]


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_up_to_date(name: str, made: dict[str, str]) -> None:
    assert page(name) == made[name], f"{name} is out of date: run `make docs`"


def test_no_generated_page_is_forgotten(made: dict[str, str]) -> None:
    assert set(made) == set(GENERATED)


def test_every_fact_has_a_row(vocabulary: Vocabulary) -> None:
    text = page("docs/reference/facts.md")
    assert [fact.name for fact in vocabulary if f"`{fact.name}`" not in text] == []


def test_every_code_has_a_row(vocabulary: Vocabulary) -> None:
    text = page("docs/reference/facts.md")
    codes = [code for domain, codes in vocabulary.domains.items() if domain != "country" for code in codes]
    assert [code for code in codes if f"| `{code}` |" not in text] == []


@pytest.fixture(scope="module")
def book(vocabulary: Vocabulary) -> RuleBook:
    return load_rules(ROOT / "rules", vocabulary)


def test_every_rule_stands_with_its_citation_and_first_day(book: RuleBook) -> None:
    lines = {
        line.split("`")[1]: line for line in page("docs/reference/rules.md").splitlines() if line.startswith("| `")
    }
    assert set(lines) == {rule.id for rule in book.rules}
    for rule in book.rules:
        assert str(rule.in_force[0].start) in lines[rule.id]
        assert rule.citation.replace("|", "\\|") in lines[rule.id]


def test_every_instrument_stands_with_its_sources(book: RuleBook) -> None:
    text = page("docs/reference/rules.md")
    for instrument in book.instruments.values():
        assert f"### {instrument.id}\n" in text
        assert all(source.url in text for source in instrument.sources)


def test_every_column_has_a_row() -> None:
    text = page("datasets/README.md")
    for table in TABLES:
        assert f"## {table.file}\n" in text
        assert all(f"| `{column.name}` |" in text for column in table.columns)


def test_every_operation_of_the_service_stands() -> None:
    text = page("docs/reference/http.md")
    assert [item.path for item in OPERATIONS if f"## {item.method} {item.path}\n" not in text] == []


def test_every_command_stands() -> None:
    text = page("docs/reference/commands.md")
    program = typer.main.get_command(app)
    names = [f"riskapi {name}" for name in _names(program)]
    assert len(names) > 8
    assert [name for name in names if f"## {name}\n" not in text] == []


def _names(command: Any) -> Iterator[str]:
    for name, child in command.commands.items():
        yield from (f"{name} {inner}" for inner in _names(child)) if hasattr(child, "commands") else [name]


def test_a_changed_figure_on_the_front_page_is_seen() -> None:
    before = "x\n<!-- answer: begin (y) -->\nScore 1\n<!-- answer: end -->\nz"
    after = generator().between(before, "answer", "Score 2")
    assert after == "x\n<!-- answer: begin (y) -->\nScore 2\n<!-- answer: end -->\nz"


def test_lost_markers_are_an_error() -> None:
    with pytest.raises(ValueError, match="answer"):
        generator().between("nothing here", "answer", "Score 2")
