"""The meaning of a condition apart from its spelling: a tree in, a text out that is the same for trees that mean the same.

Named parts are written out, nested `and` and `or` are joined and sorted, `not` is pushed to the comparisons, and
comparisons read in one direction. Two texts that differ may still mean the same; two that are equal always do.
"""

from __future__ import annotations

from riskapi.facts.vocabulary import FactType
from riskapi.language import nodes as n
from riskapi.language.nodes import Node

_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {">": "<", ">=": "<="}
_COMMUTES = {"+", "*"}


def meaning(node: Node, *, negated: bool = False) -> str:
    """The normal text of a boolean expression, or of its negation."""
    match node:
        case n.Part(body=body):
            return meaning(body, negated=negated)
        case n.Not(body=body):
            return meaning(body, negated=not negated)
        case n.And() | n.Or():
            return _joined(node, negated=negated)
        case n.Between(item=item, low=low, high=high):
            both = n.And((n.Compare(">=", item, low), n.Compare("<=", item, high)))
            return _joined(both, negated=negated)
        case n.Compare(op=op, left=left, right=right):
            return _comparison(_OPPOSITE[op] if negated else op, left, right)
        case _:
            plain = _value(node)
            return f"not({plain})" if negated else plain


def _joined(node: n.And | n.Or, *, negated: bool) -> str:
    conjunction = isinstance(node, n.And) is not negated
    word = "and" if conjunction else "or"
    items = sorted(set(_flat(node, conjunction=conjunction, negated=negated)))
    return items[0] if len(items) == 1 else f"{word}({'; '.join(items)})"


def _flat(node: Node, *, conjunction: bool, negated: bool) -> list[str]:
    """The members of a chain of the same connective, through names, brackets and negations."""
    match node:
        case n.Part(body=body):
            return _flat(body, conjunction=conjunction, negated=negated)
        case n.Not(body=body):
            return _flat(body, conjunction=conjunction, negated=not negated)
        case n.Between(item=item, low=low, high=high):
            both = n.And((n.Compare(">=", item, low), n.Compare("<=", item, high)))
            return _flat(both, conjunction=conjunction, negated=negated)
        case n.And(items=items) | n.Or(items=items) if (isinstance(node, n.And) is not negated) is conjunction:
            return [text for item in items for text in _flat(item, conjunction=conjunction, negated=negated)]
        case _:
            return [meaning(node, negated=negated)]


def _comparison(op: str, left: Node, right: Node) -> str:
    one, two = _value(left), _value(right)
    if op in _TURNED:
        return f"{two} {_TURNED[op]} {one}"
    if op in ("=", "<>"):
        one, two = sorted((one, two))
    return f"{one} {op} {two}"


def _value(node: Node) -> str:
    match node:
        case n.Part(body=body):
            return _value(body)
        case n.Literal():
            return _constant(node)
        case n.ListLiteral(values=values):
            return f"[{', '.join(sorted(set(map(repr, values))))}]"
        case n.FactRef(name=name):
            return name
        case n.InValues(item=item, values=values):
            return f"{_value(item)} in ({', '.join(sorted({_constant(value) for value in values}))})"
        case n.HasAny(left=left, right=right):
            return f"has_any({', '.join(sorted((_value(left), _value(right))))})"
        case n.Arith(op=op, left=left, right=right) if op in _COMMUTES:
            return f"({f' {op} '.join(sorted((_value(left), _value(right))))})"
        case n.Arith(op=op, left=left, right=right):
            return f"({_value(left)} {op} {_value(right)})"
        case n.And() | n.Or() | n.Not() | n.Compare() | n.Between():
            return meaning(node)
        case n.Case(branches=branches, default=default):
            arms = "; ".join(f"{_value(test)}: {_value(value)}" for test, value in branches)
            return f"case({arms}; {'' if default is None else _value(default)})"
        case n.Call(name=name, item=item):
            return f"{name}({_value(item)})"
        case _:
            return f"{type(node).__name__}({', '.join(_value(child) for child in n.children(node))})"


def _constant(node: n.Literal) -> str:
    number = node.type in (FactType.INT, FactType.FLOAT) and not isinstance(node.value, bool)
    return repr(float(node.value)) if number else n.literal_text(node)  # type: ignore[arg-type]  # a number by its type


def atoms(node: Node) -> dict[str, str]:
    """The comparisons of a condition: normal text to the authors' spelling."""
    found: dict[str, str] = {}

    def visit(item: Node) -> None:
        match item:
            case n.Part(body=body) | n.Not(body=body):
                visit(body)
            case n.And(items=items) | n.Or(items=items):
                for child in items:
                    visit(child)
            case _:
                found.setdefault(meaning(item), n.text(item))

    visit(node)
    return found
