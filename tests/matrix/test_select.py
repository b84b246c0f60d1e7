from __future__ import annotations

from typing import Any

import pytest

from riskapi.matrix.select import read_selector
from tests.shipped import shipped_vocabulary

FACTS: dict[str, Any] = {
    "control_country": "CN",
    "sectors": ("automotive", "drones"),
    "state_share": 0.3,
    "seat_country": None,
    "designations": (),
}


def holds(text: str) -> bool:
    selector, problems = read_selector(text, shipped_vocabulary(), "/x")
    assert not problems
    assert selector is not None
    return selector.holds(FACTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("control_country=CN", True),
        ("country = cn", True),
        ("country=US", False),
        ("country=US|CN", True),
        ("country!=US|RU", True),
        ("country!=US|CN", False),
        ("sector=drones", True),
        ("sectors!=drones", False),
        ("sector=drones,country=US", False),
        ("sector=drones,country=CN", True),
        ("designations!=us_1260h", True),
        ("designation=us_1260h", False),
        ("state_share>=30%", True),
        ("state_share>0.3", False),
        ("state_share<=0.3,state_share<31%", True),
        ("seat_country=unknown", True),
        ("seat_country!=CN", False),
        ("control_country=unknown", False),
        ("state_owner_country=CN", False),
    ],
)
def test_a_selector_holds_where_all_its_terms_do(text: str, expected: bool) -> None:
    assert holds(text) is expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad-selector"),
        ("automotive", "bad-selector"),
        ("country=", "bad-selector"),
        ("country=CN,", "bad-selector"),
        ("country>=CN", "bad-selector"),
        ("state_share>=0.1|0.2", "bad-selector"),
        ("country!=unknown", "bad-selector"),
        ("sectr=drones", "unknown-fact"),
        ("name=Ford", "unknown-fact"),
        ("sector=cars", "unknown-code"),
        ("state_share>much", "wrong-type"),
        ("state_share>2", "out-of-range"),
        ("country=" + "CN|" * 400, "too-long"),
    ],
)
def test_what_a_selector_cannot_say_is_told(text: str, code: str) -> None:
    selector, problems = read_selector(text, shipped_vocabulary(), "/hosts/select")
    assert selector is None
    assert [(item.code, item.pointer) for item in problems] == [(code, "/hosts/select")]
