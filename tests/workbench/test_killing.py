"""The search against trying every choice of the trial values."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import pytest

from riskapi.facts.vocabulary import Value
from riskapi.language import compile_condition, facts_of
from riskapi.rules import Rule
from riskapi.workbench.conditions import exchanged
from riskapi.workbench.killing import GaveUpError, Ground
from riskapi.workbench.mutants import Change, Mutation, mutants_of
from riskapi.workbench.possible import is_possible
from riskapi.workbench.values import trial_values
from tests.workbench.tiny_rules import VOCABULARY, tiny

ATOMS = [
    "deal.stake >= 0.25", "deal.stake > 0.1", "deal.stake < 0.25", "deal.licensed", "deal.type = 'licence'",
    "deal.type in ('licence', 'joint_venture')", "deal.year >= 2027", "deal.year between 2026 and 2027",
    "'NO' in deal.countries", "list_has_any(deal.countries, ['NO', 'US'])", "deal.stake > 0.1 and deal.licensed",
]  # fmt: skip


def random_condition(draw: random.Random, depth: int = 3) -> str:
    if depth == 0 or draw.random() < 0.25:
        return f"({draw.choice(ATOMS)})"
    if draw.random() < 0.2:
        return f"(not {random_condition(draw, depth - 1)})"
    word = draw.choice([" and ", " or "])
    return "(" + word.join(random_condition(draw, depth - 1) for _ in range(draw.choice([2, 2, 3]))) + ")"


def some_choice_differs(rule: Rule, ground: Ground, change: Change) -> bool:
    other = exchanged(rule.condition, {id(change.target): change.replacement})
    before, after = compile_condition(rule.condition), compile_condition(other)
    starts = [example.facts for example in ground.starts]
    values = trial_values([rule.condition, change.replacement], starts, VOCABULARY)
    names = sorted(facts_of(rule.condition) | facts_of(change.replacement))
    choices = (dict(zip(names, choice, strict=True)) for choice in product(*(values[name] for name in names)))
    return any(before(facts) is not after(facts) for facts in choices if is_possible(facts))


@pytest.mark.parametrize("seed", range(25))
def test_it_finds_a_difference_exactly_where_there_is_one(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  # test data
    rule = tiny(tmp_path, f'"{random_condition(draw)}"')
    ground = Ground.of(rule, VOCABULARY)
    changes = [mutant.change for mutant in mutants_of(rule, Mutation(VOCABULARY)) if mutant.change]
    for change in draw.sample(changes, min(8, len(changes))):
        found = ground.search(change)
        assert (found is not None) is some_choice_differs(rule, ground, change)
        if found is not None:
            other = compile_condition(exchanged(rule.condition, {id(change.target): change.replacement}))
            assert rule.test(found.facts) is not other(found.facts)


def test_it_changes_only_what_it_must(tmp_path: Path) -> None:
    when = '"deal.stake >= 0.25 and deal.year > 2026"'
    examples = ["fired: {deal.stake: 0.5, deal.year: 2028}", "not_fired: {deal.stake: 0.1}", "undetermined: {}"]
    rule = tiny(tmp_path, when, examples)
    ground = Ground.of(rule, VOCABULARY)
    changes = [
        mutant.change for mutant in mutants_of(rule, Mutation(VOCABULARY)) if mutant.after == "deal.stake > 0.25"
    ]
    found = ground.search(changes[0]) if changes[0] else None
    assert found is not None
    assert found.changed == ("deal.stake",)
    assert found.facts["deal.stake"] == 0.25
    assert found.base.name == "number 0"


def test_it_says_when_it_gave_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = tiny(tmp_path, '"deal.stake >= 0.25 and deal.stake > 0.1 and deal.year > 2026"')
    monkeypatch.setattr("riskapi.workbench.killing.MOST_STEPS", 1)
    changes = [
        mutant.change
        for mutant in mutants_of(rule, Mutation(VOCABULARY))
        if mutant.after.startswith("deal.stake > 0.101")
    ]
    assert changes[0] is not None
    with pytest.raises(GaveUpError):
        Ground.of(rule, VOCABULARY).search(changes[0])


@pytest.mark.parametrize(
    ("facts", "possible"),
    [
        ({"deal.foreign_control": True, "deal.foreign_control_excluded": True}, False),
        ({"deal.foreign_control": None, "deal.foreign_control_excluded": True}, True),
        ({"deal.foreign_stake": 0.6, "deal.host_stake": 0.5}, False),
        ({"deal.foreign_stake": 0.6, "deal.host_stake": 0.4}, True),
        ({"deal.foreign_stake": 0.6, "deal.host_stake": None}, True),
        ({"foreign.state_ownership": "none", "foreign.state_share": 0.1}, False),
        ({"host.state_ownership": "minority", "host.state_share": 0.6}, False),
        ({"foreign.state_ownership": "full", "host.state_share": 0.0}, True),
        ({}, True),
    ],
)
def test_no_example_shows_a_deal_that_cannot_be(facts: dict[str, Value], possible: bool) -> None:
    assert is_possible(facts) is possible
