"""The examples of a table are about all its rows: named rows fire or are open, no other may."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from riskapi.rules.examples import run_examples
from tests.rules.table_files import EXAMPLES, TABLE, changed, line_of, load, problems


def test_a_row_that_is_not_named_must_not_fire(tmp_path: Path) -> None:
    overlapping = changed(('deal.type: joint_venture, deal.stake: "[0.3..0.5)"', 'deal.stake: ">= 0.2"'))
    failed = run_examples(load(tmp_path, overlapping).values())
    assert any("venture: example `now` is fired, not_fired was expected" in problem.detail for problem in failed)
    assert {problem.line for problem in failed} >= {line_of(overlapping, "name: now")}


def test_a_list_of_days_asks_the_rows_in_force_on_each(tmp_path: Path) -> None:
    rules = load(tmp_path)
    asked = {
        key: [(e.as_of, e.expect.value) for e in rule.examples if "nothing told" in e.name]
        for key, rule in rules.items()
    }
    assert asked == {
        "first": [(date(2025, 6, 30), "undetermined")],
        "second": [(date(2026, 6, 30), "undetermined")],
        "venture": [(date(2026, 6, 30), "undetermined")],
    }


def test_a_list_of_days_cannot_test_the_edge_of_a_row(tmp_path: Path) -> None:
    edge = changed(("2026-06-30]", "2026-01-01]"))
    (found,) = [problem for problem in problems(tmp_path, edge) if problem.code == "table-example"]
    assert (found.line, "2026-01-01" in found.detail) == (line_of(edge, "nothing told"), True)


def test_a_moved_date_is_caught_by_the_example_of_the_last_day(tmp_path: Path) -> None:
    failed = run_examples(load(tmp_path, changed(("to: 2025-12-31", "to: 2025-12-30"))).values())
    assert [problem.line for problem in failed] == [line_of(TABLE, "name: then")]


def test_an_example_far_from_the_time_of_a_row_is_none_of_its_own(tmp_path: Path) -> None:
    names = [example.name for example in load(tmp_path)["first"].examples]
    assert "now" not in names
    assert "then" in names


def test_examples_that_name_no_rows_or_unknown_ones_are_told(tmp_path: Path) -> None:
    for old, new in (("fires: [first]", "expect: fired"), ("fires: [first]", "fires: [frist]")):
        found = [problem for problem in problems(tmp_path, changed((old, new))) if problem.code == "table-example"]
        assert [problem.line for problem in found] == [line_of(TABLE, "name: then")]


def test_a_row_cannot_fire_and_be_open(tmp_path: Path) -> None:
    both = changed(("fires: [first]", "fires: [first], undetermined: [first]"))
    assert "table-example" in {problem.code for problem in problems(tmp_path, both)}


def test_every_row_needs_its_examples(tmp_path: Path) -> None:
    without = changed(
        ("      - {name: in between, given: {deal.stake: 0.3, deal.type: joint_venture}, fires: venture}\n", "")
    )
    (found,) = problems(tmp_path, without)
    assert (found.code, found.line) == ("missing-example", line_of(without, "key: venture"))
    none = problems(tmp_path, TABLE.replace(EXAMPLES, ""))
    assert len([problem for problem in none if problem.code == "missing-example"]) == 9


def test_without_examples_none_are_read(tmp_path: Path) -> None:
    from riskapi.rules import load_file
    from tests.rules.rule_files import small_vocabulary
    from tests.rules.table_files import write

    path = write(tmp_path, changed(("fires: [first]", "fires: [nobody]")))
    assert len(load_file(path, small_vocabulary(), examples=False)) == 3
