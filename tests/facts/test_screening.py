"""Screening facts: whether a regime reaches a deal, what it names, and the official climate, by date and origin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.facts.evidence import Evidence
from riskapi.facts.screening import (
    CLIMATE,
    FILING,
    NAMES_BUSINESS,
    REACHES,
    Climate,
    Regime,
    ScreeningBook,
    names_business,
    reaches,
)
from riskapi.facts.vocabulary import Value
from tests.shipped import shipped_workspace

ROW = Evidence(statement="a row", table="screening_regimes", key="DE/AWV/2009-04-24", confidence="medium")
DAY = date(2015, 6, 1)
REGIME = Regime(
    country="DE", name="AWV", start=date(2009, 4, 24), to=None, filing="voluntary", scope="listed_sectors",
    subjects=frozenset({"semiconductors", "critical_infrastructure", "transport"}), threshold=25.0, state_threshold=10.0,
    sees=frozenset({"minority_stakes", "asset_deals"}), only=frozenset(), exempt=frozenset({"EU", "CH"}), evidence=ROW,
)  # fmt: skip
DEAL: dict[str, Value] = {
    "deal.type": "minority_stake",
    "deal.sector": "semiconductors",
    "deal.foreign_stake": 0.3,
    "deal.critical_infrastructure": False,
    "foreign.state_ownership": "none",
}


def is_member(country: str) -> bool:
    return country in ("FR", "IT")


def reached(regime: Regime = REGIME, origin: str | None = "CN", **changes: Value) -> bool | None:
    told = {name.replace("__", "."): value for name, value in changes.items()}
    return reaches(regime, {**DEAL, **told}, origin, is_member)


def test_a_regime_reaches_a_stake_at_its_threshold_and_not_below() -> None:
    assert reached(deal__foreign_stake=0.25) is True
    assert reached(deal__foreign_stake=0.249) is False


def test_a_lower_threshold_for_states_counts_only_for_states() -> None:
    assert reached(deal__foreign_stake=0.15, foreign__state_ownership="majority") is True
    assert reached(deal__foreign_stake=0.15, foreign__state_ownership="minority") is False
    assert reached(deal__foreign_stake=0.15, foreign__state_ownership=None) is None
    assert reached(deal__foreign_stake=0.05, foreign__state_ownership=None) is False


def test_a_purchase_of_control_needs_no_share() -> None:
    assert reached(deal__type="acquisition", deal__foreign_stake=None) is True
    assert reached(deal__foreign_stake=None) is None


@pytest.mark.parametrize(("origin", "expected"), [("CN", True), ("CH", False), ("FR", False), (None, None)])
def test_exempt_origins_are_left_out_and_the_union_means_its_members(
    origin: str | None, expected: bool | None
) -> None:  # a column of the table
    assert reached(origin=origin) is expected


def test_a_regime_for_some_origins_reaches_no_other() -> None:
    border = replace(REGIME, only=frozenset({"CN", "PK"}), exempt=frozenset())
    assert reached(border, origin="PK") is True
    assert reached(border, origin="US") is False
    assert reached(border, origin=None) is None


def test_forms_that_the_regime_does_not_see_are_out_of_reach() -> None:
    assert reached(deal__type="greenfield") is False
    assert reached(deal__type="asset_purchase", deal__foreign_stake=None) is True
    assert reached(deal__type="licence") is False
    assert reached(deal__type="other") is None


def test_a_listed_business_is_found_by_sector_by_a_wider_subject_and_by_what_was_told() -> None:
    assert reached(deal__sector="ports_shipping") is True
    assert reached(deal__sector="other", deal__critical_infrastructure=True) is True
    assert reached(deal__sector="other") is False
    assert reached(deal__sector="other", deal__critical_infrastructure=None) is None


def test_defence_regimes_reach_suppliers_of_the_armed_forces_only() -> None:
    defence = replace(REGIME, scope="defence_only", subjects=frozenset({"defence"}))
    assert reached(defence, deal__defence_supplier=True) is True
    assert reached(defence, deal__defence_supplier=False) is False
    assert reached(defence, deal__sector="defence", deal__defence_supplier=None) is True


def test_days_before_and_after_a_regime_are_another_world() -> None:
    before = replace(REGIME, name="no general screening", start=date(1988, 1, 1), to=date(2009, 4, 23), filing="none")
    book = ScreeningBook.of([REGIME, before], [])
    facts = {**DEAL, "foreign.control_country": "CN"}
    early, _ = book.facts("DE", facts, date(2009, 4, 23), is_member)
    late, rows = book.facts("DE", facts, date(2009, 4, 24), is_member)
    assert (early[REACHES], early[FILING]) == (False, "none")
    assert (late[REACHES], late[FILING], late[NAMES_BUSINESS]) == (True, "voluntary", True)
    assert rows[REACHES] == (ROW,)


def test_a_country_without_rows_is_not_known() -> None:
    values, rows = ScreeningBook.of([REGIME], []).facts("PE", {**DEAL, "foreign.control_country": "CN"}, DAY, is_member)
    assert values == {REACHES: None, NAMES_BUSINESS: None, FILING: None, CLIMATE: None}
    assert rows[CLIMATE] == ()


def climate(origin: str, level: int, start: date = date(2000, 1, 1), to: date | None = None) -> Climate:
    return Climate(host="DE", origin=origin, start=start, to=to, level=level, evidence=ROW)


def test_the_climate_is_that_of_the_origin_or_else_of_every_origin() -> None:
    turn = date(2016, 6, 22)
    book = ScreeningBook.of(
        [], [climate("CN", 1, to=turn - timedelta(days=1)), climate("CN", 2, start=turn), climate("*", 3)]
    )
    levels = [book.climate("DE", origin, day) for origin, day in (("CN", DAY), ("CN", turn), ("RU", DAY))]
    assert [row.level for row in levels if row] == [1, 2, 3]
    assert book.climate("DE", None, DAY) is None
    assert book.climate("FR", "CN", DAY) is None


OPTIONS: dict[str, tuple[Value, ...]] = {
    "deal.type": ("minority_stake", "acquisition", "greenfield", "licence", "joint_venture", "other"),
    "deal.sector": ("semiconductors", "logistics", "other", "defence"),
    "deal.foreign_stake": (0.05, 0.1, 0.2, 0.25, 0.6),
    "deal.critical_infrastructure": (True, False),
    "deal.defence_supplier": (True, False),
    "foreign.state_ownership": ("none", "minority", "majority", "full"),
}


@given(
    facts=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in OPTIONS.items()}),
    hidden=st.sets(st.sampled_from(sorted(OPTIONS))),
    scope=st.sampled_from(["cross_sector", "listed_sectors", "defence_only"]),
    origin=st.sampled_from(["CN", "FR", "CH", None]),
)
def test_learning_a_fact_never_takes_an_answer_back(
    facts: dict[str, Value], hidden: set[str], scope: str, origin: str | None
) -> None:
    regime = replace(REGIME, scope=scope)
    partly = {name: None if name in hidden else value for name, value in facts.items()}
    answers = [(reaches(regime, told, origin, is_member), names_business(regime, told)) for told in (partly, facts)]
    for before, after in zip(*answers, strict=True):
        assert before is None or after is before


def test_the_same_deal_meets_no_screening_in_the_germany_of_1999_and_a_power_in_that_of_2024() -> None:
    book = shipped_workspace().screening
    deal: dict[str, Value] = {
        "deal.type": "acquisition",
        "deal.sector": "robotics_machinery",
        "foreign.control_country": "CN",
    }
    then, _ = book.facts("DE", deal, date(1999, 5, 18), is_member)
    now, rows = book.facts("DE", deal, date(2024, 5, 18), is_member)
    assert (then[REACHES], then[FILING], then[CLIMATE]) == (False, "none", 1)
    assert (now[REACHES], now[FILING], now[NAMES_BUSINESS], now[CLIMATE]) == (True, "mandatory_some", True, 4)
    assert all(row.source_url for row in rows[CLIMATE])


def test_rows_without_a_source_are_marked_low_and_none_counts_what_came_later() -> None:
    con = shipped_workspace().connection.cursor()
    for table in ("screening_regimes", "scrutiny_climate"):
        unsourced = con.execute(
            f"SELECT count(*) FROM {table} WHERE source_url IS NULL AND confidence <> 'low'"
        ).fetchall()
        assert unsourced == [(0,)]
    columns = [row[0] for row in con.execute("DESCRIBE screening_regimes").fetchall()]
    assert not [name for name in columns if "block" in name]
