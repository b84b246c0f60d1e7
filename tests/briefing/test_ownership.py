"""Who stands behind a company, in rows."""

from __future__ import annotations

from datetime import date

import pytest

from riskapi.briefing.ownership import Holding, holdings
from riskapi.entities.ownership import Edge, index_edges
from riskapi.entities.records import Company, Owner, Register

DAY = date(2026, 11, 22)


def company(company_id: str) -> Company:
    return Company(company_id=company_id, name=company_id.upper())


def edge(above: str, below: str, share: float | None, kind: str = "equity") -> Edge:
    return Edge(owner_id=above, owned_id=below, kind=kind, share_pct=share, confidence="high", as_of=DAY)


def found(*edges: Edge) -> list[Holding]:
    register = Register(
        companies={name: company(name) for name in ("a", "b", "c")},
        owners={"p": Owner(owner_id="p", name="P", type="person", country="CN")},
        holders=index_edges(edges),
        designations={},
        memberships={},
        labels={},
    )
    return list(holdings(register, [("A", "a")], DAY))


def test_shares_are_multiplied_along_the_path() -> None:
    near, far = found(edge("b", "a", 60), edge("p", "b", 50))
    assert (near.level, near.path) == (1, ("B", "A"))
    assert (far.level, far.path) == (2, ("P", "B", "A"))
    assert [near.share_along_path, far.share_along_path] == pytest.approx([0.6, 0.3])
    assert (far.owner_is, far.owner_country) == ("a person", "China")


def test_a_share_that_is_not_known_is_not_multiplied_as_zero() -> None:
    near, far = found(edge("b", "a", None), edge("p", "b", 50))
    assert near.share is None
    assert near.share_along_path is None
    assert far.share_along_path is None


def test_the_chain_of_control_is_marked() -> None:
    rows = found(edge("b", "a", 60), edge("c", "a", 40), edge("p", "b", 80))
    assert {(row.owner, row.is_control) for row in rows} == {("B", True), ("C", False), ("P", True)}


def test_owners_that_hold_each_other_are_told_once() -> None:
    rows = found(edge("b", "a", 60), edge("a", "b", 10))
    assert [(row.owner, row.held) for row in rows] == [("B", "A"), ("A", "B")]


def test_a_company_that_is_not_on_record_has_no_owners() -> None:
    register = Register(companies={}, owners={}, holders={}, designations={}, memberships={}, labels={})
    assert holdings(register, [("Z", "z")], DAY) == ()
