"""A refresh from beginning to end: fetch, read, check, compare, stage, and put in place.

Enters: sources, the folder of snapshots, the world outside (`Web`). Leaves: an `Outcome`. A source that fails keeps its
last good rows; nothing that fails touches the snapshot that is in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from riskapi.errors import Problem
from riskapi.refresh.difference import Difference, difference
from riskapi.refresh.download import Job, Missing, NotModified, Web, fetch
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.gates import gate_problems
from riskapi.refresh.known import KnownCompanies
from riskapi.refresh.locking import only_one
from riskapi.refresh.model import Rows, joined
from riskapi.refresh.raw import Receipt
from riskapi.refresh.report import as_json, as_markdown
from riskapi.refresh.snapshots import Origin, Snapshot, SnapshotFolder
from riskapi.refresh.source import Needs, Resource, Source

REPORT_MARKDOWN = "difference.md"
REPORT_JSON = "difference.json"


class Status(StrEnum):
    """How it went with one source."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    NOTHING_TO_ASK = "nothing to ask"
    FAILED = "failed"


class Progress(Protocol):
    """Hears how far a refresh is; a screen implements it."""

    def started(self, source: Source) -> None:
        """A source is being read."""

    def arrived(self, source: Source, request: int, done: int, total: int | None) -> None:
        """`done` of `total` bytes of the request (counted from 1) are there."""

    def ended(self, result: SourceResult) -> None:
        """A source is done."""


