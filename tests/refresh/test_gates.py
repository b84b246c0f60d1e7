from __future__ import annotations

from dataclasses import replace
from datetime import date

from riskapi.errors import Problem
from riskapi.refresh.gates import gate_problems
from riskapi.refresh.model import Listing, Rows, joined
from tests.refresh.material import a_source, entities, entity

SOURCE = a_source()


def codes(new: Rows, old: Rows, *, accept_shrink: bool = False, at_least: int = 1) -> list[str]:
    problems = gate_problems(replace(SOURCE, at_least=at_least), new, old, accept_shrink=accept_shrink)
    return [problem.code for problem in problems]


def test_rows_that_stay_pass() -> None:
    assert codes(entities(100), entities(100)) == []
    assert codes(entities(80), entities(100)) == []
    assert codes(entities(500), entities(100)) == []


def test_more_than_a_fifth_fewer_rows_are_refused_and_may_be_accepted() -> None:
    assert "rows-shrunk" in codes(entities(79), entities(100))
    assert codes(entities(79), entities(100), accept_shrink=True) == []


def test_a_list_that_vanishes_is_refused_however_short_it_is() -> None:
    ssi = Rows(entities=(entity("us-ofac-x", "Example X", "us_ssi"),))
    assert codes(entities(100), joined([entities(100), ssi])) == ["rows-shrunk"]


def test_a_long_list_may_not_hide_the_loss_of_a_short_one() -> None:
    short = [Rows(entities=tuple(entity(f"e-{n}", f"E {n}", "us_uvl") for n in range(count))) for count in (30, 10)]
    assert codes(joined([entities(1000), short[1]]), joined([entities(1000), short[0]])) == ["rows-shrunk"]


def test_a_very_short_list_may_lose_entries() -> None:
    assert codes(entities(3), entities(5)) == []


def test_too_few_rows_are_refused_whatever_is_accepted() -> None:
    assert codes(entities(9), Rows(), at_least=10, accept_shrink=True) == ["rows-too-few"]


def test_many_entries_that_cannot_be_read_are_refused_with_an_example() -> None:
    bad = Problem(code="entry-unreadable", detail="entry 7: it has no `name`")
    assert codes(replace(entities(99), problems=(bad,)), Rows()) == []
    (problem,) = gate_problems(SOURCE, replace(entities(98), problems=(bad, bad)), Rows())
    assert problem.code == "entries-unreadable"
    assert "entry 7" in problem.detail


def test_a_field_that_is_suddenly_empty_is_refused() -> None:
    old = entities(100, country="CN", aliases=("x",))
    assert codes(entities(100, aliases=("x",)), old) == ["field-vanished"]
    assert codes(entities(100, country="CN"), old, accept_shrink=True) == ["field-vanished"]


def test_dates_that_are_suddenly_missing_are_refused() -> None:
    dated = (Listing(list="us_sdn", listed_on=date(2024, 1, 1)),)
    (problem,) = gate_problems(SOURCE, entities(100), entities(100, listings=dated))
    assert "`listed_on`" in problem.detail
