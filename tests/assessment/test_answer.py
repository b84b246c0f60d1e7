"""The one way in which answers are written: the bytes of the plain encoder, whatever was kept from earlier answers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from riskapi.assessment.answer import Answer, RuleAnswers, to_json
from riskapi.workspace import Workspace
from tests.shipped import AS_OF, shipped_workspace

PLAIN = TypeAdapter(Answer)
DEALS: tuple[dict[str, Any], ...] = (
    {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "market_countries": ["US"]},
    {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "foreign_stake": 0.31},
    {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "foreign_stake": 0.32},
    {"type": "supply", "sector": "ev_battery", "activity_country": "DE", "market_countries": ["DE", "JP"]},
    {},
)
NAMED: dict[str, Any] = {"name": 'Ünseen "rules":[] GmbH', "inline": True, "facts": {"control_country": "CN"}}


def answers(workspace: Workspace) -> list[Answer]:
    pairs: list[tuple[Any, Any]] = [("Xiaomi", "Ford"), ("byd", "Ford"), (NAMED, "Ford")]
    return [workspace.score(*pair, as_of=AS_OF, foreign_party=None, **deal) for pair in pairs for deal in DEALS[:1]] + [
        workspace.score("Xiaomi", "Ford", as_of=AS_OF, foreign_party="Xiaomi", **deal) for deal in DEALS
    ]


@pytest.mark.slow
def test_answers_are_written_as_the_plain_encoder_writes_them() -> None:
    for answer in answers(shipped_workspace()):
        assert isinstance(answer.rules, RuleAnswers)
        assert to_json(answer) == PLAIN.dump_json(answer)
        assert to_json(answer) == PLAIN.dump_json(answer), "and so they are once more"


def test_what_is_kept_from_earlier_answers_changes_nothing() -> None:
    kept = [to_json(answer) for answer in answers(shipped_workspace())]
    shipped = shipped_workspace()
    fresh = shipped.with_ledger(shipped.ledger, None)
    for name in ("explainer", "inquiry", "assembler"):
        fresh.__dict__.pop(name)
    assert [to_json(answer) for answer in answers(fresh)] == kept


def test_an_answer_with_other_rules_is_written_with_those() -> None:
    answer = answers(shipped_workspace())[0]
    cut = replace(answer, rules=answer.rules[:2])
    assert [rule["id"] for rule in json.loads(to_json(cut))["rules"]] == [rule.id for rule in answer.rules[:2]]
    assert to_json(cut) == PLAIN.dump_json(cut)


def test_indented_text_says_the_same() -> None:
    answer = answers(shipped_workspace())[0]
    assert json.loads(to_json(answer, indent=2)) == json.loads(to_json(answer))
