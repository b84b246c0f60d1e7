"""A what-if question, checked as a whole: the body of a score question with `grid`, `prefer` and `keep` in; a request out.

All problems are collected, each with its JSON pointer, those of the score question among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from riskapi.assessment.request import ScoreRequest, fact_schema, read_request, request_schema
from riskapi.errors import Problem, RequestError, RequestReader, did_you_mean, pointer_part
from riskapi.facts.values import ValueProblemError, read_value
from riskapi.facts.vocabulary import Fact, FactType, Origin, Value, Vocabulary
from riskapi.scoring.grid import MAX_CELLS, GridRequest, Preference

#: Facts of one grid at most, and values of one fact.
MAX_AXES = 6
MAX_VALUES = 60
_OWN = ("grid", "prefer", "keep")
_DIRECTIONS = ("high", "low")
_ORDERED = frozenset({FactType.INT, FactType.FLOAT, FactType.LIST, FactType.BOOL})

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfRequest:
    """The deal as it is, the grid where one is wanted, and the facts that are not to be changed."""

    score: ScoreRequest
    grid: GridRequest | None
    keep: frozenset[str]


def read_whatif(data: object, vocabulary: Vocabulary, today: date) -> WhatIfRequest:
    """Check and convert a request body; raises one `RequestError` with every problem."""
    if not isinstance(data, dict):
        raise RequestError(Problem(code="wrong-type", pointer="", detail="the request must be a JSON object"))
    reader = _Reader(vocabulary)
    grid = reader.grid(data.get("grid"), data.get("prefer"))
    keep = reader.keep(data.get("keep"))
    problems = reader.problems
    try:
        score = read_request({key: value for key, value in data.items() if key not in _OWN}, vocabulary, today)
    except RequestError as error:
        raise RequestError([*(_with_all_fields(item) for item in error.problems), *problems]) from None
    if problems:
        raise RequestError(problems)
    return WhatIfRequest(score=score, grid=grid, keep=keep)


def _with_all_fields(problem: Problem) -> Problem:
    """The hint of an unknown field names the fields that a what-if has besides those of a score question."""
    hint = problem.hint or ""
    known = hint.startswith("known: parties") and problem.code == "unknown-field"
    return replace(problem, hint=", ".join((hint, *_OWN))) if known else problem


class _Reader(RequestReader):
    """Reads the parts that a score question does not have, and collects problems."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.known = {fact.name: fact for fact in vocabulary.tellable if fact.origin is Origin.DEAL}

    def grid(self, raw: object, prefer: object) -> GridRequest | None:
        if raw is None:
            if prefer is not None:
                self.problem("/prefer", "not-in-grid", "there is no grid", "give the values to compare in `grid`")
            return None
        axes = self._named(raw, "/grid", "a fact with the list of its values", self._axis)
        liked: dict[str, Preference] = self._named(
            {} if prefer is None else prefer, "/prefer", "a fact with what is liked", self._liked
        )
        request = GridRequest(axes=axes, prefer=liked)
        if not axes and isinstance(raw, dict) and not raw:
            self.problem("/grid", "empty", "the grid has no fact", 'for example {"foreign_stake": [0.1, 0.49]}')
        if len(axes) > MAX_AXES or request.size() > MAX_CELLS:
            detail = f"the grid has {request.size():,} combinations of {len(axes)} facts"
            hint = f"at most {MAX_CELLS} combinations of {MAX_AXES} facts"
            self.problem("/grid", "grid-too-large", detail, hint)
        known = "in the grid: " + ", ".join(axes) if axes else None
        for name in liked:
            if name not in axes:
                self.problem(f"/prefer/{pointer_part(name)}", "not-in-grid", f"`{name}` is not in the grid", known)
        return request

    def keep(self, raw: object) -> frozenset[str]:
        if raw is None:
            return frozenset()
        if not isinstance(raw, list):
            self.problem("/keep", "wrong-type", "a list of facts is wanted")
            return frozenset()
        found = (self._fact(item, f"/keep/{index}") for index, item in enumerate(raw))
        return frozenset(fact.name for fact in found if fact is not None)

    def _named(
        self, raw: object, pointer: str, wanted: str, read: Callable[[Fact, object, str], _T | None]
    ) -> dict[str, _T]:
        if not isinstance(raw, dict):
            self.problem(pointer, "wrong-type", f"an object is wanted: {wanted}")
            return {}
        found: dict[str, _T] = {}
        for key, value in raw.items():
            place = f"{pointer}/{pointer_part(str(key))}"
            fact = self._fact(key, place)
            result = None if fact is None else read(fact, value, place)
            if fact is not None and result is not None:
                found[fact.name] = result
        return found

    def _fact(self, raw: object, pointer: str) -> Fact | None:
        name = str(raw) if str(raw).startswith("deal.") else f"deal.{raw}"
        if name in self.known:
            return self.known[name]
        if name in self.vocabulary:
            self.problem(pointer, "computed-fact", f"`{name[:80]}` is computed, it cannot be chosen")
        else:
            hint = did_you_mean(name, self.known) or "see the list of facts: `riskapi facts` or GET /v1/facts"
            self.problem(pointer, "unknown-fact", f"there is no deal fact `{name[:80]}`", hint)
        return None

    def _axis(self, fact: Fact, raw: object, pointer: str) -> tuple[Value, ...] | None:
        if not isinstance(raw, list) or not raw:
            self.problem(pointer, "wrong-type", "a list of one value or more is wanted", "for example [0.1, 0.49]")
            return None
        if len(raw) > MAX_VALUES:
            self.problem(pointer, "too-long", f"at most {MAX_VALUES} values of one fact")
            return None
        return self._values(fact, raw, pointer)

    def _liked(self, fact: Fact, raw: object, pointer: str) -> Preference | None:
        if isinstance(raw, list) and raw:
            return self._values(fact, raw[:MAX_VALUES], pointer)
        if raw == "high" and fact.type in _ORDERED:
            return "high"
        if raw == "low" and fact.type in _ORDERED:
            return "low"
        hint = "write high, low, or the values from the best to the worst"
        if raw in _DIRECTIONS:
            hint = "its values have no order: list them from the best to the worst"
        self.problem(
            pointer, "bad-preference", f"`{str(raw)[:40]}` does not say which value of {fact.name} is liked", hint
        )
        return None

    def _values(self, fact: Fact, raw: list[Any], pointer: str) -> tuple[Value, ...]:
        values: list[Value] = []
        for index, item in enumerate(raw):
            try:
                values.append(read_value(fact, item, self.vocabulary))
            except ValueProblemError as error:
                self.problem(f"{pointer}/{index}", error.code, error.detail, error.hint)
        return tuple(dict.fromkeys(values))


