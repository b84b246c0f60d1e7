"""Processes that tests kill, and what they tell until then. Enters: a function and its arguments. Leaves: the process.

They are copies of one process that has imported everything and begun nothing, so that they start in a tenth of the time.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

PROCESSES: Final = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.jobs.killed_worker", "tests.store.killed_writer", "tests.store.killed_rescorer"]
)
PATIENCE: Final = 60


@dataclass(frozen=True)
class Telling:
    """A process, and the end of the pipe at which one hears it."""

    process: BaseProcess
    pipe: Connection

    def word(self) -> Any:
        """What it tells next."""
        assert self.pipe.poll(PATIENCE), "it tells nothing"
        return self.pipe.recv()

    def kill(self) -> list[Any]:
        """End it; what it had told and nobody had heard, but for a last word that was cut off."""
        self.process.kill()
        self.process.join()
        assert self.process.exitcode == -signal.SIGKILL, "it ended by itself"
        heard = []
        with self.pipe, suppress(EOFError, OSError):
            while True:
                heard.append(self.pipe.recv())
        return heard


def telling(work: Callable[..., None], *arguments: object) -> Telling:
    """Start a process that calls the function with the arguments and, as the last, its end of the pipe."""
    here, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(*arguments, there), daemon=True)
    with there:
        process.start()
    return Telling(process, here)
