from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.entities.ownership import (
    ControlChain,
    Edge,
    controlled_by,
    controllers,
    index_edges,
    owners_with_designations_at_least_50,
    state_share,
    view_above,
)

DAY = date(2026, 11, 22)


def edge(owner: str, owned: str, share: float | None = None, kind: str = "equity", **more: object) -> Edge:
    return Edge(owner_id=owner, owned_id=owned, share_pct=share, kind=kind, **more)  # type: ignore[arg-type]


def chain(*edges: Edge, company: str = "x", day: date = DAY) -> ControlChain:
    return controllers(index_edges(edges), company, day)


# --- control


@pytest.mark.parametrize(
    ("edges", "controller"),
    [
        ([], None),
        ([edge("a", "x", 50.1)], "a"),
        ([edge("a", "x", 49.9)], None),
        ([edge("a", "x", None)], None),
        ([edge("a", "x", 24, "equity"), edge("a", "x", 64, "voting")], "a"),
        ([edge("a", "x", 80, "equity"), edge("a", "x", 10, "voting"), edge("b", "x", 90, "voting")], "b"),
        ([edge("a", "x", 80, "equity"), edge("b", "x", 60, "voting")], "b"),
        ([edge("a", "x", 60, "equity"), edge("a", "x", 40, "voting")], None),
        ([edge("a", "x", 77.8), edge("b", "x", kind="vie_contract")], "b"),
        ([edge("b", "x", kind="control_agreement")], "b"),
        ([edge("a", "x", 51), edge("b", "x", kind="control_agreement")], "a"),
        ([edge("a", "x", 30), edge("b", "x", kind="control_agreement")], "b"),
        ([edge("a", "x", 1, "golden_share")], None),
        ([edge("a", "x", 100, "golden_share")], None),
    ],
    ids=[
        "nobody", "majority", "minority", "share not known", "votes beside less capital", "votes beside more capital",
        "votes beside capital of another", "capital without votes", "nominee capital", "agreement",
        "agreement beside a majority", "agreement beside a minority", "golden share", "whole golden share",
    ],
)  # fmt: skip
def test_who_controls(edges: list[Edge], controller: str | None) -> None:
    assert chain(*edges).controller_id == controller


def test_the_chain_goes_up_to_the_last_controller_with_its_percentages() -> None:
    found = chain(
        edge("b", "x", 78.7, confidence="high"), edge("c", "b", 100), edge("p", "c", 82.2, confidence="medium")
    )
    assert found.controller_id == "p"
    assert [(link.owned_id, link.owner_id, link.basis, link.share_pct) for link in found.path] == [
        ("x", "b", "equity", 78.7), ("b", "c", "equity", 100), ("c", "p", "equity", 82.2),
    ]  # fmt: skip
    assert found.confidence == "low"


def test_exactly_half_is_control_where_nobody_else_holds_half_and_is_marked() -> None:
    found = chain(edge("a", "x", 50), edge("b", "x", 49))
    assert found.controller_id == "a"
    assert found.path[0].exactly_half
    assert not chain(edge("a", "x", 50.1)).path[0].exactly_half
    assert chain(edge("a", "x", 50), edge("b", "x", 50)).controller_id is None


def test_companies_under_one_controller_hold_together() -> None:
    found = chain(edge("a", "x", 44), edge("b", "x", 22), edge("p", "a", 100), edge("p", "b", 82.2))
    assert found.controller_id == "p"
    assert (found.path[0].owner_id, found.path[0].share_pct, len(found.path[0].edges)) == ("a", 66, 2)


def test_two_halves_under_one_controller_are_the_whole() -> None:
    assert chain(edge("a", "x", 50), edge("b", "x", 50), edge("p", "a", 100), edge("p", "b", 60)).controller_id == "p"


def test_owners_who_own_each_other_end_in_a_circle() -> None:
    found = chain(edge("a", "x", 60), edge("b", "a", 60), edge("a", "b", 60))
    assert (found.controller_id, found.is_circular) == (None, True)
    own = chain(edge("a", "x", 60), edge("x", "a", 60))
    assert (own.controller_id, own.is_circular) == (None, True)


def test_two_agreements_are_rivals_and_shares_go_before_agreements() -> None:
    found = chain(edge("a", "x", kind="control_agreement"), edge("b", "x", kind="control_agreement"))
    assert (found.controller_id, found.rivals) == ("a", ("b",))
    above = [edge("m", "x", 60), edge("a", "m", kind="control_agreement"), edge("b", "m", 30), edge("c", "m", 30)]
    found = chain(*above, edge("p", "b", 100), edge("p", "c", 100))
    assert (found.controller_id, found.rivals) == ("p", ())


def test_bystanders_hold_without_controlling() -> None:
    holders = index_edges([edge("a", "x", 60)])
    assert controllers(holders, "x", DAY, frozenset({"a"})).controller_id is None


