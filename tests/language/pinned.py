"""Meanings that databases see differently, each with a condition, facts, and the outcome that every engine owes."""

from __future__ import annotations

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import nodes as n
from tests.language.words import WORDS


def ref(name: str) -> n.FactRef:
    """The fact of that name."""
    return n.FactRef(name, WORDS[name].type)


def int_of(value: int) -> n.Literal:
    """A whole number as a constant."""
    return n.Literal(value, FactType.INT)


#: What a condition says of some facts, by the name of the meaning.
PINNED: dict[str, tuple[n.Node, dict[str, Value], bool | None]] = {
    "nan is not known": (n.Compare("=", ref("t.x0"), ref("t.x0")), {"t.x0": float("nan")}, None),
    "infinite fact compares": (n.Compare(">", ref("t.x0"), int_of(1)), {"t.x0": float("inf")}, True),
    "overflow is not known": (
        n.Compare(">", n.Arith("*", ref("t.x0"), int_of(10)), int_of(0)), {"t.x0": 1e308}, None,
    ),
    "division by zero is not known": (n.Compare(">", n.Arith("/", int_of(1), ref("t.i0")), int_of(0)), {"t.i0": 0}, None),
    "division by minus zero too": (n.Compare(">", n.Arith("/", int_of(1), ref("t.x0")), int_of(0)), {"t.x0": -0.0}, None),
    "division is not whole": (
        n.Compare("=", n.Arith("/", ref("t.i0"), int_of(2)), n.Literal(0.5, FactType.FLOAT)), {"t.i0": 1}, True,
    ),
    "large whole numbers compare exactly": (
        n.Compare("=", ref("t.i0"), int_of(2**53)), {"t.i0": 2**53 + 1}, False,
    ),
    "as doubles where one is a double": (
        n.Compare("=", ref("t.i0"), n.Literal(2.0**53, FactType.FLOAT)), {"t.i0": 2**53 + 1}, True,
    ),
    "smallest whole number has no overflow": (
        n.Compare(">", n.Call("abs", ref("t.i0"), FactType.FLOAT), int_of(0)), {"t.i0": -(2**63)}, True,
    ),
    "the absolute value is a double": (
        n.Compare("=", n.Call("abs", ref("t.i0"), FactType.FLOAT), int_of(2**53)), {"t.i0": -(2**53) - 1}, True,
    ),
    "null elements are passed over": (
        n.Contains(n.Literal("z", FactType.STR), ref("t.l1")), {"t.l1": ("x", None)}, False,  # type: ignore[dict-item]
    ),
    "null elements are in no other list": (
        n.HasAny(ref("t.l1"), ref("t.l2")), {"t.l1": (None,), "t.l2": (None,)}, False,  # type: ignore[dict-item]
    ),
    "nothing is in an empty list": (n.HasAny(ref("t.l1"), ref("t.l2")), {"t.l1": (), "t.l2": ("a",)}, False),
    "every list has all of an empty one": (n.HasAll(ref("t.l1"), ref("t.l2")), {"t.l1": (), "t.l2": ()}, True),
    "length counts null elements": (
        n.Compare("=", n.Call("len", ref("t.l1"), FactType.INT), int_of(2)), {"t.l1": ("x", None)}, True,  # type: ignore[dict-item]
    ),
    "a missing fact is not known": (n.Not(ref("t.b0")), {}, None),
    "a constant can be asked for knownness": (n.IsNull(int_of(5)), {}, False),
    "false settles and": (n.And((ref("t.b0"), n.Literal(value=False, type=FactType.BOOL))), {}, False),
    "true settles or": (n.Or((ref("t.b0"), n.Literal(value=True, type=FactType.BOOL))), {}, True),
    "unknown case condition goes on": (
        n.Case(((ref("t.b0"), ref("t.b1")),), ref("t.b2"), FactType.BOOL), {"t.b1": True, "t.b2": False}, False,
    ),
}  # fmt: skip
