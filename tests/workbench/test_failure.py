from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.facts.vocabulary import Value
from riskapi.rules import Status
from riskapi.workbench.failure import why_not
from tests.workbench.tiny_rules import VOCABULARY, tiny

DAY = date(2026, 1, 1)
WHERE = "{large: deal.stake >= 0.25}"


def told(folder: Path, facts: dict[str, Value], wanted: Status, as_of: date = DAY) -> list[str]:
    rule = tiny(folder, "large and not (deal.type = 'licence' or deal.year > 2027)", where=WHERE, examples=[
        f"- {{name: a, given: {{}}, expect: {status}}}" for status in Status
    ])  # fmt: skip
    return list(why_not(rule, facts, as_of, wanted, VOCABULARY))


def test_every_sub_expression_is_shown_with_its_value_and_the_facts_behind_it(tmp_path: Path) -> None:
    facts: dict[str, Value] = {"deal.stake": 0.249, "deal.type": "joint_venture", "deal.year": 2026}
    assert told(tmp_path, facts, Status.FIRED) == [
        "decided by: deal.stake >= 0.25 is false",
        "all of: false",
        "  large: false",
        "    deal.stake >= 0.25: false   (deal.stake: 24.9 %)",
        "  not: true",
        "    any of: false",
        "      deal.type = 'licence': false   (deal.type: Joint venture)",
        "      deal.year > 2027: false   (deal.year: 2026)",
        "would be fired with: deal.stake >= 0.25 true",
    ]


@pytest.mark.parametrize(
    ("facts", "wanted", "last"),
    [
        (
            {"deal.stake": 0.5, "deal.type": "joint_venture", "deal.year": 2026},
            Status.NOT_FIRED,
            "  deal.year > 2027 true",
        ),
        (
            {"deal.stake": 0.5, "deal.type": "joint_venture", "deal.year": 2026},
            Status.UNDETERMINED,
            "would be undetermined if these were not known: deal.stake, deal.type, deal.year",
        ),
        (
            {"deal.type": "joint_venture", "deal.year": 2026},
            Status.FIRED,
            "would be fired with: deal.stake >= 0.25 known, which may settle it",
        ),
        (
            {"deal.stake": 0.1, "deal.type": "licence", "deal.year": 2028},
            Status.FIRED,
            "would be fired with: deal.stake >= 0.25 true and deal.type = 'licence' false and deal.year > 2027 false",
        ),
    ],
)
def test_the_smallest_change_is_told(tmp_path: Path, facts: dict[str, Value], wanted: Status, last: str) -> None:
    assert told(tmp_path, facts, wanted)[-1] == last


def test_of_several_smallest_changes_each_is_told(tmp_path: Path) -> None:
    facts: dict[str, Value] = {"deal.stake": 0.5, "deal.type": "joint_venture", "deal.year": 2026}
    assert told(tmp_path, facts, Status.NOT_FIRED)[-4:] == [
        "would be not_fired with one of:",
        "  deal.stake >= 0.25 false",
        "  deal.type = 'licence' true",
        "  deal.year > 2027 true",
    ]


def test_a_rule_that_is_not_in_force_is_told_with_its_days(tmp_path: Path) -> None:
    lines = told(tmp_path, {}, Status.FIRED, date(2019, 12, 31))
    assert lines == ["the rule is not in force on 2019-12-31", "it is in force from 2020-01-01"]
