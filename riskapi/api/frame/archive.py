"""Where the service keeps assessments. Enters: what a caller asked and was answered. Leaves: what was kept, and an id.

Several small writes share one transaction (`riskapi.store.writer`). Nothing is said to be kept before it is on the disk.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from riskapi.api.access.callers import Caller
from riskapi.api.frame.edits_overlay import Overlays
from riskapi.errors import Problem
from riskapi.jobs.desk import Desk
from riskapi.store import assessments, idempotency
from riskapi.store.assessments import NewAssessment, Stored
from riskapi.store.audit import Signature
from riskapi.store.database import Store
from riskapi.store.errors import StoreBusyError, StoreError
from riskapi.store.idempotency import Attempt, Lease, Replay
from riskapi.store.listing import Filter, Page, page
from riskapi.store.retention import Retention, count_request, retention_of, shorter
from riskapi.store.shown import AssessmentRecord
from riskapi.store.writer import GroupWriter
from riskapi.watch.outgoing import Outgoing

T = TypeVar("T")

#: Longer than a writer waits for another one, and shorter than a request may take.
PATIENCE_SECONDS: Final = 20
CREATED: Final = 201


def now_utc() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


class Archive:
    """An open store in the hands of the service; for use from several threads, between `start` and `stop`.

    `at_most` is how long anything is kept, whatever a tenant chose. `desk` works on jobs, where there is one;
    `outgoing` is what webhooks need.
    """

    def __init__(self, store: Store, now: Callable[[], datetime] = now_utc, at_most: Retention | None = None) -> None:
        self.store, self.now = store, now
        self.overlays = Overlays(store)
        self.desk: Desk | None = None
        self.outgoing: Outgoing | None = None
        self._at_most = at_most or Retention()
        self._writer: GroupWriter | None = None

    def start(self) -> None:
        """Begin to take writes."""
        self._writer = GroupWriter(self.store)

    def stop(self) -> None:
        """Write what waits, and take no more."""
        if self._writer is not None:
            self._writer.close()

    def check(self) -> Problem | None:
        """Why nothing can be kept or read; None while all is well."""
        health = self.store.health()
        return None if health.is_well else Problem(code="store-failed", detail=health.detail or "the store is not well",
                                                   hint="see the log and the database")  # fmt: skip

    def write(self, work: Callable[[Session], T]) -> T:
        """The result of the work, once it is on the disk; raises what the work raises, or `StoreError`."""
        if self._writer is None:
            raise StoreBusyError(Problem(code="store-busy", detail="the service is starting", hint="ask again"))
        future = self._writer.submit(work)
        try:
            return future.result(PATIENCE_SECONDS)
        except TimeoutError:
            detail = "the write did not end in time; it may still be kept"
            hint = "with an Idempotency-Key the same request can be sent again safely; else look at the list first"
            raise StoreBusyError(Problem(code="store-busy", detail=detail, hint=hint)) from None

    def stores_nothing(self, tenant: str) -> bool:
        """Whether requests of the tenant are answered and only counted."""
        with self.store.read() as session:
            return shorter(retention_of(session, tenant), self._at_most).stores_nothing

    def count(self, caller: Caller, kind: str) -> None:
        """Count a request that leaves nothing else."""
        now = self.now()
        self.write(lambda session: count_request(session, caller.tenant, now.date(), kind))

    def get(self, caller: Caller, ident: str) -> tuple[Stored, str | None]:
        """An assessment, and the hash that the audit log noted for it; raises `NotFoundError`."""
        with self.store.read() as session:
            stored = assessments.get(session, caller.tenant, ident)
            return stored, assessments.logged_hash(session, caller.tenant, ident)

    def page(self, caller: Caller, wanted: Filter, *, limit: int, cursor: str | None) -> Page:
        """A page of the caller's assessments."""
        with self.store.read() as session:
            return page(session, caller.tenant, wanted, limit=limit, cursor=cursor)

    def remove(self, caller: Caller, ident: str) -> None:
        """Delete an assessment; raises `NotFoundError`."""
        signature = Signature(caller.signed, self.now())
        self.write(lambda session: assessments.remove(session, caller.tenant, ident, signature))

    def keep(
        self, caller: Caller, make: Callable[[], NewAssessment], attempt: Attempt | None
    ) -> tuple[AssessmentRecord | str, bool]:
        """Keep what `make` gives. With an attempt it is made and kept once: later the id of the first, and True.

        The assessment and the note that the attempt is done are one transaction. Raises `ConflictError` where the key of
        the attempt is in use.
        """
        with self._attempted(attempt) as begun:
            if isinstance(begun, Replay):
                return str(json.loads(begun.body)["id"]), True
            new = make()

            def work(session: Session) -> AssessmentRecord:
                summary = assessments.add(session, caller.tenant, new, self.now())
                if begun is not None:
                    body = json.dumps({"id": summary.id}).encode()
                    idempotency.finish(session, begun, Replay(status=CREATED, headers={}, body=body))
                return summary

            return self.write(work), False

    def once(self, attempt: Attempt | None, work: Callable[[Session], Replay]) -> tuple[Replay, bool]:
        """What `work` gives, once it is on the disk; with an attempt it is done once, and later comes the first and True.

        Work and the note that the attempt is done are one transaction. Raises `ConflictError` where the key of the attempt
        is in use, and what the work raises.
        """
        with self._attempted(attempt) as begun:
            if isinstance(begun, Replay):
                return begun, True

            def whole(session: Session) -> Replay:
                replay = work(session)
                if begun is not None:
                    idempotency.finish(session, begun, replay)
                return replay

            return self.write(whole), False

    @contextmanager
    def _attempted(self, attempt: Attempt | None) -> Iterator[Lease | Replay | None]:
        """The right to work, given back where the work fails."""
        if attempt is None:
            yield None
            return
        begun = self.write(lambda session: idempotency.begin_in(session, attempt, self.now()))
        try:
            yield begun
        except Exception:
            if isinstance(begun, Lease):
                with suppress(StoreError):  # the lease ends by itself
                    idempotency.release(self.store, begun)
            raise
