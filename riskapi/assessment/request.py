"""A question in the form that people and programs put it, checked as a whole: JSON data in, a `ScoreRequest` out.

All problems are collected, each with its JSON pointer. Names are not resolved here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from riskapi.errors import Problem, RequestError, RequestReader, did_you_mean, pointer_part
from riskapi.facts.values import ValueProblemError, read_value
from riskapi.facts.vocabulary import COMPANY_FACTS, Fact, FactType, Value, Vocabulary

MAX_NAME = 300
_KEYS = ("parties", "deal", "as_of", "foreign_party")
_PARTY_KEYS = ("name", "facts", "country", "inline")
EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRequest:
    """A party as asked for: a name or id to be resolved, or `inline` where the caller describes a company of their own.

    `facts` (leaf names) override what the datasets say, and are all there is for an inline party; `country` helps to tell
    namesakes apart.
    """

    name: str
    country: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest:
    """Two parties, what is told of the deal (full fact names), and the as-of date.

    `foreign_party` names the party that one-sided deal facts speak of; needed only where neither or both are foreign.
    """

    parties: tuple[PartyRequest, PartyRequest]
    deal: Mapping[str, Value]
    as_of: date
    foreign_party: str | None = None


def read_request(data: object, vocabulary: Vocabulary, today: date) -> ScoreRequest:
    """Check and convert a request body; raises one `RequestError` with every problem."""
    reader = _Reader(vocabulary)
    if not isinstance(data, dict):
        raise RequestError(Problem(code="wrong-type", pointer="", detail="the request must be a JSON object"))
    reader.only(data, _KEYS, "")
    parties = reader.parties(data.get("parties"))
    deal = reader.deal(data.get("deal"))
    as_of = reader.as_of(data.get("as_of"), today)
    foreign = (
        reader.text(data.get("foreign_party"), "/foreign_party") if data.get("foreign_party") is not None else None
    )
    if reader.problems or parties is None:
        raise RequestError(reader.problems)
    return ScoreRequest(parties=parties, deal=deal, as_of=as_of, foreign_party=foreign)


def read_as_of(raw: object) -> date:
    """An as-of date; raises `ValueProblemError`."""
    if isinstance(raw, date):
        day = raw
    else:
        try:
            day = date.fromisoformat(str(raw))
        except ValueError:
            raise ValueProblemError(
                "bad-date", f"`{str(raw)[:40]}` is not a date", "write dates as 2027-01-31"
            ) from None
    if not EARLIEST <= day <= LATEST:
        raise ValueProblemError("out-of-range", f"as_of must lie between {EARLIEST} and {LATEST}")
    return day


class _Reader(RequestReader):
    """Reads the parts of a request and collects problems."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def text(self, raw: object, pointer: str) -> str:
        if not isinstance(raw, str) or not raw.strip():
            self.problem(pointer, "wrong-type", "text is wanted")
            return ""
        if len(raw) > MAX_NAME:
            self.problem(pointer, "too-long", f"at most {MAX_NAME} characters")
            return ""
        return raw.strip()

    def as_of(self, raw: object, today: date) -> date:
        if raw is None:
            return today
        try:
            return read_as_of(raw)
        except ValueProblemError as error:
            self.problem("/as_of", error.code, error.detail, error.hint)
            return today

    def parties(self, raw: object) -> tuple[PartyRequest, PartyRequest] | None:
        wanted = 2
        if not isinstance(raw, list) or len(raw) != wanted:
            self.problem(
                "/parties", "two-parties", "exactly two parties are wanted", 'for example "parties": ["Xiaomi", "Ford"]'
            )
            return None
        first, second = (self.party(item, f"/parties/{index}") for index, item in enumerate(raw))
        return first, second

    def party(self, raw: object, pointer: str) -> PartyRequest:
        if isinstance(raw, str):
            return PartyRequest(name=self.text(raw, pointer))
        if not isinstance(raw, dict):
            self.problem(pointer, "wrong-type", "a party is a name, an id, or an object with `name` and `facts`")
            return PartyRequest(name="")
        self.only(raw, _PARTY_KEYS, pointer)
        name = self.text(raw.get("name"), f"{pointer}/name")
        country = self.company_fact("seat_country", raw.get("country"), f"{pointer}/country")
        facts = self.company_facts(raw.get("facts"), f"{pointer}/facts")
        inline = raw.get("inline", False)
        if not isinstance(inline, bool):
            self.problem(f"{pointer}/inline", "wrong-type", "true or false is wanted")
        return PartyRequest(name=name, country=str(country) if country else None, facts=facts, inline=inline is True)

    def company_facts(self, raw: object, pointer: str) -> dict[str, Value]:
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.problem(pointer, "wrong-type", "facts are an object: fact name to value")
            return {}
        known = {fact.name for fact in COMPANY_FACTS if fact.told and fact.name != "name"}
        values = {}
        for key, value in raw.items():
            if key not in known:
                self.problem(
                    f"{pointer}/{pointer_part(str(key))}",
                    "unknown-fact",
                    f"there is no company fact `{str(key)[:60]}`",
                    did_you_mean(str(key), known) or "company facts: " + ", ".join(sorted(known)),
                )
                continue
            values[key] = self.company_fact(key, value, f"{pointer}/{key}")
        return values

    def company_fact(self, leaf: str, raw: object, pointer: str) -> Value:
        return self.value(self.vocabulary[f"foreign.{leaf}"], raw, pointer)

    def deal(self, raw: object) -> dict[str, Value]:
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.problem("/deal", "wrong-type", "the deal is an object: fact name to value")
            return {}
        values: dict[str, Value] = {}
        for key, value in raw.items():
            name = key if str(key).startswith(("deal.", "pair.")) else f"deal.{key}"
            fact = self.deal_fact(str(name), f"/deal/{pointer_part(str(key))}")
            if fact is not None:
                values[fact.name] = self.value(fact, value, f"/deal/{pointer_part(str(key))}")
        return values

    def deal_fact(self, name: str, pointer: str) -> Fact | None:
        tellable = {fact.name: fact for fact in self.vocabulary.tellable}
        if name in tellable:
            return tellable[name]
        if name in self.vocabulary:
            self.problem(pointer, "computed-fact", f"`{name}` is computed, it cannot be told")
            return None
        hint = did_you_mean(name, tellable) or "see the list of facts: `riskapi facts` or GET /v1/facts"
        self.problem(pointer, "unknown-fact", f"there is no deal fact `{name[:80]}`", hint)
        return None

    def value(self, fact: Fact, raw: object, pointer: str) -> Value:
        try:
            return read_value(fact, raw, self.vocabulary)
        except ValueProblemError as error:
            self.problem(pointer, error.code, error.detail, error.hint)
            return None


