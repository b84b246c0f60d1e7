"""A question as it stands in an address: pairs of a query string in, the body of a score question out, and back.

Every answer has a permanent address, because everything that was asked stands in it. Shares are written in per cent, as in
the form; lists repeat the parameter or join with commas; countries may be written by code or name. What is left empty was
not told. `a.seat_country` and other facts of a party describe a firm that is not on record: its name is then not looked up.
Nothing is dropped in silence: a parameter that nobody knows is a fact that nobody knows, and refused as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlencode

from riskapi.errors import Problem, RequestError
from riskapi.facts.vocabulary import Fact, FactType, Value, Vocabulary
from riskapi.web.visit import Pairs, Visit

PARTIES: Final = ("a", "b")
AS_OF: Final = "as_of"
FOREIGN: Final = "foreign_party"
_OWN: Final = (*PARTIES, AS_OF, FOREIGN)
MAX_FIELDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Two names, a day, and what was told of the deal, as it was typed; facts by the name of their parameter.

    `described` holds, for each party, what the caller tells of a firm that is not on record, by the names of its facts.
    """

    first: str = ""
    second: str = ""
    as_of: str = ""
    foreign: str = ""
    deal: Mapping[str, str] = field(default_factory=dict)
    described: tuple[Mapping[str, str], Mapping[str, str]] = field(default_factory=lambda: ({}, {}))

    @classmethod
    def read(cls, pairs: Pairs) -> Self:
        """The question that stands in an address; checked later, as a whole."""
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            if value.strip():
                given.setdefault(name, []).append(value.strip())
        one = {name: values[-1] for name, values in given.items()}
        first, second = (
            {name.removeprefix(f"{party}."): ",".join(values) for name, values in given.items() if _is_of(party, name)}
            for party in PARTIES
        )
        return cls(
            first=one.get("a", ""),
            second=one.get("b", ""),
            as_of=one.get(AS_OF, ""),
            foreign=one.get(FOREIGN, ""),
            deal={
                name: ",".join(values)
                for name, values in given.items()
                if name not in _OWN and not any(_is_of(party, name) for party in PARTIES)
            },
            described=(first, second),
        )

    def is_complete(self) -> bool:
        """Whether both parties are named."""
        return bool(self.first and self.second)

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of its address."""
        own = zip(_OWN, (self.first, self.second, self.as_of, self.foreign), strict=True)
        described = (
            (f"{party}.{leaf}", value)
            for party, told in zip(PARTIES, self.described, strict=True)
            for leaf, value in told.items()
        )
        return [(name, value) for name, value in (*own, *described, *self.deal.items()) if value]

    def query(self) -> str:
        """Its address behind the question mark."""
        return urlencode(self.pairs())

    def on(self, day: date) -> Question:
        """The same question on another day."""
        return replace(self, as_of=day.isoformat())

    def body(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """The question as the body of POST /v1/scores."""
        facts = {_key(fact): fact for fact in vocabulary.tellable}
        deal = {
            name: _raw(facts[name], text, vocabulary) if name in facts else text for name, text in self.deal.items()
        }
        parties = [
            _party(name, told, vocabulary) for name, told in zip((self.first, self.second), self.described, strict=True)
        ]
        data: dict[str, Any] = {"parties": parties, "deal": deal}
        told = {AS_OF: self.as_of, FOREIGN: self.foreign}
        return data | {name: value for name, value in told.items() if value}


def read_question(visit: Visit, *others: str) -> Question:
    """The question of a request, without the page's own parameters `others`; raises where a party is not named."""
    question = Question.read(visit.without(*others))
    missing = [
        Problem(code="missing-party", pointer=f"/parties/{index}", detail="a party is not named",
                hint="type a name, in any script, or an id")
        for index, name in enumerate((question.first, question.second)) if not name
    ]  # fmt: skip
    if missing:
        raise RequestError(missing)
    return question


def question_in(text: str) -> Question:
    """The question of an address that stands in a parameter of another; raises `RequestError`."""
    try:
        return Question.read(parse_qsl(text.removeprefix("?"), max_num_fields=MAX_FIELDS))
    except ValueError:
        raise RequestError(
            Problem(code="too-many", field="left", detail="the address has too many parameters")
        ) from None


def parameter_of(fact: str) -> str:
    """The parameter of a fact: `deal.type` is told as `type`."""
    return fact.removeprefix("deal.")


def _is_of(party: str, name: str) -> bool:
    """Whether the parameter describes the party."""
    return name.startswith(f"{party}.")


def _party(name: str, told: Mapping[str, str], vocabulary: Vocabulary) -> object:
    """A name to be looked up, or a firm as the caller describes it."""
    if not told:
        return name
    facts = {leaf: _raw(fact, text, vocabulary) if (fact := company_fact(leaf, vocabulary)) else text
             for leaf, text in told.items()}  # fmt: skip
    return {"name": name, "inline": True, "facts": facts}


def company_fact(leaf: str, vocabulary: Vocabulary) -> Fact | None:
    """The fact of a company, None where there is none of the name."""
    name = f"foreign.{leaf}"
    return vocabulary[name] if name in vocabulary else None  # noqa: SIM401  # it is no mapping


def _key(fact: Fact) -> str:
    return parameter_of(fact.name)


def _raw(fact: Fact, text: str, vocabulary: Vocabulary) -> object:
    """The text as the body of a request has it."""
    if fact.unit == "share":
        return f"{text.rstrip('% ').replace(',', '.')}%"
    if fact.domain == "country":
        codes = codes_of(text, vocabulary.domains["country"])
        return codes if fact.type is FactType.LIST else ",".join(codes)
    if fact.type is FactType.LIST:
        return [] if text == "none" else [part.strip() for part in text.split(",") if part.strip()]
    return text.replace(",", "") if fact.type in (FactType.INT, FactType.FLOAT) else text


def codes_of(text: str, names: Mapping[str, str]) -> list[str]:
    """Codes of a list that is typed as codes or names; what is neither stays, so that it is told as wrong."""
    if text.strip().casefold() == "none":
        return []
    by_name = {name.casefold(): code for code, name in names.items()}
    whole = by_name.get(text.strip().casefold())
    if whole:
        return [whole]
    parts = (part.strip() for part in text.replace(";", ",").split(","))
    return list(dict.fromkeys(by_name.get(part.casefold(), part) for part in parts if part))


def as_typed(fact: Fact, value: Value) -> str:
    """A value as it stands in an address; empty where it is not known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value) or "none"
    if fact.unit == "share" and isinstance(value, int | float):
        return f"{value * 100:.6g}"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
