"""One condition on rows of facts by every engine: generated Python, the trace interpreter, DuckDB, Polars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Node, compile_condition, trace
from tests.conformance import polars_evaluator
from tests.conformance.sql_evaluator import SqlEvaluator

Rows: TypeAlias = Sequence[Mapping[str, Value]]
#: engine -> condition -> row -> outcome
Outcomes: TypeAlias = dict[str, list[list[bool | None]]]


def by_every_engine(trees: Sequence[Node], rows: Rows, vocabulary: Vocabulary) -> Outcomes:
    """Outcomes of the conditions on the rows, one list for each condition."""
    frame = polars_evaluator.frame_of(rows, vocabulary)
    compiled = [compile_condition(tree) for tree in trees]
    return {
        "python": [[test(row) for row in rows] for test in compiled],
        "trace": [[trace(tree, row).value for row in rows] for tree in trees],
        "duckdb": SqlEvaluator(vocabulary).outcomes(trees, rows),
        "polars": [polars_evaluator.outcomes(tree, frame) for tree in trees],
    }
