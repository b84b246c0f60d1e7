"""What would change the result of Xiaomi and Ford, on the shipped rules and facts."""

from __future__ import annotations

import json
from functools import lru_cache
from time import process_time
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from riskapi.assessment.whatif import TargetShown, WayShown, WhatIfAnswer, whatif_json
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace

DEMO: dict[str, Any] = {
    "parties": ["Xiaomi", "Ford"],
    "deal": {
        "type": "joint_venture",
        "sector": "automotive",
        "activity_country": "US",
        "market_countries": ["US"],
        "model_year": 2028,
    },
    "as_of": AS_OF.isoformat(),
}
SALE = "us.icts.connected-vehicles.manufacturer-sale"
GRID: dict[str, Any] = {
    "grid": {"foreign_stake": [0.1, 0.24, 0.49], "activity_country": ["US", "MX", "CA"]},
    "prefer": {"foreign_stake": "high", "activity_country": ["US", "CA", "MX"]},
}


def ask(**more: Any) -> WhatIfAnswer:
    return shipped_workspace().whatif({**DEMO, **more}, today=AS_OF)


@lru_cache(maxsize=1)
def demo() -> WhatIfAnswer:
    return ask(**GRID)


def target(answer: WhatIfAnswer, name: str) -> TargetShown:
    return next(item for item in answer.targets if item.name == name)


def scored(**deal: Any) -> Any:
    told = {name: value for name, value in {**DEMO["deal"], **deal}.items() if value is not None}
    return shipped_workspace().ask({**DEMO, "deal": told, "foreign_party": "Xiaomi"}, today=AS_OF)


def told_by(way: WayShown) -> dict[str, Any]:
    return {change.fact.removeprefix("deal."): change.value for change in way.changes}


def test_the_result_as_it_is_is_that_of_the_score() -> None:
    answer, score = demo(), scored()
    assert (answer.result.low, answer.result.score, answer.result.high) == (score.low, score.score, score.high)
    assert answer.result.band == score.band.name
    assert set(answer.result.gates) == {gate.rule for gate in score.gates if gate.status == "fired"}
    assert set(answer.result.may_apply) == {gate.rule for gate in score.gates if gate.status != "fired"}


def test_every_way_has_the_numbers_and_the_gates_that_a_score_of_it_has() -> None:
    ways = {tuple(told_by(way).items()): way for item in demo().targets for way in item.ways if not way.dropped}
    assert len(ways) >= 5
    for way in ways.values():
        again = scored(**told_by(way))
        assert (way.result.score, way.result.low, way.result.high) == (again.score, again.low, again.high)
        assert set(way.result.gates) == {gate.rule for gate in again.gates if gate.status == "fired"}
        assert set(way.result.may_apply) == {gate.rule for gate in again.gates if gate.status != "fired"}


def test_the_prohibition_of_connected_vehicles_is_lifted_without_control_in_another_form_or_elsewhere() -> None:
    found = [told_by(way) for way in target(demo(), SALE).ways]
    assert {"foreign_control": False} in found
    assert any(set(way) == {"type"} for way in found)
    assert any(set(way) == {"market_countries"} and "US" not in way["market_countries"] for way in found)
    for way in target(demo(), SALE).ways:
        assert SALE not in (*way.result.gates, *way.result.may_apply)


def test_what_must_be_kept_is_kept() -> None:
    answer = ask(keep=["market_countries", "type", "activity_country"])
    touched = {change.fact for item in answer.targets for way in item.ways for change in way.changes}
    assert touched
    assert touched.isdisjoint({"deal.market_countries", "deal.type", "deal.activity_country"})


def test_told_derived_assumed_and_unknown_are_told_apart() -> None:
    standing = {item.fact: item.standing for item in demo().facts}
    assert standing["deal.type"] == "told"
    assert standing["deal.foreign_stake"] == "unknown"
    assert standing["deal.production_countries"] == "derived"
    assert standing["deal.has_specific_authorization"] == "assumed"


def test_what_the_parties_choose_is_told_from_what_they_can_only_learn_or_be_granted() -> None:
    control = {item.fact: item.control for item in demo().facts}
    assert control["deal.foreign_stake"] == "parties"
    assert control["deal.critical_technology"] == "business"
    assert control["deal.has_specific_authorization"] == "authority"
    chosen = {change.fact for item in demo().targets for way in item.ways for change in way.changes}
    assert {control[fact] for fact in chosen} == {"parties"}


