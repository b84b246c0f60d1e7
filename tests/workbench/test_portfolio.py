from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest

from riskapi.facts.values import read_value
from riskapi.workbench.portfolio import DETAILS, SHAPES, Portfolio, Proposal
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace


@cache
def matrix() -> tuple[Proposal, ...]:
    return tuple(Portfolio(shipped_workspace(), AS_OF, side=60).matrix())


def test_the_matrix_pairs_third_countries_with_hosts_of_the_united_states_and_the_union() -> None:
    guests = {item.parties[0].company_id: item.parties[0] for item in matrix()}
    hosts = {item.parties[1].company_id: item.parties[1] for item in matrix()}
    assert (len(matrix()), len(guests), len(hosts)) == (3600, 60, 60)
    inside = shipped_workspace().groups.groups_of
    for host in hosts.values():
        assert host.control_country == "US" or "eu" in inside(host.control_country or "", AS_OF)
    for guest in guests.values():
        assert guest.control_country not in ("US", None)
        assert "eu" not in inside(guest.control_country or "", AS_OF)
    countries = Counter(guest.control_country for guest in guests.values())
    assert countries["CN"] == 42
    assert len(countries) > 2


@pytest.mark.parametrize("facts", [*SHAPES, *DETAILS], ids=str)
def test_every_deal_shape_is_read_in_full(facts: Mapping[str, str]) -> None:
    # A fact or code that is renamed would otherwise drop out of the portfolio without a word.
    for name, raw in facts.items():
        assert read_value(shipped_vocabulary()[name], raw, shipped_vocabulary()) is not None


def test_every_stake_meets_every_detail() -> None:
    assert math.gcd(len(SHAPES), len(DETAILS)) == 1
    told = {
        (item.told.get("deal.foreign_stake"), item.told.get("deal.model_year"), item.told.get("deal.value_usd"))
        for item in matrix()
        if item.told["deal.type"] == "joint_venture"
    }
    assert {(stake, year, None) for stake in (0.249, 0.25, 0.3, 0.5) for year in (None, 2026, 2027, 2028)} <= told


def test_every_deal_with_two_known_parties_is_in_the_portfolio() -> None:
    ledger = shipped_workspace().ledger
    known = [deal for deal in ledger.deals() if deal.foreign_company_id and deal.host_company_id]
    deals = list(Portfolio(shipped_workspace(), AS_OF).deals())
    assert 0 < len(deals) <= len(known)
    assert len(known) - len(deals) <= sum(deal.foreign_company_id == deal.host_company_id for deal in known)
    assert {item.lead for item in deals} == {0}


def test_shares_of_deals_become_fractions() -> None:
    deals = {item.label: item for item in Portfolio(shipped_workspace(), AS_OF).deals()}
    for deal in shipped_workspace().ledger.deals():
        item = deals.get(f"{deal.title} ({deal.deal_id})")
        if item is not None and deal.foreign_share is not None:
            assert item.told["deal.foreign_stake"] == round(deal.foreign_share / 100, 12)
