"""The columns of a table are facts, named parts or fields; what is none is told with what may be meant."""

from __future__ import annotations

from riskapi.rules.table_conditions import Conditions, is_input, texts_of
from riskapi.rules.table_rows import Spot, rows_of_csv
from tests.rules.rule_files import small_vocabulary

SPOT = Spot("x.csv", 2, 1, "x")


def test_a_column_is_an_input_unless_it_sets_or_says_something() -> None:
    headers = ["deal.type", "large", "when", "key", "points", "from", "row.rate"]
    assert [is_input(header) for header in headers] == [True, True, True, False, False, False, False]


def test_a_condition_gets_brackets_only_where_and_would_tear_it_apart() -> None:
    conditions = Conditions(small_vocabulary(), {})
    assert conditions.written("deal.licensed or deal.year > 2020", SPOT) == "(deal.licensed or deal.year > 2020)"
    assert conditions.written("(deal.licensed or deal.year > 2020)", SPOT) == "(deal.licensed or deal.year > 2020)"
    assert (
        conditions.written("(deal.licensed) or (deal.year > 2020)", SPOT) == "((deal.licensed) or (deal.year > 2020))"
    )
    assert conditions.written("deal.licensed and deal.year > 2020", SPOT) == "deal.licensed and deal.year > 2020"


def test_a_part_is_needed_through_another_one() -> None:
    conditions = Conditions(
        small_vocabulary(), {"a": "deal.year > 2020", "b": "a and deal.licensed", "c": "deal.licensed"}
    )
    assert list(conditions.needed(["b"])) == ["a", "b"]


def test_an_unknown_column_names_what_may_be_meant() -> None:
    conditions = Conditions(small_vocabulary(), {"large": "deal.stake > 0.5"})
    conditions.check_headers(rows_of_csv("key,lage,pionts,deal.typ\nx,yes,4,licence\n", "x.csv"))
    told = [(problem.column, (problem.hint or "")[:24]) for problem in conditions.problems]
    assert told == [(2, "did you mean `large`?"), (3, "did you mean `points`?"), (4, "did you mean `deal.type`")]


def test_exceptions_are_one_condition_or_named_ones() -> None:
    assert texts_of("a") == ["a"]
    assert texts_of({"x": "a", "y": "b"}) == ["a", "b"]
    assert texts_of(None) == []
