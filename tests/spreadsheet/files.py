"""Files of pairings for tests: workbooks made by openpyxl, by hand, and by hostile hands."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook

HEAD = ("Label", "Foreign party", "Host party", "Deal type", "Sector", "Foreign stake")


def book_of(rows: Sequence[Sequence[Any]], title: str = "Pairings") -> Workbook:
    """A workbook with one sheet of these rows."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    for row in rows:
        page.append(list(row))
    return book


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(*rows: Sequence[Any]) -> bytes:
    """A workbook with these rows below the usual head."""
    return saved(book_of([HEAD, *rows]))


def rebuilt(
    content: bytes,
    change: Callable[[str, bytes], bytes] = lambda name, part: part,
    more: Mapping[str, bytes] | None = None,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """The archive with changed parts and further ones."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", method) as archive:
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
        for name, part in (more or {}).items():
            archive.writestr(name, part)
    return target.getvalue()


def with_title(content: bytes, title: str) -> bytes:
    """The archive with another title of its sheet, also one that openpyxl would not write."""
    attribute = quoteattr(title).encode("ascii", "xmlcharrefreplace")

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'name="Pairings"', b"name=" + attribute) if name == "xl/workbook.xml" else part

    return rebuilt(content, change)


def with_sheet(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with its first sheet changed."""
    return rebuilt(content, lambda name, part: change(part) if name == "xl/worksheets/sheet1.xml" else part)