def test_every_deal_fact_that_a_rule_in_play_reads_has_a_bar() -> None:
    workspace = shipped_workspace()
    tellable = {fact.name for fact in shipped_vocabulary().tellable if fact.name.startswith("deal.")}
    in_play = {rule.id for rule in scored().rules if rule.weight or rule.gate}
    lead_only = {rule.id for rule in scored().rules if rule.foreign_party == "Xiaomi"}
    read = {fact for rule in in_play & lead_only for fact in workspace.rule(rule).facts} & tellable
    # Facts without another value to try (a sum of shares is never compared with a constant) have no bar.
    assert read - {item.fact for item in demo().facts} <= {"deal.other_covered_nation_stake"}


def test_a_way_says_what_must_be_true_and_names_the_parties() -> None:
    for item in demo().targets:
        for way in item.ways:
            for change in way.changes:
                assert change.needs
                assert "{" not in change.needs
    stake = next(
        change
        for item in demo().targets
        for way in item.ways
        for change in way.changes
        if change.fact == "deal.foreign_stake"
    )
    assert stake.needs.startswith("Xiaomi holds")
    assert stake.settles


def test_every_rule_that_is_spoken_of_is_named_once() -> None:
    answer = demo()
    ids = [rule.id for rule in answer.rules]
    assert ids == sorted(set(ids))
    spoken_of = {one for item in answer.targets for way in item.ways for one in (*way.result.gates, *way.new_gates)}
    spoken_of |= {one for item in answer.facts for value in item.alternatives for one in value.switched.applies}
    assert spoken_of <= set(ids)


def test_every_cell_of_the_grid_has_the_score_that_is_asked_for_by_itself() -> None:
    grid = demo().grid
    assert grid is not None
    assert len(grid.cells) == 9
    assert any(cell.on_front for cell in grid.cells)
    for cell in grid.cells:
        assert cell.result is not None
        again = scored(**{name.removeprefix("deal."): value for name, value in cell.values.items()})
        assert (cell.result.low, cell.result.score, cell.result.high) == (again.low, again.score, again.high)


def test_no_alternative_is_called_lawful() -> None:
    assert "No alternative is said to be lawful" in demo().notice


def test_every_alternative_of_the_tornado_lists_the_gates_that_apply_then() -> None:
    answer = demo()
    gated = {rule.id for rule in answer.rules if rule.gate}
    for item in answer.facts:
        for value in item.alternatives:
            gained, lost = set(value.switched.applies) & gated, set(value.switched.no_longer)
            assert set(value.gates) == (set(answer.result.gates) - lost) | gained


def test_the_same_question_gives_the_same_bytes_and_fits_the_schema() -> None:
    assert whatif_json(ask(**GRID)) == whatif_json(demo())
    schema = TypeAdapter(WhatIfAnswer).json_schema(mode="serialization")
    Draft202012Validator(schema).validate(json.loads(whatif_json(demo())))


def test_the_order_of_the_names_does_not_matter() -> None:
    swapped = ask(parties=["Ford", "Xiaomi"])
    plain = ask()
    assert (swapped.result, swapped.facts, swapped.targets) == (plain.result, plain.facts, plain.targets)


def test_facts_of_one_side_are_left_out_with_a_word_where_it_is_open_whose_they_are() -> None:
    answer = ask(deal={"type": "joint_venture", "sector": "automotive"})
    assert "deal.foreign_stake" not in {item.fact for item in answer.facts}
    assert any("foreign_party" in line and "deal.foreign_stake" in line for line in answer.warnings)
    assert any(line.startswith("deal.activity_country was not told") for line in answer.warnings)


def test_a_deal_of_the_lowest_band_without_gates_has_nothing_to_reach() -> None:
    body = {
        "parties": ["Toyota", "Ford"],
        "deal": {"type": "licence", "sector": "automotive", "activity_country": "US", "foreign_stake": 0.0},
        "as_of": "2005-01-01",
    }
    answer = shipped_workspace().whatif(body, today=AS_OF)
    assert [item.kind for item in answer.targets if item.kind == "band"] == []
    assert {item.name for item in answer.targets} == set(answer.result.gates)


def test_the_whole_of_what_if_takes_a_second_and_a_half() -> None:
    ask(**GRID)
    times = []
    for _ in range(3):
        start = process_time()
        ask(**GRID)
        times.append(process_time() - start)
    assert min(times) < 3.0  # twice the aim: the processors are shared
