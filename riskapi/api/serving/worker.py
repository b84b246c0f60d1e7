"""A process that works on jobs and answers no requests. Enters: settings and options. Leaves: finished jobs, until it is stopped.

It keeps the workspace that it has while new rules or datasets cannot be used, as the service does.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import FrameType

from riskapi.api.frame.archive import Archive, now_utc
from riskapi.api.serving.current import Current
from riskapi.api.serving.desk import limits_of
from riskapi.api.serving.options import Options
from riskapi.api.serving.reload import Reloader, fingerprint
from riskapi.jobs.desk import Desk
from riskapi.jobs.runner import Means, Runner
from riskapi.settings import Settings
from riskapi.store.database import Store
from riskapi.workspace import Workspace

logger = logging.getLogger("riskapi.jobs")


def work_on_jobs(settings: Settings, store: Store, options: Options, stop: threading.Event) -> None:
    """Work until `stop` is set, with as many threads as the options say and at least one; then end behind the chunks at hand."""
    with _means(settings, store, options) as (means, reloader):
        desk = Desk(means, max(1, options.job_threads))
        desk.start()
        try:
            while not stop.wait(options.reload_every or None):
                _look(reloader)
        finally:
            desk.stop()


def work_off_jobs(settings: Settings, store: Store, options: Options, stop: threading.Event) -> int:
    """Work until nothing waits that could be taken; how many turns it took."""
    with _means(settings, store, options) as (means, _):
        runner, turns = Runner(means, stop), 0
        while not stop.is_set() and runner.work_once() is not None:
            turns += 1
        return turns


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set while the block runs."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _means(
    settings: Settings, store: Store, options: Options, now: Callable[[], datetime] = now_utc
) -> Iterator[tuple[Means, Reloader]]:
    """What runners of this process work with, all of it closed at the end but the store."""
    current = Current(Workspace.open(settings), is_ours=True)
    archive = Archive(store, now)
    current.over = archive.overlays.over
    reloader = Reloader(
        current, lambda: Workspace.open(settings), lambda: fingerprint(settings), period=0, told=_unheard
    )
    try:
        yield Means(store=store, lease=current.lease, now=now, limits=limits_of(options)), reloader
    finally:
        current.close()


def _unheard(*, well: bool) -> None:
    """The log tells of new rules and datasets; there are no figures."""


def _look(reloader: Reloader) -> None:
    try:
        reloader.look()
    except Exception:
        logger.exception("looking for new rules and data failed")


def with_threads(options: Options, threads: int | None) -> Options:
    """The options with another number of threads, where one is given."""
    return options if threads is None else replace(options, job_threads=threads)
