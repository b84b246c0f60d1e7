"""The typed syntax tree of a condition. Values only: nothing here evaluates, parses or touches a file.

Every node knows its `type` and prints itself in the authors' spelling with `text()`; parsing what it prints gives the
same tree again. All back ends (Python, SQL, trace) are functions over these classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from riskapi.facts.vocabulary import FactType

Scalar: TypeAlias = bool | int | float | str | date

BOOL, INT, FLOAT, STR, DATE, LIST = (
    FactType.BOOL,
    FactType.INT,
    FactType.FLOAT,
    FactType.STR,
    FactType.DATE,
    FactType.LIST,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Scalar
    type: FactType


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """A constant list of text values."""

    values: tuple[str, ...]
    type: FactType = field(default=LIST, init=False)


@dataclass(frozen=True, slots=True)
class FactRef:
    """The value of one fact."""

    name: str
    type: FactType


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of a rule (`where`); stands for its expression."""

    name: str
    body: Node

    @property
    def type(self) -> FactType:
        """The type of the expression behind the name."""
        return self.body.type


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    body: Node
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class And:
    """Kleene conjunction of two or more."""

    items: tuple[Node, ...]
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene disjunction of two or more."""

    items: tuple[Node, ...]
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`, op one of = <> < <= > >=; null if either side is."""

    op: str
    left: Node
    right: Node
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class InValues:
    """`item in (constants)`; null if the item is."""

    item: Node
    values: tuple[Literal, ...]
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class Contains:
    """`item in list`; null if the item or the list is; null elements of a list are passed over."""

    item: Node
    list: Node
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class HasAny:
    """`list_has_any(left, right)`: a common element exists."""

    left: Node
    right: Node
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class HasAll:
    """`list_has_all(left, right)`: every element of right is in left."""

    left: Node
    right: Node
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class Between:
    """`item between low and high`, both ends included: `item >= low and item <= high` in Kleene logic."""

    item: Node
    low: Node
    high: Node
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class IsNull:
    """`item is null`; never null itself."""

    item: Node
    type: FactType = field(default=BOOL, init=False)


@dataclass(frozen=True, slots=True)
class Arith:
    """`left op right` in double precision, op one of + - * /; what is not finite (overflow, division by 0) is null."""

    op: str
    left: Node
    right: Node
    type: FactType = field(default=FLOAT, init=False)


@dataclass(frozen=True, slots=True)
class Negate:
    """`-item` in double precision."""

    item: Node
    type: FactType = field(default=FLOAT, init=False)


@dataclass(frozen=True, slots=True)
class Days:
    """`left - right` of two dates, in days."""

    left: Node
    right: Node
    type: FactType = field(default=INT, init=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`abs(number)`, `len(list)` or `year(date)`; null if the argument is."""

    name: str
    item: Node
    type: FactType


@dataclass(frozen=True, slots=True)
class Case:
    """First branch whose condition is true, else the default."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node | None
    type: FactType


@dataclass(frozen=True, slots=True)
class Coalesce:
    """First item that is not null."""

    items: tuple[Node, ...]
    type: FactType


Node: TypeAlias = (
    Literal
    | ListLiteral
    | FactRef
    | Part
    | Not
    | And
    | Or
    | Compare
    | InValues
    | Contains
    | HasAny
    | HasAll
    | Between
    | IsNull
    | Arith
    | Negate
    | Days
    | Call
    | Case
    | Coalesce
)


def children(node: Node) -> tuple[Node, ...]:
    """The direct sub-expressions, in reading order."""
    match node:
        case Literal() | ListLiteral() | FactRef():
            return ()
        case Part(body=body) | Not(body=body):
            return (body,)
        case And(items=items) | Or(items=items) | Coalesce(items=items):
            return items
        case Compare(left=left, right=right) | Arith(left=left, right=right) | Days(left=left, right=right):
            return (left, right)
        case HasAny(left=left, right=right) | HasAll(left=left, right=right):
            return (left, right)
        case InValues(item=item, values=values):
            return (item, *values)
        case Contains(item=item, list=items_of):
            return (item, items_of)
        case Between(item=item, low=low, high=high):
            return (item, low, high)
        case IsNull(item=item) | Negate(item=item) | Call(item=item):
            return (item,)
        case Case(branches=branches, default=default):
            flat = tuple(node for branch in branches for node in branch)
            return flat if default is None else (*flat, default)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def extent(node: Node) -> tuple[int, int]:
    """Number of nodes and of levels with named parts written out; each part is looked at once."""
    seen: dict[int, tuple[int, int]] = {}

    def measure(item: Node) -> tuple[int, int]:
        if id(item) not in seen:
            below = [measure(child) for child in children(item)]
            seen[id(item)] = (1 + sum(size for size, _ in below), 1 + max((depth for _, depth in below), default=0))
        return seen[id(item)]

    return measure(node)


def facts_of(node: Node) -> frozenset[str]:
    """Names of the facts that the expression mentions."""
    return frozenset(item.name for item in walk(node) if isinstance(item, FactRef))


def is_monotone(node: Node) -> bool:
    """Whether learning a fact can only turn unknown into true or false, never one of these into another value.

    Tests for knownness (`is null`, `coalesce`, `case`) break this, and with it the law that the interval narrows.
    """
    return not any(isinstance(item, IsNull | Coalesce | Case) for item in walk(node))


_BOOLEAN_CONNECTIVES = (And, Or, Not)


def text(node: Node) -> str:
    """The expression in the authors' spelling."""
    match node:
        case Literal():
            return literal_text(node)
        case ListLiteral(values=values):
            return "[" + ", ".join(_quote(value) for value in values) + "]"
        case FactRef(name=name) | Part(name=name):
            return name
        case Not(body=IsNull(item=item)):
            return f"{_operand(item)} is not null"
        case Not(body=body):
            return f"not {_operand(body)}"
        case And(items=items):
            return " and ".join(_operand(item) for item in items)
        case Or(items=items):
            return " or ".join(_operand(item) for item in items)
        case Compare(op=op, left=left, right=right) | Arith(op=op, left=left, right=right):
            return f"{_operand(left)} {op} {_operand(right)}"
        case Days(left=left, right=right):
            return f"{_operand(left)} - {_operand(right)}"
        case InValues(item=item, values=literals):
            return f"{_operand(item)} in ({', '.join(literal_text(value) for value in literals)})"
        case Contains(item=item, list=items_of):
            return f"{_operand(item)} in {text(items_of)}"
        case HasAny(left=left, right=right):
            return f"list_has_any({text(left)}, {text(right)})"
        case HasAll(left=left, right=right):
            return f"list_has_all({text(left)}, {text(right)})"
        case Between(item=item, low=low, high=high):
            return f"{_operand(item)} between {_operand(low)} and {_operand(high)}"
        case IsNull(item=item):
            return f"{_operand(item)} is null"
        case Negate(item=item):
            return f"-{_operand(item)}"
        case Call(name=name, item=item):
            return f"{name}({text(item)})"
        case Case(branches=branches, default=default):
            arms = " ".join(f"when {text(test)} then {text(value)}" for test, value in branches)
            return f"case {arms}{'' if default is None else f' else {text(default)}'} end"
        case Coalesce(items=items):
            return f"coalesce({', '.join(text(item) for item in items)})"


def literal_text(node: Literal) -> str:
    """A constant in SQL spelling."""
    value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        return _quote(value)
    return repr(value)


def _quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _operand(node: Node) -> str:
    simple = isinstance(node, Literal | ListLiteral | FactRef | Part | Call | Coalesce | HasAny | HasAll | Case)
    return text(node) if simple else f"({text(node)})"
