from __future__ import annotations

import json

from riskapi.facts.reference import facts_reference
from riskapi.facts.vocabulary import all_facts
from tests.cli.program import flat, run
from tests.shipped import shipped_vocabulary


def test_the_table_names_every_fact() -> None:
    text = flat(run("facts").stdout)
    names = {fact.name.removeprefix("foreign.") for fact in all_facts() if not fact.name.startswith("host.")}
    assert sorted(name for name in names if f" {name} " not in text) == []


def test_the_page_is_the_reference_page_of_the_documentation() -> None:
    page = run("facts", "--markdown").stdout
    assert page == facts_reference(shipped_vocabulary())
    assert "deal.foreign_stake" in page


def test_the_table_says_what_silence_means() -> None:
    text = flat(run("facts", COLUMNS="120").stdout)
    assert "deal.heavy_vehicles yes/no, no All vehicles of the deal weigh" in text
    assert "deal.foreign_stake number (share), Share" in text


def test_json_has_the_whole_registry() -> None:
    data = json.loads(run("facts", "--json").stdout)
    assert [item["name"] for item in data] == [fact.name for fact in all_facts()]
    types = {item["name"]: item for item in data}
    assert types["deal.foreign_stake"]["type"] == "float"
    assert "joint_venture" in types["deal.type"]["values"]


def test_two_forms_at_once_are_refused() -> None:
    assert run("facts", "--json", "--markdown").exit_code == 2
