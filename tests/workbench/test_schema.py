"""The schema accepts what the loader accepts, and refuses the mistakes that an editor can show while one types."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from riskapi.settings import Settings
from riskapi.workbench.schema import rule_file_schema, schema_text
from tests.rules.rule_files import VALID
from tests.shipped import shipped_vocabulary

RULES = Settings.from_environment({}).rules
FILES = sorted(path.relative_to(RULES).as_posix() for path in RULES.glob("*/**/*.yaml"))

#: `VALID` over facts that are shipped.
GOOD = VALID.replace("deal.stake", "deal.foreign_stake").replace("deal.licensed", "deal.heavy_vehicles")


class EditorLoader(yaml.CSafeLoader):
    """YAML 1.2 as editors read it: only `true` and `false` are truth values, and dates are text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[-1] not in ("timestamp", "bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(rule_file_schema(shipped_vocabulary()))


def findings(text: str) -> list[str]:
    data: Any = yaml.load(text, EditorLoader)  # noqa: S506  # a CSafeLoader
    return [error.message for error in validator().iter_errors(data)]


def test_the_shipped_schema_is_up_to_date() -> None:
    shipped = (RULES / "schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(shipped_vocabulary()), "run `riskapi rules schema > rules/schema.json`"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(rule_file_schema(shipped_vocabulary()))


@pytest.mark.parametrize("name", FILES)
def test_every_shipped_file_fits(name: str) -> None:
    assert findings((RULES / name).read_text(encoding="utf-8")) == []


def test_the_sample_fits() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("confidence: high", "confidence: certain"),
        ("jurisdiction: US", "jurisdiction: usa"),
        ("authority: Nobody\n", ""),
        ("title: A law for tests", "title: A law for tests\nsubtitle: no"),
        ("kind: aggravating", "kind: agravating"),
        ("pillar: threat", "pillar: threats"),
        ("points: 10", "points: -10"),
        ("points: 10", "points: ten"),
        ("points: 10", "points: 101"),
        ("why: because", "gate: ban, why: because"),
        ("{from: 2020-01-01}", "{from: 01/01/2020}"),
        ("[{from: 2020-01-01}]", "[]"),
        ("if_unknown: caution", "if_unknown: maybe"),
        ("large: deal", "Large Stake: deal"),
        ("given: {deal.foreign_stake: 0.25}", "given: {deal.foreign_steak: 0.25}"),
        ("given: {deal.foreign_stake: 0.25}", "given: {deal.foreign_stake: 25}"),
        ("given: {deal.foreign_stake: 0.25}", "given: {deal.type: joint venture}"),
        ("given: {deal.foreign_stake: 0.25}", "given: {foreign.designations: [us_1260]}"),
        ("given: {deal.foreign_stake: 0.25}", "given: {deal.heavy_vehicles: perhaps}"),
        ("expect: fired", "expect: fires"),
    ],
)
def test_a_mistake_is_found(old: str, new: str) -> None:
    assert old in GOOD
    assert findings(GOOD.replace(old, new, 1)) != []


@pytest.mark.parametrize(
    "given",
    ["deal.foreign_stake: 25%", "deal.type: licence", "deal.market_countries: [NO, US]", "deal.foreign_stake: unknown",
     "deal.heavy_vehicles: yes", "foreign.designations: []", "deal.model_year: 2028", "deal.signed_on: 2027-01-31"],
)  # fmt: skip
def test_values_in_the_spellings_that_the_loader_takes_fit(given: str) -> None:
    assert findings(GOOD.replace("deal.foreign_stake: 0.25", given, 1)) == []


def test_names_and_codes_come_with_their_meaning() -> None:
    given = rule_file_schema(shipped_vocabulary())["$defs"]["ExampleModel"]["properties"]["given"]
    stake = given["properties"]["deal.foreign_stake"]
    assert shipped_vocabulary()["deal.foreign_stake"].meaning in stake["description"]