class Silence:
    """Shows nothing."""

    def started(self, source: Source) -> None:
        """Nothing."""

    def arrived(self, source: Source, request: int, done: int, total: int | None) -> None:
        """Nothing."""

    def ended(self, result: SourceResult) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """What became of one source: rows that it has now, bytes and requests that it took, seconds."""

    source: Source
    status: Status
    rows: int = 0
    left_out: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a refresh did; `snapshot` is the new one, None where nothing is new."""

    results: tuple[SourceResult, ...]
    snapshot: Snapshot | None = None
    difference: Difference | None = None
    is_in_place: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that failed."""
        return tuple(problem for result in self.results for problem in result.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to refresh and how: `switch` puts the result in place at once, else it waits for review."""

    sources: Sequence[Source]
    needs: Needs = field(default_factory=Needs)
    known: KnownCompanies | None = None
    accept_shrink: bool = False
    switch: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """The new rows of a source with where they come from; None: nothing new."""

    result: SourceResult
    rows: Rows | None = None
    origin: Origin | None = None


def refresh(request: Request, folder: SnapshotFolder, web: Web, progress: Progress | None = None) -> Outcome:
    """Refresh the sources. Raises `RefreshError` where another refresh is running or the current snapshot is damaged."""
    screen = progress or Silence()
    now = web.now()
    with only_one(folder.lock, now):
        current = folder.current()
        before = current.rows() if current else Rows()
        session = _Session(request=request, folder=folder, current=current, before=before, web=web, screen=screen)
        gathered = [_gather(source, session) for source in request.sources]
        results = tuple(found.result for found in gathered)
        if not any(found.rows for found in gathered):
            return Outcome(results=results)
        after, origins = _put_together(before, current, gathered)
        changes = difference(before, after, request.known, current.id if current else None)
        reports = {REPORT_MARKDOWN: as_markdown(changes), REPORT_JSON: as_json(changes)}
        snapshot = folder.stage(after, origins, now, reports)
        if request.switch:
            snapshot = folder.switch()
        return Outcome(results=results, snapshot=snapshot, difference=changes, is_in_place=request.switch)


def switch(folder: SnapshotFolder, now: datetime) -> Snapshot:
    """Put the staged snapshot in place."""
    with only_one(folder.lock, now):
        return folder.switch()


def roll_back(folder: SnapshotFolder, now: datetime) -> Snapshot:
    """Put the snapshot before the current one in place again."""
    with only_one(folder.lock, now):
        return folder.roll_back()


def note(folder: SnapshotFolder, snapshot_id: str, reports: Mapping[str, str], now: datetime) -> None:
    """Lay further reports beside a snapshot."""
    with only_one(folder.lock, now):
        folder.note(snapshot_id, reports)


def _put_together(
    before: Rows, current: Snapshot | None, gathered: Sequence[_Gathered]
) -> tuple[Rows, Mapping[str, Origin]]:
    rows, origins = before, dict(current.origins) if current else {}
    for found in gathered:
        if found.rows is not None and found.origin is not None:
            source_id = found.result.source.id
            rows = joined([rows.without(source_id), found.rows])
            origins[source_id] = found.origin
    return rows, origins


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What holds for all sources of one refresh."""

    request: Request
    folder: SnapshotFolder
    current: Snapshot | None
    before: Rows
    web: Web
    screen: Progress


def _gather(source: Source, session: _Session) -> _Gathered:
    session.screen.started(source)
    start = session.web.clock()
    reader = _Reader(source, session)
    before = session.before.of(source.id)
    try:
        found = _read(reader, session.request, before)
    except RefreshError as error:
        found = _Gathered(result=reader.result(Status.FAILED, before, error.problems))
    found = replace(found, result=replace(found.result, seconds=round(session.web.clock() - start, 3)))
    session.screen.ended(found.result)
    return found


def _read(reader: _Reader, request: Request, before: Rows) -> _Gathered:
    source = reader.source
    first = source.plan(request.needs)
    if not first:
        return _Gathered(result=reader.result(Status.NOTHING_TO_ASK, before))
    bodies = reader.bodies(first)
    if reader.is_unchanged():
        return _Gathered(result=reader.result(Status.UNCHANGED, before))
    rows = joined([source.parse(body) for body in bodies])
    if problems := gate_problems(source, rows, before, accept_shrink=request.accept_shrink):
        raise RefreshError(problems)
    now = reader.web.now()
    new = rows.read_on(now.date()).seen_after(before, now.date())
    origin = Origin(
        retrieved_at=now.isoformat(timespec="seconds"),
        revision=source.revision,
        rows=rows.count(),
        receipts=reader.receipts,
    )
    return _Gathered(result=reader.result(Status.UPDATED, rows), rows=new, origin=origin)


class _Reader:
    """Fetches what a source consists of, page after page."""

    def __init__(self, source: Source, session: _Session) -> None:
        self.source, self.web, self.screen = source, session.web, session.screen
        self.store = session.folder.raw(source.id)
        self.origin = session.current.origins.get(source.id) if session.current else None
        self.receipts: dict[str, Receipt] = {}
        self.requests = 0
        self.arrived = 0

    def bodies(self, first: Sequence[Resource]) -> list[bytes]:
        """The bodies of all pages, each path once."""
        waiting = list(first)
        found: list[bytes] = []
        seen: set[str] = set()
        while waiting:
            resource = waiting.pop(0)
            if resource.path in seen:
                continue
            seen.add(resource.path)
            body = self._body(resource)
            if body is not None:
                found.append(body)
                waiting += self.source.follow(body)
        return found

    def _body(self, resource: Resource) -> bytes | None:
        if self.requests >= self.source.most_requests:
            detail = f"it takes more than {self.source.most_requests} requests"
            raise RefreshError(Problem(code="too-many-requests", field=self.source.id, detail=detail))
        if self.requests and self.source.pace:
            self.web.sleep(self.source.pace)
        self.requests += 1
        known = self._stored(resource)
        job = Job(
            web=self.web, source=self.source, resource=resource, store=self.store,
            known=known[0] if known else None, arrived=self._heard,
        )  # fmt: skip
        fetched = fetch(job)
        if isinstance(fetched, Missing):
            return None
        if isinstance(fetched, NotModified):
            if known is None:  # not possible: only a conditional request is answered so
                return None
            self.receipts[resource.path] = known[0]
            return known[1]
        self.arrived += fetched.bytes
        self.receipts[resource.path] = fetched
        return self.store.path(fetched.sha256).read_bytes()

    def _stored(self, resource: Resource) -> tuple[Receipt, bytes] | None:
        """What the current snapshot was made of; asked for only if changed, as long as it is still there."""
        receipt = self.origin.receipts.get(resource.path) if self.origin else None
        body = self.store.body(receipt) if receipt else None
        return (receipt, body) if receipt and body is not None else None

    def is_unchanged(self) -> bool:
        """Whether the very same pages were read last time, by the same code."""
        if self.origin is None or self.origin.revision != self.source.revision:
            return False
        old = {path: receipt.sha256 for path, receipt in self.origin.receipts.items()}
        return old == {path: receipt.sha256 for path, receipt in self.receipts.items()}

    def result(self, status: Status, rows: Rows, problems: Sequence[Problem] = ()) -> SourceResult:
        """What to tell of the source."""
        return SourceResult(
            source=self.source, status=status, rows=rows.count(), left_out=len(rows.problems),
            requests=self.requests, bytes=self.arrived, problems=tuple(problems),
        )  # fmt: skip

    def _heard(self, done: int, total: int | None) -> None:
        self.screen.arrived(self.source, self.requests, done, total)
