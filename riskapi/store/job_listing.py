"""Lists of jobs by time, page by page. Enters: filters and a cursor. Leaves: a page, the newest first.

The list is that of the moment when it was begun: jobs that are added while somebody turns pages are not part of it. Where a
list is narrowed to a state, jobs that have left it since are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, false, func, literal, select, tuple_
from sqlalchemy.orm import Session

from riskapi.store.cursors import Cursor, Position, digest_of, read_cursor, write_cursor
from riskapi.store.jobs import SHOWN, Job, job_of
from riskapi.store.tables import Instant, JobRow
from riskapi.store.texts import is_storable

MOST_ON_A_PAGE: Final = 200
_PLACE: Final = tuple_(JobRow.created_at, JobRow.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs a list shows; None does not narrow it."""

    state: str | None = None
    kind: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """Some jobs; `total` counts those that were there when the list was begun."""

    items: tuple[Job, ...]
    total: int
    next_cursor: str | None


def page(session: Session, tenant: str, wanted: JobFilter, *, limit: int = 50, cursor: str | None = None) -> JobPage:
    """One page; `limit` is brought between 1 and 200. Raises `RequestError` for a cursor that is none of this list."""
    digest = digest_of(["jobs", tenant, wanted.state, wanted.kind, wanted.label])
    begun = read_cursor(cursor, digest) if cursor else None
    conditions = _conditions(tenant, wanted)
    newest = begun.newest if begun else _newest(session, conditions)
    if newest is None:
        return JobPage(items=(), total=0, next_cursor=None)
    conditions.append(_literal(newest) >= _PLACE)
    total = begun.total if begun else session.scalar(select(func.count(JobRow.id)).where(*conditions)) or 0
    if begun:
        conditions.append(_literal(begun.last) > _PLACE)
    shown = min(max(limit, 1), MOST_ON_A_PAGE)
    ordered = select(*SHOWN).where(*conditions).order_by(JobRow.created_at.desc(), JobRow.id.desc())
    rows = session.execute(ordered.limit(shown + 1)).all()
    items = tuple(job_of(row) for row in rows[:shown])
    following = None
    if len(rows) > shown:
        last = Position(items[-1].created_at, items[-1].id)
        following = write_cursor(Cursor(newest=newest, last=last, total=total), digest)
    return JobPage(items=items, total=total, next_cursor=following)


def _conditions(tenant: str, wanted: JobFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [JobRow.tenant == tenant]
    for column, value in ((JobRow.state, wanted.state), (JobRow.kind, wanted.kind), (JobRow.label, wanted.label)):
        if value is not None:
            found.append(column == value if is_storable(value) else false())
    return found


def _newest(session: Session, conditions: list[ColumnElement[bool]]) -> Position | None:
    first = select(JobRow.created_at, JobRow.id).where(*conditions)
    row = session.execute(first.order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(1)).first()
    return Position(row[0], row[1]) if row else None


def _literal(position: Position) -> ColumnElement[tuple[object, ...]]:
    return tuple_(literal(position.at, Instant()), literal(position.id, JobRow.id.type))
