"""Lists that come in pages, walked without thinking of pages. Enters: a call for each cursor. Leaves: items, one by one.

A page is fetched when its first item is wanted. Each page follows the cursor of the one before, so that nothing is shown
twice or left out when rows are added meanwhile.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from riskapi.client.call import Call, Received
from riskapi.client.reading import document, read_as

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some entries of a list; `total` counts the whole list, `next_cursor` is None on the last page."""

    items: tuple[T, ...]
    total: int
    next_cursor: str | None


#: The call for the page at a cursor; None is the first.
PageCall = Callable[[str | None], Call[Page[T]]]


def page_reader(kind: type[T], items: str) -> Callable[[Received], Page[T]]:
    """What reads a page whose entries stand under `items`; raises `ValueError` where it is none."""

    def read(received: Received) -> Page[T]:
        data = document(received)
        listed = data.get(items) if isinstance(data, dict) else None
        if not isinstance(listed, list):
            raise ValueError(f"there is no list of {items}")  # noqa: TRY004  # every answer that cannot be read is one kind
        cursor, total = data.get("next_cursor"), data.get("total", len(listed))
        if not isinstance(cursor, str | None) or not isinstance(total, int):
            raise ValueError("next_cursor or total is of a wrong type")  # noqa: TRY004  # as above
        return Page(items=tuple(read_as(kind, item) for item in listed), total=total, next_cursor=cursor)

    return read


@dataclass(frozen=True, slots=True)
class Pages(Generic[T]):
    """A list to walk through: `for item in pages`; each walk begins anew. `pages()` gives whole pages."""

    call: PageCall[T]
    run: Callable[[Call[Page[T]]], Page[T]]

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.items

    def pages(self) -> Iterator[Page[T]]:
        """The pages, each fetched when it is wanted."""
        cursor = None
        while True:
            page = self.run(self.call(cursor))
            yield page
            cursor = _next(page, cursor)
            if cursor is None:
                return


@dataclass(frozen=True, slots=True)
class AsyncPages(Generic[T]):
    """A list to walk through: `async for item in pages`; each walk begins anew. `pages()` gives whole pages."""

    call: PageCall[T]
    run: Callable[[Call[Page[T]]], Awaitable[Page[T]]]

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def pages(self) -> AsyncIterator[Page[T]]:
        """The pages, each fetched when it is wanted."""
        cursor = None
        while True:
            page = await self.run(self.call(cursor))
            yield page
            cursor = _next(page, cursor)
            if cursor is None:
                return


def _next(page: Page[T], cursor: str | None) -> str | None:
    """Where the next page begins; a service that gives the same cursor again must not be asked for ever."""
    return None if page.next_cursor == cursor else page.next_cursor
