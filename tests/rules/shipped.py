"""The shipped rule book for tests, read once; and facts that lie on and beside the constants of a rule."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from riskapi.facts.vocabulary import FactType, Value, Vocabulary, load_vocabulary
from riskapi.language import nodes as n
from riskapi.rules import Rule, RuleBook, load_rules
from riskapi.settings import Settings
from riskapi.warehouse.open import code_domains

_SETTINGS = Settings.from_environment({})
RULES_FOLDER: Path = _SETTINGS.rules
RULE_FILES = sorted(path.relative_to(RULES_FOLDER).as_posix() for path in RULES_FOLDER.glob("*/**/*.yaml"))


@cache
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary with the shipped code lists."""
    return load_vocabulary(code_domains(_SETTINGS.datasets))


@cache
def shipped_book() -> RuleBook:
    """All shipped rules."""
    return load_rules(RULES_FOLDER, shipped_vocabulary())


def facts_near(rule: Rule, count: int) -> list[dict[str, Value]]:
    """Facts drawn from the constants of the rule and their neighbours, the same ones every time."""
    draw = random.Random(rule.id)  # noqa: S311  # test data
    constants = sorted({value for node in n.walk(rule.condition) for value in _constants(node)}, key=repr)
    pools = {name: _pool(shipped_vocabulary()[name].type, constants) for name in sorted(rule.facts)}
    return [{name: _drawn(draw, name, pool) for name, pool in pools.items()} for _ in range(count)]


def _constants(node: n.Node) -> Iterator[bool | float | str | date]:
    if isinstance(node, n.Literal):
        yield node.value
    if isinstance(node, n.ListLiteral):
        yield from node.values


def _pool(kind: FactType, constants: list[bool | float | str | date]) -> list[Value]:
    numbers = [item for item in constants if isinstance(item, int | float) and not isinstance(item, bool)]
    match kind:
        case FactType.BOOL:
            return [True, False, None]
        case FactType.INT:
            near = [math.floor(item) + step for item in numbers for step in (-1, 0, 1)]
            return [None, 0, 2**53 + 1, -(2**63), *near]
        case FactType.FLOAT:
            beside = [math.nextafter(item, end) for item in numbers for end in (-math.inf, math.inf)]
            return [None, 0.0, 1.0, math.nan, math.inf, -math.inf, *map(float, numbers), *beside]
        case FactType.DATE:
            days = [item for item in constants if isinstance(item, date)]
            return [None, date(2024, 2, 29), *(day + timedelta(step) for day in days for step in (-1, 0, 1))]
        case _:
            return [None, "zz", *(item for item in constants if isinstance(item, str))]


def _drawn(draw: random.Random, name: str, pool: list[Value]) -> Value:
    if shipped_vocabulary()[name].type is not FactType.LIST:
        return draw.choice(pool)
    if draw.random() < 0.2:
        return None
    return tuple(draw.choices(pool, k=draw.randint(0, 4)))  # type: ignore[arg-type]  # null elements are the point
