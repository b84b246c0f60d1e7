"""Jobs as their callers see them: long work that is asked for now and answered later.

Enters: what was asked, and the time. Leaves: how far it is, and the chunks of its result. `riskapi.store.job_work` is the
same for those who do the work. Every function takes the tenant; an id of another tenant is not found. A job is in the store
before it is acknowledged, and its entry in the audit log is of the same transaction.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from riskapi.assessment.answer import Versions
from riskapi.errors import NotFoundError, Problem, RiskapiError
from riskapi.store import audit
from riskapi.store.audit import Act, Signature
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.errors import ConflictError
from riskapi.store.ids import new_id
from riskapi.store.shown import State
from riskapi.store.tables import JobChunkRow, JobRow
from riskapi.store.texts import check_texts, is_storable

CREATED: Final = "job.created"
CANCELLED: Final = "job.cancelled"
DELETED: Final = "job.deleted"
_COMPRESSION: Final = 6
#: Seconds after which those who wait may ask again, at least and at most.
SOON: Final = 2
LATE: Final = 60
OPEN: Final = (State.QUEUED, State.RUNNING)


class QueueFullError(RiskapiError):
    """The tenant has as many unfinished jobs as it may; nothing was kept."""

    code = "too-many-jobs"
    title = "As many jobs wait as may"


class JobOpenError(ConflictError):
    """The job has no result yet; `retry_after` is in seconds."""

    code = "job-not-done"
    title = "The job is not done yet"

    def __init__(self, job: Job) -> None:
        self.retry_after = retry_after(job)
        hint = f"ask again in {self.retry_after} s; GET /v1/jobs/{job.id} tells how far it is"
        detail = f"the job is {job.state}: {job.done:,} of {job.total:,} items are done"
        super().__init__(Problem(code=self.code, field="id", detail=detail, hint=hint))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What is to be done. `inputs` is the body as JSON with its days filled in, `total` how many items it asks for.

    `notes` are the first of those of the job.
    """

    kind: str
    inputs: Mapping[str, Any]
    as_of: date
    total: int
    created_by: str
    label: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """How far a job is; `versions` are those of the rows that are there, `seconds` the time that they took.

    `notes` tell what to know of the question and what happened on the way; `problems` say why it failed, as plain data.
    """

    id: str
    kind: str
    label: str | None
    state: State
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None
    as_of: date
    total: int
    done: int
    rows: int
    seconds: float
    versions: Versions | None
    restarts: int
    is_cancelling: bool
    notes: tuple[str, ...]
    problems: tuple[Mapping[str, Any], ...]

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.state in OPEN

    @property
    def remaining_seconds(self) -> int | None:
        """How long it takes still, at the pace up to now and without waiting; None before the first rows and at the end."""
        if not self.is_open or not self.done:
            return None
        return round((self.total - self.done) * self.seconds / self.done)


def retry_after(job: Job) -> int:
    """Seconds after which it is worth to ask again."""
    return min(max(job.remaining_seconds or SOON, SOON), LATE)


