"""Facts and rules of made-up deals, for tests of what makes them comparable."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from riskapi.scoring.likeness import ComparableFacts, FiredRule, Place, RuleProfile

GROUPS: Mapping[str, set[str]] = {
    "CN": {"adversary"},
    "RU": {"adversary"},
    "JP": {"ally", "g7"},
    "GB": {"ally", "nato"},
}


def place(country: str) -> Place:
    return Place(country, frozenset(GROUPS.get(country, ())))


def profile(*fired: str, may_fire: tuple[str, ...] = (), **points: float) -> RuleProfile:
    """Fired rules of ten points each unless told otherwise."""
    rules = {name: FiredRule(id=name, title=name.title(), points=points.get(name, 10.0)) for name in fired}
    return RuleProfile(fired=rules, may_fire=frozenset(may_fire), low=10, score=20, high=30)


COUNTRIES = st.sampled_from(["CN", "RU", "JP", "GB", "US"]).map(place)
FACTS = st.builds(
    ComparableFacts,
    foreign_country=st.none() | COUNTRIES,
    activity_country=st.none() | COUNTRIES,
    deal_type=st.sampled_from([None, "other", "joint_venture", "supply"]),
    sector=st.sampled_from([None, "automotive", "banking"]),
    state_ownership=st.sampled_from([None, "none", "full"]),
    foreign_stake=st.none() | st.floats(0, 1),
)
SAID = st.builds(
    lambda fired, may: profile(*sorted(fired), may_fire=tuple(may - fired)),
    st.sets(st.sampled_from("abcdef")),
    st.sets(st.sampled_from("abcdef")),
)
