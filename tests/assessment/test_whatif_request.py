"""A what-if question is checked as a whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from riskapi.assessment.whatif_request import WhatIfRequest, read_whatif, whatif_schema
from riskapi.errors import RequestError
from riskapi.scoring.grid import MAX_CELLS
from tests.shipped import AS_OF, shipped_vocabulary

BODY: dict[str, Any] = {"parties": ["Xiaomi", "Ford"], "deal": {"type": "joint_venture"}}


def read(**more: Any) -> WhatIfRequest:
    return read_whatif({**BODY, **more}, shipped_vocabulary(), AS_OF)


def problems(**more: Any) -> dict[str, str]:
    """Code by place."""
    with pytest.raises(RequestError) as caught:
        read(**more)
    return {str(problem.pointer): problem.code for problem in caught.value.problems}


def test_values_of_the_grid_are_read_as_their_facts_need_them() -> None:
    request = read(
        grid={"foreign_stake": ["10%", 0.49], "deal.market_countries": ["US|CA", ["mx"]], "type": ["licence", None]},
        prefer={"foreign_stake": "high", "deal.market_countries": [["US", "CA"], ["MX"]]},
        keep=["sector", "deal.model_year"],
    )
    assert request.grid is not None
    assert request.grid.axes == {
        "deal.foreign_stake": (0.1, 0.49),
        "deal.market_countries": (("US", "CA"), ("MX",)),
        "deal.type": ("licence", None),
    }
    assert request.grid.prefer == {"deal.foreign_stake": "high", "deal.market_countries": (("US", "CA"), ("MX",))}
    assert request.keep == {"deal.sector", "deal.model_year"}
    assert request.score.as_of == AS_OF


def test_without_a_grid_only_the_deal_is_asked_about() -> None:
    request = read()
    assert (request.grid, request.keep) == (None, frozenset())


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"grid": []}, {"/grid": "wrong-type"}),
        ({"grid": {}}, {"/grid": "empty"}),
        ({"grid": {"foreign_stake": 0.1}}, {"/grid/foreign_stake": "wrong-type"}),
        ({"grid": {"foreign_stake": []}}, {"/grid/foreign_stake": "wrong-type"}),
        ({"grid": {"foreign_stake": [0.1, 5]}}, {"/grid/foreign_stake/1": "out-of-range"}),
        ({"grid": {"type": ["jv"]}}, {"/grid/type/0": "unknown-code"}),
        ({"grid": {"foreign_steak": [0.1]}}, {"/grid/foreign_steak": "unknown-fact"}),
        ({"grid": {"activity_groups": [[]]}}, {"/grid/activity_groups": "computed-fact"}),
        ({"grid": {"value_usd": list(range(61))}}, {"/grid/value_usd": "too-long"}),
        ({"prefer": {"foreign_stake": "high"}}, {"/prefer": "not-in-grid"}),
        ({"grid": {"type": ["licence"]}, "prefer": {"type": "high"}}, {"/prefer/type": "bad-preference"}),
        (
            {"grid": {"foreign_stake": [0.1]}, "prefer": {"foreign_stake": "most"}},
            {"/prefer/foreign_stake": "bad-preference"},
        ),
        (
            {"grid": {"type": ["licence"]}, "prefer": {"foreign_stake": "low"}},
            {"/prefer/deal.foreign_stake": "not-in-grid"},
        ),
        ({"keep": "type"}, {"/keep": "wrong-type"}),
        ({"keep": ["type", "x"]}, {"/keep/1": "unknown-fact"}),
        ({"colour": 1}, {"/colour": "unknown-field"}),
    ],
)
def test_what_is_wrong_is_told_with_its_place(more: dict[str, Any], expected: dict[str, str]) -> None:
    assert problems(**more) == expected


def test_all_problems_are_told_at_once() -> None:
    found = problems(deal={"type": "jv"}, grid={"foreign_stake": [7]}, keep=["x"], as_of="tomorrow")
    assert set(found) == {"/deal/type", "/grid/foreign_stake/0", "/keep/0", "/as_of"}


def test_a_grid_of_too_many_combinations_is_refused_with_its_size() -> None:
    with pytest.raises(RequestError, match=r"441 combinations of 2 facts"):
        read(grid={"foreign_stake": [n / 100 for n in range(21)], "host_stake": [n / 100 for n in range(21)]})
    assert MAX_CELLS == 400


def test_the_hint_of_an_unknown_field_names_the_fields_of_a_what_if() -> None:
    with pytest.raises(RequestError, match="foreign_party, grid, prefer, keep"):
        read(zzz=1)


def test_a_body_that_is_no_object_is_refused() -> None:
    with pytest.raises(RequestError):
        read_whatif([], shipped_vocabulary(), date(2026, 1, 1))


def test_the_schema_takes_what_is_read_and_refuses_what_is_not() -> None:
    schema = whatif_schema(shipped_vocabulary())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    good = {**BODY, "grid": {"foreign_stake": [0.1]}, "prefer": {"foreign_stake": "high"}, "keep": ["type"]}
    assert validator.is_valid(good)
    wrong: list[dict[str, Any]] = [
        {"grid": {}}, {"grid": {"foreign_stake": []}}, {"prefer": {"foreign_stake": "most"}}, {"colour": 1},
    ]  # fmt: skip
    for bad in wrong:
        assert not validator.is_valid({**good, **bad})
