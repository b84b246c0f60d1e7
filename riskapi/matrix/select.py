"""Companies chosen by what is known of them: a selector such as `control_country=CN,sector=automotive` in, a test out.

Terms are joined by commas and must all hold. A term is a company fact, one of `=` `!=` `>=` `<=` `>` `<`, and a value;
several values are divided by `|`, and one of them is enough. Of a fact that is a list one element is enough. What is not
known holds for no term but `fact=unknown`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from riskapi.errors import Problem, did_you_mean
from riskapi.facts.values import ValueProblemError, read_value
from riskapi.facts.vocabulary import COMPANY_FACTS, FactType, Value, Vocabulary

LONGEST: Final = 1_000
EXAMPLE: Final = "for example control_country=CN,sector=automotive"
#: Shorter words for facts.
SHORT: Final[Mapping[str, str]] = {
    "sector": "sectors",
    "country": "control_country",
    "group": "control_groups",
    "designation": "designations",
}
_TERM = re.compile(r"\s*([a-z_]+)\s*(!=|>=|<=|=|>|<)\s*(.*?)\s*", re.DOTALL)
_ORDER: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_LEAVES: Final = tuple(fact.name for fact in COMPANY_FACTS if fact.name not in ("name", "company_id"))


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on one fact; `values` are what is wanted, None among them for not known."""

    leaf: str
    op: str
    values: tuple[Value, ...]

    def holds(self, facts: Mapping[str, Value]) -> bool:
        """Whether the company with these facts (by leaf name) is meant."""
        value = facts.get(self.leaf)
        if value is None:
            return self.op == "=" and None in self.values
        if self.op in _ORDER:
            wanted = self.values[0]
            return isinstance(value, int | float) and isinstance(wanted, int | float) and self._compare(value, wanted)
        found = any(item in self.values for item in value) if isinstance(value, tuple) else value in self.values
        return found if self.op == "=" else not found

    def _compare(self, value: float, wanted: float) -> bool:
        return _ORDER[self.op](value, wanted)


@dataclass(frozen=True, slots=True)
class Selector:
    """Terms that must all hold."""

    text: str
    terms: tuple[Term, ...]

    def holds(self, facts: Mapping[str, Value]) -> bool:
        """Whether the company with these facts (by leaf name) is meant."""
        return all(term.holds(facts) for term in self.terms)


def read_selector(text: str, vocabulary: Vocabulary, pointer: str) -> tuple[Selector | None, list[Problem]]:
    """The selector, or all problems of the text."""
    if len(text) > LONGEST:
        detail = f"a selector may have at most {LONGEST:,} characters"
        return None, [Problem(code="too-long", pointer=pointer, detail=detail)]
    found = [_term(part, vocabulary, pointer) for part in text.split(",")]
    problems = [item for item in found if isinstance(item, Problem)]
    if problems:
        return None, problems
    return Selector(text.strip(), tuple(item for item in found if isinstance(item, Term))), []


def _term(text: str, vocabulary: Vocabulary, pointer: str) -> Term | Problem:
    matched = _TERM.fullmatch(text)
    if matched is None:
        detail = f"`{text.strip()[:60]}` is no condition on a company"
        return Problem(code="bad-selector", pointer=pointer, detail=detail, hint=EXAMPLE)
    word, op, raw = matched.groups()
    leaf = SHORT.get(word, word)
    if leaf not in _LEAVES:
        hint = did_you_mean(leaf, _LEAVES) or "company facts: " + ", ".join(_LEAVES)
        return Problem(code="unknown-fact", pointer=pointer, detail=f"there is no company fact `{word}`", hint=hint)
    fact = vocabulary[f"foreign.{leaf}"]
    if op in _ORDER and fact.type not in (FactType.FLOAT, FactType.INT):
        detail = f"`{leaf}` is no number: `{op}` cannot compare it"
        return Problem(code="bad-selector", pointer=pointer, detail=detail, hint=f"write {word}=... or {word}!=...")
    try:
        values = tuple(value for part in raw.split("|") for value in _values(vocabulary, leaf, part))
    except ValueProblemError as error:
        return Problem(code=error.code, pointer=pointer, detail=error.detail, hint=error.hint)
    if op != "=" and (None in values or (op in _ORDER and len(values) > 1)):
        detail = f"`{text.strip()[:60]}`: {op} takes {'one value' if op in _ORDER else 'values'} that is known"
        return Problem(code="bad-selector", pointer=pointer, detail=detail, hint=EXAMPLE)
    return Term(leaf, op, values)


def _values(vocabulary: Vocabulary, leaf: str, raw: str) -> tuple[Value, ...]:
    if not raw.strip():
        raise ValueProblemError("bad-selector", f"`{leaf}` is compared with nothing", EXAMPLE)
    value = read_value(vocabulary[f"foreign.{leaf}"], raw, vocabulary)
    return value if isinstance(value, tuple) else (value,)
