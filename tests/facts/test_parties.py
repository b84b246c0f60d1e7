from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from riskapi.facts.groups import GroupIndex
from riskapi.facts.parties import dataset_party, inline_party
from riskapi.facts.profiles import CompanyProfile
from riskapi.facts.vocabulary import Value

DAY = date(2026, 11, 22)


class NoGroups:
    """Country groups of a world without any."""

    def groups_of(self, country: str, as_of: date) -> tuple[str, ...]:
        """None."""
        return ()


GROUPS = cast(GroupIndex, NoGroups())


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, None),
        ({"state_share": 0.6}, 0.6),
        ({"state_share": None}, None),
        ({"state_share": 0.6, "cfius_government_interest": 0.3}, 0.3),
    ],
)
def test_a_told_state_share_is_the_governments_interest_unless_that_is_told_too(
    told: dict[str, Value], expected: float | None
) -> None:
    assert inline_party("X", told, GROUPS, DAY).values["cfius_government_interest"] == expected


def test_a_told_state_share_takes_the_place_of_the_interest_of_the_tables() -> None:
    profile = CompanyProfile("x", date.min, None, {"name": "X", "state_share": 0.1, "cfius_government_interest": 0.4})
    party = dataset_party(profile, {}, {"state_share": 0.6}, GROUPS, DAY)
    assert party.values["cfius_government_interest"] == 0.6
    assert [row.confidence for row in party.evidence["cfius_government_interest"]] == ["told"]


def test_nobody_told_of_holders_from_covered_nations_means_none() -> None:
    values = inline_party("X", {}, GROUPS, DAY).values
    assert (values["covered_nation_share"], values["bis_owner_share"], values["state_golden_share"]) == (0.0, 0.0, ())
