"""A condition as an SQL expression over columns named like the facts: tree in, text of a dialect (DuckDB, Spark) out.

This is the back end for many pairings. Meanings that databases leave open are fixed here: NaN is null, arithmetic is in
double precision and null where it is not finite, null elements of lists are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from riskapi.facts.vocabulary import Fact, FactType
from riskapi.language import nodes as n
from riskapi.language.dialect import DUCKDB, Dialect

#: The SQL type of each fact type, in DuckDB.
SQL_TYPES = DUCKDB.types

#: DuckDB turns `x in (five or more constants)` into a join, which takes seconds to plan for a hundred rules.
CONNECTION_SETTINGS = ("SET disabled_optimizers = 'in_clause'",)


def column(name: str, dialect: Dialect = DUCKDB) -> str:
    """The quoted column of a fact."""
    return dialect.column(name)


def column_definition(fact: Fact) -> str:
    """`"deal.type" VARCHAR`, for CREATE TABLE in DuckDB."""
    return f"{column(fact.name)} {SQL_TYPES[fact.type]}"


def to_sql(node: n.Node, dialect: Dialect = DUCKDB) -> str:
    """The expression in SQL, fully parenthesised."""
    return _Writer(dialect).expression(node)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes SQL of one dialect."""

    dialect: Dialect

    def expression(self, node: n.Node) -> str:
        match node:
            case n.Literal():
                return self._literal(node)
            case n.ListLiteral(values=values):
                return self.dialect.list.format(", ".join(map(self.dialect.text, values)))
            case n.FactRef(name=name, type=FactType.FLOAT):
                return self.dialect.known.format(self.dialect.column(name))
            case n.FactRef(name=name):
                return self.dialect.column(name)
            case n.Part(body=body):
                return self.expression(body)
            case n.Not(body=body):
                return f"(NOT {self.expression(body)})"
            case n.And(items=items):
                return "(" + " AND ".join(map(self.expression, items)) + ")"
            case n.Or(items=items):
                return "(" + " OR ".join(map(self.expression, items)) + ")"
            case n.IsNull(item=item):
                return f"({self.expression(item)} IS NULL)"
            case n.Case() | n.Coalesce():
                return self._choice(node)
            case n.Compare() | n.InValues() | n.Between():
                return self._comparison(node)
            case n.Contains() | n.HasAny() | n.HasAll():
                return self._list_test(node)
            case _:
                return self._number(node)

    def _literal(self, node: n.Literal) -> str:
        value = node.value
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, date):
            return f"DATE '{value.isoformat()}'"
        if isinstance(value, str):
            return self.dialect.text(value)
        # As they stand, databases would take constants for decimals.
        return f"CAST('{value!r}' AS {self.dialect.types[node.type]})"

    def _wide(self, node: n.Node, *others: n.Node) -> str:
        """The operand, as a double where another operand is one."""
        mixed = node.type is FactType.INT and any(other.type is FactType.FLOAT for other in others)
        return self._double(node) if mixed else self.expression(node)

    def _double(self, node: n.Node) -> str:
        source = self.expression(node)
        return source if node.type is FactType.FLOAT else f"CAST({source} AS DOUBLE)"

    def _comparison(self, node: n.Compare | n.InValues | n.Between) -> str:
        match node:
            case n.Compare(op=op, left=left, right=right):
                return f"({self._wide(left, right)} {op} {self._wide(right, left)})"
            case n.InValues(item=item, values=values):
                constants = ", ".join(self._wide(value, item, *values) for value in values)
                return f"({self._wide(item, *values)} IN ({constants}))"
            case n.Between(item=item, low=low, high=high):
                return self.expression(n.And((n.Compare(">=", item, low), n.Compare("<=", item, high))))

    def _list_test(self, node: n.Contains | n.HasAny | n.HasAll) -> str:
        match node:
            case n.Contains(item=item, list=items_of):
                return self.dialect.contains.format(item=self.expression(item), list=self.expression(items_of))
            case n.HasAny(left=left, right=right):
                return self.dialect.has_any.format(left=self.expression(left), right=self.expression(right))
            case n.HasAll(left=left, right=right):
                return self.dialect.has_all.format(left=self.expression(left), right=self.expression(right))

    def _number(self, node: n.Node) -> str:
        match node:
            case n.Arith(op="/", left=left, right=right):
                quotient = self.dialect.quotient.format(left=self._double(left), right=self._double(right))
                return self.dialect.finite.format(quotient)
            case n.Arith(op=op, left=left, right=right):
                return self.dialect.finite.format(f"({self._double(left)} {op} {self._double(right)})")
            case n.Negate(item=item):
                return f"(- {self._double(item)})"
            case n.Days(left=left, right=right):
                return self.dialect.days.format(left=self.expression(left), right=self.expression(right))
            case n.Call(name="abs", item=item):
                return f"abs({self._double(item)})"
            case n.Call(name="year", item=item):
                return f"year({self.expression(item)})"
            case n.Call(item=item):
                return self.dialect.length.format(self.expression(item))
        raise AssertionError(node)  # pragma: no cover  # the match in `expression` is exhaustive

    def _choice(self, node: n.Case | n.Coalesce) -> str:
        branch = self._double if node.type is FactType.FLOAT else self.expression
        if isinstance(node, n.Coalesce):
            return f"coalesce({', '.join(map(branch, node.items))})"
        arms = " ".join(f"WHEN {self.expression(test)} THEN {branch(value)}" for test, value in node.branches)
        return f"(CASE {arms}{'' if node.default is None else f' ELSE {branch(node.default)}'} END)"
