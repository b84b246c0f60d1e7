"""The compiled trace is the interpreted one, sub-expression by sub-expression."""

from __future__ import annotations

from hypothesis import given, settings

from riskapi.facts.vocabulary import Value
from riskapi.language import Node, compile_trace, parse, text, trace
from tests.language.strategies import conditions, facts
from tests.language.words import WORDS


@given(conditions(), facts)
@settings(deadline=None)
def test_the_compiled_trace_equals_the_interpreted_one(tree: Node, row: dict[str, Value]) -> None:
    assert compile_trace(tree)(row) == trace(tree, row)


def test_a_trace_shows_every_boolean_sub_expression() -> None:
    seen = trace(parse("t.b0 and not (t.i0 > 1 or t.b1)", WORDS), {"t.b0": True, "t.i0": 2})
    assert seen.value is False
    assert [(text(child.node), child.value) for child in seen.children] == [
        ("t.b0", True), ("not ((t.i0 > 1) or t.b1)", False),
    ]  # fmt: skip
    (inner,) = seen.children[1].children
    assert [(text(child.node), child.value) for child in inner.children] == [("t.i0 > 1", True), ("t.b1", None)]
