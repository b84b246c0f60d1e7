"""DuckDB, from facts to lists of gates, says what the way by columns says; its score is that of one pairing."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.matrix.by_sql import by_sql
from riskapi.matrix.schema import LISTS, PILLARS
from riskapi.matrix.score_sql import fill_rules, scores_query
from riskapi.matrix.sheets import Sheets
from riskapi.matrix.single import results_of
from riskapi.rules import Rule, Status
from riskapi.scoring.score import Judged
from riskapi.scoring.scorecard import Scorecard
from tests.matrix.questions import CARS, planned, question
from tests.matrix.test_tally import GROUPS, rule_lists
from tests.scoring.rule_objects import scorecard
from tests.shipped import shipped_workspace

LINKED = ["geely", "volvo-cars", "catl", "polestar", "ford"]
AT_HOST = {"name": "home", "deal": {"type": "minority_stake", "foreign_stake": 0.11}, "at_host": True}
DATED = {
    "name": "dated",
    "deal": {"type": "supply", "product": "ev_car", "production_countries": ["CN"], "market_countries": ["DE"]},
}
STAKE = {"name": "stake", "deal": {"pair.existing_stake": 0.2}}


@cache
def drawn(count: int) -> list[str]:
    everybody = sorted(shipped_workspace().profiles.register().companies)
    return random.Random(8).sample(everybody, count)  # noqa: S311  # test data


def assert_equal(data: dict[str, Any]) -> None:
    plan = planned(data)
    sheets = Sheets(shipped_workspace(), plan)
    found = pl.concat(by_sql(shipped_workspace(), plan))
    wanted = pl.concat(frame for sheet in plan.sheets for frame in sheets.frames(sheet, 0, 10_000))
    unequal = [name for name in wanted.columns if not found[name].equals(wanted[name])]
    assert unequal == []


def test_the_rows_of_a_sheet_are_equal_in_every_column() -> None:
    assert_equal(question([*drawn(8), *LINKED], [*drawn(4), *LINKED], CARS))


@pytest.mark.slow
@pytest.mark.parametrize("template", [DATED, STAKE], ids=lambda template: str(template["name"]))
def test_other_deals_and_days_are_equal_too(template: dict[str, Any]) -> None:
    sides = ([*drawn(14), *LINKED], [*drawn(18)[4:], *LINKED])
    assert_equal(question(*sides, template, dates=["2022-05-01", "2027-06-01"]))


@pytest.mark.slow
def test_deals_at_the_host_are_equal_too() -> None:
    assert_equal(question([*drawn(9), *LINKED], ["volvo-cars", "polestar", "ford"], AT_HOST))


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_the_score_in_sql_is_the_score_of_one_pairing(data: st.DataObject) -> None:
    rules = data.draw(rule_lists())
    rows = data.draw(st.lists(st.tuples(*(st.sampled_from(list(Status)) for _ in rules)), min_size=1, max_size=4))
    card = scorecard(data.draw(st.sampled_from([-35.0, 12.5])), None, **GROUPS)
    for found, statuses in zip(scored(rules, rows, card), rows, strict=True):
        judged = [Judged(item, status) for item, status in zip(rules, statuses, strict=True)]
        wanted = results_of(judged, card)
        for name in ("score", "low", "high", *PILLARS):
            assert found[name] == pytest.approx(wanted[name], abs=2e-4)
        assert {name: found[name] for name in (*LISTS, "undetermined")} == {
            name: wanted[name] for name in (*LISTS, "undetermined")
        }


def scored(rules: list[Rule], rows: list[tuple[Status, ...]], card: Scorecard) -> list[dict[str, Any]]:
    """The results of the rows, each as a host of one foreign company."""
    with duckdb.connect(":memory:") as con:
        con.execute("CREATE TABLE said (f INTEGER, h INTEGER, rule VARCHAR, fired BOOLEAN)")
        con.execute("CREATE TABLE foreign_side AS SELECT 0::INTEGER AS place")
        con.execute(f"CREATE TABLE host_side AS SELECT unnest(range({len(rows)}))::INTEGER AS place")
        for number, statuses in enumerate(rows):
            for rule, status in zip(rules, statuses, strict=True):
                if status is not Status.NOT_FIRED:
                    con.execute("INSERT INTO said VALUES (0, ?, ?, ?)", [number, rule.id, status is Status.FIRED])
        fill_rules(con, rules, card)
        found = con.execute(f"SELECT * FROM ({scores_query(card)}) ORDER BY h")
        names = [item[0] for item in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
