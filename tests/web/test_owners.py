"""The drawing of owners."""

from __future__ import annotations

import pytest

from riskapi.briefing.ownership import Holding, holdings
from riskapi.web.owners import HEIGHT, MOST, WIDTH, graph
from riskapi.workspace import Workspace
from tests.shipped import AS_OF


@pytest.mark.parametrize("company", ["volvo-cars", "xiaomi", "ford", "byd"])
def test_boxes_do_not_lie_on_each_other_and_stay_inside(workspace: Workspace, company: str) -> None:
    held = holdings(workspace.profiles.register(), [("It", company)], AS_OF)
    drawn = graph("It", held)
    if drawn is None:
        assert held == ()
        return
    for index, box in enumerate(drawn.boxes):
        assert box.x >= 0
        assert box.x + WIDTH <= drawn.width
        assert box.y + HEIGHT <= drawn.height
        for other in drawn.boxes[index + 1 :]:
            assert abs(box.x - other.x) >= WIDTH or abs(box.y - other.y) >= HEIGHT
    assert sum(box.is_company for box in drawn.boxes) == 1


def holding(owner: str, held: str, level: int) -> Holding:
    return Holding(
        party="It", level=level, owner=owner, owner_is="a company", owner_country=None, held=held, kind="capital", share=None,
        path=(owner, held), share_along_path=None, is_control=False, since=None, source_url=None, as_of=None,
        confidence="low", note=None,
    )  # fmt: skip


def test_what_does_not_fit_is_counted(workspace: Workspace) -> None:
    drawn = graph("It", [holding(f"owner {index}", "It", 1) for index in range(MOST + 3)])
    assert drawn is not None
    assert drawn.left_out == 3
    assert len(drawn.boxes) == MOST + 1


def test_owners_that_hold_each_other_are_drawn_once() -> None:
    drawn = graph("It", [holding("one", "It", 1), holding("two", "one", 2), holding("one", "two", 3)])
    assert drawn is not None
    assert sorted(box.name for box in drawn.boxes) == ["It", "one", "two"]


def test_nobody_on_record_is_no_drawing() -> None:
    assert graph("It", []) is None
