"""The rows of a matrix by DuckDB: a plan in, the same rows as `run` out. The checked reference of the way by columns.

Everything is said in SQL: facts of both sides as tables, what a jurisdiction makes of them as columns, the rules as the
expressions of `language.sql`, both viewpoints joined in Kleene logic, groups with their hit policies, floors, pillars and
the interval. It shares nothing with `run` but the panels and the companies, and is many times slower.
"""

# ruff: noqa: S608  # queries are made of the names of facts and of checked constants

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import polars as pl

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import CONNECTION_SETTINGS, to_sql
from riskapi.language.sql import SQL_TYPES, column
from riskapi.matrix.panels import EXISTING_STAKE, OPPOSING, SCREENED_BY, Panel
from riskapi.matrix.plan import Plan, Sheet
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.score_sql import fill_rules, scores_query
from riskapi.matrix.sheets import Sheets
from riskapi.matrix.tables import links_table, side_table
from riskapi.rules import Kind, Rule
from riskapi.workspace import Workspace

#: Rules in one query; planning grows faster than their number.
RULES_A_QUERY: Final = 40
_SAME: Final = "pair.same_control_country"
_NOT_FALSE: Final = "said IS DISTINCT FROM FALSE"


def by_sql(workspace: Workspace, plan: Plan, *, start: int = 0) -> Iterator[pl.DataFrame]:
    """The rows of a plan from row `start` on, one frame for each day and template. Scores are equal to those of `run`."""
    sheets = Sheets(workspace, plan)
    for sheet in plan.sheets:
        if start < sheet.stop:
            with TemporaryDirectory() as folder, duckdb.connect(":memory:") as con:
                rows = _Sheet(con, Path(folder), workspace, sheets, sheet).rows()
            yield rows[max(start - sheet.start, 0) :]


