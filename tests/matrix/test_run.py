from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from riskapi.assessment.answer import Answer
from riskapi.matrix.plan import Plan
from riskapi.matrix.run import best, run
from riskapi.matrix.schema import SCHEMA, flat
from tests.matrix.questions import CARS, planned, question
from tests.shipped import shipped_workspace

LICENCE = {
    "name": "licence",
    "deal": {"type": "licence", "activity_country": "US", "foreign_supplies_technology": True},
}
SILENT: dict[str, Any] = {"name": "silent", "deal": {}}
AT_HOST = {
    "name": "at the host",
    "deal": {"type": "acquisition", "sector": "semiconductors", "foreign_stake": 1, "technologies": ["lidar"]},
    "at_host": True,
}


def answer_to(plan: Plan, row: dict[str, Any]) -> Answer:
    """The same pairing, asked alone."""
    template = next(item for item in plan.templates if item.name == row["template"])
    deal: dict[str, Any] = dict(template.deal)
    if template.at_host:
        host = shipped_workspace().profiles.get(row["host_id"], row["date"]).values["control_country"]
        deal |= {"deal.activity_country": host, "deal.market_countries": [host] if host else None}
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in deal.items()}
    return shipped_workspace().ask(
        {
            "parties": [row["host_id"], row["foreign_id"]],
            "deal": told,
            "as_of": row["date"],
            "foreign_party": row["foreign_id"],
        },
        today=row["date"],
    )


def rows_of(plan: Plan, **options: int) -> pl.DataFrame:
    return pl.concat(run(shipped_workspace(), plan, **options))


@pytest.fixture(scope="module")
def small() -> Plan:
    """Two days, two templates, and a company on both sides."""
    return planned(
        question(["Xiaomi", "Ford", "BYD"], ["Ford", "Tesla"], CARS, LICENCE, dates=["2024-06-30", "2026-11-22"])
    )


def test_each_row_is_what_the_pairing_asked_alone_is_answered() -> None:
    everybody = sorted(shipped_workspace().profiles.register().companies)
    drawn = random.Random(11)  # noqa: S311  # test data
    for template in (CARS, LICENCE, AT_HOST, SILENT):
        sides = drawn.sample(everybody, 4)
        plan = planned(question(sides[:2], sides[2:], template, dates=["2026-11-22"]))
        for row in rows_of(plan).to_dicts():
            answer = answer_to(plan, row)
            assert (row["score"], row["low"], row["high"]) == (answer.score, answer.low, answer.high)
            assert row["band"] == answer.band.name
            fired = [gate for gate in answer.gates if gate.status == "fired"]
            assert row["gates"] == [f"{gate.gate}:{gate.rule}" for gate in fired]
            assert row["possible_gates"] == [f"{gate.gate}:{gate.rule}" for gate in answer.gates if gate not in fired]
            assert {item.pillar: row[f"pillar_{item.pillar}"] for item in answer.pillars} == pytest.approx(
                {item.pillar: item.points for item in answer.pillars}
            )
            heaviest = sorted((-rule.points, rule.id) for rule in answer.rules if rule.points > 0)
            assert row["drivers"] == [rule for _, rule in heaviest[:3]]
            assert row["undetermined"] == sum(rule.status == "undetermined" for rule in answer.rules)


def test_rows_come_by_day_template_foreign_and_host_without_pairs_of_one_company(small: Plan) -> None:
    found = rows_of(small)
    pairs = [("xiaomi", "ford"), ("xiaomi", "tesla"), ("ford", "tesla"), ("byd", "ford"), ("byd", "tesla")]
    assert found.schema == SCHEMA
    assert found.select("foreign_id", "host_id").rows() == pairs * 4
    assert [str(day) for day in found["date"]] == ["2024-06-30"] * 10 + ["2026-11-22"] * 10
    assert found["template"].to_list() == ([small.templates[0].name] * 5 + ["licence"] * 5) * 2
    assert small.pairings == len(found) == 20


@pytest.mark.parametrize("start", [0, 1, 4, 5, 13, 20])
@pytest.mark.parametrize("chunk", [1, 3, 50])
def test_a_run_goes_on_at_any_row_with_frames_of_any_size(small: Plan, start: int, chunk: int) -> None:
    frames = list(run(shipped_workspace(), small, start=start, chunk=chunk))
    assert all(len(frame) <= chunk for frame in frames)
    assert pl.concat([SCHEMA.to_frame(), *frames]).equals(rows_of(small)[start:])


def test_the_best_rows_are_those_with_the_highest_scores_and_earlier_ones_win_ties(small: Plan) -> None:
    found = rows_of(small)
    wanted = found.sort("score", descending=True, maintain_order=True).head(3)
    assert best(run(shipped_workspace(), small, chunk=2), 3).equals(wanted)


def test_a_plan_is_another_when_anything_that_makes_its_rows_is(small: Plan) -> None:
    same = planned(
        question(["xiaomi", "ford", "byd"], ["Ford", "Tesla"], CARS, LICENCE, dates=["2024-06-30", "2026-11-22"])
    )
    assert same.identity == small.identity
    others = [
        question(["Xiaomi", "BYD", "Ford"], ["Ford", "Tesla"], CARS, LICENCE, dates=["2024-06-30", "2026-11-22"]),
        question(["Xiaomi", "Ford", "BYD"], ["Ford", "Tesla"], LICENCE, CARS, dates=["2024-06-30", "2026-11-22"]),
        question(["Xiaomi", "Ford", "BYD"], ["Ford", "Tesla"], CARS, LICENCE, dates=["2024-06-29", "2026-11-22"]),
    ]
    assert len({small.identity, *(planned(data).identity for data in others)}) == 4


def test_a_template_that_leaves_the_place_open_is_warned_of() -> None:
    silent = planned(question(["Xiaomi"], ["Ford"], SILENT))
    assert [text for text in silent.warnings if "deal.activity_country" in text]
    assert planned(question(["Xiaomi"], ["Ford"], AT_HOST)).warnings == ()


def test_lists_become_text_where_a_format_has_none(small: Plan) -> None:
    found = flat(rows_of(small))
    assert found.schema["gates"] == pl.String
    assert "; " in found["drivers"][0]
