"""Rules of private layers as the service shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.rules.fingerprint import fingerprint
from riskapi.rules.layers import book_version, lay_over
from riskapi.workspace import Workspace
from tests.rules.rule_files import VALID

LISTED = "us.dod.1260h-list.listed"
OWN = "us.house-policy.stake"
HEAD = "{name: house, title: For tests, version: 1.0.0, extends: shipped, made_for: '>=0'}\n"
POINTS = "extends: us.dod.1260h-list\npoints: [{rule: %s, of: %s, points: 14, reason: our view}]\n"


@pytest.fixture
def layered(workspace: Workspace, tmp_path: Path) -> Workspace:
    """The shared workspace under a layer with one rule of its own and other points for a shipped one."""
    folder = tmp_path / "house"
    (folder / "rules" / "us").mkdir(parents=True)
    (folder / "layer.yaml").write_text(HEAD, encoding="utf-8")
    own = VALID.replace("us.test.law", "us.house-policy").replace("deal.stake", "deal.foreign_stake")
    own = own.replace("deal.licensed", "deal.has_specific_authorization")
    (folder / "rules" / "us" / "us.house-policy.yaml").write_text(own, encoding="utf-8")
    points = POINTS % (LISTED, fingerprint(workspace.rule(LISTED)))
    (folder / "rules" / "us" / "us.dod.1260h-list.yaml").write_text(points, encoding="utf-8")
    settings = replace(workspace.settings, layers=(folder,))
    book = replace(lay_over(workspace.book, settings, examples=False), version=book_version(settings))
    return replace(workspace, settings=settings, book=book)


@pytest.fixture
def client(layered: Workspace) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(workspace=layered)) as opened:
        yield opened


def test_the_list_tells_the_layer_of_each_rule(client: TestClient[Any]) -> None:
    rules = client.get("/v1/rules", params={"q": "house-policy"}).json()["rules"]
    assert [(rule["id"], rule["layer"]) for rule in rules] == [(OWN, "house")]


def test_a_rule_of_a_layer_is_shown_without_the_place_of_its_folder(client: TestClient[Any], tmp_path: Path) -> None:
    answer = client.get(f"/v1/rules/{OWN}")
    rule = answer.json()["rule"]
    assert (rule["layer"], rule["layer_change"]) == ("house", None)
    assert rule["file"] == "rules/us/us.house-policy.yaml"
    assert [example["name"] for example in rule["examples"]] == ["a quarter", "less", "not known"]
    assert str(tmp_path) not in answer.text


def test_a_changed_rule_tells_what_it_was(client: TestClient[Any], workspace: Workspace) -> None:
    below = workspace.rule(LISTED)
    rule = client.get(f"/v1/rules/{LISTED}").json()["rule"]
    assert (rule["points"], rule["why_points"], rule["layer"]) == (14, "our view", "house")
    assert rule["layer_change"] == {
        "kind": "points",
        "reason": "our view",
        "of": fingerprint(below),
        "original": fingerprint(below),
        "original_layer": "shipped",
        "original_points": below.points,
    }


def test_an_answer_counts_the_points_of_the_layer_and_names_it(layered: Workspace, workspace: Workspace) -> None:
    facts = {"control_country": "CN", "designations": ["us_1260h"]}
    parties = (
        {"name": "A", "inline": True, "facts": facts},
        {"name": "B", "inline": True, "facts": {"control_country": "US"}},
    )
    question = {
        "parties": list(parties),
        "deal": {"type": "joint_venture", "activity_country": "US"},
        "as_of": "2026-11-22",
    }
    before, after = (one.ask(question, today=workspace_day()) for one in (workspace, layered))
    weights = [next(rule.weight for rule in answer.rules if rule.id == LISTED) for answer in (before, after)]
    assert weights == [workspace.rule(LISTED).points, 14]
    assert next(rule for rule in after.rules if rule.id == LISTED).layer_change == "points"
    assert {rule.layer for rule in before.rules} == {"shipped"}
    assert after.versions.rule_set.partition("+")[2].startswith("house.1.0.0.")


def test_an_answer_warns_of_a_change_that_is_stale(layered: Workspace) -> None:
    assert not any("the layer house" in text for text in layered.score("xiaomi", "ford", as_of="2026-11-22").warnings)
    rule = layered.rule(LISTED)
    assert rule.change is not None
    stale = replace(rule, change=replace(rule.change, of="000000-000000-000000"))
    rules = tuple(stale if one.id == LISTED else one for one in layered.book.rules)
    warned = replace(layered, book=replace(layered.book, rules=rules))
    assert any(
        f"the layer house changes {LISTED}" in text
        for text in warned.score("xiaomi", "ford", as_of="2026-11-22").warnings
    )


def workspace_day() -> Any:
    from datetime import date

    return date(2026, 11, 22)
