"""What a source is: where a publication lies, what it may look like, and how its bytes become rows.

Enters: nothing. Leaves: the classes that each module of `sources` fills in, and what several of them read the same way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from riskapi.errors import Problem
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import Rows

JSON_TYPES = ("application/json", "application/vnd.api+json", "text/json", "text/plain")
XML_TYPES = ("application/xml", "text/xml")
#: What file servers say of a file that they know nothing about.
FILE_TYPES = ("application/octet-stream", "binary/octet-stream")

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a caller wants of sources that are asked and not downloaded whole."""

    leis: tuple[str, ...] = ()
    notices_since: date = date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing to fetch: its path below the base URL, with the query. An optional one may be missing (404)."""

    path: str
    optional: bool = False


Plan: TypeAlias = Callable[[Needs], Sequence[Resource]]
Follow: TypeAlias = Callable[[bytes], Sequence[Resource]]


def nothing_more(_: bytes) -> Sequence[Resource]:
    """For sources that are one file."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One official publication.

    `plan` names what to fetch first, `follow` what a fetched page leads to (more pages, related records), `parse` reads
    one page and raises `RefreshError` where it is not what it should be. `hosts` are those that redirects may lead to.
    `at_least` is the number of rows below which something is wrong whatever was there before; `pace` the seconds to
    wait between two requests. Raise `revision` when `parse` changes, so that unchanged files are read again.
    """

    id: str
    title: str
    publisher: str
    page_url: str
    licence: str
    base_url: str
    plan: Plan
    parse: Callable[[bytes], Rows]
    follow: Follow = nothing_more
    hosts: tuple[str, ...] = ()
    media_types: tuple[str, ...]
    most_bytes: int
    most_requests: int = 1
    at_least: int
    pace: float = 0.0
    revision: int = 1

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Hosts (with the port, where one is written) that may be asked."""
        return frozenset({urlsplit(self.base_url).netloc.lower(), *(host.lower() for host in self.hosts)})

    def at(self, base_url: str, *, at_least: int | None = None) -> Source:
        """The same source read from another place, such as a mirror; only that place may be asked then."""
        least = self.at_least if at_least is None else at_least
        return replace(self, base_url=base_url.rstrip("/"), hosts=(), at_least=least)


def one_file(path: str) -> Plan:
    """The plan of a source that is one file."""
    return lambda _: (Resource(path),)


def read_json(body: bytes, *wanted: str) -> Mapping[str, Any]:
    """The JSON object, which must hold the keys `wanted`."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
        raise RefreshError(
            Problem(code="json-malformed", detail=f"the publication is not JSON: {error}", line=line, column=column,
                    hint="try again later; if it stays, the publisher has changed the format")
        ) from None  # fmt: skip
    if not isinstance(value, dict):
        raise format_changed(f"the publication is a {type(value).__name__}, not an object")
    if missing := [key for key in wanted if key not in value]:
        raise format_changed(f"the publication has no `{missing[0]}`", missing[0])
    return value


def format_changed(detail: str, field: str | None = None) -> RefreshError:
    """The error for a publication that is well written and not what the source expects."""
    hint = "the publisher has changed the format: correct the source's module"
    return RefreshError(Problem(code="format-changed", detail=detail, field=field, hint=hint))


def unreadable(number: int, detail: str, field: str) -> Problem:
    """The problem of one entry (counted from 1) that is left out."""
    return Problem(code="entry-unreadable", detail=f"entry {number}: {detail}", field=field)


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, whether the publication writes a list, one text, texts joined with `; `, or nothing."""
    if value is None:
        return ()
    items: Iterable[object] = value if isinstance(value, list) else str(value).split("; ")
    return tuple(text for item in items if item is not None and (text := str(item).strip()))


def address(value: object) -> str | None:
    """The web address; None where the text is none."""
    text = str(value or "").strip()
    return text if re.fullmatch(r"https?://[^\s|]+", text) else None


def day(text: object, *formats: str) -> date | None:
    """The date; None where there is none, or only a year, or no day of the calendar."""
    written = str(text or "").strip()
    for form in formats or ("%Y-%m-%d",):
        try:
            return datetime.strptime(written[:10], form).date()  # noqa: DTZ007  # a day has no time zone
        except ValueError:
            continue
    return None