@dataclass(frozen=True)
class _Sheet:
    """One day with one template, in a database of its own."""

    con: duckdb.DuckDBPyConnection
    folder: Path
    workspace: Workspace
    sheets: Sheets
    sheet: Sheet

    def rows(self) -> pl.DataFrame:
        """All rows of the sheet in their order."""
        for setting in CONNECTION_SETTINGS:
            self.con.execute(setting)
        sides = self.sheets.sides(self.sheet.day)
        self._table("foreign_side", side_table(sides.foreign))
        self._table("host_side", side_table(sides.hosts))
        self._table("links", links_table(self.sheets.linked(self.sheet.day)))
        self.con.execute("CREATE TABLE said (f INTEGER, h INTEGER, rule VARCHAR, fired BOOLEAN)")
        rules: dict[str, Rule] = {}
        for grid, columns in self.sheets.grids(self.sheet):
            self.con.execute(f"CREATE OR REPLACE TABLE here AS SELECT unnest({columns.tolist()})::INTEGER AS h")
            for panel in grid.panels:
                rules.update((rule.id, rule) for rule in panel.rules)
                for start in range(0, len(panel.rules), RULES_A_QUERY):
                    self._ask(panel, panel.rules[start : start + RULES_A_QUERY])
        return self._scored(list(rules.values()))

    # Facts

    def _table(self, name: str, frame: pl.DataFrame) -> None:
        """By Parquet and not by Arrow: DuckDB needs pyarrow for that, which is no dependency."""
        frame.write_parquet(self.folder / f"{name}.parquet")
        self.con.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{self.folder / name}.parquet')")

    # Rules

    def _ask(self, panel: Panel, rules: Sequence[Rule]) -> None:
        """Put into `said` what the rules say, where they are not false."""
        views = " UNION ALL ".join(self._view(panel, number, rules) for number in (0, 1))
        joined = ", ".join(f"{_joined(rule)} AS {column(rule.id)}" for rule in rules)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT f, h, {joined} FROM ({views}) GROUP BY f, h")
        for rule in rules:
            self.con.execute(
                f"INSERT INTO said SELECT f, h, {_text(rule.id)}, said IS TRUE "
                f"FROM (SELECT f, h, {column(rule.id)} AS said FROM seen) WHERE {_NOT_FALSE}"
            )

    def _view(self, panel: Panel, number: int, rules: Sequence[Rule]) -> str:
        """One view: which pairings it is taken of, and what the rules say in it."""
        sides = ("foreign_side", "host_side") if number == 0 else ("host_side", "foreign_side")
        places = ("x.place", "y.place") if number == 0 else ("y.place", "x.place")
        asked = ", ".join(f"{to_sql(rule.condition)} AS {column(rule.id)}" for rule in rules)
        names = sorted({name for rule in rules for name in rule.facts})
        facts = ", ".join(f"{self._fact(panel, number, name)} AS {column(name)}" for name in names)
        nationals = [f"coalesce({side}.control_country IN ({self._nationals(panel)}), FALSE)" for side in "xy"]
        return (
            f"SELECT f, h, {asked} FROM (SELECT {places[0]} AS f, {places[1]} AS h{', ' if facts else ''}{facts} "
            f"FROM {sides[0]} x CROSS JOIN {sides[1]} y "
            f"JOIN here ON here.h = {places[1]} LEFT JOIN links ON links.f = {places[0]} AND links.h = {places[1]} "
            f"{self._screened(panel, number)} WHERE NOT {nationals[0]} AND ({panel.always} OR {nationals[1]}))"
        )

    def _fact(self, panel: Panel, number: int, name: str) -> str:
        """The column of one fact: of a company, of both, of the links, of the jurisdiction, or settled."""
        view = panel.views[number]
        side, _, leaf = name.partition(".")
        if side in ("foreign", "host"):
            return f"{'x' if side == 'foreign' else 'y'}.{column(leaf)}"
        if name == _SAME:
            return "(x.control_country = y.control_country)"
        settled = _literal(view.known.get(name), self.workspace.vocabulary[name].type)
        if name == EXISTING_STAKE:
            return f"coalesce(links.stake_{number}, {settled})"
        if name == OPPOSING:
            return "coalesce(links.opposing, 0)"
        follows = view.follows.get(name)
        if follows is None:
            return settled
        if follows[0] == "foreign":
            return f"screened.{column(name)}"
        return f"CASE WHEN y.control_country IS NOT NULL THEN y.control_country IN ({self._nationals(panel)}) END"

    def _screened(self, panel: Panel, number: int) -> str:
        """A join with what the jurisdiction makes of each kind of foreign company."""
        view = panel.views[number]
        side = "foreign_side" if number == 0 else "host_side"
        names = sorted(name for name, (whose, _) in view.follows.items() if whose == "foreign")
        kinds = [self.workspace.vocabulary[name].type for name in names]
        keys = self.con.execute(f"SELECT DISTINCT {', '.join(SCREENED_BY)} FROM {side}").fetchall()
        lines = []
        for key in keys:
            found = view.following("foreign", dict(zip(SCREENED_BY, key, strict=True)))
            cells = [_literal(value, FactType.STR) for value in key]
            cells += [_literal(found.get(name), kind) for name, kind in zip(names, kinds, strict=True)]
            lines.append(f"({', '.join(cells)})")
        heads = ", ".join([*(f"key_{number}" for number in range(len(SCREENED_BY))), *map(column, names)])
        matched = " AND ".join(
            f"screened.key_{at} IS NOT DISTINCT FROM x.{leaf}" for at, leaf in enumerate(SCREENED_BY)
        )
        return f"LEFT JOIN (VALUES {', '.join(lines)}) screened({heads}) ON {matched}"

    def _nationals(self, panel: Panel) -> str:
        """The countries that control nationals of the place, as constants."""
        view = panel.views[0]
        query = "SELECT control_country FROM foreign_side UNION SELECT control_country FROM host_side"
        known = sorted(country for (country,) in self.con.execute(query).fetchall() if country is not None)
        inside = [country for country in known if view.assembler.covers(panel.place, country, view.day)]
        return ", ".join(map(_text, inside)) or "NULL"

    # Scores

    def _scored(self, rules: Sequence[Rule]) -> pl.DataFrame:
        fill_rules(self.con, rules, self.workspace.card)
        target = self.folder / "rows.parquet"
        self.con.execute(f"COPY ({scores_query(self.workspace.card)}) TO '{target}' (FORMAT parquet)")
        found = pl.read_parquet(target, memory_map=False)
        plan = self.sheets.plan
        names = {
            f"{word}{suffix}": pl.Series([getattr(item, leaf) for item in side], dtype=pl.String).gather(found[place])
            for word, side, place in (("foreign", plan.foreign, "f"), ("host", plan.hosts, "h"))
            for suffix, leaf in (("_id", "company_id"), ("", "name"))
        }
        rows = found.with_columns(**names, date=pl.lit(self.sheet.day), template=pl.lit(self.sheet.template.name))
        apart = rows.filter(pl.col("foreign_id") != pl.col("host_id")).sort("f", "h")
        return apart.select(SCHEMA.names()).cast(SCHEMA)


def _joined(rule: Rule) -> str:
    """Both views in Kleene logic: `and` for a rule that mitigates, `or` for every other."""
    name = column(rule.id)
    open_ = f"count(*) > count({name})"
    if rule.kind is Kind.MITIGATING:
        return f"CASE WHEN bool_or(NOT {name}) THEN FALSE WHEN {open_} THEN NULL ELSE TRUE END"
    return f"CASE WHEN bool_or({name}) THEN TRUE WHEN {open_} THEN NULL ELSE FALSE END"


def _literal(value: Value, kind: FactType) -> str:
    if isinstance(value, tuple):
        return f"CAST([{', '.join(map(_text, value))}] AS VARCHAR[])"
    shown = "NULL" if value is None else _text(str(value))
    return f"CAST({shown} AS {SQL_TYPES[kind]})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
