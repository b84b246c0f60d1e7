"""Rules over many pairings at once in DuckDB: a frame of facts in (one row a pairing), a frame of outcomes out.

The counterpart of `evaluate`, which takes one pairing in Python; both follow the same trees and are proved equal. Rows
are facts as one viewpoint sees them: which rules apply to a row, and what its viewpoints add up to, is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import duckdb
import polars as pl

from riskapi.errors import Problem, RequestError
from riskapi.facts.vocabulary import Fact, FactType, Vocabulary
from riskapi.language import CONNECTION_SETTINGS, to_sql
from riskapi.language.sql import column
from riskapi.rules import Rule, RuleBook

#: Column that names a row of the facts and of the outcomes; numbered from 0 where the caller gives none.
KEY = "row"
#: Rules in one query; one query for all would hold every intermediate column of every rule in memory.
RULES_A_QUERY = 50

#: The Polars type of each fact type.
POLARS_TYPES: Final[Mapping[FactType, Any]] = {
    FactType.BOOL: pl.Boolean(),
    FactType.INT: pl.Int64(),
    FactType.FLOAT: pl.Float64(),
    FactType.STR: pl.String(),
    FactType.DATE: pl.Date(),
    FactType.LIST: pl.List(pl.String()),
}

#: A frame, or anything that speaks the Arrow interface (a pyarrow Table, a DuckDB relation).
Facts: TypeAlias = Any


def evaluate_many(book: RuleBook, facts: Facts, as_of: date) -> pl.DataFrame:
    """Column `row`, then one for each rule id: true (fired), false (not fired), null (undetermined); rows as in `facts`.

    Columns of `facts` are named after facts; a fact without a column is not known, closed world or not. A rule that is
    not in force on `as_of` is false. Raises `RequestError` for columns that are no facts or have the wrong type.
    """
    frame = facts if isinstance(facts, pl.DataFrame) else pl.DataFrame(facts)
    needed = {name for rule in book.rules for name in rule.facts}
    typed = _typed(frame, book.vocabulary, needed)
    live = [rule for rule in book.rules if rule.is_in_force(as_of)]
    found = _outcomes(typed, live)
    dormant = [pl.lit(value=False).alias(rule.id) for rule in book.rules if not rule.is_in_force(as_of)]
    return found.with_columns(dormant).select(KEY, *(rule.id for rule in book.rules))


def _typed(frame: pl.DataFrame, vocabulary: Vocabulary, needed: set[str]) -> pl.DataFrame:
    """The key and the needed facts in the types of the vocabulary; raises `RequestError` with all problems."""
    problems = [problem for name in frame.columns if (problem := _column_problem(frame, name, vocabulary))]
    if KEY in frame.columns and frame[KEY].is_duplicated().any():
        problems.append(Problem(code="duplicate-row", field=KEY, detail=f"`{KEY}` names several rows alike"))
    if problems:
        raise RequestError(problems)
    keyed = frame if KEY in frame.columns else frame.with_row_index(KEY)
    columns = [pl.col(KEY)]
    for name in sorted(needed):
        kind = POLARS_TYPES[vocabulary[name].type]
        columns.append(pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name))
    try:
        return keyed.select(columns)
    except pl.exceptions.PolarsError as error:
        raise RequestError(Problem(code="wrong-type", detail=str(error).splitlines()[0])) from error


def _column_problem(frame: pl.DataFrame, name: str, vocabulary: Vocabulary) -> Problem | None:
    if name == KEY:
        return None
    if name not in vocabulary:
        hint = vocabulary.suggest(name)
        return Problem(code="unknown-fact", field=name, detail=f"there is no fact `{name}`", hint=hint)
    fact, kind = vocabulary[name], frame.schema[name]
    if _fits(fact, kind):
        return None
    return Problem(code="wrong-type", field=name, detail=f"the column is {kind}, {fact.type.value} is wanted")


def _fits(fact: Fact, kind: pl.DataType) -> bool:
    if kind == pl.Null:
        return True
    match fact.type:
        case FactType.INT:
            return kind.is_integer()
        case FactType.FLOAT:
            return kind.is_numeric()
        case FactType.STR:
            return _is_text(kind)
        case FactType.LIST:
            return isinstance(kind, pl.List) and (kind.inner == pl.Null or _is_text(kind.inner))
        case _:
            return bool(kind == POLARS_TYPES[fact.type])


def _is_text(kind: Any) -> bool:  # noqa: ANN401  # Polars knows types as classes and as instances
    return kind == pl.String or isinstance(kind, pl.Categorical | pl.Enum)


def _outcomes(typed: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Evaluate in a connection of its own that reaches nothing but one folder, which is deleted afterwards."""
    if not rules:
        return typed.select(KEY)
    # By Parquet and not by Arrow: DuckDB needs pyarrow for that, which is no dependency.
    with TemporaryDirectory() as name, duckdb.connect(":memory:") as con:
        folder = Path(name)
        typed.with_columns(pl.int_range(pl.len()).alias("riskapi_order")).write_parquet(folder / "facts.parquet")
        _close_off(con, folder)
        con.execute(f"CREATE TABLE facts AS SELECT * FROM read_parquet({_quoted(folder / 'facts.parquet')})")
        found = [typed.select(KEY)]
        for start in range(0, len(rules), RULES_A_QUERY):
            chunk = rules[start : start + RULES_A_QUERY]
            found.append(_chunk(con, chunk, folder / f"outcomes_{start}.parquet"))
        return pl.concat(found, how="horizontal")


def _close_off(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for setting in (
        *CONNECTION_SETTINGS,
        f"SET allowed_directories = [{_quoted(folder)}]",
        f"SET temp_directory = {_quoted(folder)}",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        con.execute(setting)


def _chunk(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], target: Path) -> pl.DataFrame:
    columns = ", ".join(f"{to_sql(rule.condition)} AS {column(rule.id)}" for rule in rules)
    con.execute(f"COPY (SELECT {columns} FROM facts ORDER BY riskapi_order) TO {_quoted(target)} (FORMAT parquet)")
    return pl.read_parquet(target, memory_map=False)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
