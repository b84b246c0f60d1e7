"""Figures of the running service. Enters: what happens. Leaves: the text that Prometheus reads.

Labels are bounded: routes as templates, methods and reasons from closed lists. With several workers the figures of all are
added up through files in the folder that PROMETHEUS_MULTIPROC_DIR names; `riskapi serve` sets it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
#: From an answer out of a tag to a request that is given up.
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
#: Route of what no route answers: unknown addresses, and refusals before a route is looked for.
NO_ROUTE: Final = "none"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        own = self._registry = CollectorRegistry()
        self._requests = Counter("riskapi_requests", "Answers.", ("method", "route", "status"), registry=own)
        self._seconds = Histogram(
            "riskapi_request_seconds", "Time to the last byte of the answer.", ("route",), buckets=SECONDS, registry=own
        )
        self._in_flight = Gauge(
            "riskapi_requests_in_flight",
            "Requests that are not answered yet.",
            registry=own,
            multiprocess_mode="livesum",
        )
        self._refused = Counter(
            "riskapi_refused", "Requests that were turned away to protect the service.", ("reason",), registry=own
        )
        self._scores = Counter("riskapi_scores", "Pairings that were scored.", registry=own)
        self._reloads = Counter(
            "riskapi_reloads", "Changes of rules and data while running.", ("result",), registry=own
        )
        self._age = Gauge(
            "riskapi_dataset_age_days",
            "Days since the newest source of the datasets was read.",
            registry=own,
            multiprocess_mode="mostrecent",
        )
        self._stale = Gauge("riskapi_reload_failed", "1 while rules or data on disk cannot be used and older ones are.",
                            registry=own, multiprocess_mode="livemax")  # fmt: skip
        self._jobs = Gauge(
            "riskapi_jobs", "Jobs that are kept.", ("state",), registry=own, multiprocess_mode="mostrecent"
        )
        self._turns = Counter("riskapi_job_turns", "Turns of work on jobs.", ("kind", "outcome"), registry=own)
        self._job_rows = Counter("riskapi_job_rows", "Rows that were written for jobs.", ("kind",), registry=own)
        self._job_seconds = Counter("riskapi_job_seconds", "Seconds of work on jobs.", ("kind",), registry=own)
        self._watched = Counter("riskapi_watched", "Watched questions that were answered again.", registry=own)
        self._changes = Counter("riskapi_watch_changes", "Watched questions whose result moved.", registry=own)
        self._messages = Counter("riskapi_webhook_attempts", "Attempts to send a message.", ("result",), registry=own)
        self._outbox = Gauge("riskapi_webhook_messages", "Messages to webhooks that are kept.", ("state",), registry=own,
                             multiprocess_mode="mostrecent")  # fmt: skip
        self._waits = Gauge("riskapi_webhook_oldest_waiting_seconds", "Age of the oldest message that waits.", registry=own,
                            multiprocess_mode="mostrecent")  # fmt: skip
        self._lag = Gauge("riskapi_watch_lag_seconds", "How long a watched question has waited for a newer answer.",
                          registry=own, multiprocess_mode="mostrecent")  # fmt: skip
        self.under_way = 0
        for result in ("done", "failed"):
            self._reloads.labels(result)

    def began(self) -> None:
        """A request came in."""
        self.under_way += 1
        self._in_flight.inc()

    def ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; status 0: the caller hung up before."""
        self.under_way -= 1
        self._in_flight.dec()
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """A request was turned away."""
        self._refused.labels(reason).inc()

    def scored(self, count: int = 1) -> None:
        """Pairings were scored."""
        self._scores.inc(count)

    def reloaded(self, *, well: bool) -> None:
        """Rules and data were opened anew, or could not be."""
        self._reloads.labels("done" if well else "failed").inc()
        self._stale.set(not well)

    def aged(self, days: int | None) -> None:
        """The age of the datasets."""
        if days is not None:
            self._age.set(days)

    def worked(self, kind: str, outcome: str, *, rows: int, seconds: float) -> None:
        """A turn of work on a job has ended."""
        self._turns.labels(kind, outcome).inc()
        self._job_rows.labels(kind).inc(rows)
        self._job_seconds.labels(kind).inc(seconds)

    def watched(self, *, items: int, changes: int) -> None:
        """Watched questions were answered again, and some results moved."""
        self._watched.inc(items)
        self._changes.inc(changes)

    def sent(self, result: str) -> None:
        """An attempt to send a message has ended: delivered or failed."""
        self._messages.labels(result).inc()

    def counted(self, jobs: Mapping[str, int]) -> None:
        """How many jobs are in each state."""
        for state, number in jobs.items():
            self._jobs.labels(state).set(number)

    def waiting(self, messages: Mapping[str, int], oldest: float, lag: float) -> None:
        """How many messages are in each state; seconds that the oldest of them and a watched question wait, 0 for none."""
        for state, number in messages.items():
            self._outbox.labels(state).set(number)
        self._waits.set(oldest)
        self._lag.set(lag)

    def page(self) -> bytes:
        """The figures of all processes."""
        if FOLDER_VARIABLE not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def forget_this_process() -> None:
    """What is only true of a living process ends with it."""
    if FOLDER_VARIABLE in os.environ:
        mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]


def forget_dead_processes() -> None:
    """Take away what killed processes could not."""
    folder = os.environ.get(FOLDER_VARIABLE)
    for file in Path(folder).glob("gauge_live*_*.db") if folder else ():
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not _is_alive(int(pid)):
            mark_process_dead(int(pid))  # type: ignore[no-untyped-call]


def _is_alive(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
