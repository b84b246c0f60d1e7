"""A cell goes to a workbook as what it is, and comes back as the text that it was."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.rules.table_cells import CellError
from riskapi.rules.table_conditions import Conditions
from riskapi.workbench.table_columns import Column, Holds, columns_of_examples, from_cell, row_column, to_cell
from tests.rules.rule_files import small_vocabulary

VOCABULARY = small_vocabulary()
CONDITIONS = Conditions(VOCABULARY, {"large": "deal.stake > 0.5"})


def column(header: str) -> Column:
    return row_column(header, CONDITIONS)


@pytest.mark.parametrize(
    ("header", "text", "value"),
    [
        ("points", "4", 4),
        ("points", "2.5", 2.5),
        ("points", "4.0", "4.0"),  # not what a number would come back as
        ("deal.stake", "25%", 0.25),
        ("deal.stake", ">= 25%", ">= 25%"),
        ("deal.year", "2027", 2027),
        ("from", "2027-01-31", date(2027, 1, 31)),
        ("from", "2027-02-30", "2027-02-30"),
        ("key", "10", "10"),
        ("row.rate", "7.5", "7.5"),
        ("deal.countries", "NO", "NO"),
        ("title", "", None),
    ],
)
def test_numbers_shares_and_days_are_typed_and_the_rest_is_text(header: str, text: str, value: object) -> None:
    assert to_cell(column(header), text)[0] == value


@given(st.sampled_from(["points", "deal.stake", "from", "key", "deal.type"]), st.text(max_size=12))
def test_a_text_without_stray_spaces_comes_back_as_it_was(header: str, text: str) -> None:
    tidy = " ".join(text.replace("\u00a0", " ").split())
    assert from_cell(column(header), *to_cell(column(header), tidy)) == tidy


@given(st.integers(0, 100_000))
def test_a_share_in_percent_comes_back_without_the_noise_of_binary_numbers(thousandths: int) -> None:
    text = f"{thousandths / 1000:.12g}%"
    assert from_cell(column("deal.stake"), *to_cell(column("deal.stake"), text)) == text


def test_what_a_spreadsheet_made_of_a_cell_is_read_or_refused() -> None:
    assert from_cell(column("from"), datetime(2027, 1, 31), "General") == "2027-01-31"  # noqa: DTZ001
    assert from_cell(column("large"), True, "General") == "yes"
    assert from_cell(column("deal.stake"), 0.3, "0%") == "30%"
    assert from_cell(column("key"), 10, "General") == "10"
    for header, value in (("deal.stake", datetime(2027, 2, 1)), ("from", 46000), ("from", datetime(2027, 1, 1, 8))):  # noqa: DTZ001
        with pytest.raises(CellError) as caught:
            from_cell(column(header), value, "General")
        assert caught.value.hint


def test_a_column_says_what_it_holds_and_offers() -> None:
    assert column("deal.stake").holds is Holds.SHARE
    assert list(column("deal.type").choices) == ["joint_venture", "licence"]
    assert (column("kind").closed, column("deal.type").closed) == (True, False)
    assert column("large").meaning == "The named part: deal.stake > 0.5"
    assert list(column("large").choices) == ["yes", "no"]
    assert column("deal.nothing").holds is Holds.TEXT


def test_columns_of_examples_are_facts_between_fixed_ones() -> None:
    found = columns_of_examples(dict.fromkeys(["name", "as_of", "deal.stake", "fires"]), VOCABULARY)
    assert [item.holds for item in found.values()] == [Holds.TEXT, Holds.DAY, Holds.SHARE, Holds.TEXT]
    assert all(item.meaning for item in found.values())
