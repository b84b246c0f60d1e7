from __future__ import annotations

import pytest

from riskapi.language import parse
from riskapi.language.nodes import Part
from riskapi.language.normal import atoms, meaning
from tests.shipped import shipped_vocabulary

STAKE = "deal.foreign_stake >= 0.25"
CAR = "deal.sector = 'automotive'"


def normal(condition: str, **parts: str) -> str:
    known: dict[str, Part] = {}
    for name, body in parts.items():
        known[name] = Part(name, parse(body, shipped_vocabulary(), known))
    return meaning(parse(condition, shipped_vocabulary(), known))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (f"{STAKE} and {CAR}", f"{CAR} and {STAKE}"),
        (f"({STAKE} and {CAR}) and deal.heavy_vehicles", f"{STAKE} and ({CAR} and deal.heavy_vehicles)"),
        (STAKE, "0.25 <= deal.foreign_stake"),
        (f"not ({STAKE} and {CAR})", "deal.foreign_stake < 0.25 or deal.sector <> 'automotive'"),
        (f"not (not {STAKE})", STAKE),
        ("deal.foreign_stake between 0.1 and 0.5", "deal.foreign_stake <= 0.5 and deal.foreign_stake >= 0.1"),
        ("deal.type in ('merger', 'acquisition')", "deal.type in ('acquisition', 'merger')"),
        ("deal.model_year >= 2027", "deal.model_year >= 2027.0"),
        (
            "list_has_any(deal.technologies, ['lidar', 'drones'])",
            "list_has_any(deal.technologies, ['drones', 'lidar'])",
        ),
    ],
)
def test_another_spelling_of_the_same_condition_means_the_same(one: str, two: str) -> None:
    assert normal(one) == normal(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (STAKE, "deal.foreign_stake > 0.25"),
        (STAKE, "deal.foreign_stake >= 0.3"),
        (f"{STAKE} and {CAR}", f"{STAKE} or {CAR}"),
        (STAKE, f"not {STAKE}"),
        ("deal.foreign_stake < deal.host_stake", "deal.foreign_stake > deal.host_stake"),
        ("deal.type in ('merger', 'acquisition')", "deal.type in ('merger', 'licence')"),
        (
            "list_has_any(deal.technologies, ['lidar', 'drones'])",
            "list_has_all(deal.technologies, ['lidar', 'drones'])",
        ),
        ("foreign.state_share / deal.foreign_stake > 1", "deal.foreign_stake / foreign.state_share > 1"),
    ],
)
def test_another_condition_means_something_else(one: str, two: str) -> None:
    assert normal(one) != normal(two)


def test_a_named_part_means_what_it_stands_for() -> None:
    assert normal(f"large and {CAR}", large=STAKE) == normal(f"{CAR} and {STAKE}")


def test_the_comparisons_are_found_through_names_and_negations() -> None:
    known = {"large": Part("large", parse(STAKE, shipped_vocabulary(), {}))}
    found = atoms(parse(f"not large and {CAR}", shipped_vocabulary(), known))
    assert set(found.values()) == {STAKE, CAR}