def test_a_holding_counts_from_its_first_to_its_last_day() -> None:
    held = edge("a", "x", 60, valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1)]
    assert [chain(held, day=day).controller_id for day in days] == [None, "a", "a", None]


# --- a state's share

STATES = {"st": "CN", "ag": "CN", "fr": "FR"}


def share(*edges: Edge) -> tuple[str | None, float, bool]:
    found = state_share(index_edges(edges), STATES, "x", DAY)
    return found.country, found.share_pct, found.is_complete


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([], (None, 0, True)),
        ([edge("a", "x", 60)], (None, 0, True)),
        ([edge("st", "x", 30), edge("ag", "x", 25), edge("fr", "x", 40)], ("CN", 55, True)),
        ([edge("a", "x", 40), edge("st", "a", 51)], ("CN", 40, True)),
        ([edge("a", "x", 40), edge("st", "a", 50)], (None, 0, True)),
        ([edge("a", "x", 40), edge("st", "a", 30), edge("ag", "a", 21)], ("CN", 40, True)),
        ([edge("a", "x", 40), edge("st", "a", 100, "control_agreement")], ("CN", 40, True)),
        ([edge("st", "x", None)], ("CN", 0, False)),
        ([edge("st", "x", None), edge("a", "x", 100)], ("CN", 0, True)),
        ([edge("st", "x", 20), edge("fr", "x", None)], ("CN", 20, False)),
        ([edge("st", "x", 20), edge("fr", "x", None), edge("a", "x", 70)], ("CN", 20, True)),
        ([edge("a", "x", 40), edge("st", "a", None)], ("CN", 0, False)),
    ],
    ids=[
        "nobody", "no state", "state and agency add up", "through a majority", "not through half",
        "through a joint majority",
        "through an agency by law", "not known", "not known but nothing left", "another state not known",
        "another state not known but less", "majority above not known",
    ],
)  # fmt: skip
def test_the_largest_share_of_one_state(edges: list[Edge], expected: tuple[str | None, float, bool]) -> None:
    assert share(*edges) == expected


# --- designated owners


def designated(edges: list[Edge], **lists: list[str]) -> tuple[set[str], tuple[str, ...]]:
    found = owners_with_designations_at_least_50(index_edges(edges), lists, "x", DAY)
    return set(found.lists), found.undecided


@pytest.mark.parametrize(
    ("edges", "lists", "expected"),
    [
        ([edge("a", "x", 50)], {"sdn": ["a"]}, {"sdn"}),
        ([edge("a", "x", 49.9)], {"sdn": ["a"]}, set()),
        ([edge("a", "x", 25), edge("b", "x", 25)], {"sdn": ["a", "b"]}, {"sdn"}),
        ([edge("a", "x", 25), edge("b", "x", 25)], {"sdn": ["a"], "eu": ["b"]}, set()),
        ([edge("a", "b", 50), edge("b", "x", 50)], {"sdn": ["a"]}, {"sdn"}),
        ([edge("a", "b", 49), edge("b", "x", 100)], {"sdn": ["a"]}, set()),
        ([edge("a", "b", 50), edge("b", "x", 25), edge("a", "x", 25)], {"sdn": ["a"]}, {"sdn"}),
        ([edge("a", "x", kind="control_agreement")], {"sdn": ["a"]}, set()),
        ([edge("x", "a", 100)], {"sdn": ["x"]}, set()),
    ],
    ids=[
        "half", "less than half", "together", "each list for itself", "through half", "not through less",
        "direct and indirect", "control is not ownership", "a daughter is no owner",
    ],
)  # fmt: skip
def test_lists_of_owners_of_half_or_more(edges: list[Edge], lists: dict[str, list[str]], expected: set[str]) -> None:
    assert designated(edges, **lists) == (expected, ())


def test_a_share_that_is_not_known_leaves_the_list_undecided() -> None:
    assert designated([edge("a", "x", None)], sdn=["a"]) == (set(), ("sdn",))
    assert designated([edge("a", "x", None), edge("b", "x", 51)], sdn=["a"]) == (set(), ())


# --- against brute force: the least closed set is the intersection of all closed sets

NODES = "abcdx"
SHARES = st.sampled_from([0.0, 10.0, 25.0, 30.0, 50.0, 51.0, 60.0, 100.0])


def graphs(kinds: list[str], shares: st.SearchStrategy[float | None]) -> st.SearchStrategy[list[Edge]]:
    key = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES), st.sampled_from(kinds)).filter(
        lambda k: k[0] != k[1]
    )
    return st.dictionaries(key, shares, max_size=9).map(
        lambda found: [edge(owner, owned, share, kind) for (owner, owned, kind), share in found.items()]
    )


