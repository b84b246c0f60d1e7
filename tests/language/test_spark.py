"""Spark says of every condition what generated Python says: on drawn conditions and facts, and on the whole rule book.

A query takes half a second whether it asks one condition or forty, hence many conditions on many rows at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import Node, compile_condition, facts_of, parse, text, to_sql
from riskapi.language import nodes as n
from riskapi.language.dialect import SPARK
from riskapi.language.sql import column
from tests.language.pinned import PINNED, ref
from tests.language.strategies import DATES, TEXTS, conditions, facts
from tests.language.words import WORDS, fact, vocabulary
from tests.rules.shipped import facts_near, shipped_book, shipped_vocabulary
from tests.spark.session import SparkEvaluator, spark_session

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]

Facts = Mapping[str, Value]

TREES: Final = max(120, settings().max_examples)
ROWS: Final = 60
TREES_A_QUERY: Final = 40
RULES_A_QUERY: Final = 60
#: What Spark's parser would make something else of.
ODD_TEXTS: Final = (*TEXTS, "${spark.app.name}", "$", "\\u0041", "\\'", "tab\there", "a ", " a", "{}", "?", ":name")


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkEvaluator]:
    folder = tmp_path_factory.mktemp("spark")
    with spark_session(folder) as session:
        yield SparkEvaluator(session, WORDS, folder)


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """That many values (or all that there are), to be used together."""
    found: list[Any] = []

    @given(strategy)
    @settings(max_examples=count, phases=[Phase.generate], database=None)
    def draw(value: Any) -> None:  # whatever the strategy makes
        found.append(value)

    draw()
    return found


def assert_as_python(trees: Sequence[Node], rows: Sequence[Facts], spark: SparkEvaluator) -> None:
    for tree, found in zip(trees, spark.outcomes(trees, rows), strict=True):
        python = compile_condition(tree)
        wrong = [(row, outcome) for row, outcome in zip(rows, found, strict=True) if outcome is not python(row)]
        told = [({name: row.get(name) for name in facts_of(tree)}, outcome) for row, outcome in wrong[:3]]
        assert told == [], f"Spark says otherwise of {text(tree)}"


def outcome_of(spark: SparkEvaluator, tree: Node, row: Facts) -> bool | None:
    return spark.outcomes([tree], [row])[0][0]


@contextmanager
def out_of_ansi_mode(spark: SparkEvaluator) -> Iterator[None]:
    spark.session.conf.set("spark.sql.ansi.enabled", "false")
    try:
        yield
    finally:
        spark.session.conf.unset("spark.sql.ansi.enabled")


# --- laws


def test_spark_agrees_on_drawn_conditions_and_facts(spark: SparkEvaluator) -> None:
    # Shallow ones too, since in deep ones a wrong leaf is often outvoted.
    trees = [tree for depth in (1, 2, 3) for tree in drawn(conditions(depth), TREES)]
    rows = drawn(facts, ROWS)
    for start in range(0, len(trees), TREES_A_QUERY):
        assert_as_python(trees[start : start + TREES_A_QUERY], rows, spark)


def test_spark_agrees_on_every_rule_of_the_book(spark: SparkEvaluator) -> None:
    rules = shipped_book().rules
    book = SparkEvaluator(spark.session, shipped_vocabulary(), spark.folder / "book")
    for start in range(0, len(rules), RULES_A_QUERY):
        some = rules[start : start + RULES_A_QUERY]
        rows = [row for rule in some for row in facts_near(rule, 10)]
        assert_as_python([rule.condition for rule in some], rows, book)


def test_the_documented_meanings_hold_in_ansi_mode_and_out_of_it(spark: SparkEvaluator) -> None:
    trees, rows, expected = zip(*PINNED.values(), strict=True)
    inside = spark.outcomes(trees, rows)
    with out_of_ansi_mode(spark):
        outside = spark.outcomes(trees, rows)
    for found in (inside, outside):
        said = {name: found[index][index] for index, name in enumerate(PINNED)}
        assert said == dict(zip(PINNED, expected, strict=True))


# --- traps: where Spark left alone would say something else


def test_constant_texts_arrive_as_they_are(spark: SparkEvaluator) -> None:
    """In Spark a backslash escapes, and `${name}` is replaced by a setting."""
    trees = [n.Compare("=", ref("t.s1"), n.Literal(item, FactType.STR)) for item in ODD_TEXTS]
    found = spark.outcomes(trees, [{"t.s1": item} for item in ODD_TEXTS])
    assert found == [[item == other for other in ODD_TEXTS] for item in ODD_TEXTS]


def test_constant_lists_arrive_as_they_are(spark: SparkEvaluator) -> None:
    trees = [n.HasAny(ref("t.l1"), n.ListLiteral((item,))) for item in ODD_TEXTS]
    found = spark.outcomes(trees, [{"t.l1": (item,)} for item in ODD_TEXTS])
    assert found == [[item == other for other in ODD_TEXTS] for item in ODD_TEXTS]


@pytest.mark.parametrize("source", ["t.x0 = t.x0", "t.x0 > 1", "t.x0 in (1.0, 2.0)", "t.x0 is not null and t.b0"])
def test_nan_is_not_known_and_not_the_largest_number(spark: SparkEvaluator, source: str) -> None:
    tree = parse(source, WORDS)
    row: Facts = {"t.x0": math.nan, "t.b0": True}
    assert outcome_of(spark, tree, row) is compile_condition(tree)(row)


@pytest.mark.parametrize("source", ["'z' in t.l1", "list_has_any(t.l1, t.l2)", "list_has_all(t.l1, t.l2)"])
def test_null_elements_and_repeats_in_lists_change_nothing(spark: SparkEvaluator, source: str) -> None:
    """`array_contains` and `arrays_overlap` would say null where a null element might be the one."""
    lists = [None, (), (None,), ("z",), ("z", "z"), ("x", None), (None, "z", "z", None), ("x", "z")]
    rows: list[Any] = [{"t.l1": left, "t.l2": right} for left in lists for right in lists]
    assert_as_python([parse(source, WORDS)], rows, spark)


def test_the_length_of_no_list_is_not_known(spark: SparkEvaluator) -> None:
    """Out of ANSI mode `size` would say -1."""
    with out_of_ansi_mode(spark):
        assert outcome_of(spark, parse("len(t.l1) < 1", WORDS), {"t.l1": None}) is None


def test_long_lists_of_constants_know_minus_zero_and_null(spark: SparkEvaluator) -> None:
    """From eleven constants on, Spark looks in a set and no longer compares one by one."""
    numbers = tuple(n.Literal(float(item), FactType.FLOAT) for item in range(12))
    minus = (n.Literal(-0.0, FactType.FLOAT), *numbers[1:])
    texts = tuple(n.Literal(item, FactType.STR) for item in ODD_TEXTS)
    trees = [
        n.InValues(ref("t.x0"), numbers),
        n.InValues(ref("t.x0"), minus),
        n.InValues(ref("t.i0"), minus),
        n.InValues(ref("t.s1"), texts),
    ]
    values = [(0.0, 0, "a"), (-0.0, 2**53 + 1, "A "), (None, None, None), (math.nan, -1, ""), (11.0, 11, "$")]
    assert_as_python(trees, [{"t.x0": x, "t.i0": i, "t.s1": s} for x, i, s in values], spark)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("t.i0 * t.i0 > 1", True),
        ("t.i0 + t.i0 > 9223372036854775807", True),
        ("-t.i1 > 0", True),
        ("abs(t.i1) > 0", True),
        ("t.i0 / 0 > 1", None),
        ("t.x0 * t.x0 > 1", None),
    ],
)
def test_arithmetic_never_fails(spark: SparkEvaluator, source: str, expected: bool | None) -> None:
    """Whole numbers that overflow, and a division by zero, end a query in ANSI mode."""
    row: Facts = {"t.i0": 2**63 - 1, "t.i1": -(2**63), "t.x0": 1e200}
    assert outcome_of(spark, parse(source, WORDS), row) is expected


def test_constants_are_doubles_and_not_decimals(spark: SparkEvaluator) -> None:
    assert outcome_of(spark, parse("t.x0 + 0.2 = 0.3", WORDS), {"t.x0": 0.1}) is False


def test_dates_are_the_same_days_before_the_calendar_reform_too(spark: SparkEvaluator) -> None:
    days = (*DATES, date(1582, 10, 4), date(1582, 10, 10), date(1582, 10, 15), date(1900, 1, 1))
    trees = [
        tree
        for day in days
        for tree in (
            parse(f"t.d0 = date '{day.isoformat()}'", WORDS),
            parse(f"t.d0 - date '{day.isoformat()}' > 30", WORDS),
            parse(f"year(t.d0) = {day.year}", WORDS),
        )
    ]
    assert_as_python(trees, [{"t.d0": day} for day in days], spark)


def test_a_sum_of_sums_is_planned_once(spark: SparkEvaluator, capsys: pytest.CaptureFixture[str]) -> None:
    """With `nullif` for what is not finite, the plan of four sums is 170,000 characters long, and grows eightfold by one more."""
    tree = parse("((((t.x0 + t.x0) + t.x0) + t.x0) + t.x0) > 1", WORDS)
    spark.session.sql(f"SELECT {to_sql(tree, SPARK)} FROM (SELECT 1D AS {column('t.x0', SPARK)})").explain("extended")
    assert 0 < len(capsys.readouterr().out) < 20_000
    assert outcome_of(spark, tree, {"t.x0": 0.5}) is True


@pytest.mark.parametrize("name", ["p.plain", "p.back`tick", 'p.quo"te', "p.sp ace"])
def test_columns_may_have_any_name(spark: SparkEvaluator, name: str) -> None:
    words = vocabulary(fact(name, FactType.BOOL))
    evaluator = SparkEvaluator(spark.session, words, spark.folder / f"named_{len(name)}")
    assert evaluator.outcomes([n.FactRef(name, FactType.BOOL)], [{name: True}, {}]) == [[True, None]]
