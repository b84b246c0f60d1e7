"""The three-valued logic of DMN's FEEL, as far as it is ours; where we differ, we differ as stated."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from riskapi.facts.vocabulary import FactType, Value, Vocabulary
from riskapi.language import ConditionError, parse
from tests.conformance.engines import by_every_engine
from tests.language.words import fact, vocabulary

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "feel_three_valued.yaml").read_text("utf-8"))
ROWS: list[dict[str, Any]] = DATA["rows"]
WORDS: Vocabulary = vocabulary(*(fact(name, FactType(kind)) for name, kind in DATA["columns"].items()))
EVALUATED = [row for row in ROWS if row["expect"] != "type_error"]
REFUSED = [row for row in ROWS if row["expect"] == "type_error"]
ENGINES = ("python", "trace", "duckdb", "polars")


def facts_of(row: dict[str, Any]) -> dict[str, Value]:
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in row["facts"].items()}
    return {
        name: float(value) if isinstance(value, int) and WORDS[name].type is FactType.FLOAT else value
        for name, value in given.items()
    }


@cache
def outcomes() -> dict[str, dict[str, bool | None]]:
    """engine -> id of the row -> outcome; each row asks its own condition of its own facts."""
    trees = [parse(row["expr"], WORDS) for row in EVALUATED]
    found = by_every_engine(trees, [facts_of(row) for row in EVALUATED], WORDS)
    return {
        engine: {row["id"]: values[index][index] for index, row in enumerate(EVALUATED)}
        for engine, values in found.items()
    }


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("row", EVALUATED, ids=lambda row: str(row["id"]))
def test_a_row_has_our_documented_answer(row: dict[str, Any], engine: str) -> None:
    assert outcomes()[engine][row["id"]] is row["expect"]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: str(row["id"]))
def test_an_operand_of_the_wrong_type_is_refused_before_anything_is_evaluated(row: dict[str, Any]) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(row["expr"], WORDS)
    assert {finding.code for finding in caught.value.findings} <= {"not-boolean", "wrong-type"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_we_differ_from_feel_exactly_where_the_data_say_so(row: dict[str, Any]) -> None:
    assert ("differs" in row) == (row["expect"] != row["feel_expect"])
    if "differs" in row and row["expect"] != "type_error":
        assert {engine: outcomes()[engine][row["id"]] for engine in ENGINES} == dict.fromkeys(ENGINES, row["expect"])


def test_the_data_cover_every_pair_of_truth_values() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for word in ("and", "or"):
        pairs = [row["facts"] for row in ROWS if row["expr"] == f"a {word} b"]
        assert len({(pair["a"], pair["b"]) for pair in pairs}) == 9
