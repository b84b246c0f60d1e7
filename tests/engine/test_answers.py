"""Rules over two sides at once say of every pairing what the rule says of its facts, whatever sides they mention."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest

from riskapi.engine.answers import FIRED, NOT_FIRED, SAME_COUNTRY, UNDETERMINED, Answer, Answers, Statuses
from riskapi.engine.companies import CompanyTable
from riskapi.facts.vocabulary import Value
from riskapi.rules import Rule
from tests.rulebook import rule_text, rules_from

CODES = {True: FIRED, None: UNDETERMINED, False: NOT_FIRED}
COUNTRIES = ("CN", "US", "DE", None)
CLIMATE, NATIONAL = "jurisdiction.climate", "jurisdiction.host_is_national"
LEVELS: Mapping[Value, Value] = {"CN": 5, "DE": 2, "US": None}


@dataclass
class Seen:
    """A viewpoint of the United States: the climate follows from the foreign company, the nationality from the host."""

    known: Mapping[str, Value]
    label: str = "US"
    follows: Mapping[str, tuple[str, tuple[str, ...]]] = field(
        default_factory=lambda: {CLIMATE: ("foreign", ("control_country",)), NATIONAL: ("host", ("control_country",))}
    )

    def following(self, side: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
        country = values.get("control_country")
        if side == "foreign":
            return {CLIMATE: LEVELS.get(country)}
        return {NATIONAL: None if country is None else country == "US"}


def companies(count: int, seed: int) -> list[dict[str, Value]]:
    drawn = random.Random(seed)  # noqa: S311  # test data
    lists = ((), ("us_1260h",), ("us_1260h", "us_entity_list"), None)
    return [
        {
            "control_country": drawn.choice(COUNTRIES),
            "designations": drawn.choice(lists),
            "state_share": drawn.choice((0.0, 0.3, 0.6, None)),
            "sectors": drawn.choice((("automotive",), ("drones", "automotive"), (), None)),
        }
        for _ in range(count)
    ]


def facts_of(seen: Seen, one: Mapping[str, Value], other: Mapping[str, Value]) -> dict[str, Value]:
    countries = (one["control_country"], other["control_country"])
    return {
        **seen.known,
        **{f"foreign.{leaf}": value for leaf, value in one.items()},
        **{f"host.{leaf}": value for leaf, value in other.items()},
        **seen.following("foreign", one),
        **seen.following("host", other),
        SAME_COUNTRY: None if None in countries else countries[0] == countries[1],
    }


def grid(answer: Answer, shape: tuple[int, int]) -> Statuses:
    if answer.table is not None:
        rows, columns, table = answer.table
        return table[rows[:, None], columns[None, :]]
    if answer.foreign is not None:
        return np.broadcast_to(answer.foreign[:, None], shape)
    assert answer.host is not None
    return np.broadcast_to(answer.host[None, :], shape)


def rule(condition: str) -> Rule:
    (found,) = rules_from(rule_text("a", condition))
    return found


FOREIGN_ONLY = "'us_1260h' in foreign.designations and deal.foreign_stake >= 0.25"
HOST_ONLY = "host.state_share > 0.5 or deal.type = 'licence'"
CONDITIONS = {
    FOREIGN_ONLY: "foreign",
    HOST_ONLY: "host",
    "deal.type = 'licence' and deal.foreign_stake > 0.1": "foreign",
    "foreign.state_share > host.state_share": "table",
    "list_has_any(foreign.sectors, host.sectors) and deal.type = 'joint_venture'": "table",
    "pair.same_control_country or 'us_1260h' in foreign.designations": "table",
    "not pair.same_control_country and deal.type = 'joint_venture'": "table",
    "jurisdiction.climate >= 4 and jurisdiction.host_is_national": "table",
    "jurisdiction.climate >= 4 and deal.foreign_stake > 0.1": "foreign",
    "jurisdiction.host_is_national and deal.foreign_stake > 0.1": "host",
    "deal.type = 'licence' and foreign.state_share > host.state_share": "foreign",
    "foreign.state_share + host.state_share > 0.5 and ('us_1260h' in foreign.designations or 'drones' in host.sectors)": "table",
    "(deal.type = 'joint_venture' or host.state_share > 0.1) and foreign.state_share > 0.1": "foreign",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_each_pairing_has_the_answer_of_its_facts(condition: str) -> None:
    seen = Seen({"deal.type": "joint_venture", "deal.foreign_stake": 0.5})
    sides = (companies(40, 1), companies(30, 2))
    asked = rule(condition)
    found = Answers(CompanyTable(sides[0]), CompanyTable(sides[1])).of(asked, seen)
    expected = [[CODES[asked.test(facts_of(seen, one, other))] for other in sides[1]] for one in sides[0]]
    assert grid(found, (40, 30)).tolist() == [[int(code) for code in row] for row in expected]
    kinds = {"foreign": found.foreign, "host": found.host, "table": found.table}
    assert [kind for kind, part in kinds.items() if part is not None] == [CONDITIONS[condition]]


def test_an_answer_is_made_again_only_where_what_it_depends_on_changed() -> None:
    answers = Answers(CompanyTable(companies(5, 1)), CompanyTable(companies(5, 2)))
    asked = rule(FOREIGN_ONLY)
    first = answers.of(asked, Seen({"deal.foreign_stake": 0.5, "deal.type": "licence"}))
    assert answers.of(asked, Seen({"deal.foreign_stake": 0.5, "deal.type": "supply"}, label="CN")) is first
    assert answers.of(asked, Seen({"deal.foreign_stake": 0.1})) is not first
    climate = rule("jurisdiction.climate >= 4 and deal.foreign_stake > 0.1")
    known = {"deal.foreign_stake": 0.5}
    assert answers.of(climate, Seen(known)) is not answers.of(climate, Seen(known, label="CN"))


def test_companies_share_the_codes_of_equal_values() -> None:
    table = CompanyTable([{"a": "x", "b": 1}, {"a": "y", "b": 1}, {"a": "x", "b": 1}, {"b": 1}])
    coded = table.coded(("a", "b"))
    assert [coded.values[code] for code in coded.codes] == [("x", 1), ("y", 1), ("x", 1), (None, 1)]
    assert len(coded.values) == 3
    assert table.coded(()).values == ((),)
