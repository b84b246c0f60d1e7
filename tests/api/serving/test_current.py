from __future__ import annotations

import threading
from typing import Any, cast

import pytest

from riskapi.api.serving.current import Current
from riskapi.workspace import Workspace


class Opened:
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def held(**more: bool) -> tuple[Opened, Current]:
    workspace = Opened()
    return workspace, Current(cast(Workspace, workspace), is_ours=more.get("is_ours", True))


def test_a_request_keeps_what_it_began_with_and_later_ones_get_the_newer() -> None:
    older, current = held()
    newer: Any = Opened()
    with current.lease() as leased:
        first = leased
        current.replace(newer)
        with current.lease() as second:
            assert id(second) == id(newer)
        assert id(first) == id(older)
        assert older.closed == 0
    assert older.closed == 1
    assert newer.closed == 0


def test_an_unused_workspace_is_closed_at_once_when_it_is_replaced() -> None:
    older, current = held()
    current.replace(cast(Any, Opened()))
    assert older.closed == 1


def test_one_that_is_not_ours_is_never_closed() -> None:
    older, current = held(is_ours=False)
    current.replace(cast(Any, Opened()))
    current.close()
    assert older.closed == 0


def test_a_failing_request_gives_its_lease_back() -> None:
    older, current = held()
    with pytest.raises(KeyError), current.lease():
        raise KeyError
    current.replace(cast(Any, Opened()))
    assert older.closed == 1


def test_many_threads_never_see_a_closed_workspace() -> None:
    _, current = held()
    seen: list[int] = []

    def ask() -> None:
        for _ in range(300):
            with current.lease() as workspace:
                seen.append(cast(Any, workspace).closed)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    opened = [Opened() for _ in range(100)]
    for one in opened:
        current.replace(cast(Any, one))
    for thread in threads:
        thread.join()
    assert set(seen) == {0}
    assert [one.closed for one in opened] == [1] * 99 + [0]
