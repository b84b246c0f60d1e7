"""The shipped names against the public set of cases: the figures that the project promises."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from riskapi.entities.evaluation import Figures, Judged, by_part, figures, judge, read_cases
from riskapi.entities.resolver import index_from_rows
from riskapi.settings import Settings

CASES = Path(__file__).parent / "data" / "resolver_cases.csv"


@cache
def judged() -> list[Judged]:
    folder = Settings.from_environment().datasets
    tables = []
    for name in ("companies", "names"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    index = index_from_rows(*tables)
    return judge(index, read_cases(CASES, index.companies.keys()))


@cache
def measured(part: str) -> Figures:
    return figures(by_part(judged())[part])


def test_the_set_is_as_large_as_it_is_said_to_be() -> None:
    assert len(judged()) >= 400
    assert sum(item.case.sort == "negative" for item in judged()) >= 120


@pytest.mark.parametrize("part", ["tuning", "held_out", "second_round"])
def test_recall_precision_and_false_matches_keep_their_promise(part: str) -> None:
    found = measured(part)
    assert found.recall is not None
    assert found.recall >= 0.93
    assert found.precision is not None
    assert found.precision >= 0.97
    assert found.false_match_rate is not None
    assert found.false_match_rate <= 0.03
