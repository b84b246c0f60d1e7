from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.entities.interests import Range, covered_shares_in, golden_shares_in, government_interest_in
from riskapi.entities.ownership import Edge, index_edges, view_above

DAY = date(2026, 11, 22)
STATES = {"st": "CN", "ag": "CN", "fr": "FR"}


def edge(owner: str, owned: str, share: float | None = None, kind: str = "equity", **more: object) -> Edge:
    return Edge(owner_id=owner, owned_id=owned, share_pct=share, kind=kind, **more)  # type: ignore[arg-type]


def government(*edges: Edge, states: dict[str, str] = STATES) -> Range:
    return government_interest_in(view_above(index_edges(edges), "x", DAY), states)


def bounds(found: Range) -> tuple[float, float]:
    return pytest.approx(found.least_pct), pytest.approx(found.most_pct)  # type: ignore[return-value]


# --- one government's interest


@pytest.mark.parametrize(
    ("edges", "share"),
    [
        ([], 0),
        ([edge("st", "x", 48.9)], 48.9),
        ([edge("st", "x", 49)], 49),
        ([edge("st", "x", 49.1)], 49.1),
        ([edge("st", "b", 75), edge("b", "x", 51)], 75),
        ([edge("st", "b", 75), edge("b", "x", 49)], 36.75),
        ([edge("st", "b", 75), edge("b", "x", 50)], 75),
        ([edge("st", "b", 75), edge("b", "x", 49.9)], 37.425),
        ([edge("st", "b", 75), edge("b", "x", 50.1)], 75),
        ([edge("st", "b", 48.9), edge("b", "x", 100)], 48.9),
        ([edge("st", "b", 75), edge("b", "c", 60), edge("c", "x", 55)], 75),
        ([edge("st", "b", 75), edge("b", "c", 60), edge("c", "x", 40)], 30),
        ([edge("st", "x", 20), edge("ag", "x", 29)], 49),
        ([edge("st", "x", 30), edge("fr", "x", 30)], 30),
        ([edge("st", "b", 40), edge("b", "x", 60), edge("st", "x", 20)], 60),
        ([edge("st", "b", 75), edge("b", "x", 49), edge("b", "x", 60, "voting")], 75),
        ([edge("st", "b", 75), edge("b", "x", 60), edge("b", "x", 40, "voting")], 75),
        ([edge("st", "x", 60), edge("st", "x", 40, "voting")], 40),
        ([edge("st", "ag", 100, "control_agreement"), edge("ag", "x", 60)], 60),
        ([edge("st", "x", 1, "golden_share")], 0),
        ([edge("st", "x", 30), edge("x", "b", 60), edge("b", "x", 20)], 30),
        ([edge("st", "b", 40), edge("b", "c", 60), edge("c", "b", 20), edge("c", "x", 100)], 50),
    ],
    ids=[
        "nobody", "below 49", "49", "above 49", "800.244(d)(1)", "800.244(d)(2)", "half makes a parent",
        "just under half does not", "just above half does", "a parent passes on what it has", "parents on the way",
        "parents and a minority", "state and agency", "states are not added up", "direct and indirect",
        "parent by votes", "parent by capital", "votes before capital", "an agency is the state", "golden share",
        "a daughter is no owner", "a circle above",
    ],
)  # fmt: skip
def test_a_governments_interest_counts_as_31_cfr_800_244_says(edges: list[Edge], share: float) -> None:
    assert bounds(government(*edges)) == (share, share)


@pytest.mark.parametrize(
    ("edges", "least", "most"),
    [
        ([edge("st", "x", None)], 0, 100),
        ([edge("st", "x", None), edge("a", "x", 70)], 0, 30),
        ([edge("st", "b", 75), edge("b", "x", None)], 0, 75),
        ([edge("st", "b", None), edge("b", "x", 40)], 0, 40),
        ([edge("st", "x", 100), edge("st", "b", None), edge("b", "x", 0)], 100, 100),
        ([edge("st", "x", 20), edge("fr", "x", None)], 20, 80),
    ],
    ids=["direct", "with little left", "through one of unknown share", "above", "whole anyway", "another state"],
)
def test_an_unknown_share_leaves_a_range(edges: list[Edge], least: float, most: float) -> None:
    found = government(*edges)
    assert bounds(found) == (least, most)
    assert (found.exact_pct is None) == (least != most)


def test_the_path_with_its_percentages_is_the_evidence() -> None:
    rows = [edge("b", "x", 51), edge("st", "b", 75), edge("q", "x", 30), edge("q", "b", 25)]
    assert set(government(*rows).edges) == set(rows[:2])


# --- covered nations

COVERED = {"a", "b"}


def covered(
    *edges: Edge, of: set[str] = COVERED, together: tuple[set[str], ...] = (), **more: set[str]
) -> tuple[float, ...]:
    found = covered_shares_in(view_above(index_edges(edges), "x", DAY), of, together, frozenset(more.get("crowds", ())))
    return found.total.least_pct, found.total.most_pct, found.largest.least_pct, found.largest.most_pct


