from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.language import text
from riskapi.rules import load_file
from riskapi.workspace import Workspace


def ids(client: TestClient[Any], **query: str) -> list[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get("/v1/rules", params={"limit": "60", **query, **cursor}).json()
        found += [rule["id"] for rule in answer["rules"]]
        assert answer["total"] >= len(found)
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


def test_the_pages_hold_every_rule_once(client: TestClient[Any], workspace: Workspace) -> None:
    assert ids(client) == sorted(workspace.book.by_id)


@pytest.mark.parametrize(("name", "value"), [("jurisdiction", "CN"), ("pillar", "political"), ("kind", "mitigating")])
def test_a_filter_keeps_what_fits(client: TestClient[Any], workspace: Workspace, name: str, value: str) -> None:
    expected = [rule.id for rule in workspace.book.rules if str(getattr(rule, name)) == value]
    assert ids(client, **{name: value}) == sorted(expected)
    assert expected


def test_a_gate_that_a_rule_does_not_have_leaves_it_out(client: TestClient[Any], workspace: Workspace) -> None:
    expected = [rule.id for rule in workspace.book.rules if rule.gate is not None and rule.gate == "tariff"]
    assert ids(client, gate="tariff") == sorted(expected)


def test_filters_and_words_hold_together(client: TestClient[Any]) -> None:
    found = ids(client, jurisdiction="US", q="CONNECTED vehicles 791.304")
    assert "us.icts.connected-vehicles.manufacturer-sale" in found
    assert all(ident.startswith("us.") for ident in found)


def test_states_part_the_rules_of_a_day(client: TestClient[Any], workspace: Workspace) -> None:
    parts = [ids(client, state=state, as_of="2023-01-01") for state in ("in_force", "not_yet", "suspended", "ended")]
    assert sorted(ident for part in parts for ident in part) == sorted(workspace.book.by_id)
    assert "us.icts.connected-vehicles.manufacturer-sale" in parts[1]


def test_one_rule_is_shown_with_everything_that_its_file_says(client: TestClient[Any], workspace: Workspace) -> None:
    ident = "jp.fefa.prior-notification"
    rule = workspace.book.by_id[ident]
    shown = client.get(f"/v1/rules/{ident}").json()["rule"]
    assert shown["when"] == text(rule.when)
    assert [part["name"] for part in shown["where"]] == [part.name for part in rule.parts]
    assert [part["name"] for part in shown["exceptions"]] == [part.name for part in rule.unless]
    assert "{foreign.name}" in shown["because"]
    assert shown["points"] == rule.points
    assert shown["why_points"] == rule.why_points
    assert shown["citation"] == rule.citation
    assert shown["instrument"]["sources"][0]["url"] == rule.instrument.sources[0].url
    assert shown["in_force"][0]["start"] == rule.in_force[0].start.isoformat()
    (written,) = [
        one for one in load_file(workspace.settings.rules / rule.file, workspace.vocabulary) if one.id == ident
    ]
    assert [example["name"] for example in shown["examples"]] == [example.name for example in written.examples]
    assert {example["expect"] for example in shown["examples"]} >= {"fired", "not_fired", "undetermined"}
    assert shown["examples"][0]["given"]
    assert None not in shown["examples"][0]["given"].values()
    assert set(shown["facts"]) == rule.facts


def test_the_tests_of_rules_that_changed_on_disk_are_not_known(workspace: Workspace, tmp_path: Path) -> None:
    changed = replace(workspace, settings=replace(workspace.settings, rules=tmp_path))
    with TestClient(create_app(workspace=changed)) as client:
        shown = client.get("/v1/rules/jp.fefa.prior-notification").json()["rule"]
    assert shown["examples"] is None
    assert shown["when"]


def test_a_rule_of_every_file_can_be_shown(client: TestClient[Any], workspace: Workspace) -> None:
    one_a_file = {rule.file: rule.id for rule in workspace.book.rules}
    for ident in one_a_file.values():
        rule = client.get(f"/v1/rules/{ident}").json()["rule"]
        assert rule["examples"], ident


def test_a_misspelt_id_is_told_its_neighbour(client: TestClient[Any]) -> None:
    (error,) = client.get("/v1/rules/jp.fefa.prior-notificaton").json()["errors"]
    assert "jp.fefa.prior-notification" in error["hint"]
