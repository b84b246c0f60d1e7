"""Values as people write them become typed values, or a message that says what to write."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.facts.values import ValueProblemError, read_value
from riskapi.facts.vocabulary import FactType, Value
from tests.shipped import shipped_vocabulary


def read(name: str, raw: object) -> Value:
    vocabulary = shipped_vocabulary()
    return read_value(vocabulary[name], raw, vocabulary)


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("deal.foreign_stake", "25%", 0.25),
        ("deal.foreign_stake", "25.1 %", 0.251),
        ("deal.foreign_stake", 0.5, 0.5),
        ("deal.foreign_stake", 1, 1.0),
        ("deal.model_year", "2028", 2028),
        ("deal.model_year", 2028.0, 2028),
        ("deal.market_countries", "US,CA", ("US", "CA")),
        ("deal.market_countries", ["US", "US"], ("US",)),
        ("deal.market_countries", "[]", ()),
        ("deal.market_countries", "none", ()),
        ("deal.market_countries", "NO", ("NO",)),
        ("deal.activity_country", "us", "US"),
        ("deal.defence_supplier", "yes", True),
        ("deal.defence_supplier", False, False),
        ("deal.signed_on", "2027-01-31", date(2027, 1, 31)),
        ("deal.foreign_stake", "unknown", None),
        ("deal.foreign_stake", None, None),
    ],
)
def test_readable_values(name: str, raw: object, expected: Value) -> None:
    assert read(name, raw) == expected


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("deal.foreign_stake", 25, "out-of-range"),
        ("deal.foreign_stake", "-1%", "out-of-range"),
        ("deal.foreign_stake", "nan", "wrong-type"),
        ("deal.foreign_stake", "inf", "wrong-type"),
        ("deal.foreign_stake", True, "wrong-type"),
        ("deal.value_usd", 10**400, "wrong-type"),
        ("deal.model_year", 2028.5, "wrong-type"),
        ("deal.model_year", "9" * 30, "wrong-type"),
        ("deal.model_year", "1850", "out-of-range"),
        ("deal.sector", "automotiv", "unknown-code"),
        ("deal.sector", "x'; drop table companies; --", "unknown-code"),
        ("deal.market_countries", ["US", None], "wrong-type"),
        ("deal.market_countries", ["US"] * 1000, "too-long"),
        ("deal.market_countries", {"US": 1}, "wrong-type"),
        ("deal.signed_on", "31.01.2027", "wrong-type"),
        ("deal.defence_supplier", "perhaps", "wrong-type"),
        ("deal.defence_supplier", 1, "wrong-type"),
    ],
)
def test_refused_values(name: str, raw: object, code: str) -> None:
    with pytest.raises(ValueProblemError) as caught:
        read(name, raw)
    assert caught.value.code == code
    assert name in caught.value.detail or code == "unknown-code"


def test_a_percentage_written_as_a_fraction_gets_the_hint() -> None:
    with pytest.raises(ValueProblemError) as caught:
        read("deal.foreign_stake", 51)
    assert "25%" in str(caught.value.hint)


def test_a_misspelt_code_gets_a_suggestion() -> None:
    with pytest.raises(ValueProblemError) as caught:
        read("deal.type", "joint_ventur")
    assert caught.value.hint == "did you mean `joint_venture`?"


_RAW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(raw=_RAW, index=st.integers(min_value=0, max_value=10_000))
def test_any_raw_value_is_typed_or_refused_and_nothing_else(raw: object, index: int) -> None:
    facts = tuple(shipped_vocabulary())
    fact = facts[index % len(facts)]
    try:
        value = read_value(fact, raw, shipped_vocabulary())
    except ValueProblemError:
        return
    kinds: dict[FactType, type | tuple[type, ...]] = {
        FactType.BOOL: bool,
        FactType.INT: int,
        FactType.FLOAT: (int, float),
        FactType.STR: str,
        FactType.DATE: date,
        FactType.LIST: tuple,
    }
    assert value is None or isinstance(value, kinds[fact.type])


def test_there_is_one_zero() -> None:
    vocabulary = shipped_vocabulary()
    read = [read_value(vocabulary["deal.foreign_stake"], raw, vocabulary) for raw in (0, "0", -0.0, "-0", "-0%")]
    assert {str(value) for value in read} == {"0.0"}
