from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from riskapi.errors import Problem, RequestError
from riskapi.workbench.portfolio import Proposal
from riskapi.workbench.portfolio_file import read_portfolio
from tests.shipped import AS_OF, shipped_workspace


def read(folder: Path, text: str, name: str = "pairings.jsonl") -> list[Proposal]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_portfolio(path, shipped_workspace(), AS_OF)


def refused(folder: Path, text: str, name: str = "pairings.jsonl") -> tuple[Problem, ...]:
    with pytest.raises(RequestError) as caught:
        read(folder, text, name)
    return caught.value.problems


def test_each_line_of_json_is_a_question(tmp_path: Path) -> None:
    asked = {"parties": ["Xiaomi", "Ford"], "deal": {"deal.type": "joint_venture"}, "as_of": "2026-02-01"}
    described = {"parties": ["Xiaomi", {"name": "NewCo", "inline": True, "facts": {"seat_country": "US"}}]}
    one, two = read(tmp_path, f"{json.dumps(asked)}\n\n{json.dumps(described)}\n")
    assert [party.company_id for party in one.parties] == ["xiaomi", "ford"]
    assert (one.as_of, one.told["deal.type"]) == (date(2026, 2, 1), "joint_venture")
    assert (two.as_of, two.parties[1].control_country) == (AS_OF, "US")


def test_csv_has_a_column_for_each_fact(tmp_path: Path) -> None:
    text = "first,second,deal.type,deal.activity_country,deal.foreign_stake\nXiaomi,Ford,joint_venture,US,25%\nBYD,Ford,,,\n"
    one, two = read(tmp_path, text, "pairings.csv")
    assert one.told["deal.foreign_stake"] == 0.25
    assert [party.name for party in two.parties][1] == one.parties[1].name
    assert all(value is None for name, value in two.told.items() if name == "deal.type")


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    problems = refused(
        tmp_path,
        '{"parties": ["Xiaomi", "Ford"], "deal": {"deal.typ": "joint_venture"}}\n{not json}\n'
        '{"parties": ["Xiaomi", "No Such Firm Anywhere Ltd"]}\n',
    )
    assert [(problem.line, problem.code) for problem in problems] == [
        (1, "unknown-fact"),
        (2, "json-syntax"),
        (3, "name-unknown"),
    ]


def test_one_sided_facts_without_a_foreign_party_are_told_at_their_line(tmp_path: Path) -> None:
    (problem,) = refused(
        tmp_path, '{"parties": ["Xiaomi", "BYD"], "deal": {"deal.activity_country": "US", "deal.foreign_stake": 0.3}}'
    )
    assert (problem.line, problem.code) == (1, "foreign-party-open")


def test_the_foreign_party_may_be_named(tmp_path: Path) -> None:
    (item,) = read(
        tmp_path, '{"parties": ["Xiaomi", "BYD"], "deal": {"deal.foreign_stake": 0.3}, "foreign_party": "BYD"}'
    )
    assert item.lead == 1


def test_a_missing_or_empty_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "\n")[0].code == "no-pairings"
    with pytest.raises(RequestError, match="no such file"):
        read_portfolio(tmp_path / "none.jsonl", shipped_workspace(), AS_OF)
