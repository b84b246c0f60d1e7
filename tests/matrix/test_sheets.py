"""By columns is one by one: over random companies, deals and days, over linked pairings, and at hosts of many countries."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskapi.facts.screening import DEAL_INPUTS
from riskapi.facts.vocabulary import FactType, Value
from riskapi.matrix.panels import SCREENED_BY
from riskapi.matrix.plan import Plan
from riskapi.matrix.run import best, highest, one_by_one, run
from riskapi.matrix.sheets import Sheets
from tests.matrix.questions import CARS, planned, question
from tests.matrix.rows import assert_same_rows
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace

AT_HOST = {"name": "at the host", "deal": {"type": "acquisition", "sector": "semiconductors"}, "at_host": True}
#: Companies that hold each other, and a pairing that legislators spoke against.
LINKED = (["geely", "volvo-cars", "catl"], ["volvo-cars", "polestar", "ford"])


@cache
def everybody() -> list[str]:
    return sorted(shipped_workspace().profiles.register().companies)


def by_columns(plan: Plan, chunk: int = 10_000) -> pl.DataFrame:
    sheets = Sheets(shipped_workspace(), plan)
    return pl.concat(frame for sheet in plan.sheets for frame in sheets.frames(sheet, 0, chunk))


def alone(plan: Plan) -> pl.DataFrame:
    return pl.concat(one_by_one(shipped_workspace(), plan))


def assert_equal(plan: Plan) -> None:
    assert_same_rows(by_columns(plan), alone(plan))


def value_of(draw: st.DrawFn, name: str) -> Any:
    """A value of a deal fact, as a request holds it."""
    fact = shipped_vocabulary()[name]
    codes = shipped_vocabulary().codes(fact)
    if codes is not None:
        one = st.sampled_from(sorted(codes))
        return draw(one if fact.type is FactType.STR else st.lists(one, max_size=3))
    kinds: dict[FactType, st.SearchStrategy[Any]] = {
        FactType.BOOL: st.booleans(),
        FactType.INT: st.sampled_from([2025, 2027, 2028, 2030]),
        FactType.FLOAT: st.sampled_from([0.0, 0.099, 0.1, 0.249, 0.25, 0.3, 0.49, 0.5, 0.51, 1.0]),
        FactType.STR: st.sampled_from(["US-TX", "US-MI"]),
        FactType.DATE: st.sampled_from(["2024-05-01", "2026-11-22", "2027-01-01"]),
        FactType.LIST: st.just([]),
    }
    return draw(kinds[fact.type])


@st.composite
def deals(draw: st.DrawFn) -> dict[str, Any]:
    """What is told of a deal: often its form, sector and place, and anything else."""
    names = [fact.name for fact in shipped_vocabulary().tellable]
    usual = ["deal.type", "deal.sector", "deal.activity_country", "deal.market_countries", "deal.foreign_stake"]
    told = draw(st.lists(st.sampled_from(usual), unique=True)) + draw(
        st.lists(st.sampled_from(names), unique=True, max_size=12)
    )
    deal = {name: value_of(draw, name) for name in dict.fromkeys(told)}
    if deal.get("deal.activity_country") and draw(st.booleans()):
        deal["deal.activity_country"] = draw(st.sampled_from(["US", "CN", "DE", "GB", "IN"]))
    return deal


@given(st.data())
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_random_pairings_on_random_deals_and_days(data: st.DataObject) -> None:
    sides = [data.draw(st.lists(st.sampled_from(everybody()), min_size=2, max_size=4, unique=True)) for _ in range(2)]
    day = date(2018, 1, 1) + timedelta(days=data.draw(st.integers(0, 4_500)))
    template: dict[str, Any] = {"name": "any", "deal": data.draw(deals())}
    if "deal.activity_country" not in template["deal"]:
        template["at_host"] = data.draw(st.booleans())
    plan = planned(question(sides[0], sides[1], template, dates=[day.isoformat()]))
    assert_equal(plan)


@pytest.mark.parametrize("template", [CARS, AT_HOST, {"name": "silent", "deal": {}}])
def test_pairings_that_the_datasets_link_are_looked_at_one_by_one(template: dict[str, Any]) -> None:
    plan = planned(question(*LINKED, template, {"name": "stake", "deal": {"pair.existing_stake": 0.3}}))
    assert Sheets(shipped_workspace(), plan).linked(AS_OF)
    assert_equal(plan)


def test_a_block_in_the_middle_of_a_foreign_company_gives_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = random.Random(3)  # noqa: S311  # test data
    plan = planned(question(drawn.sample(everybody(), 9), [*drawn.sample(everybody(), 5), "ford"], CARS))
    whole = by_columns(plan)
    monkeypatch.setattr("riskapi.matrix.sheets.CLASSES", 13)
    assert by_columns(plan, chunk=4).equals(whole)


@pytest.mark.parametrize("count", [1, 7, 40, 10_000])
def test_the_highest_of_all_sheets_are_those_of_all_rows(count: int) -> None:
    drawn = random.Random(6)  # noqa: S311  # test data
    sides = [drawn.sample(everybody(), 12) for _ in range(2)]
    plan = planned(question(sides[0], sides[1], CARS, AT_HOST, dates=["2026-11-22", "2024-01-01"]))
    assert highest(shipped_workspace(), plan, count).equals(best(run(shipped_workspace(), plan), count))


def test_screening_facts_follow_from_the_deal_and_two_facts_of_the_foreign_company() -> None:
    # The columns of a panel rest on this; a further input has to be put into SCREENED_BY.
    asked: set[str] = set()

    class Facts(dict[str, Value]):
        def get(self, name: str, default: Value = None) -> Value:  # type: ignore[override]
            asked.add(name)
            return super().get(name, default)

    facts = Facts({"deal.type": "minority_stake", "deal.foreign_stake": 0.11, "foreign.control_country": "CN"})
    book = shipped_workspace().screening
    for country in book.regimes:
        book.facts(country, facts, AS_OF, lambda _: False)
    assert asked <= {*DEAL_INPUTS, *(f"foreign.{leaf}" for leaf in SCREENED_BY)}


@pytest.mark.slow
def test_deals_in_the_country_of_each_of_many_hosts() -> None:
    drawn = random.Random(20_000)  # noqa: S311  # test data
    assert_equal(planned(question(drawn.sample(everybody(), 50), drawn.sample(everybody(), 50), AT_HOST)))
