from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.api.frame.operation import Asked
from riskapi.api.frame.paging import Page, page_of
from riskapi.errors import RequestError


def page(items: list[str], limit: int, cursor: str | None = None) -> Page[str]:
    return page_of(items, lambda item: item, Asked(values={"limit": limit, "cursor": cursor}, today=date.min))


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), unique=True, max_size=30), st.integers(1, 9))
def test_the_pages_together_are_the_list(items: list[str], limit: int) -> None:
    seen: list[str] = []
    cursor = None
    for _ in range(len(items) + 1):
        found = page(items, limit, cursor)
        assert len(found.items) <= limit
        assert found.total == len(items)
        seen.extend(found.items)
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == sorted(items)


def test_a_row_that_is_added_before_the_cursor_shifts_nothing() -> None:
    cursor = page(["b", "d", "f"], 1).next_cursor
    assert page(["a", "b", "c", "d", "f"], 2, cursor).items == ("c", "d")


@pytest.mark.parametrize("cursor", ["!", "====", "a", "_w", "é", "YQ==", "Y Q"])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(RequestError) as caught:
        page(["a"], 1, cursor)
    assert caught.value.problems[0].field == "cursor"
