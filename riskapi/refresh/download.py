"""Fetches one resource of a source: politely, within limits, and whole or not at all.

Enters: a source, a resource, and what is known of it from last time. Leaves: a `Receipt` for a body that lies in the raw
store, `NotModified`, or `Missing`. Everything else is a `RefreshError` that says what the server did.
"""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

import httpx

from riskapi import __version__
from riskapi.errors import Problem
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.raw import RawStore, Receipt
from riskapi.refresh.retrying import PASSING_STATUSES, Patience, seconds_asked
from riskapi.refresh.source import Resource, Source

#: Hops from one address to the next; official sites need one or two.
MOST_REDIRECTS = 4
_CHUNK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_CODING = ("", "identity")
_GZIP = ("gzip", "x-gzip")
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)

Arrived: TypeAlias = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class NotModified:
    """What is stored is still what is published."""


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such thing, and there need not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """How to reach the world: everything that a test replaces.

    `now` gives the time with its zone, `clock` seconds that only grow, `jitter` a number from 0 to 1. One body may take
    `longest` seconds in all, so that a server that sends a byte a minute holds nobody up.
    """

    client: httpx.Client
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    jitter: Callable[[], float]
    patience: Patience = field(default_factory=Patience)
    longest: float = 900.0


def new_client() -> httpx.Client:
    """A client that follows no redirects by itself, with timeouts and the name of this program."""
    headers = {"User-Agent": f"riskapi/{__version__}", "Accept-Encoding": "gzip", "Accept": "*/*"}
    return httpx.Client(follow_redirects=False, timeout=_TIMEOUT, headers=headers)


class _Passing(Exception):  # noqa: N818  # never leaves this module
    """A failure that may be gone next time; `asked` are the seconds that the server wants to be left alone."""

    def __init__(self, what: str, asked: float | None = None) -> None:
        super().__init__(what)
        self.asked = asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One resource to fetch into the raw store.

    `known` is what is stored of it, for a conditional request; `arrived` hears of the bytes that are there, and of how many.
    """

    web: Web
    source: Source
    resource: Resource
    store: RawStore
    known: Receipt | None
    arrived: Arrived


def fetch(job: Job) -> Receipt | NotModified | Missing:
    """Do the job; raises `RefreshError` once patience is used up, and at once for what will not get better."""
    web = job.web
    failed = 0
    while True:
        try:
            return _try(job)
        except _Passing as passing:
            failed += 1
            wait = web.patience.wait(failed, passing.asked, web.jitter)
            if wait is None:
                raise _gave_up(job, passing, failed) from None
        web.sleep(wait)


def _try(job: Job) -> Receipt | NotModified | Missing:
    url = f"{job.source.base_url}{job.resource.path}"
    for _ in range(MOST_REDIRECTS + 1):
        with _asked(job, url) as response:
            if response.status_code in _REDIRECTS:
                url = _next_url(job, url, response)
                continue
            if response.status_code == HTTPStatus.NOT_MODIFIED and job.known is not None:
                return NotModified()
            if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) and job.resource.optional:
                return Missing()
            _check_head(job, response)
            return _received(job, response)
    raise _refused(job, "redirects", f"more than {MOST_REDIRECTS} redirects")


@contextlib.contextmanager
def _asked(job: Job, url: str) -> Iterator[httpx.Response]:
    known, headers = job.known, {}
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    try:
        with job.web.client.stream("GET", url, headers=headers) as response:
            yield response
    except httpx.TransportError as error:
        raise _Passing(f"{type(error).__name__}: {error}".rstrip(": ")) from None


def _next_url(job: Job, url: str, response: httpx.Response) -> str:
    target = urljoin(url, str(response.headers.get("Location", "")))
    parts = urlsplit(target)
    if parts.netloc.lower() not in job.source.allowed_hosts:
        raise _refused(job, "redirect-host", f"it redirects to another host, `{parts.netloc}`")
    if parts.scheme not in {"https", urlsplit(job.source.base_url).scheme}:
        raise _refused(job, "redirect-scheme", f"it redirects to an unsafe address, `{parts.scheme}`")
    return target


def _check_head(job: Job, response: httpx.Response) -> None:
    status = response.status_code
    if status in PASSING_STATUSES:
        asked = seconds_asked(response.headers.get("Retry-After"), job.web.now())
        raise _Passing(f"HTTP {status} {response.reason_phrase}", asked)
    if status != HTTPStatus.OK:
        raise _refused(job, "http-status", f"HTTP {status} {response.reason_phrase}")
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type and media_type not in job.source.media_types:
        detail = f"it is `{media_type}`, not {job.source.media_types[0]}"
        raise _refused(job, "content-type", detail)
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > job.source.most_bytes:
        raise _too_big(job)


def _received(job: Job, response: httpx.Response) -> Receipt:
    with job.store.draft() as draft:
        sha256, size = _written(job, response, draft)
        receipt = Receipt(
            path=job.resource.path,
            url=str(response.url),
            retrieved_at=job.web.now().isoformat(timespec="seconds"),
            sha256=sha256,
            bytes=size,
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            content_type=response.headers.get("Content-Type"),
        )
        job.store.keep(draft, receipt)
    return receipt


def _written(job: Job, response: httpx.Response, draft: Path) -> tuple[str, int]:
    web = job.web
    digest, size, start = hashlib.sha256(), 0, web.clock()
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isdigit() and "Content-Encoding" not in response.headers else None
    with draft.open("wb") as file:
        for chunk in _decoded(job, response):
            size += len(chunk)
            if size > job.source.most_bytes:
                raise _too_big(job)
            if web.clock() - start > web.longest:
                raise _Passing(f"the answer took more than {web.longest:g} seconds")
            digest.update(chunk)
            file.write(chunk)
            job.arrived(size, total)
    return digest.hexdigest(), size


def _decoded(job: Job, response: httpx.Response) -> Iterator[bytes]:
    """The body in pieces, unpacked here: the library takes a compressed body that was cut off for a whole one."""
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding in _NO_CODING:
        return response.iter_raw(_CHUNK)
    if coding in _GZIP:
        return _unpacked(response.iter_raw(_CHUNK))
    raise _refused(job, "content-encoding", f"it is packed as `{coding}`, and gzip was asked for")


def _unpacked(packed: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for chunk in packed:
            rest = chunk
            while rest:
                if unpacker.eof:  # several members, one after the other
                    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
                # A bounded piece at a time: a few packed bytes may unpack to gigabytes.
                yield unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail or unpacker.unused_data
        while not unpacker.eof and (piece := unpacker.decompress(b"", _CHUNK)):
            yield piece
    except zlib.error as error:
        raise _Passing(f"the packed answer is damaged: {error}") from None
    if not unpacker.eof:
        raise _Passing("the packed answer was cut off")


def _gave_up(job: Job, passing: _Passing, failed: int) -> RefreshError:
    times = "once" if failed == 1 else f"{failed} times"
    later = f"; the server asks to come back in {passing.asked:.0f} seconds" if passing.asked else ""
    return RefreshError(
        Problem(code="unreachable", field=job.source.id, hint="try again later",
                detail=f"{job.source.base_url}{job.resource.path} failed {times}: {passing}{later}")
    )  # fmt: skip


def _refused(job: Job, code: str, detail: str) -> RefreshError:
    hint = f"look at {job.source.page_url}: the publication may have moved"
    return RefreshError(
        Problem(code=code, field=job.source.id, detail=f"{job.source.base_url}{job.resource.path}: {detail}", hint=hint)
    )


def _too_big(job: Job) -> RefreshError:
    return _refused(job, "too-big", f"it is larger than {job.source.most_bytes} bytes")
