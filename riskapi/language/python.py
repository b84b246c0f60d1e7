"""A condition compiled to one Python function: facts (a mapping) in; True, False or None (not known) out.

This is the back end for one pairing; `sql` is the one for many. Both are generated from the same tree and proved equal
by property tests. The generated source holds only names made here and `repr` of checked constants.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeAlias, cast

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import nodes as n

Facts: TypeAlias = Mapping[str, Value]
Condition: TypeAlias = Callable[[Facts], bool | None]

_OPS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def compile_condition(node: n.Node) -> Condition:
    """A function that evaluates the condition; a fact that the mapping lacks is not known."""
    return cast(Condition, compile_value(node))


def compile_value(node: n.Node) -> Callable[[Facts], Value]:
    """A function for any expression, boolean or not."""
    writer = _Writer()
    body = writer.expression(node)
    source = f"lambda facts: {body}"
    scope = {"_arith": arithmetic, "_date": date, "_days": days, "_neg": negate, "__builtins__": _BUILTINS}
    scope |= writer.constants
    return cast(Callable[[Facts], Value], eval(compile(source, "<condition>", "eval"), scope))  # noqa: S307  # our own tree


_BUILTINS = {"len": len, "abs": abs, "float": float, "frozenset": frozenset, "any": any, "all": all}


def arithmetic(op: str, left: float | None, right: float | None) -> float | None:
    """Double-precision arithmetic; null in, null out, and null for what is not finite."""
    if left is None or right is None:
        return None
    first, second = float(left), float(right)
    if op == "/" and second == 0:
        return None
    result = {"+": first + second, "-": first - second, "*": first * second}.get(op) if op != "/" else first / second
    return result if result is not None and math.isfinite(result) else None


def negate(item: float | None) -> float | None:
    """The negative number, as a double."""
    return None if item is None else -float(item)


def days(left: date | None, right: date | None) -> int | None:
    """Days from `right` to `left`."""
    return None if left is None or right is None else (left - right).days


class _Writer:
    """Writes Python source; each null check binds its operand once to a fresh name."""

    def __init__(self) -> None:
        self.count = 0
        self.constants: dict[str, frozenset[str]] = {}

    def constant(self, values: Iterable[str | None]) -> str:
        """The name of a set of texts, without nulls: to look a text up in a set costs the same however many there are."""
        name = f"_c{len(self.constants)}"
        self.constants[name] = frozenset(value for value in values if value is not None)
        return name

    def fresh(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def expression(self, node: n.Node) -> str:
        match node:
            case n.Literal():
                return self._literal(node)
            case n.ListLiteral(values=values):
                return repr(tuple(values))
            case n.FactRef():
                return self._fact(node)
            case n.Part(body=body):
                return self.expression(body)
            case n.Not(body=body):
                name = self.fresh()
                return f"(None if ({name} := {self.expression(body)}) is None else not {name})"
            case n.And(items=items):
                return self._connective(items, deciding="False")
            case n.Or(items=items):
                return self._connective(items, deciding="True")
            case n.IsNull(item=item):
                # Bound to a name first: Python warns of `5 is None`.
                return f"(({self.fresh()} := {self.expression(item)}) is None)"
            case n.Case() | n.Coalesce():
                return self._choice(node)
            case n.Compare() | n.InValues() | n.Between():
                return self._comparison(node)
            case n.Contains() | n.HasAny() | n.HasAll():
                return self._list_test(node)
            case _:
                return self._number(node)

    def _literal(self, node: n.Literal) -> str:
        if isinstance(node.value, date):
            return f"_date({node.value.year}, {node.value.month}, {node.value.day})"
        return repr(node.value)

    def _fact(self, node: n.FactRef) -> str:
        source = f"facts.get({node.name!r})"
        if node.type is not FactType.FLOAT:
            return source
        name = self.fresh()
        # Not a number is not known: both back ends read it as null.
        return f"(None if ({name} := {source}) is None or {name} != {name} else {name})"

    def _connective(self, items: tuple[n.Node, ...], deciding: str) -> str:
        """Kleene and/or with short circuit: the deciding value wins, then unknown, then the other value."""
        names = [self.fresh() for _ in items]
        other = "True" if deciding == "False" else "False"
        source = ""
        for name, item in zip(names, items, strict=True):
            source += f"{deciding} if ({name} := {self.expression(item)}) is {deciding} else "
        unknown = " or ".join(f"{name} is None" for name in names)
        return f"({source}None if {unknown} else {other})"

    def _guarded(self, items: tuple[n.Node, ...], body: Callable[[list[str]], str]) -> str:
        """`body` over the items, None when any of them is; constants stand in it as they are, all else by a name."""
        names, tests = [], []
        for item in items:
            source = self.expression(item)
            if isinstance(item, n.Literal | n.ListLiteral):
                names.append(source)
            else:
                names.append(self.fresh())
                tests.append(f"({names[-1]} := {source}) is None")
        # A name that was not bound, because one before it is None, is not read either.
        return f"(None if {' or '.join(tests)} else {body(names)})" if tests else f"({body(names)})"

    def _as(self, name: str, node: n.Node, others: tuple[n.Node, ...]) -> str:
        """The operand as the double that SQL would compare, where one side is a double."""
        mixed = node.type is FactType.INT and any(other.type is FactType.FLOAT for other in others)
        return f"float({name})" if mixed else name

    def _comparison(self, node: n.Compare | n.InValues | n.Between) -> str:
        match node:
            case n.Compare(op=op, left=left, right=right):
                return self._guarded(
                    (left, right),
                    lambda names: (
                        f"{self._as(names[0], left, (right,))} {_OPS[op]} {self._as(names[1], right, (left,))}"
                    ),
                )
            case n.InValues(item=item, values=values) if item.type is FactType.STR:
                texts = self.constant(str(value.value) for value in values)
                return self._guarded((item,), lambda names: f"{names[0]} in {texts}")
            case n.InValues(item=item, values=values):
                wide = any(value.type is FactType.FLOAT for value in values) or item.type is FactType.FLOAT
                constants = ", ".join(
                    repr(float(value.value)) if wide and isinstance(value.value, int) else self._literal(value)
                    for value in values
                )
                return self._guarded((item,), lambda names: f"{self._as(names[0], item, values)} in ({constants},)")
            case n.Between(item=item, low=low, high=high):
                both = n.And((n.Compare(">=", item, low), n.Compare("<=", item, high)))
                return self.expression(both)

    def _list_test(self, node: n.Contains | n.HasAny | n.HasAll) -> str:
        match node:
            case n.Contains(item=item, list=n.ListLiteral(values=values)):
                return self._guarded((item,), lambda names: f"{names[0]} in {self.constant(values)}")
            case n.Contains(item=item, list=items_of):
                return self._guarded((item, items_of), lambda names: f"{names[0]} in {names[1]}")
            case (
                n.HasAny(left=n.ListLiteral(values=values), right=other)
                | n.HasAny(left=other, right=n.ListLiteral(values=values))
            ):
                return self._guarded((other,), lambda names: f"not {self.constant(values)}.isdisjoint({names[0]})")
            case n.HasAny(left=left, right=right):
                return self._guarded(
                    (left, right), lambda names: f"any(x in {names[1]} for x in {names[0]} if x is not None)"
                )
            case n.HasAll(left=left, right=n.ListLiteral(values=values)):
                return self._guarded((left,), lambda names: f"{self.constant(values)}.issubset({names[0]})")
            case n.HasAll(left=left, right=right):
                return self._guarded(
                    (left, right), lambda names: f"all(x in {names[0]} for x in {names[1]} if x is not None)"
                )

    def _number(self, node: n.Node) -> str:
        match node:
            case n.Arith(op=op, left=left, right=right):
                return f"_arith({op!r}, {self.expression(left)}, {self.expression(right)})"
            case n.Negate(item=item):
                return f"_neg({self.expression(item)})"
            case n.Days(left=left, right=right):
                return f"_days({self.expression(left)}, {self.expression(right)})"
            case n.Call(name="year", item=item):
                return self._guarded((item,), lambda names: f"{names[0]}.year")
            case n.Call(name="abs", item=item):
                return self._guarded((item,), lambda names: f"abs(float({names[0]}))")
            case n.Call(item=item):
                return self._guarded((item,), lambda names: f"len({names[0]})")
        raise AssertionError(node)  # pragma: no cover  # the match in `expression` is exhaustive

    def _choice(self, node: n.Case | n.Coalesce) -> str:
        if isinstance(node, n.Coalesce):
            names = [self.fresh() for _ in node.items]
            wide = self._widened(node.type)
            tests = "".join(
                f"{wide(name, item)} if ({name} := {self.expression(item)}) is not None else "
                for name, item in zip(names, node.items, strict=True)
            )
            return f"({tests}None)"
        wide = self._widened(node.type)
        arms = "".join(
            f"{self._branch(value, wide)} if {self.expression(test)} is True else " for test, value in node.branches
        )
        return f"({arms}{'None' if node.default is None else self._branch(node.default, wide)})"

    def _branch(self, value: n.Node, wide: Callable[[str, n.Node], str]) -> str:
        name = self.fresh()
        source = self.expression(value)
        return f"(None if ({name} := {source}) is None else {wide(name, value)})"

    def _widened(self, kind: FactType) -> Callable[[str, n.Node], str]:
        def wide(name: str, node: n.Node) -> str:
            return f"float({name})" if kind is FactType.FLOAT and node.type is FactType.INT else name

        return wide
