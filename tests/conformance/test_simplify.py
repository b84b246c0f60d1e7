"""Pairs of an expression and a simpler one: equal with nulls, or only without them, as the data say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import facts_of, parse
from tests.conformance.engines import by_every_engine
from tests.language.words import fact, vocabulary

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "simplify_pairs.yaml").read_text("utf-8"))
WORDS = vocabulary(*(fact(name, FactType(kind)) for name, kind in DATA["columns"].items()))
ALWAYS: list[dict[str, Any]] = DATA["simplified_by_sqlglot"] + DATA["equal_with_nulls"]
WITHOUT_NULLS: list[dict[str, Any]] = DATA["equal_only_without_nulls"]
NUMBERS = (-1.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 5.5, 6.0, 10.0)


def assignments(names: set[str], *, nulls: bool) -> Iterator[dict[str, Value]]:
    """Every assignment of truth values, and of a spread of numbers, to the named facts."""
    unknown: tuple[None, ...] = (None,) if nulls else ()
    ordered = sorted(names)
    spreads = [(*((True, False) if WORDS[name].type is FactType.BOOL else NUMBERS), *unknown) for name in ordered]
    for values in product(*spreads):
        yield dict(zip(ordered, values, strict=True))


def both_sides(pair: dict[str, Any], rows: list[dict[str, Value]]) -> list[list[list[bool | None]]]:
    trees = [parse(pair[side], WORDS) for side in ("expr", "simplified")]
    return list(by_every_engine(trees, rows, WORDS).values())


def names_of(pair: dict[str, Any]) -> set[str]:
    return {name for side in ("expr", "simplified") for name in facts_of(parse(pair[side], WORDS))}


@pytest.mark.parametrize("pair", ALWAYS, ids=lambda pair: str(pair["id"]))
def test_both_sides_are_equal_for_every_assignment_in_every_engine(pair: dict[str, Any]) -> None:
    answers = both_sides(pair, list(assignments(names_of(pair), nulls=True)))
    assert all(side == answers[0][0] for engine in answers for side in engine)


@pytest.mark.parametrize("pair", WITHOUT_NULLS, ids=lambda pair: str(pair["id"]))
def test_two_valued_laws_hold_only_while_everything_is_known(pair: dict[str, Any]) -> None:
    answers = both_sides(pair, list(assignments(names_of(pair), nulls=False)))
    assert all(side == answers[0][0] for engine in answers for side in engine)
    given = {name: float(value) if type(value) is int else value for name, value in pair["counterexample"].items()}
    for expression, simplified in both_sides(pair, [given]):
        assert (expression, simplified) == ([pair["gives"]], [pair["simplified_gives"]])
