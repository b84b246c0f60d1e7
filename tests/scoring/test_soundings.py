"""The quick score is the score."""

from __future__ import annotations

from typing import Any

import pytest

from riskapi.assessment.request import read_request
from riskapi.scoring.soundings import Sounder
from tests.scoring.small_deals import World
from tests.shipped import AS_OF, shipped_workspace

DEALS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Xiaomi", "Ford", {"type": "joint_venture", "sector": "automotive", "activity_country": "US"}),
    ("Xiaomi", "Ford", {"type": "joint_venture", "sector": "automotive", "activity_country": "US",
                        "market_countries": ["US"], "model_year": 2028, "foreign_stake": 0.24}),
    ("CATL", "Ford", {"type": "licence", "sector": "ev_battery", "activity_country": "US", "technologies": ["lfp_cathode"],
                      "foreign_supplies_technology": True}),
    ("BYD", "Volkswagen", {"type": "acquisition", "sector": "automotive", "activity_country": "DE",
                           "market_countries": ["DE", "US"], "foreign_stake": 1.0}),
    ("Toyota", "Ford", {"type": "minority_stake", "sector": "automotive", "activity_country": "US", "foreign_stake": 0.05}),
)  # fmt: skip


@pytest.mark.parametrize(("first", "second", "deal"), DEALS)
def test_a_sounding_has_the_numbers_and_the_rules_of_the_full_answer(
    first: str, second: str, deal: dict[str, Any]
) -> None:
    workspace = shipped_workspace()
    data = {"parties": [first, second], "deal": deal, "as_of": AS_OF.isoformat()}
    request = read_request(data, workspace.vocabulary, AS_OF)
    pairing, answer = workspace.pairing(request), workspace.answer(request)
    found = Sounder(pairing, workspace.assembler, workspace.book, workspace.card).ask(pairing.told)
    assert found is not None
    assert (found.low, found.score, found.high) == pytest.approx((answer.low, answer.score, answer.high), abs=1e-4)
    shown = {rule.id: rule.status for rule in answer.rules if rule.weight or rule.gate}
    assert found.fired == {rule for rule, status in shown.items() if status == "fired"}
    assert found.may_fire == {rule for rule, status in shown.items() if status == "undetermined"}
    assert found.examined == len(answer.rules)


def test_facts_of_one_side_cannot_be_asked_where_it_is_open_whose_they_are() -> None:
    world = World(["quarter"], {"deal.activity_country": None})
    assert world.pairing.lead is None
    assert world.sounder.ask({"deal.foreign_stake": 0.3}) is None
    assert world.sounder.ask({"deal.activity_country": "US", "deal.foreign_stake": 0.3}) is not None


def test_moving_the_deal_abroad_leaves_the_foreign_party_the_same() -> None:
    world = World(["quarter"], {"deal.foreign_stake": 0.3})
    moved = world.sounder.ask({**world.pairing.told, "deal.activity_country": "MX"})
    assert moved is not None
    assert moved.fired == world.base.fired
