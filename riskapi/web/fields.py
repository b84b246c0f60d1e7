"""The fields of forms, made from the vocabulary: facts and what was typed in, one `Field` for each out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from riskapi.assessment.words import fact_words
from riskapi.facts.vocabulary import Fact, FactType, Vocabulary, World
from riskapi.web.question import PARTIES, Question, company_fact, parameter_of

#: The facts that are asked at once; all others come where they matter.
FIRST: Final = ("deal.type", "deal.sector", "deal.activity_country", "deal.market_countries")
_LABELS: Final = {
    "deal.type": "Form of the deal",
    "deal.sector": "Sector",
    "deal.activity_country": "Where it is",
    "deal.market_countries": "Where it will sell",
}
#: What is asked of a firm that is not on record; an address may tell every other fact of a company, too.
DESCRIBED: Final = ("seat_country", "incorporation_country", "control_country", "state_share", "state_owner_country")
_OF_COMPANY: Final = {
    "seat_country": "Head office in",
    "incorporation_country": "Organised under the law of",
    "control_country": "Controlled from",
    "state_share": "Largest share of one state",
    "state_owner_country": "Which state",
}
_UNTOLD: Final = {True: "taken as no", False: "taken as none", None: "not known"}
_COUNTRIES_HINT: Final = "Countries with commas between: US, Canada."


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `kind`: select, checks, text, number, share or date; `empty` says what no answer means.

    `listed` is the id of a list on the page with proposals.
    """

    name: str
    label: str
    kind: str
    value: str
    hint: str = ""
    listed: str = ""
    empty: str = "not known"
    choices: tuple[tuple[str, str], ...] = ()
    step: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    values: frozenset[str] = field(default_factory=frozenset)


def fields_of(facts: Iterable[str], question: Question, vocabulary: Vocabulary) -> tuple[Field, ...]:
    """Fields for the facts, with what the question tells of them."""
    return tuple(field_of(vocabulary[name], question, vocabulary) for name in facts)


def field_of(fact: Fact, question: Question, vocabulary: Vocabulary) -> Field:
    """The field of one fact of the deal."""
    name = parameter_of(fact.name)
    return _field(fact, name, question.deal.get(name, ""), vocabulary)


def described_fields(question: Question, vocabulary: Vocabulary) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """For each party the fields that describe a firm which is not on record: the usual ones, and what was told beyond them."""
    first, second = (
        tuple(
            _field(fact, f"{party}.{leaf}", told.get(leaf, ""), vocabulary)
            for leaf in dict.fromkeys([*DESCRIBED, *told])
            if (fact := company_fact(leaf, vocabulary)) is not None
        )
        for party, told in zip(PARTIES, question.described, strict=True)
    )
    return first, second


def _field(fact: Fact, name: str, value: str, vocabulary: Vocabulary) -> Field:
    is_of_company = fact.name.startswith("foreign.")
    codes = vocabulary.codes(fact)
    # A list of all countries, six times over, would make the page slow: there they are typed.
    kind = "text" if is_of_company and fact.domain == "country" else _kind(fact, codes is not None)
    choices = tuple(sorted(codes.items(), key=lambda item: item[1])) if codes and kind in ("select", "checks") else ()
    if fact.type is FactType.BOOL:
        choices = (("yes", "yes"), ("no", "no"))
    return Field(
        name=name,
        label=_LABELS.get(fact.name)
        or _OF_COMPANY.get(name.partition(".")[2])
        or fact.question
        or fact_words(fact.name).capitalize(),
        kind=kind,
        value=value,
        hint="" if is_of_company else _COUNTRIES_HINT if fact.domain == "country" and kind == "text" else _hint(fact),
        listed="countries" if fact.domain == "country" and kind == "text" else "",
        empty="not told: taken as no" if fact.world is World.CLOSED and fact.type is FactType.BOOL else "not known",
        choices=choices,
        values=frozenset(value.split(",")) if kind == "checks" and value else frozenset(),
        **_bounds(fact),
    )


def _kind(fact: Fact, has_codes: bool) -> str:  # noqa: FBT001  # one of two properties of a fact
    if fact.type is FactType.LIST:
        return "text" if fact.domain == "country" or not has_codes else "checks"
    if fact.type is FactType.BOOL or has_codes:
        return "select"
    if fact.unit == "share":
        return "share"
    return {FactType.INT: "number", FactType.FLOAT: "number", FactType.DATE: "date"}.get(fact.type, "text")


def _hint(fact: Fact) -> str:
    if fact.name in FIRST:
        return ""
    return fact.meaning.replace("(0 to 1)", "(in per cent)") if fact.unit == "share" else fact.meaning


def _bounds(fact: Fact) -> dict[str, str | None]:
    scale = 100 if fact.unit == "share" else 1
    low = None if fact.minimum is None else f"{fact.minimum * scale:g}"
    high = None if fact.maximum is None else f"{fact.maximum * scale:g}"
    return {"minimum": low, "maximum": high, "step": "1" if fact.type is FactType.INT else "any"}
