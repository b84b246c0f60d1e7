"""One refresh at a time: a lock that the operating system takes back when its holder dies.

Enters: the path of the lock file and the time. Leaves: a context in which nobody else refreshes. The file stays and tells
who holds the lock; whether it is held is the system's knowledge, so that a process that was killed leaves no stale lock.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from riskapi.errors import Problem
from riskapi.refresh.errors import RefreshError

_MOST_TEXT = 1000


@contextlib.contextmanager
def only_one(lock: Path, now: datetime) -> Iterator[None]:
    """Hold the lock; raises `RefreshError` with its holder where it is held. `now` bears its time zone."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _take(handle):
            raise _held(lock, os.read(handle, _MOST_TEXT).decode("utf-8", "replace"))
        _tell(handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()}))
        try:
            yield
        finally:
            _tell(handle, "")
    finally:
        os.close(handle)  # gives the lock back


if sys.platform == "win32":
    import msvcrt

    #: Far behind the text: there, a locked byte cannot be read by others.
    _LOCKED_BYTE = 1 << 20

    def _take(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _tell(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, text.encode())


def _held(lock: Path, text: str) -> RefreshError:
    try:
        held = json.loads(text)
        who = f"process {held['pid']} on {held['host']}, since {held['since']}"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    hint = "wait until it is done, or end that process"
    return RefreshError(
        Problem(code="refresh-running", file=str(lock), detail=f"a refresh is running ({who})", hint=hint)
    )