def add(session: Session, tenant: str, new: NewJob, now: datetime, *, most_open: int) -> Job:
    """Keep a job; raises `QueueFullError` where the tenant has `most_open` that have not ended, `RequestError` for bad texts."""
    check_texts(label=new.label, actor=new.created_by)
    inputs = canonical_json(new.inputs)
    ident = new_id(now)
    detail = {"kind": new.kind, "items": new.total, "inputs_hash": sha256_of(inputs)}
    # The entry first: whoever appends for the tenant waits here, so that no two count the same jobs.
    audit.append(session, tenant, Act(actor=new.created_by, action=CREATED, subject=ident, detail=detail), now)
    waiting = select(func.count(JobRow.id)).where(JobRow.tenant == tenant, JobRow.state.in_(OPEN))
    if (session.scalar(waiting) or 0) >= most_open:
        hint = "wait until one has ended, or cancel one"
        detail_text = f"{most_open:,} jobs have not ended yet, more are not taken"
        raise QueueFullError(Problem(code=QueueFullError.code, detail=detail_text, hint=hint))
    row = JobRow(
        id=ident, tenant=tenant, kind=new.kind, label=new.label, state=State.QUEUED, created_at=now,
        created_by=new.created_by, as_of=new.as_of, inputs=zlib.compress(inputs.encode(), _COMPRESSION),
        total=new.total, done=0, rows=0, chunks=0, seconds=0.0, free_at=now, crashes=0, restarts=0,
        is_cancelling=False, notes=canonical_json(list(new.notes)),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return job_of(row)


def get(session: Session, tenant: str, ident: str) -> Job:
    """The job of that id; raises `NotFoundError` where the tenant has none."""
    row = session.execute(select(*SHOWN).where(*_one(tenant, ident))).one_or_none() if is_storable(ident) else None
    if row is None:
        raise _unknown()
    return job_of(row)


def inputs_of(session: Session, tenant: str, ident: str) -> dict[str, Any]:
    """What was asked, with its days filled in; raises `NotFoundError`."""
    found = session.scalar(select(JobRow.inputs).where(*_one(tenant, ident))) if is_storable(ident) else None
    if found is None:
        raise _unknown()
    return read_inputs(found)


def read_inputs(kept: bytes) -> dict[str, Any]:
    """The inputs as plain data."""
    found: dict[str, Any] = json.loads(zlib.decompress(kept))
    return found


def cancel(session: Session, tenant: str, ident: str, signature: Signature) -> Job:
    """Ask that a job ends: one that nobody works on ends at once. Raises `NotFoundError`, or `ConflictError` after its end."""
    if not get(session, tenant, ident).is_cancelling:
        # Before the row is held: whoever adds a job holds the log first, too.
        audit.append(session, tenant, Act(actor=signature.by, action=CANCELLED, subject=ident), signature.at)
    row = session.scalars(select(JobRow).where(*_one(tenant, ident)).with_for_update()).one_or_none()
    if row is None:
        raise _unknown()
    if row.state not in OPEN:
        hint = "its result and its problems stay until it is deleted"
        detail = f"the job has ended before: it is {row.state}"
        raise ConflictError(Problem(code="job-ended", field="id", detail=detail, hint=hint))
    row.is_cancelling = True
    if row.state == State.QUEUED or row.free_at <= signature.at:
        end(session, row, State.CANCELLED, signature.at)
    session.flush()
    return job_of(row)


def remove(session: Session, tenant: str, ident: str, signature: Signature) -> None:
    """Delete a job with its result, whatever it is doing; raises `NotFoundError`."""
    get(session, tenant, ident)
    audit.append(session, tenant, Act(actor=signature.by, action=DELETED, subject=ident), signature.at)
    if not session.execute(delete(JobRow).where(*_one(tenant, ident)).returning(JobRow.id)).all():
        raise _unknown()


def remove_ended(session: Session, tenant: str, before: datetime, *, limit: int = 20) -> int:
    """Delete at most `limit` jobs that ended before a moment; how many there were."""
    old = select(JobRow.id).where(JobRow.tenant == tenant, JobRow.ended_at < before).limit(limit)
    gone = session.execute(delete(JobRow).where(JobRow.id.in_(old)).returning(JobRow.id))
    return len(gone.all())


def count_by_state(session: Session) -> dict[State, int]:
    """How many jobs of all tenants are in each state."""
    rows = session.execute(select(JobRow.state, func.count(JobRow.id)).group_by(JobRow.state))
    return dict.fromkeys(State, 0) | {State(row[0]): row[1] for row in rows}


# Results


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a result from number `first` on, counted from 0, as a Parquet file."""

    first: int
    rows: int
    data: bytes


def chunk_with(session: Session, tenant: str, ident: str, row: int) -> Chunk | None:
    """The chunk that holds the row of that number; None behind the last one, and where the tenant has no such job."""
    mine = JobChunkRow.tenant == tenant, JobChunkRow.job_id == ident
    wanted = select(JobChunkRow.first, JobChunkRow.rows, JobChunkRow.data).where(
        *mine, JobChunkRow.first <= row, JobChunkRow.first + JobChunkRow.rows > row
    )
    found = session.execute(wanted).one_or_none()
    return Chunk(*found) if found else None


# Rows


def end(session: Session, row: JobRow, state: State, now: datetime, problems: Sequence[Problem] = ()) -> None:
    """Put a job at its end; of one that is not done no rows are kept."""
    row.state, row.ended_at, row.token, row.free_at = state, now, None, now
    told = [{"code": one.code, "detail": one.detail, "pointer": one.pointer, "hint": one.hint} for one in problems]
    row.problems = canonical_json(told) if told else None
    if state is not State.DONE:
        forget_rows(session, row)
    session.flush()


def forget_rows(session: Session, row: JobRow) -> None:
    """Delete the chunks of a job: what there was is not shown, and never goes together with what comes."""
    session.execute(delete(JobChunkRow).where(JobChunkRow.job_id == row.id))
    session.execute(update(JobRow).where(JobRow.id == row.id).values(rows=0, chunks=0))
    row.rows = row.chunks = 0


#: The columns of a job; what it was asked for is not among them.
SHOWN: Final = tuple(
    getattr(JobRow, name)
    for name in (
        "id", "kind", "label", "state", "created_at", "created_by", "started_at", "ended_at", "as_of", "total", "done",
        "rows", "seconds", "rule_set", "dataset", "engine", "restarts", "is_cancelling", "notes", "problems",
    )
)  # fmt: skip


def job_of(row: JobRow | Row[*tuple[Any, ...]]) -> Job:
    """The job of a row that has at least the columns of `SHOWN`."""
    versions = None
    if row.rule_set is not None:
        versions = Versions(engine=row.engine or "", rule_set=row.rule_set, dataset=row.dataset or "")
    return Job(
        id=row.id, kind=row.kind, label=row.label, state=State(row.state), created_at=row.created_at,
        created_by=row.created_by, started_at=row.started_at, ended_at=row.ended_at, as_of=row.as_of, total=row.total,
        done=row.done, rows=row.rows, seconds=row.seconds, versions=versions, restarts=row.restarts,
        is_cancelling=row.is_cancelling, notes=tuple(json.loads(row.notes)),
        problems=tuple(json.loads(row.problems or "[]")),
    )  # fmt: skip


def _one(tenant: str, ident: str) -> tuple[Any, ...]:
    return JobRow.tenant == tenant, JobRow.id == ident


def _unknown() -> NotFoundError:
    hint = "list the jobs to see their ids; those that were deleted or have grown too old are gone"
    return NotFoundError(Problem(code="job-unknown", field="id", detail="there is no job of this id", hint=hint))
