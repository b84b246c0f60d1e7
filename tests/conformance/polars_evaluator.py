"""Conditions evaluated by Polars: a typed tree in, a Polars expression out.

An independent opinion: written from the meaning of the nodes, with nothing taken from our SQL or Python back ends.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import polars as pl

from riskapi.facts.vocabulary import FactType, Value, Vocabulary
from riskapi.language import nodes as n

TYPES: dict[FactType, Any] = {
    FactType.BOOL: pl.Boolean,
    FactType.INT: pl.Int64,
    FactType.FLOAT: pl.Float64,
    FactType.STR: pl.String,
    FactType.DATE: pl.Date,
    FactType.LIST: pl.List(pl.String),
}
_OPERATORS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def frame_of(rows: Sequence[Mapping[str, Value]], vocabulary: Vocabulary) -> pl.DataFrame:
    """One column for each fact of the vocabulary; a fact that a row lacks is null."""
    columns = [
        pl.Series(fact.name, [_plain(row.get(fact.name)) for row in rows], dtype=TYPES[fact.type], strict=True)
        for fact in vocabulary
    ]
    return pl.DataFrame(columns)


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def outcomes(node: n.Node, frame: pl.DataFrame) -> list[bool | None]:
    """The condition on every row."""
    return frame.with_columns(expression(node).alias("outcome"))["outcome"].to_list()


def expression(node: n.Node) -> pl.Expr:  # noqa: C901, PLR0912  # one branch for each kind of node
    """The condition as a Polars expression over columns named like the facts."""
    match node:
        case n.Literal(value=value, type=kind):
            return _column_of(value, kind)
        case n.ListLiteral(values=values):
            return pl.concat_list(_column_of(value, FactType.STR) for value in ("", *values)).list.slice(1)
        case n.FactRef(name=name, type=FactType.FLOAT):
            return pl.col(name).fill_nan(None)
        case n.FactRef(name=name):
            return pl.col(name)
        case n.Part(body=body):
            return expression(body)
        case n.Not(body=body):
            return ~expression(body)
        case n.And(items=items):
            return reduce(operator.and_, map(expression, items))
        case n.Or(items=items):
            return reduce(operator.or_, map(expression, items))
        case n.IsNull(item=item):
            return expression(item).is_null()
        case n.Compare(op=op, left=left, right=right):
            return _compare(op, left, right)
        case n.InValues(item=item, values=values):
            kinds = {item.type, *(value.type for value in values)}
            wide = FactType.FLOAT if FactType.FLOAT in kinds else item.type
            return reduce(operator.or_, (_as(item, wide) == _as(value, wide) for value in values))
        case n.Between(item=item, low=low, high=high):
            return _compare(">=", item, low) & _compare("<=", item, high)
        case n.Contains() | n.HasAny() | n.HasAll():
            return _membership(node)
        case n.Case(branches=branches, default=default, type=kind):
            found = _column_of(None, kind) if default is None else _as(default, kind)
            for test, branch in reversed(branches):
                holds = expression(test).fill_null(value=False)
                found = pl.when(holds).then(_as(branch, kind)).otherwise(found)
            return found
        case n.Coalesce(items=items, type=kind):
            return pl.coalesce([_as(item, kind) for item in items])
        case _:
            return _number(node)


def _column_of(value: Value, kind: FactType) -> pl.Expr:
    # As high as the frame: Polars would make an expression over constants one row high.
    return pl.repeat(_plain(value), pl.len(), dtype=TYPES[kind])


def _as(node: n.Node, kind: FactType) -> pl.Expr:
    return expression(node).cast(TYPES[kind])


def _compare(op: str, left: n.Node, right: n.Node) -> pl.Expr:
    kind = FactType.FLOAT if FactType.FLOAT in (left.type, right.type) else left.type
    return _OPERATORS[op](_as(left, kind), _as(right, kind))


def _membership(node: n.Contains | n.HasAny | n.HasAll) -> pl.Expr:
    if isinstance(node, n.Contains):
        one, many = expression(node.item), expression(node.list)
        known = one.is_not_null() & many.is_not_null()
        return pl.when(known).then(many.list.drop_nulls().list.contains(one))
    left, right = expression(node.left), expression(node.right)
    known = left.is_not_null() & right.is_not_null()
    first, second = left.list.drop_nulls(), right.list.drop_nulls()
    if isinstance(node, n.HasAny):
        return pl.when(known).then(first.list.set_intersection(second).list.len() > 0)
    return pl.when(known).then(second.list.set_difference(first).list.len() == 0)


def _number(node: n.Node) -> pl.Expr:
    match node:
        case n.Arith(op=op, left=left, right=right):
            value = _OPERATORS[op](_as(left, FactType.FLOAT), _as(right, FactType.FLOAT))
            return pl.when(value.is_finite()).then(value)
        case n.Negate(item=item):
            return -_as(item, FactType.FLOAT)
        case n.Days(left=left, right=right):
            first, second = (expression(side).to_physical().cast(pl.Int64) for side in (left, right))
            return first - second
        case n.Call(name="abs", item=item):
            return _as(item, FactType.FLOAT).abs()
        case n.Call(name="year", item=item):
            return expression(item).dt.year().cast(pl.Int64)
        case n.Call(name="len", item=item):
            return expression(item).list.len().cast(pl.Int64)
    raise TypeError(node)
