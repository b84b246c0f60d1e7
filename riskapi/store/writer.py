"""Many small writes, one synchronisation with the disk: what waits at the same moment is committed together.

Enters: functions that write with a session. Leaves: their results, each once it is on the disk. A write that fails is taken back
alone; where the database fails, all of that moment fail, and none of them was kept.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, Self, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from riskapi.errors import Problem
from riskapi.store.database import Store
from riskapi.store.errors import StoreBusyError

T = TypeVar("T")
Work = Callable[[Session], Any]

#: The most writes of one transaction: others wait as long as it lasts.
MOST_TOGETHER: Final = 64
#: The most writes that wait; the next one is refused, so that memory stays bounded.
MOST_WAITING: Final = 1000


class GroupWriter:
    """A thread that writes for others; `submit` may be called from any thread."""

    def __init__(self, store: Store, *, waiting: int = MOST_WAITING) -> None:
        self._store = store
        self._waiting: queue.Queue[tuple[Work, Future[Any]] | None] = queue.Queue(waiting)
        self._is_open = True
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="riskapi-store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Session], T]) -> Future[T]:
        """The result of `work(session)`, once it is on the disk. Raises `StoreBusyError` where too many wait or it is closed.

        `work` must not commit, wait, or write with another session: all others wait for it.
        """
        future: Future[T] = Future()
        with self._gate:
            if not self._is_open:
                raise StoreBusyError(_refused("the service is stopping"))
            try:
                self._waiting.put_nowait((work, future))
            except queue.Full:
                raise StoreBusyError(_refused("too many writes are waiting")) from None
        return future

    def close(self) -> None:
        """Write what waits, and end."""
        with self._gate:
            was_open, self._is_open = self._is_open, False
        if was_open:
            self._waiting.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        ends = False
        while not ends:
            batch = [self._waiting.get()]
            while len(batch) < MOST_TOGETHER and batch[-1] is not None:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            ends = batch[-1] is None
            self._write([item for item in batch if item is not None and item[1].set_running_or_notify_cancel()])

    def _write(self, batch: list[tuple[Work, Future[Any]]]) -> None:
        if not batch:
            return
        outcomes: list[tuple[Any, Exception | None]] = []
        try:
            with self._store.write() as session:
                outcomes += [_outcome(session, work) for work, _ in batch]
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait must learn of it
            outcomes = [(None, error)] * len(batch)
        for (_, future), (result, failure) in zip(batch, outcomes, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


def _outcome(session: Session, work: Work) -> tuple[Any, Exception | None]:
    """What the work gave, or why it was taken back; a failure of the database ends the whole transaction."""
    try:
        with session.begin_nested():
            return work(session), None
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
            raise
        return None, error


def _refused(detail: str) -> Problem:
    return Problem(code="store-busy", detail=detail, hint="ask again in a moment")
