"""One by one, by columns and in DuckDB: three ways to the same rows, held equal on more than 20,000 real pairings."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from riskapi.matrix.by_sql import by_sql
from riskapi.matrix.run import one_by_one, run
from tests.matrix.questions import CARS, planned, question
from tests.matrix.rows import assert_same_rows
from tests.shipped import shipped_workspace

#: Companies that the datasets link, in three countries: on either side of every question.
LINKED = ["geely", "volvo-cars", "catl", "polestar", "ford"]
SUPPLY = {
    "name": "supply",
    "deal": {"type": "supply", "product": "ev_car", "production_countries": ["CN"], "market_countries": ["DE"]},
}
STAKE = {"name": "stake", "deal": {"pair.existing_stake": 0.2}}
AT_HOST = {"name": "home", "deal": {"type": "minority_stake", "foreign_stake": 0.11}, "at_host": True}
DAYS = ["2022-05-01", "2027-06-01"]


def drawn(seed: int, count: int) -> list[str]:
    """The linked companies and others, drawn from all."""
    others = sorted(set(shipped_workspace().profiles.register().companies) - set(LINKED))
    return LINKED + random.Random(seed).sample(others, count)  # noqa: S311  # test data


def assert_equal(data: dict[str, Any]) -> int:
    """Ask in all three ways; how many rows there are."""
    plan = planned(data)
    columns, alone, sql = (pl.concat(way(shipped_workspace(), plan)) for way in (run, one_by_one, by_sql))
    assert_same_rows(columns, alone)
    assert_same_rows(sql, alone)
    return alone.height


@pytest.mark.slow
def test_twenty_thousand_real_pairings_have_the_same_rows_in_all_three_ways() -> None:
    assert assert_equal(question(drawn(8, 55), drawn(9, 55), CARS, SUPPLY, STAKE, dates=DAYS)) > 20_000


@pytest.mark.slow
def test_deals_in_the_country_of_each_host_have_the_same_rows_in_all_three_ways() -> None:
    # DuckDB asks anew for each country of a host; hosts of many countries are in test_sheets, by columns.
    assert assert_equal(question(drawn(10, 200), ["volvo-cars", "polestar", "ford"], AT_HOST)) > 500
