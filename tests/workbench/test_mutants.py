from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.workbench.mutants import Mutant, MutantKind, Mutation, mutants_of
from tests.workbench.tiny_rules import VOCABULARY, tiny

K = MutantKind


def made(folder: Path, when: str, *, every_member: bool = False, **more: str) -> list[Mutant]:
    return list(mutants_of(tiny(folder, when, None, **more), Mutation(VOCABULARY, every_member)))


def afters(mutants: list[Mutant], kind: MutantKind) -> set[str]:
    return {mutant.after for mutant in mutants if mutant.kind is kind}


@pytest.mark.parametrize(
    ("when", "kind", "expected"),
    [
        ("deal.stake >= 0.25", K.COMPARISON, {"deal.stake > 0.25"}),
        ("deal.stake < 0.25", K.COMPARISON, {"deal.stake <= 0.25"}),
        ("deal.type = 'licence'", K.COMPARISON, {"deal.type <> 'licence'"}),
        ("deal.stake >= 0.25", K.THRESHOLD, {"deal.stake >= 0.249", "deal.stake >= 0.251"}),
        ("deal.value >= 100", K.THRESHOLD, {"deal.value >= 99", "deal.value >= 101"}),
        ("deal.year >= 2027", K.THRESHOLD, {"deal.year >= 2026"}),  # up is the same as `> 2027`
        ("deal.year > 2027", K.THRESHOLD, {"deal.year > 2028"}),
        ("deal.stake > 0", K.THRESHOLD, {"deal.stake > 0.001"}),  # down would always be true
        ("deal.year between 2026 and 2027", K.THRESHOLD, {
            "deal.year between 2025 and 2027", "deal.year between 2027 and 2027",
            "deal.year between 2026 and 2026", "deal.year between 2026 and 2028",
        }),
        ("deal.signed_on < date '2027-01-01'", K.DATE, {"deal.signed_on < date '2026-12-31'"}),
        ("deal.stake > 0.5 and deal.licensed", K.SWAPPED, {"(deal.stake > 0.5) or deal.licensed"}),
        ("deal.stake > 0.5 or deal.licensed", K.SWAPPED, {"(deal.stake > 0.5) and deal.licensed"}),
        ("deal.stake > 0.5 and deal.licensed", K.DROPPED, {"deal.stake > 0.5", "deal.licensed"}),
        ("deal.licensed or deal.stake > 0.5", K.DROPPED, {"deal.stake > 0.5", "deal.licensed"}),
        ("deal.licensed", K.NEGATED, {"not deal.licensed"}),
        ("not deal.licensed", K.NEGATED, {"deal.licensed"}),
        ("deal.stake > 0.5", K.NEGATED, {"not (deal.stake > 0.5)"}),
        ("deal.type = 'licence'", K.NEGATED, set()),  # is the flipped comparison
        ("deal.type in ('licence', 'joint_venture')", K.MEMBER_DROPPED, {
            "deal.type in ('licence')", "deal.type in ('joint_venture')",
        }),
        ("list_has_any(deal.countries, ['NO'])", K.MEMBER_DROPPED, set()),
        ("list_has_any(deal.countries, ['NO'])", K.MEMBER_CHANGED, {"list_has_any(deal.countries, ['US'])"}),
        ("'NO' in deal.countries", K.MEMBER_CHANGED, {"'US' in deal.countries"}),
        ("deal.year in (2026, 2027)", K.MEMBER_CHANGED, {"deal.year in (2026, 2028)"}),
    ],
)  # fmt: skip
def test_a_condition_has_these_mutants_of_a_kind(
    tmp_path: Path, when: str, kind: MutantKind, expected: set[str]
) -> None:
    assert afters(made(tmp_path, f'"{when}"'), kind) == expected


def test_a_long_list_loses_three_of_its_members_unless_every_one_is_asked_for(tmp_path: Path) -> None:
    when = "\"list_has_any(deal.codes, ['a', 'b', 'c', 'd', 'e'])\""
    sampled = afters(made(tmp_path, when), K.MEMBER_DROPPED)
    assert {next(code for code in "abcde" if f"'{code}'" not in text) for text in sampled} == {"a", "c", "e"}
    assert len(afters(made(tmp_path, when, every_member=True), K.MEMBER_DROPPED)) == 5


def test_each_exception_is_dropped_once(tmp_path: Path) -> None:
    unless = "{licensed: deal.licensed, old: deal.year < 2000}"
    found = [mutant for mutant in made(tmp_path, "deal.stake >= 0.25", unless=unless) if mutant.kind is K.EXCEPTION]
    assert [(mutant.field, mutant.before) for mutant in found] == [
        (("unless", "licensed"), "deal.licensed"),
        (("unless", "old"), "deal.year < 2000"),
    ]


def test_each_end_of_each_span_moves_by_a_day_either_way(tmp_path: Path) -> None:
    spans = "[{from: 2020-01-01, to: 2020-06-30}, {from: 2026-01-01}]"
    moved = afters(made(tmp_path, "deal.stake >= 0.25", spans=spans), K.IN_FORCE)
    assert moved == {
        "from 2019-12-31", "from 2020-01-02", "to 2020-06-29", "to 2020-07-01", "from 2025-12-31", "from 2026-01-02",
    }  # fmt: skip


def test_a_named_part_is_changed_where_it_is_written_and_only_once(tmp_path: Path) -> None:
    found = made(tmp_path, "large or (deal.licensed and large)", where="{large: deal.stake >= 0.25}")
    (flipped,) = [mutant for mutant in found if mutant.kind is K.COMPARISON]
    assert flipped.field == ("where", "large")
