"""New rules and data for a running service. Enters: settings, a signal or the passing of time. Leaves: a newer workspace.

What cannot be used is told in the log, in the figures and by /ready; the service goes on with what it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from riskapi.api.serving.current import Current, set_aside
from riskapi.errors import RiskapiError
from riskapi.settings import Settings
from riskapi.workspace import Workspace

#: Looks after which what could not be opened is tried again.
LOOKS_BETWEEN = 10

logger = logging.getLogger("riskapi.reload")

#: Open, and make ready to answer the first question as fast as the later ones.
Opener = Callable[[], Workspace]


class _Told(Protocol):
    def __call__(self, *, well: bool) -> None: ...


def fingerprint(settings: Settings) -> str:
    """Changes when a file of rules, tables or refreshed lists does. Looks at names, sizes and times, not at contents."""
    digest = hashlib.sha256()
    for path in _watched(settings):
        with contextlib.suppress(FileNotFoundError):  # taken away between listing and looking
            found = path.stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ino}\n".encode())
    return digest.hexdigest()


def _watched(settings: Settings) -> Iterator[Path]:
    for folder in (settings.rules, *settings.layers):
        yield from sorted(folder.rglob("*.yaml"))
        yield folder / "VERSION"
    yield from sorted(settings.datasets.glob("*.csv"))
    yield settings.cache / "refresh" / "pointer.json"


class Reloader:
    """Looks for changes every `period` seconds, or when it is told to, and puts a newer workspace in place.

    `failure` says why what lies on disk is not in use; None while it is. After a failure every tenth look opens again though
    no file has changed: what failed may not have been the files. `told` hears of every attempt.
    """

    def __init__(
        self, current: Current, opener: Opener, state: Callable[[], str], *, period: float, told: _Told
    ) -> None:
        self._current, self._open, self._state, self._told = current, opener, state, told
        self._period = period or None
        self._known = state()
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._looks_since = 0
        self.failure: str | None = None

    async def start(self) -> None:
        """Begin to look; SIGHUP asks for a look at once, where the platform has it."""
        self._task = asyncio.create_task(self._watch())
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError, AttributeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._asked.set)

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _watch(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._period):
                    await self._asked.wait()
            was_asked = self._asked.is_set()
            self._asked.clear()
            try:
                await asyncio.to_thread(self.look, always=was_asked)
            except Exception:
                logger.exception("looking for new rules and data failed")

    def look(self, *, always: bool = False) -> bool:
        """Put a newer workspace in place where there is one; whether it was. `always` opens in any case."""
        state = self._state()
        self._looks_since += 1
        is_due = self.failure is not None and self._looks_since >= LOOKS_BETWEEN
        if state == self._known and not always and not is_due:
            return False
        self._known, self._looks_since = state, 0
        try:
            newer = self._open()
        except RiskapiError as error:
            return self._fail(f"{error.title}: {error.problems[0].detail}", error)
        except Exception as error:  # noqa: BLE001  # whatever it is, the service goes on with what it has
            return self._fail(f"they cannot be opened ({type(error).__name__})", error)
        versions = newer.versions
        self._current.replace(newer)
        self.failure = None
        self._told(well=True)
        set_aside()
        logger.info("answers now rest on rules %s and datasets %s", versions.rule_set, versions.dataset)
        return True

    def _fail(self, reason: str, error: Exception) -> bool:
        self.failure = reason
        self._told(well=False)
        logger.error("new rules or data are not used: %s", reason, exc_info=error)
        return False