@pytest.mark.parametrize("share", [24.9, 25, 25.1, 39.9, 40, 40.1, 48.9, 49, 49.1, 49.9, 50, 50.1])
def test_a_direct_share_counts_as_it_is(share: float) -> None:
    assert covered(edge("a", "x", share)) == (share,) * 4


@pytest.mark.parametrize(
    ("edges", "total", "largest"),
    [
        ([], 0, 0),
        ([edge("q", "x", 60)], 0, 0),
        ([edge("a", "x", 20), edge("b", "x", 20)], 40, 20),
        ([edge("a", "q", 50.1), edge("q", "x", 30)], 30, 30),
        ([edge("a", "q", 50), edge("q", "x", 30)], 0, 0),
        ([edge("a", "q", 49.9), edge("q", "x", 30)], 0, 0),
        ([edge("a", "q", 26), edge("b", "q", 25), edge("q", "x", 30)], 30, 0),
        ([edge("a", "q", 60), edge("q", "x", 30), edge("a", "x", 10), edge("b", "x", 5)], 45, 40),
        ([edge("a", "b", 60), edge("b", "x", 30), edge("a", "x", 10)], 40, 40),
        ([edge("a", "x", 20), edge("a", "x", 60, "voting")], 60, 60),
        ([edge("a", "x", 60), edge("a", "x", 0, "voting")], 60, 60),
        ([edge("a", "q", 20), edge("a", "q", 60, "voting"), edge("q", "x", 30)], 30, 30),
        ([edge("a", "x", kind="control_agreement")], 0, 0),
        ([edge("a", "x", 80), edge("b", "x", 60)], 100, 80),
        ([edge("a", "x", 30), edge("x", "b", 60), edge("b", "x", 10)], 40, 30),
    ],
    ids=[
        "nobody", "others", "together", "through more than half", "not through half", "not through less",
        "jointly held company", "one with its company", "a covered company under another", "by votes", "by value",
        "majority by votes", "control is not ownership", "no more than all", "a daughter that is covered herself",
    ],
)  # fmt: skip
def test_what_holders_from_covered_nations_have(edges: list[Edge], total: float, largest: float) -> None:
    assert covered(*edges) == (total, total, largest, largest)


def test_a_state_and_its_agencies_are_one_holder_and_a_crowd_is_none() -> None:
    rows = [edge("a", "x", 15), edge("b", "x", 10)]
    assert covered(*rows, together=({"a", "b", "z"},)) == (25, 25, 25, 25)
    assert covered(*rows, crowds={"a"}) == (25, 25, 10, 10)


def test_an_unknown_share_of_a_covered_holder_leaves_a_range_and_that_of_others_does_not() -> None:
    assert covered(edge("a", "x", None), edge("q", "x", 70)) == (0, 30, 0, 30)
    assert covered(edge("a", "x", 30), edge("q", "x", None)) == (30, 30, 30, 30)
    assert covered(edge("a", "q", None), edge("q", "x", 30)) == (0, 30, 0, 30)


def test_the_rows_of_the_holders_and_of_what_lies_between_are_the_evidence() -> None:
    rows = [edge("q", "x", 30), edge("a", "q", 60), edge("r", "x", 40), edge("r", "q", 40)]
    found = covered_shares_in(view_above(index_edges(rows), "x", DAY), {"a"})
    assert found.total.edges == found.largest.edges == (rows[0], rows[1])


# --- golden shares


def test_golden_shares_of_states_in_the_company_and_above_it() -> None:
    rows = [
        edge("st", "x", 1, "golden_share"), edge("fr", "b", None, "golden_share"), edge("q", "x", 1, "golden_share"),
        edge("b", "x", 60),
    ]  # fmt: skip
    view = view_above(index_edges(rows), "x", DAY)
    assert golden_shares_in(view, STATES) == (rows[0],)
    assert golden_shares_in(view, STATES, ["b"]) == (rows[0], rows[1])


# --- against brute force on random graphs

NODES = "abcdx"
SHARES = st.sampled_from([0.0, 10.0, 25.0, 30.0, 40.0, 50.0, 51.0, 60.0, 100.0])


def graphs(kinds: list[str], shares: st.SearchStrategy[float | None]) -> st.SearchStrategy[list[Edge]]:
    """At most the whole of anything is held, by capital and by votes each."""
    key = st.tuples(st.sampled_from(NODES), st.sampled_from(NODES), st.sampled_from(kinds)).filter(
        lambda k: k[0] != k[1]
    )
    return st.dictionaries(key, shares, max_size=9).map(
        lambda found: [edge(owner, owned, share, kind) for (owner, owned, kind), share in found.items()]
    )


