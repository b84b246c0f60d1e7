"""Facts of a pairing: viewpoints, mirrors, derivations; the order of names never matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.errors import RequestError
from riskapi.facts.assembly import Assembler, Links, Pairing, Party, Viewpoint
from riskapi.facts.vocabulary import Value
from riskapi.warehouse.countries import EVERYWHERE
from tests.shipped import AS_OF, shipped_vocabulary

MEMBERS = {"DE": ("eu",), "FR": ("eu",), "CN": ("ear_d5",)}


def groups_of(country: str, _day: date) -> tuple[str, ...]:
    return MEMBERS.get(country, ())


ASSEMBLER = Assembler(shipped_vocabulary(), groups_of)


def party(name: str, country: str | None, **values: Value) -> Party:
    return Party(name=name, company_id=name.lower(), values={"control_country": country, **values}, evidence={})


def pair(
    one: str | None, two: str | None, told: Mapping[str, Value], lead: int | None = None, links: Links | None = None
) -> Pairing:
    return ASSEMBLER.pairing((party("A", one), party("B", two)), told, AS_OF, links or Links(), lead)


def view(pairing: Pairing, jurisdiction: str, foreign: int | None = None) -> Viewpoint:
    return next(
        item for item in pairing.viewpoints if item.jurisdiction == jurisdiction and foreign in (None, item.foreign)
    )


def test_each_country_concerned_looks_from_its_own_side() -> None:
    pairing = pair("CN", "US", {"deal.activity_country": "US"})
    assert [(item.jurisdiction, item.foreign) for item in pairing.viewpoints] == [("CN", 1), ("US", 0), ("ANY", 0)]
    assert view(pairing, "CN").facts["foreign.name"] == "B"
    assert view(pairing, "CN").facts["host.name"] == "A"


def test_rules_of_every_country_see_what_the_activity_country_sees() -> None:
    pairing = pair("CN", "JP", {"deal.activity_country": "US", "deal.market_countries": ("DE",)})
    assert [item.foreign for item in pairing.viewpoints if item.jurisdiction == EVERYWHERE] == [0, 1]
    for foreign in (0, 1):
        assert view(pairing, EVERYWHERE, foreign).facts == view(pairing, "US", foreign).facts
    untold = pair("CN", "US", {"deal.market_countries": ("DE",)})
    assert EVERYWHERE not in {item.jurisdiction for item in untold.viewpoints}


def test_market_countries_add_jurisdictions_and_the_union_stands_for_its_members() -> None:
    pairing = pair("CN", "US", {"deal.activity_country": "US", "deal.market_countries": ("DE", "CA")})
    assert {item.jurisdiction for item in pairing.viewpoints} == {"CN", "US", "DE", "CA", "EU", "ANY"}
    assert view(pairing, "EU", 0).facts["jurisdiction.market_here"] is True
    assert view(pairing, "EU", 0).facts["jurisdiction.activity_here"] is False


def test_a_member_states_company_is_not_foreign_to_the_union() -> None:
    pairing = pair("FR", "US", {"deal.activity_country": "DE"})
    assert [item.foreign for item in pairing.viewpoints if item.jurisdiction == "EU"] == [1]
    assert [item.foreign for item in pairing.viewpoints if item.jurisdiction == "DE"] == [0, 1]


def test_the_other_side_sees_the_mirror_of_each_fact_or_does_not_know_it() -> None:
    told: dict[str, Value] = {
        "deal.activity_country": "US",
        "deal.type": "minority_stake",
        "deal.foreign_stake": 0.3,
        "deal.foreign_supplies_technology": True,
        "deal.foreign_board_seat": True,
    }
    facts = view(pair("CN", "US", told), "CN").facts
    assert facts["deal.host_stake"] == 0.3
    assert facts["deal.foreign_stake"] is None
    assert facts["deal.host_supplies_technology"] is True
    assert facts["deal.foreign_board_seat"] is None


def test_a_joint_venture_of_two_gives_the_rest_to_the_other() -> None:
    told: dict[str, Value] = {"deal.activity_country": "US", "deal.type": "joint_venture", "deal.foreign_stake": 0.15}
    facts = view(pair("CN", "US", told), "US").facts
    assert facts["deal.host_stake"] == 0.85
    told["deal.type"] = "minority_stake"
    assert view(pair("CN", "US", told), "US").facts["deal.host_stake"] is None


def test_a_told_host_stake_is_never_overwritten() -> None:
    told: dict[str, Value] = {
        "deal.activity_country": "US",
        "deal.type": "joint_venture",
        "deal.foreign_stake": 0.3,
        "deal.host_stake": 0.4,
    }
    assert view(pair("CN", "US", told), "US").facts["deal.host_stake"] == 0.4


@pytest.mark.parametrize(("stake", "control"), [(0.5, None), (0.501, True), (0.2, None)])
def test_control_follows_from_a_majority_only(stake: float, control: bool | None) -> None:
    told: dict[str, Value] = {"deal.activity_country": "US", "deal.foreign_stake": stake}
    assert view(pair("CN", "US", told), "US").facts["deal.foreign_control"] is control


def test_control_told_as_absent_is_an_exclusion() -> None:
    told: dict[str, Value] = {"deal.activity_country": "US", "deal.foreign_control": False}
    assert view(pair("CN", "US", told), "US").facts["deal.foreign_control_excluded"] is True
    assert view(pair("CN", "US", {"deal.activity_country": "US"}), "US").facts["deal.foreign_control_excluded"] is False


def test_a_licence_has_no_equity_unless_told() -> None:
    told: dict[str, Value] = {"deal.activity_country": "US", "deal.type": "licence"}
    assert view(pair("CN", "US", told), "US").facts["deal.foreign_stake"] == 0.0
    told["deal.foreign_stake"] = 0.05
    assert view(pair("CN", "US", told), "US").facts["deal.foreign_stake"] == 0.05


@pytest.mark.parametrize(
    ("kind", "made_in"),
    [("joint_venture", ("US",)), ("greenfield", ("US",)), ("supply", None), ("minority_stake", None)],
)
def test_a_ventures_goods_are_taken_to_be_made_where_it_is(kind: str, made_in: Value) -> None:
    told: dict[str, Value] = {"deal.activity_country": "US", "deal.type": kind}
    assert view(pair("CN", "US", told), "US").facts["deal.production_countries"] == made_in
    told["deal.production_countries"] = ("MX",)
    assert view(pair("CN", "US", told), "US").facts["deal.production_countries"] == ("MX",)


def test_one_sided_facts_need_a_side_where_both_are_foreign() -> None:
    told: dict[str, Value] = {"deal.activity_country": "US", "deal.foreign_stake": 0.2}
    with pytest.raises(RequestError) as caught:
        pair("CN", "JP", told)
    assert caught.value.problems[0].code == "foreign-party-open"
    assert caught.value.problems[0].pointer == "/foreign_party"
    chosen = pair("CN", "JP", told, lead=1)
    assert view(chosen, "US", 1).facts["deal.foreign_stake"] == 0.2
    assert view(chosen, "US", 0).facts["deal.foreign_stake"] is None


def test_unknown_control_is_foreign_everywhere_and_leaves_the_comparison_open() -> None:
    pairing = pair(None, "US", {"deal.activity_country": "US"})
    facts = view(pairing, "US").facts
    assert facts["pair.same_control_country"] is None
    assert facts["foreign.control_country"] is None


def test_what_the_datasets_know_of_the_pair_reaches_the_facts() -> None:
    links = Links(existing_stakes=(0.197, None), legislators_opposing=3)
    pairing = pair("CN", "US", {"deal.activity_country": "US"}, links=links)
    assert view(pairing, "US").facts["pair.existing_stake"] == 0.197
    assert view(pairing, "US").facts["pair.legislators_opposing"] == 3
    assert view(pairing, "CN").facts["pair.existing_stake"] == 0.0


_COUNTRIES = st.sampled_from(["US", "CN", "DE", "FR", "JP", None])
_TOLD = st.fixed_dictionaries(
    {"deal.activity_country": st.sampled_from(["US", "CN", "DE"])},
    optional={
        "deal.type": st.sampled_from(["joint_venture", "licence", "acquisition"]),
        "deal.market_countries": st.lists(st.sampled_from(["US", "FR"]), unique=True).map(tuple),
        "deal.critical_technology": st.booleans(),
    },
)


@given(one=_COUNTRIES, two=_COUNTRIES, told=_TOLD)
def test_the_order_of_the_parties_never_matters(one: str | None, two: str | None, told: dict[str, Value]) -> None:
    first, second = party("A", one), party("B", two)
    forward = ASSEMBLER.pairing((first, second), told, AS_OF, Links())
    backward = ASSEMBLER.pairing((second, first), told, AS_OF, Links())
    seen = [{(v.jurisdiction, p.parties[v.foreign].name): v.facts for v in p.viewpoints} for p in (forward, backward)]
    assert seen[0] == seen[1]
