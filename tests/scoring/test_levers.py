"""What the parties can choose, and in which direction a concession lies."""

from __future__ import annotations

import re

import pytest

from riskapi.facts.vocabulary import FactType, Value, World
from riskapi.scoring.levers import LEVERS, Control, Lever, Move, control_of
from tests.shipped import shipped_vocabulary


@pytest.mark.parametrize("lever", LEVERS.values(), ids=list(LEVERS))
def test_a_lever_moves_a_fact_that_callers_tell_in_a_way_that_its_type_allows(lever: Lever) -> None:
    fact = shipped_vocabulary()[lever.fact]
    assert fact in shipped_vocabulary().tellable
    wanted = {
        FactType.BOOL: {Move.OFF, Move.ON},
        FactType.FLOAT: {Move.LOWER, Move.HIGHER},
        FactType.LIST: {Move.WITHOUT},
        FactType.STR: {Move.OTHER},
    }
    assert lever.move in wanted[fact.type]
    assert set(re.findall(r"\{(\w+)\}", lever.needs)) <= {"foreign", "host", "value"}
    assert ("{value}" in lever.needs) is (fact.type is not FactType.BOOL)


def test_what_the_business_is_and_what_an_authority_grants_is_no_lever() -> None:
    assert control_of("deal.has_specific_authorization") is Control.AUTHORITY
    assert control_of("deal.critical_technology") is Control.BUSINESS
    assert control_of("deal.foreign_stake") is Control.PARTIES
    for fact in ("deal.sector", "deal.product"):
        assert control_of(fact) is Control.PARTIES
        assert fact not in LEVERS


@pytest.mark.parametrize(
    ("fact", "now", "value", "allowed"),
    [
        ("deal.foreign_stake", 0.4, 0.249, True),
        ("deal.foreign_stake", 0.4, 0.5, False),
        ("deal.foreign_stake", None, 0.5, True),
        ("deal.foreign_board_seat", None, False, True),
        ("deal.foreign_board_seat", None, True, False),
        ("deal.foreign_board_seat", False, False, False),
        ("deal.tax_credits_forgone", False, True, True),
        ("deal.material_assistance_ratio", 0.5, 0.6, True),
        ("deal.material_assistance_ratio", 0.5, 0.4, False),
        ("deal.market_countries", ("US", "CA"), ("CA",), True),
        ("deal.market_countries", ("US",), ("MX",), True),
        ("deal.market_countries", ("US",), ("CA", "US"), False),
        ("deal.technologies", (), ("lidar",), False),
        ("deal.type", "joint_venture", "licence", True),
        ("deal.type", "joint_venture", "other", False),
    ],
)
def test_only_concessions_are_allowed(fact: str, now: Value, value: Value, allowed: bool) -> None:
    assert LEVERS[fact].allows(now, value) is allowed


def test_settling_an_open_term_takes_half_the_effort_of_giving_one_up() -> None:
    for lever in LEVERS.values():
        assert lever.cost(is_open=True) == lever.cost(is_open=False) / 2


def test_the_order_of_efforts_goes_from_a_clause_to_the_country() -> None:
    facts = (
        "foreign_board_seat",
        "foreign_stake",
        "covered_software_origins",
        "type",
        "market_countries",
        "activity_country",
    )
    assert [LEVERS[f"deal.{fact}"].effort for fact in facts] == [1, 2, 3, 4, 5, 6]


def test_what_silence_means_is_no_concession() -> None:
    for lever in LEVERS.values():
        fact = shipped_vocabulary()[lever.fact]
        if fact.world is World.CLOSED:
            assert not lever.allows(fact.default, fact.default)
