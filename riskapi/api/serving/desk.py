"""The part of the service that works on jobs. Enters: archive, workspaces, options. Leaves: a `Desk`; None without a store."""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from datetime import timedelta

from riskapi.api.frame.archive import Archive
from riskapi.api.serving.current import Current
from riskapi.api.serving.options import Options
from riskapi.api.telemetry.metrics import Metrics
from riskapi.jobs.desk import Desk
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.runner import Means
from riskapi.store.errors import StoreError
from riskapi.store.jobs import count_by_state
from riskapi.store.retention import Retention, read_retention, shorter
from riskapi.workspace import Workspace


def limits_of(options: Options) -> JobLimits:
    """What the options allow."""
    kept = shorter(read_retention(options.retention), Retention(options.job_days))
    return JobLimits(
        pairings=options.job_pairings,
        questions=options.job_questions,
        open_jobs=options.job_queue,
        kept_days=options.job_days if kept.days is None else kept.days,
        lease=timedelta(seconds=options.job_lease),
    )


def open_desk(archive: Archive | None, current: Current, options: Options, figures: Metrics) -> Desk | None:
    """The desk, which the archive then knows; its threads begin with `start`."""
    if archive is None:
        return None

    def lease(tenant: str | None) -> AbstractContextManager[Workspace]:
        return current.lease(tenant)

    means = Means(
        store=archive.store, lease=lease, now=archive.now, limits=limits_of(options), told=figures.worked,
        busy=lambda: figures.under_way > 0,
    )  # fmt: skip
    archive.desk = Desk(means, options.job_threads)
    return archive.desk


def count_jobs(archive: Archive | None, figures: Metrics) -> None:
    """Put the number of jobs into the figures; where the store does not answer, they stay as they were."""
    if archive is not None:
        with suppress(StoreError), archive.store.read() as session:
            figures.counted({state.value: number for state, number in count_by_state(session).items()})
