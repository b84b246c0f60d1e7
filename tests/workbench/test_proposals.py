from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from riskapi.facts.vocabulary import Value
from riskapi.rules import Example, Status
from riskapi.workbench.proposals import phrase, unused, yaml_line
from tests.rules.shipped import shipped_vocabulary
from tests.rules.table_files import load as table_rules
from tests.workbench.tiny_rules import STAKES, VOCABULARY, tiny


@pytest.mark.parametrize(
    ("name", "value", "before", "words"),
    [
        ("deal.foreign_stake", 0.249, 0.5, "foreign stake 24.9 %"),
        ("deal.foreign_stake", None, 0.5, "foreign stake not known"),
        ("deal.value_usd", 49_999_999.0, None, "value in USD 49 999 999"),
        ("deal.model_year", 2027, None, "model year 2027"),
        ("deal.foreign_board_seat", True, None, "with foreign board seat"),
        ("deal.has_specific_authorization", False, True, "without specific authorization"),
        ("jurisdiction.activity_here", False, True, "venture elsewhere"),
        ("jurisdiction.activity_here", None, True, "place of the venture not known"),
        ("deal.type", "joint_venture", None, "deal type joint venture"),
        ("foreign.control_country", "CN", None, "foreign control country CN"),
        ("deal.technologies", (), ("lidar",), "no technologies"),
        ("deal.technologies", ("lidar", "drones"), ("lidar",), "technologies also drones"),
        ("deal.technologies", ("drones",), ("lidar", "drones"), "technologies without lidar"),
        ("deal.technologies", ("drones",), ("lidar",), "technologies drones"),
        ("deal.signed_on", date(2027, 1, 1), None, "signed on 2027-01-01"),
    ],
)
def test_a_fact_is_said_in_words(name: str, value: Value, before: Value, words: str) -> None:
    assert phrase(shipped_vocabulary()[name], value, before) == words


def example(name: str = "x", as_of: date = date(2026, 11, 22), **facts: Value) -> Example:
    silent: dict[str, Value] = {"deal.licensed": False, "deal.signed_on": as_of}
    told = {f"deal.{key}": value for key, value in facts.items()}
    return Example(name=name, facts=silent | told, as_of=as_of, expect=Status.FIRED, line=1)


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (example(stake=0.25), "- {name: x, given: {deal.stake: 0.25}, expect: fired}"),
        (example(licensed=True), "- {name: x, given: {deal.licensed: true}, expect: fired}"),
        (example(as_of=date(2020, 1, 1)), "- {name: x, as_of: 2020-01-01, given: {}, expect: fired}"),
        (example(countries=("NO", "US")), "- {name: x, given: {deal.countries: [NO, US]}, expect: fired}"),
        (example(signed_on=date(2027, 1, 1)), "- {name: x, given: {deal.signed_on: 2027-01-01}, expect: fired}"),
    ],
)
def test_the_line_tells_what_silence_would_not(tmp_path: Path, made: Example, line: str) -> None:
    assert yaml_line(tiny(tmp_path, "deal.stake >= 0.25"), made, VOCABULARY) == line


@pytest.mark.parametrize("name", ["plain words", "a, b", "a: b", 'say "x"', "- dash", "#1", "back\\slash", "null"])
def test_any_name_comes_back_from_the_line_as_it_was(tmp_path: Path, name: str) -> None:
    line = yaml_line(tiny(tmp_path, "deal.stake >= 0.25"), example(name), VOCABULARY)
    assert yaml.safe_load(line)[0]["name"] == name


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    taken = tiny(tmp_path, "deal.stake >= 0.25", STAKES).examples
    assert unused("number 0", taken) == "number 0 (2)"
    assert unused("something else", taken) == "something else"


def test_the_line_for_a_row_of_a_table_names_the_row(tmp_path: Path) -> None:
    row = table_rules(tmp_path)["first"]
    made = [replace(example(), expect=status) for status in (Status.FIRED, Status.UNDETERMINED, Status.NOT_FIRED)]
    ends = [yaml_line(row, item, VOCABULARY).rpartition("}, ")[2] for item in made]
    assert ends == ["fires: [first]}", "undetermined: [first]}", "fires: []}"]
