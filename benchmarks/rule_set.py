"""One rule set for all engines: drawn from a seed, written once as data, rendered into the language of each.

Enters: how many rules and records, a seed, the share of facts that are not known. Leaves: rules, records, texts, and what
three-valued (Kleene) logic says of them. The shape is that of the rules in rules/: about five comparisons each, two to four
clauses that must all hold, most of them with alternatives, every fifth rule with an exception; over booleans, numbers and
texts in a list of codes. Lists, dates and arithmetic are left out, for not every engine has them. Standard library only.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Known: TypeAlias = bool | int | float | str
Record: TypeAlias = dict[str, Known | None]

CODES = tuple(f"C{number:02d}" for number in range(20))
FLOATS = tuple(f"n{number}" for number in range(16))
INTS = tuple(f"i{number}" for number in range(8))
TEXTS = tuple(f"s{number}" for number in range(12))
BOOLS = tuple(f"b{number}" for number in range(28))
#: Outcomes as one letter each; `RAISED` is an engine that gave an error instead.
FIRED, NOT_FIRED, UNKNOWN, RAISED = "1", "0", "?", "!"
_LETTERS = {True: FIRED, False: NOT_FIRED, None: UNKNOWN}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`fact op value`; the op `is` stands for a boolean fact by itself."""

    fact: str
    op: str
    value: float | int | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """All clauses must hold, each by one of its comparisons, and the exception must not."""

    clauses: tuple[tuple[Comparison, ...], ...]
    unless: Comparison | None = None


def make_rules(count: int, seed: int) -> list[Rule]:
    """The same rules for the same seed."""
    dice = random.Random(seed)
    return [_rule(dice) for _ in range(count)]


def _rule(dice: random.Random) -> Rule:
    clauses = tuple(
        tuple(_comparison(dice) for _ in range(dice.choices((1, 2, 3), (35, 40, 25))[0]))
        for _ in range(dice.randint(2, 4))
    )
    return Rule(clauses, _comparison(dice) if dice.random() < 0.2 else None)


def _comparison(dice: random.Random) -> Comparison:
    kind = dice.choices(("bool", "float", "int", "text"), (40, 20, 10, 30))[0]
    if kind == "bool":
        return Comparison(dice.choice(BOOLS), "is")
    if kind == "text":
        return Comparison(dice.choice(TEXTS), "in", tuple(sorted(dice.sample(CODES, dice.randint(4, 12)))))
    op = dice.choice((">=", "<"))
    step = dice.randint(55, 65) if op == ">=" else dice.randint(35, 45)
    # Quarters, so that engines with single and with double precision agree.
    return (
        Comparison(dice.choice(FLOATS), op, 10.25 * step)
        if kind == "float"
        else Comparison(dice.choice(INTS), op, step)
    )


def make_records(count: int, seed: int, nulls: float = 0.0) -> list[Record]:
    """The same records for the same arguments; each fact is not known with the probability `nulls`."""
    dice = random.Random(seed)
    records: list[Record] = []
    for _ in range(count):
        record: Record = {name: dice.randrange(4100) / 4 for name in FLOATS}
        record.update((name, dice.randrange(100)) for name in INTS)
        record.update((name, dice.choice(CODES)) for name in TEXTS)
        record.update((name, dice.random() < 0.4) for name in BOOLS)
        if nulls:
            record.update((name, None) for name in record if dice.random() < nulls)
        records.append(record)
    return records


# What is true


def truth(rule: Rule, record: Record) -> str:
    """The outcome by Kleene logic: `and` is the least of 0, a half and 1, `or` the greatest, `not` what is missing to 1."""
    least = min(max(_degree(comparison, record) for comparison in clause) for clause in rule.clauses)
    if rule.unless:
        least = min(least, 1 - _degree(rule.unless, record))
    return {0: NOT_FIRED, 0.5: UNKNOWN, 1: FIRED}[least]


def _degree(comparison: Comparison, record: Record) -> float:
    known, value = record[comparison.fact], comparison.value
    if known is None:
        return 0.5
    if isinstance(value, tuple):
        return float(known in value)
    if value is None:
        return float(bool(known))
    assert not isinstance(known, str)
    return float(known >= value if comparison.op == ">=" else known < value)


def truths(rules: Sequence[Rule], records: Sequence[Record]) -> list[str]:
    """The outcomes of each record, a letter for each rule."""
    return ["".join(truth(rule, record) for rule in rules) for record in records]


def letters(outcomes: Sequence[object]) -> str:
    """What an engine gave for each rule, a letter each; anything but a truth value or null counts as an error."""
    return "".join(_LETTERS.get(outcome, RAISED) if outcome != RAISED else RAISED for outcome in outcomes)  # type: ignore[call-overload]


# In the language of each engine


@dataclass(frozen=True, slots=True)
class Language:
    """How an engine writes a comparison, and what joins them."""

    comparison: Callable[[Comparison], str]
    both: str
    either: str
    negated: str


def render(rule: Rule, language: Language) -> str:
    """The rule as one expression, its exception included."""
    exception = [language.negated.format(language.comparison(rule.unless))] if rule.unless else []
    return language.both.join([render_clauses(rule, language), *exception])


def render_clauses(rule: Rule, language: Language) -> str:
    """The rule without its exception."""
    return language.both.join(f"({language.either.join(map(language.comparison, clause))})" for clause in rule.clauses)


def sql_comparison(comparison: Comparison) -> str:
    """As rule files have it; every fact is one of the deal."""
    name, value = f"deal.{comparison.fact}", comparison.value
    if isinstance(value, tuple):
        return f"{name} in ({', '.join(map(repr, value))})"
    return name if value is None else f"{name} {comparison.op} {value!r}"


def _json_comparison(comparison: Comparison) -> str:
    value = comparison.value
    return comparison.fact if value is None else f"{comparison.fact} {comparison.op} {json.dumps(value)}"


def _array_comparison(comparison: Comparison) -> str:
    """Over arrays, by `of` a fact `when`: texts are numbers of codes, looked up in a `table` of those that are meant."""
    name, value = f"of({comparison.fact!r}, when)", comparison.value
    if isinstance(value, tuple):
        return f"table({value!r})[{name}]"
    return name if value is None else f"({name} {comparison.op} {value!r})"


SQL = Language(sql_comparison, " and ", " or ", "not ({})")
ZEN = Language(_json_comparison, " and ", " or ", "not ({})")
CEL = Language(_json_comparison, " && ", " || ", "!({})")
ARRAYS = Language(_array_comparison, " & ", " | ", "~({})")
