"""Conditions evaluated by DuckDB through our SQL: trees and rows of facts in, outcomes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import CONNECTION_SETTINGS, Node, facts_of, to_sql
from riskapi.language.sql import column, column_definition


class SqlEvaluator:
    """One connection with a table of facts that is filled anew for each question."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.con = duckdb.connect(":memory:")
        for setting in (*CONNECTION_SETTINGS, "SET threads = 1"):
            self.con.execute(setting)
        definitions = ", ".join(column_definition(fact) for fact in vocabulary)
        self.con.execute(f"CREATE TABLE facts (position INTEGER, {definitions})")

    def outcomes(self, trees: Sequence[Node], rows: Sequence[Mapping[str, Value]]) -> list[list[bool | None]]:
        """For each tree its outcome on every row."""
        names = sorted({name for tree in trees for name in facts_of(tree)})
        values = [[index, *(_plain(row.get(name)) for name in names)] for index, row in enumerate(rows)]
        marks = ", ".join("?" for _ in range(len(names) + 1))
        self.con.execute("DELETE FROM facts")
        self.con.execute(
            f"INSERT INTO facts ({', '.join(['position', *map(column, names)])}) VALUES "
            + ", ".join(f"({marks})" for _ in values),
            [value for row in values for value in row],
        )
        columns = ", ".join(to_sql(tree) for tree in trees)
        found = self.con.execute(f"SELECT {columns} FROM facts ORDER BY position").fetchall()
        return [[row[index] for row in found] for index in range(len(trees))]


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value