def say_in(edges: list[Edge], node: str) -> dict[str, tuple[float, bool]]:
    """Owner -> (votes, or capital where they are not known; whether it is a parent)."""
    votes = {e.owner_id: e.share_pct or 0 for e in edges if e.owned_id == node and e.kind == "voting"}
    capital = {e.owner_id: e.share_pct or 0 for e in edges if e.owned_id == node and e.kind == "equity"}
    say = {**capital, **votes}
    return {owner: (share, max(share, capital.get(owner, 0)) >= 50) for owner, share in say.items()}


def walked(edges: list[Edge], node: str, seeds: set[str], steps: int) -> float:
    """What the seeds hold of a node along walks of so many steps, nowhere through the company itself."""
    if node in seeds:
        return 1.0
    if steps == 0:
        return 0.0
    parts = (
        walked(edges, owner, seeds, steps - 1) * (1 if parent and owner not in seeds else share / 100)
        for owner, (share, parent) in say_in(edges, node).items()
        if owner != "x"
    )
    return min(1.0, sum(parts))


@given(graphs(["equity", "voting"], SHARES))
def test_a_governments_interest_agrees_with_walks_through_the_graph(edges: list[Edge]) -> None:
    downwards = [e for e in edges if e.owner_id < e.owned_id]  # no circles: walks of four steps are all there are
    expected = 100 * walked(downwards, "x", {"a", "b"}, 4)
    found = government(*downwards, states={"a": "CN", "b": "CN"})
    assert found.exact_pct == pytest.approx(expected)


@given(graphs(["equity", "voting"], SHARES))
def test_circles_end_at_what_ever_longer_walks_come_close_to(edges: list[Edge]) -> None:
    found = government(*edges, states={"a": "CN"})
    assert found.exact_pct is not None
    assert 100 * walked(edges, "x", {"a"}, 6) <= found.exact_pct + 1e-6
    assert 0 <= found.exact_pct <= 100


def held_by(edges: list[Edge], node: str, owners: set[str]) -> float:
    capital = sum(e.share_pct or 0 for e in edges if e.owned_id == node and e.kind == "equity" and e.owner_id in owners)
    say = sum(share for owner, (share, _) in say_in(edges, node).items() if owner in owners)
    return min(100, max(capital, say))


def least_closed(seeds: set[str], joins: Callable[[str, set[str]], bool]) -> set[str]:
    """The intersection of all sets that hold the seeds and leave out nobody who would have to join."""
    rest = [node for node in NODES if node not in seeds]
    supersets = [seeds | set(some) for size in range(len(rest) + 1) for some in combinations(rest, size)]
    closed = [some for some in supersets if not any(joins(node, some) for node in set(NODES) - some)]
    return set.intersection(*closed)


@given(graphs(["equity", "voting"], SHARES))
def test_covered_shares_agree_with_brute_force(edges: list[Edge]) -> None:
    def held(seeds: set[str]) -> float:
        counted = least_closed(seeds, lambda node, some: node != "x" and held_by(edges, node, some) > 50)
        return held_by(edges, "x", counted)

    above = view_above(index_edges(edges), "x", DAY).owners() & COVERED
    total, most, largest, _ = covered(*edges)
    assert total == most == (held(above) if above else 0)
    assert largest == max((held({one}) for one in above), default=0)


def filled(edges: list[Edge], draw: Callable[[float], float]) -> list[Edge]:
    """Every share that is not known replaced by one that the others leave room for."""
    known = list(edges)
    for index, unknown in enumerate(edges):
        if unknown.share_pct is None:
            room = max(0.0, 100 - sum(e.share_pct or 0 for e in known if e.owned_id == unknown.owned_id))
            known[index] = edge(unknown.owner_id, unknown.owned_id, draw(room), unknown.kind)
    return known


@given(graphs(["equity"], SHARES | st.none()), st.data())
def test_whatever_the_unknown_shares_are_the_answer_lies_in_the_range(edges: list[Edge], data: st.DataObject) -> None:
    guess = filled(edges, lambda room: data.draw(st.sampled_from([0.0, room / 2, room])))
    before, after = (government(*some, states={"a": "CN", "b": "FR"}) for some in (edges, guess))
    assert before.least_pct - 1e-6 <= (after.exact_pct or 0) <= before.most_pct + 1e-6
    first, second = covered(*edges), covered(*guess)
    assert first[0] - 1e-9 <= second[0] <= first[1] + 1e-9
    assert first[2] - 1e-9 <= second[2] <= first[3] + 1e-9


@given(graphs(["equity", "voting"], SHARES), st.sampled_from(NODES[:-1]), SHARES)
def test_one_more_holding_of_a_covered_party_never_lowers_the_share(edges: list[Edge], held: str, share: float) -> None:
    more = [e for e in edges if (e.owner_id, e.owned_id) != ("a", "x")]
    assert covered(*more)[0] <= covered(*more, edge("a", "x", share))[0] + 1e-9
