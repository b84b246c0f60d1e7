"""Whether one comparison can be true at all, given the bounds that the vocabulary states for its fact.

Enters: a comparison node. Leaves: the reason why it can never be true, or None. Only single comparisons are looked at;
contradictions between several are the work of the rule checker.
"""

from __future__ import annotations

import math
from datetime import date

from riskapi.facts.vocabulary import FactType, Vocabulary
from riskapi.language import nodes as n

#: The same comparison with its sides exchanged.
MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def never_true(node: n.Node, vocabulary: Vocabulary) -> str | None:
    """Why the comparison can never be true, in words, or None."""
    match node:
        case n.Compare(op=op, left=left, right=n.Literal(value=value)):
            return _against_constant(op, left, value, vocabulary)
        case n.Compare(op=op, left=n.Literal(value=value), right=right):
            return _against_constant(MIRRORED[op], right, value, vocabulary)
        case n.Compare(op=op, left=left, right=right) if left == right and op in ("<>", "<", ">"):
            return "both sides are the same"
        case n.InValues(item=item, values=values):
            reasons = [_against_constant("=", item, value.value, vocabulary) for value in values]
            return next((reason for reason in reasons if reason), None) if all(reasons) else None
        case n.Between(item=item, low=low, high=high):
            return _between(item, low, high, vocabulary)
    return None


def _between(item: n.Node, low: n.Node, high: n.Node, vocabulary: Vocabulary) -> str | None:
    if not (isinstance(low, n.Literal) and isinstance(high, n.Literal)):
        return None
    if _number(low.value) > _number(high.value):
        return "the lower end lies above the upper end"
    return _against_constant(">=", item, low.value, vocabulary) or _against_constant("<=", item, high.value, vocabulary)


def _number(value: n.Scalar) -> float:
    return (
        float(value.toordinal())
        if isinstance(value, date)
        else float(value)
        if not isinstance(value, str)
        else math.nan
    )


def _range_of(node: n.Node, vocabulary: Vocabulary) -> tuple[float, float]:
    inner = node.body if isinstance(node, n.Part) else node
    if isinstance(inner, n.FactRef):
        fact = vocabulary[inner.name]
        low = -math.inf if fact.minimum is None else fact.minimum
        return low, math.inf if fact.maximum is None else fact.maximum
    if isinstance(inner, n.Call) and inner.name in ("len", "abs"):
        return 0, math.inf
    return -math.inf, math.inf


def _against_constant(op: str, node: n.Node, value: n.Scalar, vocabulary: Vocabulary) -> str | None:
    if isinstance(node, n.Literal) or isinstance(value, str | bool):
        return None
    number = _number(value)
    low, high = _range_of(node, vocabulary)
    if node.type is FactType.INT and op == "=" and number != math.floor(number):
        return "the fact is a whole number"
    outside = {
        "=": number < low or number > high,
        ">": number >= high,
        ">=": number > high,
        "<": number <= low,
        "<=": number < low,
        "<>": False,
    }[op]
    if not outside:
        return None
    return f"its values lie {_span(low, high)}"


def _span(low: float, high: float) -> str:
    if high == math.inf:
        return f"at {low:g} or above"
    return f"at {high:g} or below" if low == -math.inf else f"between {low:g} and {high:g}"
