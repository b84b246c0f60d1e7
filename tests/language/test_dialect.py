"""What one database's SQL has apart from another's: texts, columns, and places for operands."""

from __future__ import annotations

import re

import pytest

from riskapi.facts.vocabulary import FactType
from riskapi.language import parse, to_sql
from riskapi.language.dialect import DUCKDB, SPARK, Dialect
from riskapi.language.sql import column
from tests.language.words import WORDS

DIALECTS = {"duckdb": DUCKDB, "spark": SPARK}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_an_operand_is_written_once(dialect: Dialect) -> None:
    """Operands hold operands: written twice at each level, they would double at each level."""
    one = (dialect.list, dialect.length, dialect.known, dialect.finite)
    two = (dialect.has_any, dialect.has_all, dialect.quotient, dialect.days)
    assert [re.findall(r"{\w*}", item) for item in one] == [["{}"]] * len(one)
    assert [sorted(re.findall(r"{\w*}", item)) for item in two] == [["{left}", "{right}"]] * len(two)
    assert sorted(re.findall(r"{\w*}", dialect.contains)) == ["{item}", "{list}"]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_every_type_of_fact_has_a_type(dialect: Dialect) -> None:
    assert set(dialect.types) == set(FactType)


def test_braces_in_a_text_are_no_places_for_operands() -> None:
    tree = parse("'{left}' in t.l1 and list_has_any(t.l1, ['{}', '{0}'])", WORDS)
    for dialect in DIALECTS.values():
        source = to_sql(tree, dialect)
        assert all(text in source for text in ("'{left}'", "'{}'", "'{0}'"))


@pytest.mark.parametrize(
    ("dialect", "name", "quoted"),
    [(DUCKDB, 'a."b`', '"a.""b`"'), (SPARK, 'a."b`', '`a."b```')],
    ids=DIALECTS,
)
def test_columns_are_quoted(dialect: Dialect, name: str, quoted: str) -> None:
    assert column(name, dialect) == quoted


@pytest.mark.parametrize(
    ("dialect", "quoted"),
    [(DUCKDB, r"'it''s \ ${x}'"), (SPARK, r"'it\'s \\ \u0024{x}'")],
    ids=DIALECTS,
)
def test_texts_are_escaped(dialect: Dialect, quoted: str) -> None:
    assert dialect.text(r"it's \ ${x}") == quoted
