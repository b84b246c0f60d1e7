"""Addresses and questions."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.assessment.request import read_request
from riskapi.errors import RequestError
from riskapi.facts.vocabulary import Value
from riskapi.web.question import Question, as_typed, codes_of, question_in
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace
from tests.web.pages import BODY, VENTURE

COUNTRIES = {"US": "United States", "CA": "Canada", "BO": "Bolivia, Plurinational State of"}


def test_an_address_is_the_body_of_a_score_question() -> None:
    body = Question.read([*VENTURE, ("as_of", AS_OF.isoformat())]).body(shipped_vocabulary())
    workspace = shipped_workspace()
    assert workspace.ask(body, today=date(2000, 1, 1)) == workspace.ask(BODY, today=AS_OF)


def test_shares_are_typed_in_per_cent() -> None:
    body = Question.read([("a", "x"), ("b", "y"), ("foreign_stake", "25")]).body(shipped_vocabulary())
    assert body["deal"]["foreign_stake"] == "25%"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("US, Canada", ["US", "CA"]),
        ("united states;CA", ["US", "CA"]),
        ("Bolivia, Plurinational State of", ["BO"]),
        ("none", []),
        ("US,US", ["US"]),
        ("Atlantis", ["Atlantis"]),
    ],
)
def test_countries_are_typed_as_codes_or_names_and_what_is_neither_stays(typed: str, codes: list[str]) -> None:
    assert codes_of(typed, COUNTRIES) == codes


def test_an_unknown_parameter_is_refused_and_not_dropped() -> None:
    body = Question.read([*VENTURE, ("foriegn_stake", "20")]).body(shipped_vocabulary())
    with pytest.raises(RequestError, match="foriegn_stake"):
        shipped_workspace().ask(body, today=AS_OF)


def test_a_value_in_an_address_is_read_back_as_the_same_value() -> None:
    vocabulary = shipped_vocabulary()
    values: dict[str, Value] = {
        "deal.foreign_stake": 0.333,
        "deal.model_year": 2028,
        "deal.foreign_control": False,
        "deal.market_countries": ("CA", "US"),
        "deal.technologies": (),
        "deal.value_usd": 1.5e9,
        "deal.type": "licence",
        "deal.signed_on": date(2026, 1, 31),
    }
    told = {name.removeprefix("deal."): as_typed(vocabulary[name], value) for name, value in values.items()}
    body = Question(first="Xiaomi", second="Ford", deal={**told, "activity_country": "US"}).body(vocabulary)
    read = read_request(body, vocabulary, AS_OF).deal
    assert {name: read[name] for name in values} == values


def test_a_party_with_facts_of_its_own_is_described_and_not_looked_up() -> None:
    told = [("a", "Xiaomi"), ("a.seat_country", "germany"), ("a.state_share", "12.5"), *VENTURE[1:]]
    body = Question.read(told).body(shipped_vocabulary())
    assert body["parties"] == [
        {"name": "Xiaomi", "inline": True, "facts": {"seat_country": "DE", "state_share": "12.5%"}}, "Ford",
    ]  # fmt: skip
    party = next(one for one in shipped_workspace().ask(body, today=AS_OF).parties if one.name == "Xiaomi")
    assert (party.company_id, party.match) == (None, "described by the caller")
    values = {fact.fact: fact.value for fact in party.facts}
    assert (values["control_country"], values["state_share"]) == ("DE", 0.125)


def test_a_fact_that_no_company_has_is_refused_and_not_dropped() -> None:
    body = Question.read([*VENTURE, ("b.seat_contry", "US")]).body(shipped_vocabulary())
    with pytest.raises(RequestError, match="seat_country"):
        shipped_workspace().ask(body, today=AS_OF)


def test_a_described_party_stays_described_in_every_address_that_follows() -> None:
    question = Question.read([*VENTURE, ("a.seat_country", "DE"), ("a.state_share", "12.5")])
    assert question_in(question.query()) == question
    assert question.on(AS_OF).described == question.described


@given(st.text(max_size=300))
def test_any_text_in_the_place_of_an_address_is_a_question_or_refused(text: str) -> None:
    with suppress(RequestError):
        assert Question.read(question_in(text).pairs()) == question_in(text)


def test_a_question_and_its_address_are_the_same() -> None:
    question = Question.read(VENTURE)
    assert question_in(question.query()) == question
