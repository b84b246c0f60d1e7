"""What the service says of jobs. Enters: a job as the store has it. Leaves: the objects of its answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from riskapi.jobs.kinds import KINDS
from riskapi.jobs.limits import JobLimits
from riskapi.records.jobs import JobAnswer, JobLinks, JobProblem, JobProgress
from riskapi.store.jobs import Job
from riskapi.store.shown import State

PATH: Final = "/v1/jobs"


def job_answer(job: Job, limits: JobLimits) -> JobAnswer:
    """The job as callers see it."""
    own = f"{PATH}/{job.id}"
    links = JobLinks(
        job=own,
        cancel=f"{own}/cancel" if job.is_open else None,
        result=f"{own}/result" if job.state is State.DONE else None,
    )
    progress = JobProgress(
        item=KINDS[job.kind].item if job.kind in KINDS else "items", done=job.done, total=job.total,
        remaining_seconds=job.remaining_seconds,
    )  # fmt: skip
    return JobAnswer(
        id=job.id, kind=job.kind, state=job.state, label=job.label, as_of=job.as_of, created_at=job.created_at,
        created_by=job.created_by, started_at=job.started_at, ended_at=job.ended_at, progress=progress,
        kept_until=job.ended_at + timedelta(days=limits.kept_days) if job.ended_at else None, rows=job.rows,
        is_cancelling=job.is_cancelling, restarts=job.restarts, notes=job.notes, versions=job.versions, links=links,
        problems=tuple(JobProblem(**item) for item in job.problems),
    )  # fmt: skip
