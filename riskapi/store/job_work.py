"""Jobs as those see them who do the work: take one, write its rows chunk by chunk, end it or give it back.

Enters: the versions that a worker would answer with, and the time. Leaves: a `Claim`, the right to work on one job for a while;
`beat` keeps it. Who is killed loses the lease, and another worker goes on behind the last chunk. Each chunk and the count of what
is done are one transaction that asks for the lease: a worker that comes back too late writes nothing.

The rows of a job are of one state of rules and datasets. A worker with others leaves the job to those that have the same for
one lease longer; then it takes the job, and `adopt` begins anew.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from riskapi.assessment.answer import Versions
from riskapi.errors import Problem
from riskapi.store.canonical import canonical_json
from riskapi.store.errors import ConflictError
from riskapi.store.jobs import OPEN, end, forget_rows, read_inputs
from riskapi.store.shown import State
from riskapi.store.tables import JobChunkRow, JobRow

#: A job that ends its worker so often without a new chunk has failed.
MOST_CRASHES: Final = 3
#: A job that had to begin anew so often has failed: somebody switches versions faster than it can end.
MOST_RESTARTS: Final = 20
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who asks for work: the versions of its answers, the kinds that it can do, and how long its leases last."""

    versions: Versions
    kinds: tuple[str, ...]
    lease: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to work on a job: `done` items are done, `chunks` are written; `token` shows that it is still the same right."""

    job: str
    tenant: str
    kind: str
    inputs: Mapping[str, Any]
    as_of_iso: str
    total: int
    done: int
    chunks: int
    lease: timedelta
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChunk:
    """Rows that answer the next `items` items, as a Parquet file; `number` counts chunks from 0."""

    number: int
    items: int
    rows: int
    data: bytes
    seconds: float


class LeaseLostError(ConflictError):
    """Somebody else works on the job, or it is gone: nothing was written."""

    code = "job-lease-lost"
    title = "The job is not this worker's any more"


def is_waiting(session: Session) -> bool:
    """Whether any job has not ended; cheap, for those who look often."""
    return session.scalar(select(JobRow.id).where(JobRow.state.in_(OPEN)).limit(1)) is not None


def others_wait(session: Session, held: Claim, now: datetime) -> bool:
    """Whether another job could be taken now."""
    wanted = select(JobRow.id).where(JobRow.state.in_(OPEN), JobRow.free_at <= now, JobRow.id != held.job)
    return session.scalar(wanted.limit(1)) is not None


def claim(session: Session, worker: Worker, now: datetime) -> Claim | None:
    """Take the job whose turn it is; None where there is none for this worker.

    The turn goes round among tenants, and among the jobs of a tenant, so that a long job does not keep others waiting for ever.
    """
    while (row := session.scalars(_next(worker, now)).first()) is not None:
        if not _is_over(session, row, now):
            return _taken(session, row, worker, now)
    return None


def _next(worker: Worker, now: datetime) -> Any:  # noqa: ANN401  # a select
    other = aliased(JobRow)
    last_turn = select(func.max(other.taken_at)).where(other.tenant == JobRow.tenant).scalar_subquery()
    return (
        select(JobRow)
        .where(JobRow.state.in_(OPEN), JobRow.free_at <= now, JobRow.kind.in_(worker.kinds), _is_for(worker, now))
        .order_by(func.coalesce(last_turn, _LONG_AGO), func.coalesce(JobRow.taken_at, _LONG_AGO), JobRow.created_at)
        .limit(1)
        .with_for_update(of=JobRow, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _is_for(worker: Worker, now: datetime) -> ColumnElement[bool]:
    mine = worker.versions
    # Behind the version of the tables that of a tenant's own rows may stand.
    tables = JobRow.dataset.startswith(mine.dataset, autoescape=True)
    same = and_(JobRow.rule_set == mine.rule_set, tables, JobRow.engine == mine.engine)
    return or_(JobRow.chunks == 0, same, JobRow.free_at <= now - worker.lease)


def _is_over(session: Session, row: JobRow, now: datetime) -> bool:
    """Whether the job ends here: it was to be cancelled, or its workers die of it."""
    if row.state == State.RUNNING:
        row.crashes += 1
    if row.is_cancelling:
        end(session, row, State.CANCELLED, now)
    elif row.crashes >= MOST_CRASHES:
        hint = "ask for less at once; whoever runs the service finds the reason in its log"
        detail = f"{row.crashes} workers in a row have ended while they worked behind item {row.done:,}"
        end(session, row, State.FAILED, now, [Problem(code="job-kills-workers", detail=detail, hint=hint)])
    elif row.restarts >= MOST_RESTARTS:
        hint = "start it again when rules and datasets stay as they are"
        detail = f"rules or datasets have changed {row.restarts} times before it could end"
        end(session, row, State.FAILED, now, [Problem(code="job-overtaken", detail=detail, hint=hint)])
    return row.state not in OPEN


def _taken(session: Session, row: JobRow, worker: Worker, now: datetime) -> Claim:
    row.state, row.token = State.RUNNING, secrets.token_hex(32)
    row.taken_at, row.started_at = now, row.started_at or now
    row.free_at = now + worker.lease
    session.flush()
    return _claim_of(row, row.token, worker.lease)


def _claim_of(row: JobRow, token: str, lease: timedelta) -> Claim:
    return Claim(
        job=row.id, tenant=row.tenant, kind=row.kind, inputs=read_inputs(row.inputs), as_of_iso=row.as_of.isoformat(),
        total=row.total, done=row.done, chunks=row.chunks, token=token, lease=lease,
    )  # fmt: skip


def adopt(session: Session, held: Claim, mine: Versions) -> Claim:
    """Note from what the rows are made that follow: where those that are there are of another state, the job begins anew.

    Raises `LeaseLostError`.
    """
    row = _held(session, held)
    if row.chunks and (row.rule_set, row.dataset, row.engine) != (mine.rule_set, mine.dataset, mine.engine):
        _begin_anew(session, row, mine)
    row.rule_set, row.dataset, row.engine = mine.rule_set, mine.dataset, mine.engine
    session.flush()
    return _claim_of(row, held.token, held.lease)


def _begin_anew(session: Session, row: JobRow, mine: Versions) -> None:
    pairs = {
        "rules": (row.rule_set, mine.rule_set), "datasets": (row.dataset, mine.dataset),
        "program": (row.engine, mine.engine),
    }  # fmt: skip
    changed = "; ".join(f"{name} {was} -> {now}" for name, (was, now) in pairs.items() if was != now)
    note = f"began anew behind item {row.done:,}, so that all rows are of one state: {changed}"
    row.notes = canonical_json([*json.loads(row.notes), note])
    row.restarts += 1
    row.done, row.seconds = 0, 0.0
    forget_rows(session, row)


# While it lasts


def beat(session: Session, held: Claim, now: datetime) -> bool:
    """Keep the lease; whether somebody wants the job cancelled. Raises `LeaseLostError`."""
    row = _held(session, held)
    row.free_at = now + held.lease
    session.flush()
    return row.is_cancelling


def count_anew(session: Session, held: Claim, total: int) -> None:
    """Note how many items there are, where other datasets have made it more or fewer. Raises `LeaseLostError`."""
    _held(session, held).total = total
    session.flush()


def write_chunk(session: Session, held: Claim, chunk: NewChunk, now: datetime) -> bool:
    """Keep rows and what is done by them; False where the job was cancelled instead. Raises `LeaseLostError`."""
    row = _held(session, held)
    if row.is_cancelling:
        end(session, row, State.CANCELLED, now)
        return False
    if chunk.number != row.chunks:
        raise _lost()
    session.add(
        JobChunkRow(
            job_id=row.id, tenant=row.tenant, number=chunk.number, first=row.rows, rows=chunk.rows, data=chunk.data
        )
    )
    row.done, row.rows, row.chunks = row.done + chunk.items, row.rows + chunk.rows, row.chunks + 1
    row.seconds += chunk.seconds
    row.crashes, row.free_at = 0, now + held.lease
    session.flush()
    return True


def replace_rows(session: Session, held: Claim, new: Sequence[NewChunk]) -> None:
    """Put other rows in place of all that there are; what is done stays done. Raises `LeaseLostError`."""
    row = _held(session, held)
    forget_rows(session, row)
    for chunk in new:
        session.add(
            JobChunkRow(
                job_id=row.id, tenant=row.tenant, number=row.chunks, first=row.rows, rows=chunk.rows, data=chunk.data
            )
        )
        row.rows, row.chunks = row.rows + chunk.rows, row.chunks + 1
    session.flush()


def finish(session: Session, held: Claim, now: datetime) -> State:
    """All items are done: `done`, or `cancelled` where that was asked for before. Raises `LeaseLostError`."""
    row = _held(session, held)
    if not row.is_cancelling and row.done != row.total:
        raise ValueError(f"job {row.id}: {row.done} of {row.total} items are done")
    state = State.CANCELLED if row.is_cancelling else State.DONE
    end(session, row, state, now)
    return state


def fail(session: Session, held: Claim, problems: Sequence[Problem], now: datetime) -> None:
    """It cannot be done. Raises `LeaseLostError`."""
    end(session, _held(session, held), State.FAILED, now, problems)


def give_back(session: Session, held: Claim, now: datetime) -> None:
    """Let somebody else go on, at once. Raises `LeaseLostError`."""
    row = _held(session, held)
    if row.is_cancelling:
        end(session, row, State.CANCELLED, now)
        return
    row.state, row.token, row.free_at = State.QUEUED, None, now
    session.flush()


def _held(session: Session, held: Claim) -> JobRow:
    """The row, which nobody else changes until the transaction ends."""
    wanted = select(JobRow).where(JobRow.id == held.job, JobRow.token == held.token).with_for_update()
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise _lost()
    return row


def _lost() -> LeaseLostError:
    detail = "the job was taken by another worker, or it is gone"
    return LeaseLostError(Problem(code=LeaseLostError.code, detail=detail, hint="nothing was written"))