def least_closed(seeds: set[str], nodes: str, joins: Callable[[str, set[str]], bool]) -> set[str]:
    """The intersection of all sets that hold the seeds and leave out nobody who would have to join."""
    rest = [node for node in nodes if node not in seeds]
    supersets = [seeds | set(some) for size in range(len(rest) + 1) for some in combinations(rest, size)]
    closed = [some for some in supersets if not any(joins(node, some) for node in set(nodes) - some)]
    return set.intersection(*closed)


def controlled_by_shares(edges: list[Edge], node: str, realm: set[str]) -> bool:
    into = [e for e in edges if e.owned_id == node]
    votes = {e.owner_id: e.share_pct for e in into if e.kind == "voting"}
    say = {**{e.owner_id: e.share_pct for e in into if e.kind == "equity"}, **votes}
    if any((share or 0) > 50 for share in votes.values()):
        say = dict(votes)
    ours = sum(share or 0 for owner, share in say.items() if owner in realm)
    others = max((share or 0 for owner, share in say.items() if owner not in realm), default=0)
    return ours > 50 or (ours == 50 and others < 50)


@given(graphs(["equity", "voting"], SHARES))
def test_control_agrees_with_brute_force(edges: list[Edge]) -> None:
    realms = {
        root: least_closed({root}, NODES, lambda node, realm: controlled_by_shares(edges, node, realm))
        for root in NODES
    }
    view = view_above(index_edges(edges), "x", DAY)
    for root in view.owners():
        assert set(controlled_by(view, root)) | {root} == realms[root] & (set(view.stakes) | {root})
    above = {root for root in NODES if root != "x" and "x" in realms[root]}
    tops = {top for top in above if not any(top in realms[other] for other in NODES if other != top)}
    found = chain(*edges)
    assert found.is_circular == (bool(above) and not tops)
    assert {found.controller_id, *found.rivals} - {None} == tops


@given(graphs(["equity", "voting", "control_agreement", "vie_contract", "golden_share"], SHARES | st.none()))
def test_a_path_leads_step_by_step_from_the_company_to_its_controller(edges: list[Edge]) -> None:
    found = chain(*edges)
    held = "x"
    for link in found.path:
        assert link.owned_id == held
        assert link.owner_id in {e.owner_id for e in link.edges}
        assert all(e in edges and e.owned_id == held for e in link.edges)
        held = link.owner_id
    assert held == (found.controller_id or "x")


def passed_on(edges: list[Edge], node: str, counted: set[str], enough: Callable[[float], bool]) -> bool:
    return node != "x" and enough(held_by(edges, node, counted))


def held_by(edges: list[Edge], node: str, owners: set[str]) -> float:
    return min(100, sum(e.share_pct or 0 for e in edges if e.owned_id == node and e.owner_id in owners))


@given(graphs(["equity"], SHARES))
def test_a_states_share_agrees_with_brute_force(edges: list[Edge]) -> None:
    counted = least_closed({"a", "b"}, NODES, lambda node, some: passed_on(edges, node, some, lambda share: share > 50))
    found = state_share(index_edges(edges), {"a": "CN", "b": "CN"}, "x", DAY)
    assert found.share_pct == held_by(edges, "x", counted)


@given(graphs(["equity"], SHARES))
def test_designated_owners_agree_with_brute_force(edges: list[Edge]) -> None:
    counted = least_closed(
        {"a", "b"}, NODES, lambda node, some: passed_on(edges, node, some, lambda share: share >= 50)
    )
    found = owners_with_designations_at_least_50(index_edges(edges), {"sdn": ["a", "b"]}, "x", DAY)
    assert ("sdn" in found.lists) == (held_by(edges, "x", counted) >= 50)
    assert found.is_complete


def filled(edges: list[Edge], draw: Callable[[float], float]) -> list[Edge]:
    """Every share that is not known replaced by one that the others leave room for."""
    known = list(edges)
    for index, unknown in enumerate(edges):
        if unknown.share_pct is None:
            room = max(0.0, 100 - sum(e.share_pct or 0 for e in known if e.owned_id == unknown.owned_id))
            known[index] = edge(unknown.owner_id, unknown.owned_id, draw(room), unknown.kind)
    return known


@given(graphs(["equity"], SHARES | st.none()), st.data())
def test_what_is_called_complete_stays_whatever_the_unknown_shares_are(edges: list[Edge], data: st.DataObject) -> None:
    guess = filled(edges, lambda room: data.draw(st.sampled_from([0.0, room / 2, room])))
    states, lists = {"a": "CN", "b": "FR"}, {"sdn": ["a", "b"]}
    before, after = (state_share(index_edges(some), states, "x", DAY) for some in (edges, guess))
    assert before.share_pct <= after.share_pct + 1e-9
    if before.is_complete:
        assert after.share_pct == before.share_pct
    first, second = (
        owners_with_designations_at_least_50(index_edges(some), lists, "x", DAY) for some in (edges, guess)
    )
    assert set(first.lists) <= set(second.lists)
    if first.is_complete:
        assert set(second.lists) == set(first.lists)
