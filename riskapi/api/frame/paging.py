"""Pages of a list in the order of its keys: items and a cursor in, one page and the next cursor out.

A cursor holds the last key that was shown, so that a page stays right when rows are added before it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from riskapi.api.frame.operation import Asked, Kind, Parameter
from riskapi.errors import Problem, RequestError

T = TypeVar("T")
#: Digits that the number of a row can have.
MAX_DIGITS = 12

LIMIT = Parameter(
    name="limit", kind=Kind.INTEGER, default=50, minimum=1, maximum=200, meaning="How many entries a page has at most."
)
CURSOR = Parameter(name="cursor", meaning="Where the page begins: `next_cursor` of the page before.", max_length=400)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some entries of a list; `total` counts the whole list, `next_cursor` is None on the last page."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None


def page_of(items: Sequence[T], key: Callable[[T], str], asked: Asked) -> Page[T]:
    """The page that was asked for; raises `RequestError` for a cursor that is none."""
    ranked = sorted(items, key=key)
    cursor = asked.text("cursor")
    start = 0 if cursor is None else bisect_right([key(item) for item in ranked], _key_in(cursor))
    shown = tuple(ranked[start : start + asked.number("limit")])
    more = start + len(shown) < len(ranked)
    return Page(shown, len(ranked), _cursor_for(key(shown[-1])) if more and shown else None)


def row_of(asked: Asked, table: str) -> int:
    """The number of the row that a page of a table begins with; raises `RequestError` for a cursor of another table."""
    cursor = asked.text("cursor")
    if cursor is None:
        return 0
    name, _, row = _key_in(cursor).rpartition(":")
    if name != table or not (row.isascii() and row.isdecimal()) or len(row) > MAX_DIGITS:
        raise _refused()
    return int(row)


def next_row(table: str, row: int) -> str:
    """The cursor of the page that begins with a row."""
    return _cursor_for(f"{table}:{row}")


def _cursor_for(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _key_in(cursor: str) -> str:
    try:
        key = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
    except ValueError:
        key = ""
    if _cursor_for(key) != cursor:
        raise _refused()
    return key


def _refused() -> RequestError:
    hint = "take `next_cursor` of the page before, or leave it out to begin anew"
    detail = "this is not a cursor of this list"
    return RequestError(Problem(code="bad-cursor", field="cursor", detail=detail, hint=hint))
