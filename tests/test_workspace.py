"""The main job on the shipped rules and facts: what an analyst asks, and what must hold of every answer."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskapi import workspace as workspace_module
from riskapi.assessment.answer import Answer, RuleAnswer, to_json
from riskapi.claims.ledger import DealLedger
from riskapi.errors import NotFoundError, RequestError, UnsettledNameError
from riskapi.facts.vocabulary import Origin, Vocabulary, World
from riskapi.rules import Rule, load_file
from riskapi.scoring.scorecard import POINT, score_of
from tests.shipped import AS_OF, shipped_workspace

CONNECTED = "us.icts.connected-vehicles.manufacturer-sale"
DEMO: dict[str, Any] = {
    "type": "joint_venture",
    "sector": "automotive",
    "activity_country": "US",
    "market_countries": ["US"],
    "model_year": 2028,
}


def ask(first: Any = "Xiaomi", second: Any = "Ford", *, as_of: date | str = AS_OF, **changes: Any) -> Answer:
    deal = {name: value for name, value in {**DEMO, **changes}.items() if value is not ...}
    return shipped_workspace().score(first, second, as_of=as_of, **deal)


def fired(answer: Answer, prefix: str = "") -> dict[str, RuleAnswer]:
    return {rule.id: rule for rule in answer.rules if rule.status == "fired" and rule.id.startswith(prefix)}


def undetermined(answer: Answer, prefix: str = "") -> dict[str, RuleAnswer]:
    return {rule.id: rule for rule in answer.rules if rule.status == "undetermined" and rule.id.startswith(prefix)}


def pillar(answer: Answer, name: str) -> float:
    return next(item.points for item in answer.pillars if item.pillar == name)


# The demonstration


def test_the_connected_vehicle_prohibition_stands_at_the_top() -> None:
    answer = ask()
    gate = answer.gates[0]
    assert (gate.gate, gate.status, gate.jurisdiction) == ("prohibition", "fired", "US")
    rule = fired(answer)[gate.rule]
    assert rule.citation.startswith("15 CFR 791.304")
    assert "Subpart D" in shipped_workspace().rule(gate.rule).instrument.citation
    assert "Xiaomi" in rule.because
    assert "2028" in rule.because
    assert any("China" in row.statement for row in rule.evidence)
    assert answer.band.name in ("high", "severe")


def test_political_opposition_is_shown() -> None:
    answer = ask()
    assert any(rule.pillar == "political" for rule in fired(answer, "us.").values())
    assert pillar(answer, "political") > 0


def test_china_looks_at_its_own_technology_with_ford_as_the_foreign_side() -> None:
    answer = ask()
    catalogue = undetermined(answer, "cn.technology-catalogue")
    assert catalogue
    assert {rule.foreign_party for rule in catalogue.values()} == {"Ford"}
    assert all("deal.technologies" in rule.unknown_facts for rule in catalogue.values())
    assert fired(answer, "cn.guidance.carmakers")
    told = ask(technologies=["lfp_cathode"], foreign_supplies_technology=True)
    assert any("cathode" in rule.title.lower() for rule in fired(told, "cn.technology-catalogue").values())


def test_the_record_of_report_and_denials_is_shown() -> None:
    status = ask().deal_status
    assert status is not None
    report = status.reports[0]
    assert (report.claimant, report.made_on, report.anonymous_sources) == ("Financial Times", date(2026, 1, 31), 4)
    positions = {position.role: position.stance for position in status.positions}
    assert positions == {"foreign_party": "partly_denies", "host_party": "denies"}
    assert "denied categorically by Ford" in status.headline
    assert ask(as_of="2026-01-30").deal_status is None


def test_the_demonstration_is_the_same_whoever_is_named_first() -> None:
    forward, backward = ask("Xiaomi", "Ford"), ask("Ford", "Xiaomi")
    assert (forward.score, forward.low, forward.high, forward.question) == (
        backward.score,
        backward.low,
        backward.high,
        backward.question,
    )
    assert forward.rules == backward.rules
    assert forward.waterfall == backward.waterfall
    assert {party.name for party in forward.parties} == {party.name for party in backward.parties} == {"Xiaomi", "Ford"}


# Time


def test_the_defense_department_listing_comes_and_goes() -> None:
    listed, cleared = ask(as_of="2021-03-01"), ask(as_of="2021-06-01")
    assert "us_ccmc_1237" in designations(listed)
    assert "us_ccmc_1237" not in designations(cleared)
    assert pillar(listed, "threat") > pillar(cleared, "threat")


def designations(answer: Answer) -> tuple[str, ...]:
    facts = {fact.fact: fact.value for fact in answer.parties[0].facts}
    value = facts["designations"]
    assert isinstance(value, tuple)
    return value


@pytest.mark.parametrize(
    ("day", "listed"), [("2021-01-13", False), ("2021-01-14", True), ("2021-05-24", True), ("2021-05-25", False)]
)
def test_listings_count_from_their_first_day_to_the_day_before_removal(day: str, listed: bool) -> None:
    assert ("us_ccmc_1237" in designations(ask(as_of=day))) is listed


def test_no_connected_vehicle_rule_fires_before_it_exists() -> None:
    early = ask(as_of="2023-01-01")
    assert not fired(early, "us.icts.connected-vehicles")
    assert not [rule.id for rule in early.dormant if rule.id.startswith("us.icts.connected-vehicles")]  # nobody knew
    assert early.score < ask().score


@pytest.mark.parametrize(("day", "fires"), [("2025-03-16", False), ("2025-03-17", True)])
def test_the_prohibition_starts_on_its_first_day(day: str, fires: bool) -> None:
    assert bool(fired(ask(as_of=day), "us.icts.connected-vehicles.manufacturer-sale")) is fires


def test_the_prohibition_is_announced_from_the_day_on_which_it_was_published() -> None:
    def announced(day: str) -> list[str]:
        return [
            rule.state for rule in ask(as_of=day).dormant if rule.id == "us.icts.connected-vehicles.manufacturer-sale"
        ]

    assert [announced(day) for day in ("2025-01-15", "2025-01-16", "2025-03-16")] == [[], ["not_yet"], ["not_yet"]]
    trucks = {
        day: fired(ask(as_of=day, heavy_vehicles=True), "us.icts.follow-ups") for day in ("2025-01-15", "2025-01-16")
    }
    assert [bool(found) for found in trucks.values()] == [False, True]


# Contrasts


def test_partners_rank_as_their_control_and_listings_do() -> None:
    scores = {name: ask(name, "Ford").score for name in ("Toyota", "Magna", "Xiaomi", "BYD")}
    assert scores["Magna"] <= scores["Toyota"] < scores["Xiaomi"] < scores["BYD"]
    assert "us_1260h" in designations(ask("BYD", "Ford"))


def test_a_bare_licence_is_outside_cfius_and_inside_the_tax_rules() -> None:
    answer = ask("CATL", "Ford", type="licence", sector="ev_battery", market_countries=..., model_year=...)
    assert not [
        gate for gate in answer.gates if gate.gate == "review_jurisdiction" and gate.rule.startswith("us.cfius")
    ]
    assert any(rule.id.startswith("us.pfe.effective-control") for rule in fired(answer).values())
    assert fired(answer, "us.dod.1260h-list")
    before = ask(
        "CATL", "Ford", type="licence", sector="ev_battery", market_countries=..., model_year=..., as_of="2025-01-06"
    )
    assert not fired(before, "us.dod.1260h-list")
    on_the_day = ask(
        "CATL", "Ford", type="licence", sector="ev_battery", market_countries=..., model_year=..., as_of="2025-01-07"
    )
    assert fired(on_the_day, "us.dod.1260h-list")


def test_small_stake_majority_and_contract_manufacturing_differ_and_say_why() -> None:
    small = ask(foreign_stake="15%")
    majority = ask(foreign_stake="51%")
    contract = ask(type="contract_manufacturing")
    assert len({small.score, majority.score, contract.score}) == 3
    assert small.score < majority.score
    others = {rule.id: rule for rule in majority.rules}
    changed = [(rule, others[rule.id]) for rule in small.rules if rule.status != others[rule.id].status]
    assert changed
    assert any(
        "deal.foreign_stake" in atom.facts or "deal.foreign_control" in atom.facts
        for one, other in changed
        for atom in (*one.decided_by, *other.decided_by)
    )


def test_excluding_control_lifts_the_manufacturer_ban() -> None:
    answer = ask(foreign_stake="15%", foreign_control=False)
    assert not fired(answer, "us.icts.connected-vehicles.manufacturer-sale")
    assert answer.score < ask(foreign_stake="15%").score


def test_telling_the_stake_narrows_the_interval() -> None:
    open_, told = ask(), ask(foreign_stake="51%")
    assert told.high - told.low < open_.high - open_.low
    assert open_.low <= told.low
    assert told.high <= open_.high


def test_stake_and_governance_are_among_the_first_questions() -> None:
    asked = [item.fact for item in ask().unknowns]
    assert "deal.foreign_stake" in asked[:8]
    governance = {
        "deal.foreign_control",
        "deal.foreign_board_seat",
        "deal.foreign_veto_rights",
        "deal.foreign_decision_role",
    }
    assert governance & set(asked[:8])


# Parties


def test_a_party_may_be_described_and_is_marked_as_such() -> None:
    facts = {"seat_country": "CN", "state_ownership": "full", "designations": ["us_1260h"]}
    answer = ask({"name": "NewCo", "inline": True, "facts": facts}, "Ford")
    party = answer.parties[0]
    assert (party.company_id, party.described_by) == (None, "caller")
    evidence = {fact.fact: fact.evidence for fact in party.facts}
    assert evidence["designations"][0].confidence == "told"
    assert evidence["control_country"][0].confidence == "assumed"
    assert fired(answer, "us.dod.1260h-list.listed")
    assert answer.score > ask({"name": "NewCo", "inline": True, "facts": {"seat_country": "JP"}}, "Ford").score


def test_told_facts_override_the_datasets_and_say_so() -> None:
    plain = ask()
    changed = ask({"name": "Xiaomi", "facts": {"designations": ["us_1260h"]}}, "Ford")
    assert changed.parties[0].described_by == "datasets and caller"
    assert changed.score > plain.score


def test_names_that_do_not_settle_give_candidates_and_never_a_guess() -> None:
    with pytest.raises(UnsettledNameError) as caught:
        ask("Xiaomy Autos Intl", "No Such Company Whatsoever")
    problems = caught.value.problems
    assert [problem.pointer for problem in problems] == ["/parties/0", "/parties/1"]
    assert {problem.code for problem in problems} <= {"name-unknown", "name-ambiguous"}


@pytest.mark.parametrize("name", ["'; DROP TABLE companies; --", "Robert'); ATTACH 'x.db'; --", "%", "\x00", "a" * 300])
def test_a_name_is_never_executed(name: str) -> None:
    with pytest.raises((UnsettledNameError, RequestError)):
        ask(name, "Ford")
    assert ask().parties[0].name == "Xiaomi"


def test_a_pairing_needs_two_companies() -> None:
    with pytest.raises(UnsettledNameError, match="both names mean"):
        ask("Xiaomi", "xiaomi")


def test_one_sided_facts_between_two_foreigners_need_the_foreign_party() -> None:
    with pytest.raises(RequestError, match="foreign_party"):
        ask("BYD", "Toyota", foreign_stake=0.3)
    answer = shipped_workspace().score(
        "BYD", "Toyota", as_of=AS_OF, foreign_party="BYD", **{**DEMO, "foreign_stake": 0.3}
    )
    assert answer.score > 0


def test_an_unknown_rule_id_is_answered_with_near_ones() -> None:
    with pytest.raises(NotFoundError, match="did you mean"):
        shipped_workspace().rule("us.icts.connected-vehicles.manufacturer-sales")


# What must hold of every answer

_COMPANIES = st.sampled_from(["xiaomi", "byd", "catl", "toyota", "magna", "volvo-cars", "huawei", "lg-energy-solution"])
_FACTS = {
    fact.name.removeprefix("deal."): fact
    for fact in shipped_workspace().vocabulary
    if fact.origin is Origin.DEAL and fact.told and fact.name not in ("deal.activity_country", "deal.market_countries")
}


def _values(leaf: str) -> st.SearchStrategy[Any]:
    fact = _FACTS[leaf]
    codes = shipped_workspace().vocabulary.codes(fact)
    match fact.type:
        case "bool":
            return st.booleans()
        case "int":
            return st.integers(2024, 2032)
        case "float":
            return (
                st.sampled_from([0.0, 0.1, 0.249, 0.25, 0.4, 0.5, 0.51, 1.0]) if fact.unit == "share" else st.just(5e8)
            )
        case "date":
            return st.dates(date(2024, 1, 1), date(2028, 1, 1)).map(date.isoformat)
        case "list":
            return st.lists(st.sampled_from(sorted(codes or {})), max_size=3)
        case _:
            return st.sampled_from(sorted(codes)) if codes else st.just("US-TX")


@st.composite
def deals(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(sorted(_FACTS)), max_size=12, unique=True))
    deal = {leaf: draw(_values(leaf)) for leaf in chosen}
    return {"activity_country": "US", "market_countries": ["US"], **deal}


_SLOW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@_SLOW
@given(first=_COMPANIES, deal=deals(), day=st.dates(date(2019, 1, 1), date(2027, 12, 31)))
def test_the_waterfall_adds_up_and_the_score_lies_in_its_interval(first: str, deal: dict[str, Any], day: date) -> None:
    answer = shipped_workspace().score(first, "ford", as_of=day, **deal)
    total = math.fsum(step.points for step in answer.waterfall)
    assert total == pytest.approx(answer.points, abs=1e-9)
    assert answer.score == pytest.approx(score_of(total), abs=1e-3)
    assert answer.score == pytest.approx(100 / (1 + math.exp(-total * POINT)), abs=1e-3)
    assert answer.low <= answer.score <= answer.high
    counted = math.fsum(rule.points for rule in answer.rules)
    lift = math.fsum(step.points for step in answer.waterfall if step.kind == "floor")
    assert answer.waterfall[0].points + counted + lift == pytest.approx(answer.points, abs=1e-9)
    assert math.fsum(item.points for item in answer.pillars) == pytest.approx(counted, abs=1e-9)
    other_way = shipped_workspace().score("ford", first, as_of=day, **deal)
    assert (other_way.rules, other_way.waterfall, other_way.gates) == (answer.rules, answer.waterfall, answer.gates)


#: Facts from which a closed-world default follows: telling them replaces an assumption, it does not fill a gap.
_REPLACE_ASSUMPTIONS = {"foreign_control", "production_countries"}
_OPEN = sorted(
    leaf for leaf, fact in _FACTS.items() if fact.world is World.OPEN and leaf not in {*_REPLACE_ASSUMPTIONS, "type"}
)


@_SLOW
@given(data=st.data(), first=_COMPANIES, deal=deals())
def test_learning_a_fact_never_widens_the_interval(data: st.DataObject, first: str, deal: dict[str, Any]) -> None:
    before = shipped_workspace().score(first, "ford", as_of=AS_OF, **deal)
    leaf = data.draw(st.sampled_from([name for name in _OPEN if name not in deal]))
    after = shipped_workspace().score(first, "ford", as_of=AS_OF, **deal, **{leaf: data.draw(_values(leaf))})
    assert after.low >= before.low - 1e-3
    assert after.high <= before.high + 1e-3


# What is read when it is first asked for


def test_the_tests_of_a_rule_are_read_once_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def watched(path: Path, vocabulary: Vocabulary, shown_as: str) -> list[Rule]:
        read.append(shown_as)
        return load_file(path, vocabulary, shown_as)

    monkeypatch.setattr(workspace_module, "load_file", watched)
    opened = replace(shipped_workspace())
    first, again = opened.examples(CONNECTED), opened.examples(CONNECTED)
    assert first
    assert first is again
    assert len(read) == 1


def test_the_tests_of_rules_that_changed_on_disk_are_not_known(tmp_path: Path) -> None:
    opened = shipped_workspace()
    moved = replace(opened, settings=replace(opened.settings, rules=tmp_path))
    assert moved.examples(CONNECTED) is None


def test_the_tests_of_a_rule_that_does_not_exist_are_refused() -> None:
    with pytest.raises(NotFoundError, match="there is no rule"):
        shipped_workspace().examples("us.icts.nothing")


def test_the_duties_are_read_once() -> None:
    assert shipped_workspace().duties is shipped_workspace().duties
    assert "US" in shipped_workspace().duties.importers()


def test_a_name_that_was_taken_for_another_spelling_is_told_among_the_warnings() -> None:
    told = ask("Xiaommi").warnings
    assert "`Xiaommi` was taken for Xiaomi, as a misspelling: see that this company is meant" in told
    assert not [warning for warning in ask("小米").warnings if "taken for" in warning]


def test_an_answer_in_json_is_that_of_the_question_however_often_it_is_put() -> None:
    workspace = shipped_workspace()
    question: dict[str, Any] = {
        "parties": ["Xiaomi", "Ford"],
        "deal": {"type": "joint_venture", "activity_country": "US"},
    }
    days = (date(2023, 5, 1), date(2026, 11, 22))
    first, second = ([workspace.ask_json(question, today=day) for day in days] for _ in range(2))
    assert first == second == [to_json(workspace.ask(question, today=day)) for day in days]
    assert workspace.ask_json({**question, "as_of": "2023-05-01"}, today=days[1]) == first[0]
    assert workspace.ask_json(dict(reversed(question.items())), today=days[0]) is first[0]


def test_a_question_that_is_refused_is_refused_again() -> None:
    for _ in range(2):
        with pytest.raises(RequestError):
            shipped_workspace().ask_json({"parties": ["Xiaomi"]}, today=date(2026, 11, 22))


def test_other_deals_give_other_answers_in_json() -> None:
    workspace = shipped_workspace()
    question = {"parties": ["Xiaomi", "Ford"], "deal": {"type": "joint_venture"}, "as_of": "2026-11-22"}
    without = workspace.with_ledger(DealLedger(()), "none")
    assert workspace.ask_json(question, today=date.min) != without.ask_json(question, today=date.min)
