from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.rules import Rule, Status
from riskapi.rules.examples import outcome
from riskapi.workbench.mutants import MutantKind, Mutation
from riskapi.workbench.mutation import Fate, MutationReport, RuleMutation, mutate, mutate_rule, mutated
from riskapi.workbench.proposals import yaml_line
from tests.workbench.tiny_rules import STAKES, VOCABULARY, tiny

MUTATION = Mutation(VOCABULARY)
IN_FORCE = ["2019-12-31 not_fired: {deal.stake: 0.5}", "2020-01-01 fired: {deal.stake: 0.5}"]
BOUNDARY = ["fired: {deal.stake: 0.25}", "not_fired: {deal.stake: 0.249}"]


def tried(rule: Rule) -> RuleMutation:
    return mutate_rule(rule, MUTATION)


def kinds(found: RuleMutation, fate: Fate) -> set[MutantKind]:
    return {verdict.mutant.kind for verdict in found.having(fate)}


def test_examples_on_both_sides_of_every_boundary_kill_every_mutant(tmp_path: Path) -> None:
    found = tried(tiny(tmp_path, "deal.stake >= 0.25", STAKES + IN_FORCE + BOUNDARY))
    assert [verdict.fate for verdict in found.verdicts] == [Fate.KILLED] * 6


@pytest.mark.parametrize(
    ("missing", "kind"),
    [
        (IN_FORCE[0], MutantKind.IN_FORCE),
        (IN_FORCE[1], MutantKind.IN_FORCE),
        (BOUNDARY[0], MutantKind.COMPARISON),
        (BOUNDARY[1], MutantKind.THRESHOLD),
    ],
)
def test_without_one_of_them_a_mutant_survives(tmp_path: Path, missing: str, kind: MutantKind) -> None:
    examples = [item for item in STAKES + IN_FORCE + BOUNDARY if item != missing]
    assert kind in kinds(tried(tiny(tmp_path, "deal.stake >= 0.25", examples)), Fate.SURVIVED)


CONDITIONS = [
    ("deal.stake >= 0.25", {}),
    ("deal.stake >= 0.25 and deal.type in ('licence', 'joint_venture')", {}),
    ("deal.stake >= 0.25 or not deal.licensed and 'US' in deal.countries", {}),
    ("deal.stake >= 0.25 or list_has_all(deal.countries, ['NO', 'US']) and deal.year between 2026 and 2028", {}),
    ("deal.stake >= 0.25 or len(deal.codes) > 2 or list_has_any(deal.codes, ['a', 'b'])", {}),
    ("deal.stake >= 0.25 or deal.signed_on >= date '2027-01-01' and year(deal.signed_on) < 2030", {}),
    ("deal.stake * deal.value >= 10", {}),
    ("deal.stake >= 0.25", {"unless": "{licensed: deal.licensed, late: deal.year > 2030}"}),
    ("large and not (large and deal.licensed)", {"where": "{large: deal.stake >= 0.25}"}),
    ("deal.stake >= 0.25", {"spans": "[{from: 2020-01-01, to: 2020-06-30}, {from: 2026-01-01, to: 2027-01-01}]"}),
]


@pytest.mark.parametrize(("when", "more"), CONDITIONS)
def test_the_proposed_examples_kill_every_survivor_once_they_are_pasted(
    tmp_path: Path, when: str, more: dict[str, str]
) -> None:
    when = f'"{when}"'
    before = tiny(tmp_path, when, None, **more)
    survivors = tried(before).having(Fate.SURVIVED)
    assert survivors
    lines = {yaml_line(before, verdict.example, VOCABULARY) for verdict in survivors if verdict.example}
    after = tiny(tmp_path, when, [*STAKES, *sorted(lines)], **more)
    assert tried(after).having(Fate.SURVIVED) == ()
    assert len({example.name for example in after.examples}) == len(after.examples)
    assert all(outcome(after, example) is example.expect for example in after.examples[len(STAKES) :])


def test_a_proposed_example_has_another_outcome_in_the_mutant(tmp_path: Path) -> None:
    rule = tiny(
        tmp_path, "deal.stake >= 0.25 and deal.licensed", ["fired: {deal.stake: 1, deal.licensed: true}", *STAKES[1:]]
    )
    for verdict in tried(rule).having(Fate.SURVIVED):
        assert verdict.example is not None
        assert mutated(rule, verdict.mutant)(verdict.example) is not verdict.example.expect


def test_what_no_facts_tell_apart_is_equivalent_and_does_not_count(tmp_path: Path) -> None:
    rule = tiny(tmp_path, "deal.stake >= 0.25 and deal.stake > 0.1", STAKES + IN_FORCE + BOUNDARY)
    found = tried(rule)
    same = {(verdict.mutant.before, verdict.mutant.after) for verdict in found.having(Fate.EQUIVALENT)}
    assert ("(deal.stake >= 0.25) and (deal.stake > 0.1)", "deal.stake >= 0.25") in same
    assert ("deal.stake > 0.1", "deal.stake > 0.101") in same
    report = MutationReport((found,))
    assert report.count(Fate.EQUIVALENT) > 0
    assert report.share == 100 * report.count(Fate.KILLED) / (report.count(Fate.KILLED) + report.count(Fate.SURVIVED))


def test_nothing_to_kill_counts_as_all_killed() -> None:
    assert mutate([], MUTATION).share == 100


def test_an_example_outside_the_days_in_force_kills_no_mutant_of_the_condition(tmp_path: Path) -> None:
    examples = [*STAKES, *IN_FORCE, "2010-01-01 not_fired: {deal.stake: 0.25}"]
    found = tried(tiny(tmp_path, "deal.stake >= 0.25", examples))
    assert MutantKind.COMPARISON in kinds(found, Fate.SURVIVED)


def test_a_moved_day_is_proposed_as_an_example_on_that_day(tmp_path: Path) -> None:
    found = tried(tiny(tmp_path, "deal.stake >= 0.25", STAKES + BOUNDARY))
    days = {verdict.example.as_of: verdict.example.expect for verdict in found.having(Fate.SURVIVED) if verdict.example}
    assert days == {date(2019, 12, 31): Status.NOT_FIRED, date(2020, 1, 1): Status.FIRED}
