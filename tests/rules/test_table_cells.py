"""A cell of a decision table means what its reader takes it for; what two readers take for two things is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.facts.vocabulary import FactType, Value
from riskapi.language import compile_condition, parse
from riskapi.rules.table_cells import CellError, Subject, condition_of
from tests.rules.rule_files import small_vocabulary

VOCABULARY = small_vocabulary()


def subject(name: str) -> Subject:
    return Subject(name, VOCABULARY[name].type, VOCABULARY[name].unit)


def says(name: str, cell: str, value: Value) -> bool | None:
    """What the condition of a cell says of one value."""
    text = condition_of(subject(name), cell)
    assert text is not None
    return compile_condition(parse(text, VOCABULARY))({name: value})


@pytest.mark.parametrize("cell", ["", " ", "-", "any", "Any"])
def test_some_cells_ask_nothing(cell: str) -> None:
    assert condition_of(subject("deal.stake"), cell) is None


@pytest.mark.parametrize(
    ("name", "cell", "text"),
    [
        ("deal.type", "licence", "deal.type = 'licence'"),
        ("deal.type", "licence, joint_venture", "deal.type in ('licence', 'joint_venture')"),
        ("deal.type", "not licence", "deal.type <> 'licence'"),
        ("deal.type", "<> licence", "deal.type <> 'licence'"),
        ("deal.type", "not (licence, joint_venture)", "deal.type not in ('licence', 'joint_venture')"),
        ("deal.countries", "NO", "'NO' in deal.countries"),
        ("deal.countries", "not NO", "'NO' not in deal.countries"),
        ("deal.countries", "NO, US", "list_has_any(deal.countries, ['NO', 'US'])"),
        ("deal.countries", "not NO, US", "not list_has_any(deal.countries, ['NO', 'US'])"),
        ("deal.countries", "all of NO, US", "list_has_all(deal.countries, ['NO', 'US'])"),
        ("deal.countries", "none", "len(deal.countries) = 0"),
        ("deal.codes", '"a, b", c', "list_has_any(deal.codes, ['a, b', 'c'])"),
        ("deal.licensed", "yes", "deal.licensed"),
        ("deal.licensed", "FALSE", "not deal.licensed"),
        ("deal.stake", "25%", "deal.stake = 0.25"),
        ("deal.stake", ">= 25 %", "deal.stake >= 0.25"),
        ("deal.stake", "≥0.25", "deal.stake >= 0.25"),
        ("deal.stake", "0.25..0.5", "deal.stake between 0.25 and 0.5"),
        ("deal.stake", "[25%..50%]", "deal.stake between 0.25 and 0.5"),
        ("deal.stake", "(0.25..0.5]", "deal.stake > 0.25 and deal.stake <= 0.5"),
        ("deal.stake", "[0.25..0.5)", "deal.stake >= 0.25 and deal.stake < 0.5"),
        ("deal.stake", "0.1, 0.2", "deal.stake in (0.1, 0.2)"),
        ("deal.stake", "? >= 0.25 or ? < 0.1", "(deal.stake >= 0.25 or deal.stake < 0.1)"),
        ("deal.type", "? <> 'what?'", "(deal.type <> 'what?')"),
        ("deal.year", "2027", "deal.year = 2027"),
        ("deal.signed_on", ">= 2027-01-01", "deal.signed_on >= date '2027-01-01'"),
        (
            "deal.signed_on",
            "2027-01-01..2027-12-31",
            "deal.signed_on between date '2027-01-01' and date '2027-12-31'",
        ),
    ],
)
def test_a_cell_becomes_a_condition(name: str, cell: str, text: str) -> None:
    assert condition_of(subject(name), cell) == text


@pytest.mark.parametrize(
    ("name", "cell", "hint"),
    [
        ("deal.stake", "0,25", "write a point before decimals"),
        ("deal.stake", ">= 0,25", "write a point before decimals"),
        ("deal.value", "1,000,000", "write a point before decimals"),
        ("deal.stake", ">= 0.25, < 0.5", "a range such as"),
        ("deal.stake", "0.5..0.25", "the smaller value first"),
        ("deal.stake", "[0.25..0.5", "[0.25..0.5)"),
        ("deal.stake", "0.25-0.5", "0.25..0.5"),
        ("deal.stake", "a quarter", ">= 0.25"),
        ("deal.year", "25%", "without %"),
        ("deal.signed_on", "01/02/2027", "2027-01-31"),
        ("deal.signed_on", "2027-02-30", "2027-01-31"),
        ("deal.signed_on", "20270101", "2027-01-31"),
        ("deal.licensed", "maybe", "yes, no"),
        ("deal.type", ">= licence", "not CN"),
        ("deal.type", "licence,,licence", "CN, HK"),
        ("deal.type", "it's", "without quotation marks"),
    ],
)
def test_a_cell_with_two_readings_or_none_is_refused_with_what_to_write(name: str, cell: str, hint: str) -> None:
    with pytest.raises(CellError) as caught:
        condition_of(subject(name), cell)
    assert caught.value.detail
    assert hint in (caught.value.hint or "")


def test_what_is_not_known_stays_not_known() -> None:
    assert says("deal.stake", "[0.25..0.5)", None) is None
    assert says("deal.type", "not licence", None) is None


@given(st.decimals(0, 1, places=3), st.decimals(0, 1, places=3), st.decimals(0, 1, places=3))
def test_a_range_holds_its_ends_as_its_brackets_say(low: object, high: object, value: object) -> None:
    first, last, asked = float(str(low)), float(str(high)), float(str(value))
    if first > last:
        first, last = last, first
    assert says("deal.value", f"{first}..{last}", asked) == (first <= asked <= last)
    assert says("deal.value", f"[{first}..{last})", asked) == (first <= asked < last)
    assert says("deal.value", f"({first}..{last}]", asked) == (first < asked <= last)


@given(st.text(max_size=30), st.sampled_from(list(FactType)))
def test_any_text_is_read_or_refused_in_words(cell: str, kind: FactType) -> None:
    with suppress(CellError):
        assert condition_of(Subject("deal.x", kind, "share"), cell) != ""