def whatif_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema (2020-12) of the request body: that of a score question and three fields more."""
    schema = request_schema(vocabulary)
    facts = {fact.name.removeprefix("deal."): fact for fact in vocabulary.tellable if fact.origin is Origin.DEAL}
    values = {name: _several(fact, vocabulary) for name, fact in facts.items()}
    liked = {
        name: {"anyOf": [{"enum": list(_DIRECTIONS)}, value]} if facts[name].type in _ORDERED else value
        for name, value in values.items()
    }
    own: Mapping[str, Any] = {
        "grid": {
            "type": "object", "additionalProperties": False, "minProperties": 1, "maxProperties": MAX_AXES,
            "properties": values,
            "description": f"values to combine, by fact; at most {MAX_CELLS} combinations",
        },
        "prefer": {
            "type": "object", "additionalProperties": False, "properties": liked,
            "description": "what the caller likes of the facts in the grid: high, low, or values from the best to the worst",
        },
        "keep": {
            "type": "array", "items": {"type": "string"}, "maxItems": len(facts),
            "description": "facts that no proposed change may touch",
        },
    }  # fmt: skip
    return {**schema, "properties": {**schema["properties"], **own}}


def _several(fact: Fact, vocabulary: Vocabulary) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": MAX_VALUES, "items": fact_schema(fact, vocabulary)}
