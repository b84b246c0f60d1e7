"""Many pairings at once give, row for row, what one pairing after the other gives."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from riskapi.engine import batch
from riskapi.engine.batch import RULES_A_QUERY, evaluate_many
from riskapi.errors import RequestError
from riskapi.rules import RuleBook
from tests.conformance.polars_evaluator import frame_of
from tests.rules.rule_files import load, small_vocabulary, spoiled
from tests.rules.shipped import facts_near, shipped_book, shipped_vocabulary

DAY = date(2026, 11, 22)


@pytest.fixture
def book(tmp_path: Path) -> RuleBook:
    """One rule on `deal.stake` and `deal.licensed`, in force from 2020 on."""
    rules = tuple(load(tmp_path))
    return RuleBook(rules, {rules[0].instrument.id: rules[0].instrument}, small_vocabulary(), "0" * 64)


@pytest.mark.slow
def test_all_shipped_rules_give_what_one_pairing_gives() -> None:
    rules = shipped_book().rules
    rows = [row for rule in rules for row in facts_near(rule, 2)]
    found = evaluate_many(shipped_book(), frame_of(rows, shipped_vocabulary()), DAY)
    assert found.columns == ["row", *(rule.id for rule in rules)]
    for rule in rules:
        expected = [rule.test(row) if rule.is_in_force(DAY) else False for row in rows]
        assert found[rule.id].to_list() == expected, rule.id


def test_outcomes_are_true_false_and_null(book: RuleBook) -> None:
    facts = pl.DataFrame({"deal.stake": [0.5, 0.1, None, 0.5], "deal.licensed": [False, False, False, None]})
    found = evaluate_many(book, facts, DAY)
    assert found.rows() == [(0, True), (1, False), (2, None), (3, None)]


def test_the_callers_key_and_order_are_kept(book: RuleBook) -> None:
    facts = pl.DataFrame({"row": ["c", "a", "b"], "deal.stake": [0.5, 0.1, 0.5], "deal.licensed": [False, False, True]})
    assert evaluate_many(book, facts, DAY).rows() == [("c", True), ("a", False), ("b", False)]


def test_a_rule_that_is_not_in_force_is_false(book: RuleBook) -> None:
    facts = pl.DataFrame({"deal.stake": [0.5, None]})
    assert evaluate_many(book, facts, date(2019, 12, 31))["us.test.law.stake"].to_list() == [False, False]


def test_a_fact_without_a_column_is_not_known(book: RuleBook) -> None:
    found = evaluate_many(book, pl.DataFrame({"deal.stake": [0.5, 0.1]}), DAY)
    assert found["us.test.law.stake"].to_list() == [None, False]


def test_columns_of_facts_that_no_rule_needs_are_passed_over(book: RuleBook) -> None:
    facts = pl.DataFrame({"deal.stake": [0.1], "deal.countries": [["US"]], "foreign.name": ["X"]})
    assert evaluate_many(book, facts, DAY).rows() == [(0, False)]


def test_an_arrow_table_is_as_good_as_a_frame(book: RuleBook) -> None:
    facts = pl.DataFrame({"deal.stake": [0.5], "deal.licensed": [False]})
    assert evaluate_many(book, facts.to_arrow(), DAY).rows() == [(0, True)]


def test_whole_numbers_and_columns_of_nulls_fit(book: RuleBook) -> None:
    facts = pl.DataFrame({"deal.stake": [1, 0], "deal.licensed": [None, None]})
    assert evaluate_many(book, facts, DAY)["us.test.law.stake"].to_list() == [None, False]


def test_no_rows_give_no_outcomes(book: RuleBook) -> None:
    facts = pl.DataFrame({"deal.stake": []}, schema={"deal.stake": pl.Float64})
    assert evaluate_many(book, facts, DAY).shape == (0, 2)


def test_more_rules_than_fit_one_query(book: RuleBook) -> None:
    rules = tuple(replace(book.rules[0], id=f"us.test.law.r{index}") for index in range(2 * RULES_A_QUERY + 1))
    many = replace(book, rules=rules)
    found = evaluate_many(many, pl.DataFrame({"deal.stake": [0.5], "deal.licensed": [False]}), DAY)
    assert found.row(0) == (0, *([True] * len(rules)))


def test_wrong_columns_are_told_all_at_once(book: RuleBook) -> None:
    facts = pl.DataFrame({"deal.stak": [0.5], "deal.stake": ["half"], "deal.licensed": [1], "row": ["a"]})
    with pytest.raises(RequestError) as caught:
        evaluate_many(book, facts, DAY)
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [
        ("unknown-fact", "deal.stak"), ("wrong-type", "deal.stake"), ("wrong-type", "deal.licensed"),
    ]  # fmt: skip
    assert "`deal.stake`" in (caught.value.problems[0].hint or "")


def test_rows_with_one_name_are_refused(book: RuleBook) -> None:
    with pytest.raises(RequestError) as caught:
        evaluate_many(book, pl.DataFrame({"row": ["a", "a"], "deal.stake": [0.1, 0.2]}), DAY)
    assert caught.value.problems[0].code == "duplicate-row"


def test_numbers_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    rules = tuple(
        load(
            tmp_path,
            spoiled(
                ("deal.stake >= 0.25", "deal.stake >= 0.25 and deal.year > 2000"),
                ("given: {deal.stake: 0.25}", "given: {deal.stake: 0.25, deal.year: 2024}"),
            ),
        )
    )
    book = RuleBook(rules, {}, small_vocabulary(), "0" * 64)
    with pytest.raises(RequestError) as caught:
        evaluate_many(book, pl.DataFrame({"deal.year": pl.Series([2**64 - 1], dtype=pl.UInt64)}), DAY)
    assert caught.value.problems[0].code == "wrong-type"


def test_the_engine_needs_no_pyarrow(book: RuleBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    facts = pl.DataFrame({"deal.stake": [0.5], "deal.licensed": [False]})
    assert evaluate_many(book, facts, DAY).rows() == [(0, True)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH '/elsewhere/x.db'",
        "SET threads = 1",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_the_connection_reaches_nothing_outside_its_folder(tmp_path: Path, statement: str) -> None:
    with duckdb.connect(":memory:") as con:
        batch._close_off(con, tmp_path)
        with pytest.raises(duckdb.Error):
            con.execute(statement)