def request_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema (2020-12) of the request body, made from the vocabulary."""
    deal = {fact.name.removeprefix("deal."): fact_schema(fact, vocabulary) for fact in vocabulary.tellable}
    company = {
        fact.name: fact_schema(vocabulary[f"foreign.{fact.name}"], vocabulary)
        for fact in COMPANY_FACTS
        if fact.told and fact.name != "name"
    }
    party = {
        "oneOf": [
            {"type": "string", "minLength": 1, "maxLength": MAX_NAME, "description": "name or company_id"},
            {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME},
                    "country": fact_schema(vocabulary["foreign.seat_country"], vocabulary)
                    | {"description": "helps to tell namesakes apart"},
                    "inline": {
                        "type": "boolean",
                        "description": "the company is not looked up; `facts` are all there is",
                    },
                    "facts": {"type": "object", "additionalProperties": False, "properties": company},
                },
            },
        ]
    }
    return {
        "type": "object",
        "required": ["parties"],
        "additionalProperties": False,
        "properties": {
            "parties": {"type": "array", "minItems": 2, "maxItems": 2, "items": party},
            "deal": {"type": "object", "additionalProperties": False, "properties": deal},
            "as_of": {"type": "string", "format": "date", "description": "default: today"},
            "foreign_party": {
                "type": "string",
                "maxLength": MAX_NAME,
                "description": "whom one-sided facts speak of, where that is open",
            },
        },
    }


def fact_schema(fact: Fact, vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema of one fact's value; null is allowed everywhere and means not known."""
    codes = vocabulary.codes(fact)
    text: dict[str, Any] = {"type": "string"} if codes is None else {"type": "string", "enum": sorted(codes)}
    kinds: dict[FactType, dict[str, Any]] = {
        FactType.BOOL: {"type": "boolean"},
        FactType.INT: {"type": "integer"},
        FactType.FLOAT: {"type": "number"},
        FactType.STR: text,
        FactType.DATE: {"type": "string", "format": "date"},
        FactType.LIST: {"type": "array", "items": text, "maxItems": 300},
    }
    bounds = {key: value for key, value in (("minimum", fact.minimum), ("maximum", fact.maximum)) if value is not None}
    return {"anyOf": [kinds[fact.type] | bounds, {"type": "null"}], "description": fact.meaning}
