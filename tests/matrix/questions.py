"""Questions about many pairings for tests: the shipped workspace in, plans out."""

from __future__ import annotations

from typing import Any

from riskapi.matrix.plan import Plan
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import plan
from tests.shipped import AS_OF, shipped_workspace

CARS: dict[str, Any] = {
    "deal": {"type": "joint_venture", "sector": "automotive", "activity_country": "US", "foreign_stake": "50%"}
}


def question(foreign: list[str], hosts: list[str], *templates: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a request."""
    sides = {"foreign": {"names": foreign}, "hosts": {"names": hosts}}
    return {**sides, "templates": list(templates) or [CARS], **more}


def planned(data: dict[str, Any]) -> Plan:
    """The plan of a request over the shipped rules and datasets."""
    return plan(shipped_workspace(), read_matrix(data, shipped_workspace(), AS_OF))
