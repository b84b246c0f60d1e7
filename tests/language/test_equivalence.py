"""Generated Python, the trace interpreter, DuckDB and Polars give one answer on every condition and all facts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.facts.vocabulary import Value
from riskapi.language import Node, compile_condition, text, trace
from riskapi.language import nodes as n
from tests.conformance.polars_evaluator import frame_of
from tests.conformance.polars_evaluator import outcomes as polars_outcomes
from tests.conformance.sql_evaluator import SqlEvaluator
from tests.language.pinned import PINNED
from tests.language.strategies import conditions, facts
from tests.language.words import WORDS

Facts = dict[str, Value]


@pytest.fixture(scope="module")
def sql() -> Iterator[SqlEvaluator]:
    evaluator = SqlEvaluator(WORDS)
    yield evaluator
    evaluator.con.close()


def by_every_engine(tree: Node, rows: list[Facts], sql_outcomes: list[bool | None]) -> dict[str, list[bool | None]]:
    compiled = compile_condition(tree)
    return {
        "python": [compiled(row) for row in rows],
        "trace": [trace(tree, row).value for row in rows],
        "duckdb": sql_outcomes,
        "polars": polars_outcomes(tree, frame_of(rows, WORDS)),
    }


def assert_equal(trees: list[Node], rows: list[Facts], sql: SqlEvaluator) -> None:
    for tree, column in zip(trees, sql.outcomes(trees, rows), strict=True):
        answers = by_every_engine(tree, rows, column)
        for index, row in enumerate(rows):
            found = {engine: values[index] for engine, values in answers.items()}
            used = {name: row.get(name) for name in n.facts_of(tree)}
            assert len({str(value) for value in found.values()}) == 1, f"{text(tree)} on {used}: {found}"


@given(st.lists(conditions(), min_size=3, max_size=8), st.lists(facts, min_size=3, max_size=8))
@settings(deadline=None)
def test_all_engines_agree_on_generated_conditions(sql: SqlEvaluator, trees: list[Node], rows: list[Facts]) -> None:
    assert_equal(trees, rows, sql)


@pytest.mark.parametrize("name", PINNED)
def test_every_engine_gives_the_documented_meaning(sql: SqlEvaluator, name: str) -> None:
    tree, row, expected = PINNED[name]
    answers = by_every_engine(tree, [row], sql.outcomes([tree], [row])[0])
    assert answers == {engine: [expected] for engine in answers}
