"""What stands in a cell: read where it can mean one thing only, refused with advice where it can mean two."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from riskapi.facts.values import ValueProblemError
from riskapi.facts.vocabulary import Value
from riskapi.spreadsheet.grid import Cell
from riskapi.spreadsheet.values import Lexicon, day, fact_value
from tests.shipped import shipped_vocabulary

LEXICON = Lexicon(shipped_vocabulary())


def value(name: str, cell: Cell) -> Value:
    return fact_value(shipped_vocabulary()[name], cell, LEXICON)


def refusal(name: str, cell: Cell) -> str:
    with pytest.raises(ValueProblemError) as caught:
        value(name, cell)
    assert caught.value.hint or caught.value.detail
    return caught.value.code


@pytest.mark.parametrize("cell", [0.25, "0.25", "0,25", "25%", "25 %", "25,0%", "25.00 %", "2.5e-1", "25,000%"])
def test_a_share_is_read_however_it_is_written(cell: Cell) -> None:
    assert value("deal.foreign_stake", cell) == 0.25


@pytest.mark.parametrize("cell", [25, "25", "25,0", "a quarter", "25%%", True, "-5%"])
def test_a_share_that_is_none_is_refused(cell: Cell) -> None:
    assert refusal("deal.foreign_stake", cell) in {"out-of-range", "wrong-type"}


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("1500000", 1_500_000), ("1,500,000", 1_500_000), ("1.500.000", 1_500_000), ("1.500.000,50", 1_500_000.5),
     ("1,500,000.50", 1_500_000.5), ("1 500 000", 1_500_000), ("1'500'000", 1_500_000), ("12.5", 12.5), ("12,5", 12.5),
     ("0.125", 0.125), (7, 7)],
)  # fmt: skip
def test_an_amount_is_read_with_the_separators_of_any_country(cell: Cell, amount: float) -> None:
    assert value("deal.value_usd", cell) == amount


@pytest.mark.parametrize("cell", ["1,500", "1.500", "12,345", "750.000"])
def test_an_amount_that_can_mean_two_is_refused(cell: str) -> None:
    assert refusal("deal.value_usd", cell) == "ambiguous-number"


def test_what_else_a_number_can_mean_counts_only_within_its_range() -> None:
    assert value("deal.model_year", "2,028") == 2028
    assert value("deal.foreign_stake", "12.500%") == 0.125
    assert refusal("deal.model_year", "2.0285") == "out-of-range"


@pytest.mark.parametrize(
    "cell", ["US", "us", "United States", " united states ", "USA", "U.S.", "United States of America"]
)
def test_a_country_is_read_by_code_or_name(cell: str) -> None:
    assert value("deal.activity_country", cell) == "US"


@pytest.mark.parametrize("cell", ["US, CA", "US;CA", "United States; Canada", "US|CA", "United States\nCanada"])
def test_several_countries_are_parted_in_any_usual_way(cell: str) -> None:
    assert value("deal.market_countries", cell) == ("US", "CA")


def test_a_label_that_holds_a_comma_is_one_value() -> None:
    label = next(label for label in shipped_vocabulary().domains["country"].values() if "," in label)
    code = next(code for code, name in shipped_vocabulary().domains["country"].items() if name == label)
    assert value("deal.market_countries", label) == (code,)
    assert value("deal.market_countries", f"{label}; US") == (code, "US")


def test_a_list_may_be_said_to_be_empty() -> None:
    assert value("deal.technologies", "none") == ()


@pytest.mark.parametrize(
    ("cell", "truth"), [("yes", True), ("No", False), (True, True), ("TRUE", True), (1, True), ("0", False)]
)
def test_yes_and_no_are_read(cell: Cell, truth: bool) -> None:
    assert value("deal.foreign_board_seat", cell) is truth


@pytest.mark.parametrize("cell", ["maybe", 2, "n/a", "x"])
def test_what_is_neither_yes_nor_no_is_refused(cell: Cell) -> None:
    assert refusal("deal.foreign_board_seat", cell) == "wrong-type"


@pytest.mark.parametrize(
    "name", ["deal.foreign_stake", "deal.foreign_board_seat", "deal.sector", "deal.market_countries"]
)
@pytest.mark.parametrize("cell", ["not known", "Unknown", "?"])
def test_not_known_is_never_no(name: str, cell: str) -> None:
    assert value(name, cell) is None


def test_an_unknown_code_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueProblemError) as caught:
        value("deal.sector", "Automotiv")
    assert caught.value.code == "unknown-code"
    assert "`Automotive`" in (caught.value.hint or "")


@pytest.mark.parametrize("cell", ["2026-01-31", date(2026, 1, 31), datetime(2026, 1, 31, 12)])  # noqa: DTZ001
def test_a_date_is_read(cell: Cell) -> None:
    assert day(cell) == date(2026, 1, 31)


@pytest.mark.parametrize("cell", ["31.01.2026", "01/02/2026", 46053, "tomorrow", "2026-02-30"])
def test_a_date_that_can_be_two_or_none_is_refused(cell: Cell) -> None:
    with pytest.raises(ValueProblemError) as caught:
        day(cell)
    assert (caught.value.code, "2027-01-31" in (caught.value.hint or "")) == ("bad-date", True)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("03/04/2026", "could be read as different days"),
        ("3.4.26", "could be read as different days"),
        ("22.11.2026", "is no date as it is read here"),
        ("2026-02-30", "is no date as it is read here"),
        ("soon", "is no date as it is read here"),
    ],
)
def test_only_a_date_whose_day_and_month_can_be_exchanged_is_called_ambiguous(written: str, told: str) -> None:
    with pytest.raises(ValueProblemError, match=told):
        day(written)


@pytest.mark.parametrize("name", ["deal.value_usd", "deal.sector", "deal.signed_on"])
def test_a_time_of_the_day_is_no_value(name: str) -> None:
    assert refusal(name, time(3, 4)) == "wrong-type"
