"""Every combination, and the Pareto front of what is liked against the score."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.facts.vocabulary import Value
from riskapi.scoring.grid import Cell, GridRequest, Preference, fill, grade
from tests.scoring.small_deals import World

STAKES = (0.05, 0.24, 0.3, 0.6)
NAMES = ["quarter", "half", "market"]


def cells(axes: Mapping[str, tuple[Value, ...]], prefer: Mapping[str, Preference]) -> tuple[Cell, ...]:
    world = World(NAMES, {"deal.market_countries": ("US",)})
    return fill(GridRequest(axes=axes, prefer=prefer), world.pairing.told, world.sounder.ask)


def test_every_combination_has_its_own_result_in_the_order_of_the_axes() -> None:
    axes: dict[str, tuple[Value, ...]] = {"deal.foreign_stake": STAKES, "deal.market_countries": (("US",), ("CA",))}
    found = cells(axes, {})
    assert [tuple(cell.values.values()) for cell in found] == [(s, m) for s in STAKES for m in (("US",), ("CA",))]
    world = World(NAMES, {"deal.market_countries": ("US",)})
    assert all(cell.result == world.sounder.ask({**world.pairing.told, **cell.values}) for cell in found)


def test_without_a_preference_the_front_is_the_lowest_score() -> None:
    found = cells({"deal.foreign_stake": STAKES}, {})
    assert [cell.values["deal.foreign_stake"] for cell in found if cell.on_front] == [0.05, 0.24]


def test_a_larger_stake_at_the_same_score_drives_the_smaller_from_the_front() -> None:
    found = cells({"deal.foreign_stake": (0.1, 0.24, 0.3)}, {"deal.foreign_stake": "high"})
    assert [cell.values["deal.foreign_stake"] for cell in found if cell.on_front] == [0.24, 0.3]


@pytest.mark.parametrize(
    ("liked", "better", "worse"),
    [
        ("high", 0.5, 0.1),
        ("low", 0.1, 0.5),
        ("high", ("CA", "US"), ("US",)),
        ("low", ("US",), ("CA", "US")),
        ("high", True, False),
        (("US", "MX"), "US", "MX"),
        (("US", "MX"), "MX", "CA"),
        ("high", 0.0, None),
    ],
)
def test_what_is_liked_grades_higher(liked: Preference, better: Value, worse: Value) -> None:
    assert grade(better, liked) > grade(worse, liked)


PREFERENCES = st.fixed_dictionaries(
    {},
    optional={
        "deal.foreign_stake": st.sampled_from(["high", "low"]),
        "deal.market_countries": st.sampled_from(["high", (("US",), ("CA", "US"))]),
    },
)
AXES = st.fixed_dictionaries(
    {
        "deal.foreign_stake": st.lists(st.sampled_from(STAKES), min_size=1, unique=True).map(tuple),
        "deal.market_countries": st.lists(
            st.sampled_from([("US",), ("CA",), ("CA", "US")]), min_size=1, unique=True
        ).map(tuple),
    }
)


@given(AXES, PREFERENCES)
def test_a_cell_is_on_the_front_exactly_where_no_other_beats_it(
    axes: dict[str, tuple[Value, ...]], prefer: dict[str, Preference]
) -> None:
    found = cells(axes, prefer)

    def merits(cell: Cell) -> list[float]:
        assert cell.result is not None
        return [-round(cell.result.score, 9), *(grade(cell.values[fact], liked) for fact, liked in prefer.items())]

    assert any(cell.on_front for cell in found)
    for cell in found:
        mine = merits(cell)
        beaten = any(
            merits(other) != mine and all(a >= b for a, b in zip(merits(other), mine, strict=True)) for other in found
        )
        assert cell.on_front is not beaten


def test_a_combination_that_cannot_be_asked_is_shown_and_never_on_the_front() -> None:
    world = World(["quarter"], {"deal.activity_country": None})
    grid = GridRequest(axes={"deal.foreign_stake": (0.1,), "deal.activity_country": (None, "US")}, prefer={})
    found = fill(grid, world.pairing.told, world.sounder.ask)
    assert [(cell.result is None, cell.on_front) for cell in found] == [(True, False), (False, True)]


def test_told_facts_that_a_combination_rules_out_are_named() -> None:
    world = World(["form"], {"deal.type": "joint_venture", "deal.foreign_stake": 0.5})
    found = fill(GridRequest(axes={"deal.type": ("licence",)}, prefer={}), world.pairing.told, world.sounder.ask)
    assert found[0].dropped == ("deal.foreign_stake",)
