"""What can go wrong between the program and its store.

Enters: failures of the database driver. Leaves: `StoreError` for those who run the service, `ConflictError` and
`KeyRefusedError` for its callers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from riskapi.errors import Problem, RiskapiError


class StoreError(RiskapiError):
    """The store cannot be used; nothing of what was asked was kept."""

    code = "store-failed"
    title = "The store cannot be used"


class StoreBusyError(StoreError):
    """The store is held by others or not reachable just now; asking again later may succeed."""

    code = "store-busy"
    title = "The store does not answer in time"


class ConflictError(RiskapiError):
    """What was asked contradicts what is stored."""

    code = "conflict"
    title = "The request contradicts what is stored"


class KeyRefusedError(RiskapiError):
    """The API key is not accepted."""

    code = "key-refused"
    title = "The API key is not accepted"


_FULL = ("disk is full", "could not extend file", "No space left")
_BUSY = ("is locked", "lock timeout", "canceling statement due to")
_DAMAGED = ("malformed", "not a database", "file is encrypted")


@contextmanager
def failures_told() -> Iterator[None]:
    """Turn failures of the driver into `StoreError`; mistakes of this program (wrong SQL, broken keys) stay what they are."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StoreBusyError(_busy("all connections to the store are in use")) from error
    except sqlite3.OperationalError as error:
        raise told(str(error)) from error
    except DBAPIError as error:
        if not _is_failure(error):
            raise
        raise told(str(error.orig)) from error


def _is_failure(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return True
    return type(error) is DatabaseError  # damaged files; its other children are mistakes of ours


def told(reason: str) -> StoreError:
    """The error for a driver's message; its first line is kept, addresses and passwords are never in it."""
    first = (reason.splitlines() or [""])[0][:200]
    if any(text in reason for text in _BUSY):
        return StoreBusyError(_busy(f"the store is held by another writer ({first})"))
    if any(text in reason for text in _FULL):
        hint = "make room on the disk of the store; nothing that was acknowledged is lost"
        return StoreError(Problem(code="store-full", detail=f"the store cannot grow ({first})", hint=hint))
    if any(text in reason for text in _DAMAGED):
        hint = "put a backup in its place: `riskapi store restore FILE`"
        return StoreError(
            Problem(code="store-damaged", detail=f"the file of the store is damaged ({first})", hint=hint)
        )
    hint = "see that the database runs, and that RISKAPI_STORE names it; the program connects again by itself"
    return StoreBusyError(Problem(code="store-unreachable", detail=f"the store does not answer ({first})", hint=hint))


def _busy(detail: str) -> Problem:
    return Problem(code="store-busy", detail=detail, hint="ask again in a moment")
