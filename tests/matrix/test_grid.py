"""Rules that the shipped book has none of: on both sides at once, mitigating, in groups, and on links, seen from both sides."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from riskapi.matrix.by_sql import by_sql
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import one_by_one, plan
from riskapi.matrix.sheets import Sheets
from riskapi.rules import Rule
from riskapi.workspace import Workspace
from tests.matrix.questions import CARS, question
from tests.rulebook import book_of, rule_text, rules_from
from tests.shipped import AS_OF, shipped_workspace

CONDITIONS = (
    "foreign.state_share > host.state_share",
    "not pair.same_control_country and deal.type = 'joint_venture'",
    "pair.same_control_country",
    "list_has_any(foreign.sectors, host.sectors)",
    "foreign.covered_nation_share + host.covered_nation_share > 0.4 or deal.critical_technology",
    "pair.existing_stake > 0.1 and foreign.state_share > host.state_share",
    "pair.existing_stake > 0.1 or host.state_ownership = 'full'",
    "pair.legislators_opposing >= 1 and not jurisdiction.host_is_national",
    "jurisdiction.climate >= 4 and jurisdiction.host_is_national",
    "jurisdiction.screening_reaches and 'automotive' in host.sectors",
    "deal.foreign_stake >= 0.5 and len(foreign.designations) > len(host.designations)",
    "'us_1260h' in host.designations",
)
GATES = ("", "prohibition", "", "mandatory_filing", "tariff")
GROUPS = ("", "test.one", "test.one", "test.two")


@cache
def book() -> tuple[Rule, ...]:
    """Every condition in several jurisdictions, aggravating and mitigating, with and without caution, gates and groups."""
    rules: list[Rule] = []
    for instrument, jurisdiction in (
        ("us.test", "US"),
        ("cn.test", "CN"),
        ("de.test", "DE"),
        ("eu.test", "EU"),
        ("any.test", "ANY"),
    ):
        texts = [
            rule_text(
                f"r{number}.{kind}",
                condition,
                instrument=instrument,
                kind=kind,
                points=(4 + number) * (1 if kind == "aggravating" else -1),
                gate=GATES[number % len(GATES)] if jurisdiction != "ANY" else "",
                group=GROUPS[(number + len(jurisdiction)) % len(GROUPS)],
                if_unknown="caution" if number % 2 else "ignore",
            )
            for number, condition in enumerate(CONDITIONS)
            for kind in ("aggravating", "mitigating")
        ]
        rules += rules_from(*texts, instrument=instrument, jurisdiction=jurisdiction)
    return tuple(rules)


@cache
def workspace() -> Workspace:
    return replace(shipped_workspace(), book=book_of(*book()))


@pytest.mark.parametrize(
    "template",
    [
        CARS,
        {"name": "silent", "deal": {}},
        {"name": "at the host", "deal": {"type": "minority_stake", "foreign_stake": 0.5}, "at_host": True},
    ],
    ids=lambda template: str(template.get("name", "cars")),
)
def test_all_ways_agree_on_every_kind_of_rule(template: dict[str, object]) -> None:
    everybody = sorted(shipped_workspace().profiles.register().companies)
    drawn = random.Random(4).sample(everybody, 16)  # noqa: S311  # test data
    linked = ["geely", "volvo-cars", "polestar", "xiaomi", "ford"]
    asked = plan(
        workspace(), read_matrix(question([*drawn[:8], *linked], [*drawn[8:], *linked], template), workspace(), AS_OF)
    )
    wanted = pl.concat(one_by_one(workspace(), asked))
    sheets = Sheets(workspace(), asked)
    assert_same(pl.concat(frame for sheet in asked.sheets for frame in sheets.frames(sheet, 0, 1_000)), wanted)
    if template is CARS:  # planning its queries takes seconds
        assert_same(pl.concat(by_sql(workspace(), asked)), wanted)
    assert wanted.select("low", "high", "undetermined").n_unique() > 5


def assert_same(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    unequal = [name for name in wanted.columns if not found[name].equals(wanted[name])]
    assert unequal == []
