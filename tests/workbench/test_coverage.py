from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.language import text
from riskapi.rules import Rule
from riskapi.workbench.coverage import BOTH_WAYS, DECIDES, Aim, CoverageReport, Tally, cover_rule, gaps_of
from riskapi.workbench.proposals import yaml_line
from tests.workbench.tiny_rules import STAKES, VOCABULARY, tiny

TWO = "deal.stake >= 0.25 and deal.licensed"
T, F = "true", "false"


def pair(stake: str, licensed: str, expect: str) -> str:
    return f"{expect}: {{deal.stake: {stake}, deal.licensed: {licensed}}}"


def covered(rule: Rule) -> CoverageReport:
    return CoverageReport((cover_rule(rule, VOCABULARY),))


def missing(rule: Rule) -> dict[str, set[Aim]]:
    return {text(atom.atom.node): set(atom.missing) for atom in cover_rule(rule, VOCABULARY).atoms}


def test_one_comparison_seen_each_way_is_covered_in_full(tmp_path: Path) -> None:
    report = covered(tiny(tmp_path, "deal.stake >= 0.25"))
    assert (report.tally(*BOTH_WAYS), report.tally(Aim.UNKNOWN), report.deciding) == (
        Tally(2, 2),
        Tally(1, 1),
        Tally(1, 1),
    )


def test_counts_are_exact_and_name_what_is_missing(tmp_path: Path) -> None:
    rule = tiny(
        tmp_path, TWO, [pair("0.5", T, "fired"), pair("0.1", F, "not_fired"), "undetermined: {deal.licensed: true}"]
    )
    report = covered(rule)
    assert report.tally(*BOTH_WAYS) == Tally(4, 4)
    assert report.tally(Aim.UNKNOWN) == Tally(1, 1)  # `deal.licensed` is a closed-world fact and never unknown
    # With both false, neither decides.
    assert report.deciding == Tally(0, 2)
    assert missing(rule) == {"deal.stake >= 0.25": {Aim.DECIDES_FALSE}, "deal.licensed": {Aim.DECIDES_FALSE}}


def test_an_atom_decides_once_it_alone_turns_the_outcome_each_way(tmp_path: Path) -> None:
    examples = [pair("0.5", T, "fired"), pair("0.1", T, "not_fired"), "undetermined: {deal.licensed: true}"]
    report = covered(tiny(tmp_path, TWO, examples))
    assert report.deciding == Tally(1, 2)
    assert covered(tiny(tmp_path, TWO, [*examples, pair("0.5", F, "not_fired")])).deciding == Tally(2, 2)


def test_an_atom_beside_an_unknown_one_decides_between_false_and_unknown(tmp_path: Path) -> None:
    examples = [
        "undetermined: {deal.licensed: true}",
        "not_fired: {deal.licensed: false}",
        "fired: {deal.stake: 1, deal.licensed: true}",
    ]
    assert "deal.licensed" not in {
        name for name, gaps in missing(tiny(tmp_path, TWO, examples)).items() if gaps & set(DECIDES)
    }


def test_an_example_outside_the_days_in_force_shows_nothing(tmp_path: Path) -> None:
    rule = tiny(tmp_path, "deal.stake >= 0.25", ["2010-01-01 not_fired: {deal.stake: 0.1}", STAKES[0], STAKES[2]])
    assert missing(rule) == {"deal.stake >= 0.25": {Aim.FALSE, Aim.DECIDES_FALSE}}


def test_what_can_never_decide_is_not_asked_to(tmp_path: Path) -> None:
    examples = [STAKES[0], STAKES[1], STAKES[2], "not_fired: {deal.stake: 0.2}"]
    report = covered(tiny(tmp_path, "deal.stake >= 0.25 and deal.stake > 0.15", examples))
    assert report.deciding == Tally(1, 1)
    assert report.tally(*BOTH_WAYS) == Tally(4, 4)


def test_a_part_that_is_used_twice_is_one_atom(tmp_path: Path) -> None:
    rule = tiny(tmp_path, "large or (large and deal.licensed)", where="{large: deal.stake >= 0.25}")
    assert [text(atom.atom.node) for atom in cover_rule(rule, VOCABULARY).atoms] == [
        "deal.stake >= 0.25",
        "deal.licensed",
    ]


@pytest.mark.parametrize(
    "when",
    [
        TWO,
        "deal.stake >= 0.25 or deal.licensed and 'US' in deal.countries",
        "deal.stake >= 0.25 and (deal.type = 'licence' or deal.year > 2027) and not list_has_any(deal.codes, ['a'])",
        "deal.stake >= 0.25 or coalesce(deal.licensed, false) or deal.year is null",
    ],
)
def test_the_proposed_examples_close_every_gap_once_they_are_pasted(tmp_path: Path, when: str) -> None:
    examples = ["fired: {deal.stake: 0.5, deal.licensed: true, deal.type: licence, deal.codes: []}", *STAKES[1:]]
    before = tiny(tmp_path, f'"{when}"', examples)
    gaps = list(gaps_of(cover_rule(before, VOCABULARY)))
    assert gaps
    lines = {yaml_line(before, gap.example, VOCABULARY) for _, gap in gaps if gap.example}
    after = tiny(tmp_path, f'"{when}"', [*examples, *sorted(lines)])
    assert list(gaps_of(cover_rule(after, VOCABULARY))) == []


def test_nothing_to_cover_counts_as_covered() -> None:
    assert CoverageReport(()).values.percent == 100
