from __future__ import annotations

from datetime import date

import pytest

from riskapi.errors import RequestError
from riskapi.tariffs.question import DutyQuestion, read_question

TODAY = date(2026, 11, 22)
GOODS = {"product": "ev_car", "from": "cn", "to": "US"}


def read(**fields: str | None) -> DutyQuestion:
    return read_question({**GOODS, **fields}, ["ev_car", "ice_car"], TODAY)


def problems(**fields: str | None) -> dict[str | None, tuple[str, str | None]]:
    with pytest.raises(RequestError) as caught:
        read_question({**GOODS, **fields}, ["ev_car", "ice_car"], TODAY)
    return {problem.field: (problem.code, problem.hint) for problem in caught.value.problems}


def test_codes_are_read_and_the_day_is_today_where_it_is_not_told() -> None:
    asked = read()
    assert (asked.product, asked.origin, asked.importer, asked.on) == ("ev_car", "CN", "US", TODAY)


@pytest.mark.parametrize(("text", "day"), [("2024", date(2024, 1, 1)), ("2024-05", date(2024, 5, 1))])
def test_a_month_or_a_year_is_its_first_day(text: str, day: date) -> None:
    assert read(since=text).since == day


def test_conditions_are_read_with_yes_and_no() -> None:
    assert read(given="in_quota=no, plug_in").given == {"in_quota": False, "plug_in": True}


def test_every_problem_is_told_at_once_with_a_hint() -> None:
    found = problems(product="evcar", on="x", given="quota", **{"from": "CNN"})
    assert {field: code for field, (code, _) in found.items()} == {
        "product": "unknown-code",
        "from": "unknown-code",
        "on": "bad-date",
        "given": "unknown-code",
    }
    assert found["product"][1] == "did you mean `ev_car` or `ice_car`?"


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"to": None}, "to", "missing-parameter"),
        ({"to": "*"}, "to", "unknown-code"),
        ({"on": "1999-01-01"}, "on", "out-of-range"),
        ({"since": "2027-01-01"}, "since", "out-of-range"),
        ({"given": "in_quota=maybe"}, "given", "bad-value"),
        ({"given": "in_quota,in_quota=no"}, "given", "told-twice"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(fields: dict[str, str | None], field: str, code: str) -> None:
    assert {name: found for name, (found, _) in problems(**fields).items()} == {field: code}
