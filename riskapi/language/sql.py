"""A condition as a DuckDB expression over columns named like the facts: tree in, SQL text out.

This is the back end for many pairings. Meanings that DuckDB leaves open are fixed here: NaN is null, arithmetic is in
double precision and null where it is not finite, null elements of lists are passed over.
"""

from __future__ import annotations

from datetime import date

from riskapi.facts.vocabulary import Fact, FactType
from riskapi.language import nodes as n

#: The SQL type of each fact type.
SQL_TYPES = {
    FactType.BOOL: "BOOLEAN",
    FactType.INT: "BIGINT",
    FactType.FLOAT: "DOUBLE",
    FactType.STR: "VARCHAR",
    FactType.DATE: "DATE",
    FactType.LIST: "VARCHAR[]",
}

#: DuckDB turns `x in (five or more constants)` into a join, which takes seconds to plan for a hundred rules.
CONNECTION_SETTINGS = ("SET disabled_optimizers = 'in_clause'",)


def column(name: str) -> str:
    """The quoted column of a fact."""
    return '"' + name.replace('"', '""') + '"'


def column_definition(fact: Fact) -> str:
    """`"deal.type" VARCHAR`, for CREATE TABLE."""
    return f"{column(fact.name)} {SQL_TYPES[fact.type]}"


def to_sql(node: n.Node) -> str:
    """The expression in DuckDB's SQL, fully parenthesised."""
    match node:
        case n.Literal():
            return _literal(node)
        case n.ListLiteral(values=values):
            return f"CAST([{', '.join(_quoted(value) for value in values)}] AS VARCHAR[])"
        case n.FactRef(name=name, type=FactType.FLOAT):
            return f"nullif({column(name)}, 'nan'::DOUBLE)"
        case n.FactRef(name=name):
            return column(name)
        case n.Part(body=body):
            return to_sql(body)
        case n.Not(body=body):
            return f"(NOT {to_sql(body)})"
        case n.And(items=items):
            return "(" + " AND ".join(to_sql(item) for item in items) + ")"
        case n.Or(items=items):
            return "(" + " OR ".join(to_sql(item) for item in items) + ")"
        case n.IsNull(item=item):
            return f"({to_sql(item)} IS NULL)"
        case n.Case() | n.Coalesce():
            return _choice(node)
        case n.Compare() | n.InValues() | n.Between():
            return _comparison(node)
        case n.Contains() | n.HasAny() | n.HasAll():
            return _list_test(node)
        case _:
            return _number(node)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _literal(node: n.Literal) -> str:
    value = node.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return _quoted(value)
    return f"CAST('{value!r}' AS {SQL_TYPES[node.type]})"


def _wide(node: n.Node, *others: n.Node) -> str:
    """The operand, as a double where another operand is one (DuckDB would otherwise pick decimals for constants)."""
    mixed = node.type is FactType.INT and any(other.type is FactType.FLOAT for other in others)
    return f"CAST({to_sql(node)} AS DOUBLE)" if mixed else to_sql(node)


def _comparison(node: n.Compare | n.InValues | n.Between) -> str:
    match node:
        case n.Compare(op=op, left=left, right=right):
            return f"({_wide(left, right)} {op} {_wide(right, left)})"
        case n.InValues(item=item, values=values):
            constants = ", ".join(_wide(value, item, *values) for value in values)
            return f"({_wide(item, *values)} IN ({constants}))"
        case n.Between(item=item, low=low, high=high):
            return to_sql(n.And((n.Compare(">=", item, low), n.Compare("<=", item, high))))


def _list_test(node: n.Contains | n.HasAny | n.HasAll) -> str:
    match node:
        case n.Contains(item=item, list=items_of):
            return f"list_contains({to_sql(items_of)}, {to_sql(item)})"
        case n.HasAny(left=left, right=right):
            return f"list_has_any({to_sql(left)}, {to_sql(right)})"
        case n.HasAll(left=left, right=right):
            return f"list_has_all({to_sql(left)}, {to_sql(right)})"


def _finite(expression: str) -> str:
    return f"nullif(nullif(nullif({expression}, 'nan'::DOUBLE), 'inf'::DOUBLE), '-inf'::DOUBLE)"


def _double(node: n.Node) -> str:
    return to_sql(node) if node.type is FactType.FLOAT else f"CAST({to_sql(node)} AS DOUBLE)"


def _number(node: n.Node) -> str:
    match node:
        case n.Arith(op="/", left=left, right=right):
            return _finite(f"({_double(left)} / nullif({_double(right)}, 0))")
        case n.Arith(op=op, left=left, right=right):
            return _finite(f"({_double(left)} {op} {_double(right)})")
        case n.Negate(item=item):
            return f"(- {_double(item)})"
        case n.Days(left=left, right=right):
            return f"({to_sql(left)} - {to_sql(right)})"
        case n.Call(name="abs", item=item):
            return f"abs({_double(item)})"
        case n.Call(name=name, item=item):
            return f"{name}({to_sql(item)})"
    raise AssertionError(node)  # pragma: no cover  # the match in `to_sql` is exhaustive


def _choice(node: n.Case | n.Coalesce) -> str:
    def branch(value: n.Node) -> str:
        return _double(value) if node.type is FactType.FLOAT else to_sql(value)

    if isinstance(node, n.Coalesce):
        return f"coalesce({', '.join(branch(item) for item in node.items)})"
    arms = " ".join(f"WHEN {to_sql(test)} THEN {branch(value)}" for test, value in node.branches)
    return f"(CASE {arms}{'' if node.default is None else f' ELSE {branch(node.default)}'} END)"
