"""What the document shows of jobs. Enters: a workspace. Leaves: jobs under an id and times that do not change, and real rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from riskapi.api.frame.operation import Asked
from riskapi.api.operations.job_answers import job_answer
from riskapi.api.operations.scores import MISTAKEN, XIAOMI_FORD
from riskapi.jobs import result
from riskapi.jobs.kind import JobKind
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.scores import SCORES, row_of
from riskapi.records.jobs import JobAnswer, JobDeletedAnswer, JobsAnswer, ResultAnswer
from riskapi.store.jobs import Job
from riskapi.store.shown import State
from riskapi.workspace import Workspace

SAMPLE_ID: Final = "019aabb0-8c00-7000-8000-0123456789cd"
_SAMPLE_AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SAMPLE_BODY: Final = {"questions": [XIAOMI_FORD, MISTAKEN]}
_LIMITS: Final = JobLimits()


def sample(workspace: Workspace, kind: JobKind, state: State, total: int) -> Job:
    """A job as it may look."""
    has_begun, has_ended = state is not State.QUEUED, state in {State.DONE, State.CANCELLED}
    done = total if state is State.DONE else total // 2 if has_begun else 0
    return Job(
        id=SAMPLE_ID, kind=kind.name, label="screening of November", state=state, created_at=_SAMPLE_AT,
        created_by="Anna, trade desk (5d1f0c1e9a0b7c3d)", as_of=date(2026, 11, 22), total=total, done=done,
        started_at=_SAMPLE_AT + timedelta(seconds=1) if has_begun else None,
        ended_at=_SAMPLE_AT + timedelta(seconds=3) if has_ended else None,
        rows=0 if state is State.CANCELLED else done, seconds=0.02 * done,
        versions=workspace.versions if has_begun else None, restarts=0, is_cancelling=state is State.CANCELLED,
        notes=(), problems=(),
    )  # fmt: skip


def sample_created(kind: JobKind, total: int) -> Callable[[Workspace, Asked], JobAnswer]:
    """What the document shows of a job that was taken in."""
    return lambda workspace, _: job_answer(sample(workspace, kind, State.QUEUED, total), _LIMITS)


def sample_list(workspace: Workspace, _: Asked) -> JobsAnswer:
    """A list of jobs."""
    found = (sample(workspace, SCORES, state, 2) for state in (State.RUNNING, State.DONE))
    return JobsAnswer(jobs=tuple(job_answer(job, _LIMITS) for job in found), total=2, next_cursor=None)


def sample_shown(workspace: Workspace, _: Asked) -> JobAnswer:
    """A job that runs."""
    return job_answer(sample(workspace, SCORES, State.RUNNING, 2), _LIMITS)


def sample_cancelled(workspace: Workspace, _: Asked) -> JobAnswer:
    """A job that waited and was cancelled."""
    return job_answer(sample(workspace, SCORES, State.CANCELLED, 2), _LIMITS)


def sample_removed(_: Workspace, asked: Asked) -> JobDeletedAnswer:
    """A job that is gone."""
    return JobDeletedAnswer(deleted=asked.needed("id"))


def sample_result(workspace: Workspace, _: Asked) -> ResultAnswer:
    """The rows of two questions."""
    found = (
        row_of(workspace, question, index, date(2026, 11, 22))
        for index, question in enumerate(SAMPLE_BODY["questions"])
    )
    rows = tuple(result.plain_row(SCORES, row) for row in found)
    job = job_answer(sample(workspace, SCORES, State.DONE, len(rows)), _LIMITS)
    return ResultAnswer(job=job, rows=rows, total=len(rows), next_cursor=None)
