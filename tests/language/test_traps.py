"""Traps that were measured when the language was designed; each test would fail if one opened again."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from time import perf_counter

import duckdb
import pytest

from riskapi.facts.vocabulary import FactType
from riskapi.language import CONNECTION_SETTINGS, ConditionError, compile_condition, parse, to_sql
from riskapi.language.sql import column, column_definition
from tests.conformance.polars_evaluator import frame_of, outcomes
from tests.conformance.sql_evaluator import SqlEvaluator
from tests.language.words import WORDS, fact, vocabulary

CODES = {f"code_{index}": str(index) for index in range(200)}


def rules_with_long_lists(count: int) -> str:
    """The columns of `count` rules that each ask for membership in a list of eight constants."""
    word = fact("p.code", FactType.STR)
    words = vocabulary(word)
    columns = []
    for index in range(count):
        listed = ", ".join(f"'code_{index + offset}'" for offset in range(8))
        columns.append(f"{to_sql(parse(f'p.code in ({listed})', words))} AS r{index}")
    return f"SELECT {', '.join(columns)} FROM (SELECT 'code_5' AS {column('p.code')})"


def planning_seconds(settings: tuple[str, ...], query: str) -> float:
    with duckdb.connect(":memory:") as con:
        for setting in (*settings, "SET threads = 1"):
            con.execute(setting)
        begun = perf_counter()
        con.execute(query).fetchall()
        return perf_counter() - begun


def test_a_hundred_rules_with_long_lists_are_planned_quickly() -> None:
    with_ours = planning_seconds(CONNECTION_SETTINGS, rules_with_long_lists(100))
    # By default, DuckDB turns every list into a join; twenty rules are enough to see it, a hundred take seconds.
    by_default = planning_seconds((), rules_with_long_lists(30))
    assert with_ours < 1.5
    assert with_ours / 100 < by_default / 30


def test_our_settings_are_ones_that_duckdb_knows() -> None:
    with duckdb.connect(":memory:") as con:
        for setting in CONNECTION_SETTINGS:
            con.execute(setting)
        assert con.execute("SELECT current_setting('disabled_optimizers')").fetchall() == [("in_clause",)]


@pytest.mark.parametrize(("items", "expected"), [(("x", None), False), (("z", None), True), ((), False), (None, None)])
def test_membership_passes_over_null_elements_everywhere(items: tuple[str, ...] | None, expected: bool | None) -> None:
    tree = parse("'z' in t.l1", WORDS)
    row = {"t.l1": items}
    assert compile_condition(tree)(row) is expected
    assert SqlEvaluator(WORDS).outcomes([tree], [row]) == [[expected]]
    assert outcomes(tree, frame_of([row], WORDS)) == [expected]


def test_a_constant_list_with_null_cannot_be_written() -> None:
    for source in ("'z' in ['x', null]", "'z' in ('x', null)", "list_has_any(t.l1, ['x', null])"):
        with pytest.raises(ConditionError):
            parse(source, WORDS)


def test_conditions_need_no_extension() -> None:
    sources = [
        "t.d0 - date '2024-02-29' > 30 and year(t.d0) = 2024",
        "list_has_any(t.l1, ['a']) or list_has_all(t.l1, ['a']) or len(t.l1) > 2",
        "abs(t.x0 / t.x1) > 0.5 and t.s1 in ('a', 'b', 'c', 'd', 'e', 'f')",
        "coalesce(case when t.b0 then t.i0 else t.x0 end, -t.x1) between 1 and 2",
    ]
    with duckdb.connect(":memory:") as con:
        for setting in (
            *CONNECTION_SETTINGS,
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET enable_external_access = false",
        ):
            con.execute(setting)
        con.execute(f"CREATE TABLE facts ({', '.join(column_definition(item) for item in WORDS)})")
        for source in sources:
            con.execute(f"SELECT {to_sql(parse(source, WORDS))} FROM facts").fetchall()


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1582, 10, 10), date(2024, 2, 29), date(9999, 12, 31)])
def test_dates_are_days_in_every_engine(day: date) -> None:
    tree = parse(f"t.d0 = date '{day.isoformat()}' and year(t.d0) = {day.year}", WORDS)
    row = {"t.d0": day}
    assert compile_condition(tree)(row) is True
    assert SqlEvaluator(WORDS).outcomes([tree], [row]) == [[True]]
    assert outcomes(tree, frame_of([row], WORDS)) == [True]


def test_constants_are_doubles_and_not_decimals_in_sql() -> None:
    tree = parse("t.x0 + 0.2 = 0.3", WORDS)
    row = {"t.x0": 0.1}
    assert compile_condition(tree)(row) is False
    assert SqlEvaluator(WORDS).outcomes([tree], [row]) == [[False]]


def test_generated_python_gives_no_warnings() -> None:
    """`5 is None` is a warning of Python's compiler, and an error where warnings are errors."""
    program = """
from tests.language.words import WORDS
from riskapi.language import compile_condition, parse
for source in ("5 is null", "'a' is null", "1 = 1", "['a'] is null", "len(['a']) = 1", "1 in (1, 2)"):
    assert compile_condition(parse(source, WORDS))({}) is not None
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
