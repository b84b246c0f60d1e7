"""Questions as they are put: everything wrong is told at once, each with its JSON pointer."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from riskapi.assessment.request import ScoreRequest, read_request, request_schema
from riskapi.errors import RequestError
from tests.shipped import AS_OF, shipped_vocabulary


def read(data: object) -> ScoreRequest:
    return read_request(data, shipped_vocabulary(), AS_OF)


def pointers(data: object) -> dict[str | None, str]:
    with pytest.raises(RequestError) as caught:
        read(data)
    return {problem.pointer: problem.code for problem in caught.value.problems}


def test_a_full_request_is_read() -> None:
    request = read(
        {
            "parties": [
                "Xiaomi",
                {"name": "NewCo", "inline": True, "country": "us", "facts": {"seat_country": "US", "designations": []}},
            ],
            "deal": {"type": "joint_venture", "deal.foreign_stake": "25%", "market_countries": ["US", "CA"]},
            "as_of": "2025-03-17",
            "foreign_party": "Xiaomi",
        }
    )
    assert request.deal == {
        "deal.type": "joint_venture",
        "deal.foreign_stake": 0.25,
        "deal.market_countries": ("US", "CA"),
    }
    assert request.parties[1].facts == {"seat_country": "US", "designations": ()}
    assert request.parties[1].country == "US"
    assert request.as_of == date(2025, 3, 17)


def test_today_is_the_day_where_none_is_told() -> None:
    assert read({"parties": ["A", "B"]}).as_of == AS_OF


def test_all_problems_are_told_at_once() -> None:
    found = pointers(
        {
            "parties": ["Xiaomi", {"name": "", "facts": {"designatons": []}}],
            "deal": {"foreign_stake": 51, "foriegn_control": True, "activity_groups": ["eu"]},
            "as_of": "2026-13-01",
            "when": "now",
        }
    )
    assert found == {
        "/parties/1/name": "wrong-type",
        "/parties/1/facts/designatons": "unknown-fact",
        "/deal/foreign_stake": "out-of-range",
        "/deal/foriegn_control": "unknown-fact",
        "/deal/activity_groups": "computed-fact",
        "/as_of": "bad-date",
        "/when": "unknown-field",
    }


@pytest.mark.parametrize("parties", [None, [], ["A"], ["A", "B", "C"], "A and B", {"a": "b"}])
def test_exactly_two_parties_are_wanted(parties: object) -> None:
    assert pointers({"parties": parties})["/parties"] == "two-parties"


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_a_request_is_an_object(data: object) -> None:
    assert pointers(data) == {"": "wrong-type"}


@pytest.mark.parametrize("day", ["1850-01-01", "2999-01-01"])
def test_as_of_must_be_a_day_that_rules_can_speak_of(day: str) -> None:
    assert pointers({"parties": ["A", "B"], "as_of": day}) == {"/as_of": "out-of-range"}


def test_a_key_with_slashes_is_escaped_in_its_pointer() -> None:
    assert "/a~1b~0c" in pointers({"parties": ["A", "B"], "a/b~c": 1})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(deal=_JSON, parties=_JSON)
def test_any_json_is_read_or_refused_and_nothing_else(deal: object, parties: object) -> None:
    with suppress(RequestError):
        request = read({"parties": parties, "deal": deal})
        assert all(name in shipped_vocabulary() for name in request.deal)


def test_the_published_schema_is_valid_and_accepts_what_is_read() -> None:
    schema = request_schema(shipped_vocabulary())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    good = {"parties": ["Xiaomi", {"name": "Ford", "facts": {"sectors": ["automotive"]}}], "deal": {"model_year": 2028}}
    assert validator.is_valid(good)
    assert read(good).deal == {"deal.model_year": 2028}
    for bad in ({"parties": ["A"]}, {"parties": ["A", "B"], "deal": {"foreign_stake": 51}}, {**good, "x": 1}):
        assert not validator.is_valid(bad)
        with pytest.raises(RequestError):
            read(bad)
