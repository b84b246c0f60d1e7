"""A small vocabulary for tests of the language: three or more facts of each type, free of bounds, two with a code list."""

from __future__ import annotations

from riskapi.facts.vocabulary import Fact, FactType, Origin, Vocabulary

COLOURS = {"red": "Red", "green": "Green", "blue": "Blue"}
_PREFIXES = {
    FactType.BOOL: "b",
    FactType.INT: "i",
    FactType.FLOAT: "x",
    FactType.STR: "s",
    FactType.DATE: "d",
    FactType.LIST: "l",
}


def fact(name: str, kind: FactType, **more: object) -> Fact:
    """A fact with no more than what a test is about."""
    return Fact(name=name, type=kind, meaning="for tests", origin=Origin.DEAL, source="tests", **more)  # type: ignore[arg-type]


def vocabulary(*facts: Fact) -> Vocabulary:
    """A vocabulary of these facts; the code list `colour` is there to be used."""
    return Vocabulary({item.name: item for item in facts}, {"colour": COLOURS})


#: `t.b0`, `t.i2` and so on; `t.s0` and `t.l0` hold colours.
WORDS = vocabulary(
    *(
        fact(f"t.{prefix}{index}", kind, domain="colour" if index == 0 and prefix in "sl" else None)
        for kind, prefix in _PREFIXES.items()
        for index in range(3)
    )
)


def names(kind: FactType) -> list[str]:
    """Names of the facts of one type."""
    return [item.name for item in WORDS if item.type is kind]
