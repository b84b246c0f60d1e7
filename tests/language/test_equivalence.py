"""Generated Python, the trace interpreter, DuckDB and Polars give one answer on every condition and all facts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import Node, compile_condition, text, trace
from riskapi.language import nodes as n
from tests.conformance.polars_evaluator import frame_of
from tests.conformance.polars_evaluator import outcomes as polars_outcomes
from tests.conformance.sql_evaluator import SqlEvaluator
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


def _ref(name: str) -> n.FactRef:
    return n.FactRef(name, WORDS[name].type)


def _int(value: int) -> n.Literal:
    return n.Literal(value, FactType.INT)


_PINNED: dict[str, tuple[n.Node, dict[str, Value], bool | None]] = {
    "nan is not known": (n.Compare("=", _ref("t.x0"), _ref("t.x0")), {"t.x0": float("nan")}, None),
    "infinite fact compares": (n.Compare(">", _ref("t.x0"), _int(1)), {"t.x0": float("inf")}, True),
    "overflow is not known": (
        n.Compare(">", n.Arith("*", _ref("t.x0"), _int(10)), _int(0)), {"t.x0": 1e308}, None,
    ),
    "division by zero is not known": (n.Compare(">", n.Arith("/", _int(1), _ref("t.i0")), _int(0)), {"t.i0": 0}, None),
    "division by minus zero too": (n.Compare(">", n.Arith("/", _int(1), _ref("t.x0")), _int(0)), {"t.x0": -0.0}, None),
    "division is not whole": (
        n.Compare("=", n.Arith("/", _ref("t.i0"), _int(2)), n.Literal(0.5, FactType.FLOAT)), {"t.i0": 1}, True,
    ),
    "large whole numbers compare exactly": (
        n.Compare("=", _ref("t.i0"), _int(2**53)), {"t.i0": 2**53 + 1}, False,
    ),
    "as doubles where one is a double": (
        n.Compare("=", _ref("t.i0"), n.Literal(2.0**53, FactType.FLOAT)), {"t.i0": 2**53 + 1}, True,
    ),
    "smallest whole number has no overflow": (
        n.Compare(">", n.Call("abs", _ref("t.i0"), FactType.FLOAT), _int(0)), {"t.i0": -(2**63)}, True,
    ),
    "the absolute value is a double": (
        n.Compare("=", n.Call("abs", _ref("t.i0"), FactType.FLOAT), _int(2**53)), {"t.i0": -(2**53) - 1}, True,
    ),
    "null elements are passed over": (
        n.Contains(n.Literal("z", FactType.STR), _ref("t.l1")), {"t.l1": ("x", None)}, False,  # type: ignore[dict-item]
    ),
    "null elements are in no other list": (
        n.HasAny(_ref("t.l1"), _ref("t.l2")), {"t.l1": (None,), "t.l2": (None,)}, False,  # type: ignore[dict-item]
    ),
    "nothing is in an empty list": (n.HasAny(_ref("t.l1"), _ref("t.l2")), {"t.l1": (), "t.l2": ("a",)}, False),
    "every list has all of an empty one": (n.HasAll(_ref("t.l1"), _ref("t.l2")), {"t.l1": (), "t.l2": ()}, True),
    "length counts null elements": (
        n.Compare("=", n.Call("len", _ref("t.l1"), FactType.INT), _int(2)), {"t.l1": ("x", None)}, True,  # type: ignore[dict-item]
    ),
    "a missing fact is not known": (n.Not(_ref("t.b0")), {}, None),
    "a constant can be asked for knownness": (n.IsNull(_int(5)), {}, False),
    "false settles and": (n.And((_ref("t.b0"), n.Literal(value=False, type=FactType.BOOL))), {}, False),
    "true settles or": (n.Or((_ref("t.b0"), n.Literal(value=True, type=FactType.BOOL))), {}, True),
    "unknown case condition goes on": (
        n.Case(((_ref("t.b0"), _ref("t.b1")),), _ref("t.b2"), FactType.BOOL), {"t.b1": True, "t.b2": False}, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _PINNED)
def test_every_engine_gives_the_documented_meaning(sql: SqlEvaluator, name: str) -> None:
    tree, row, expected = _PINNED[name]
    answers = by_every_engine(tree, [row], sql.outcomes([tree], [row])[0])
    assert answers == {engine: [expected] for engine in answers}
