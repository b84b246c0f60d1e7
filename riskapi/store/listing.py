"""Lists of stored assessments by time, page by page.

Enters: filters and a cursor. Leaves: a page. The list is that of the moment when it was begun: rows that are added while somebody
turns pages are not part of it and move none of the others.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from riskapi.store.assessments import SUMMARY, party_key, summary_of
from riskapi.store.cursors import Cursor, Position, digest_of, read_cursor, write_cursor
from riskapi.store.shown import AssessmentRecord
from riskapi.store.tables import AssessmentRow, Instant, PartyRow
from riskapi.store.texts import is_storable

MOST_ON_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which assessments a list shows, and in which order; None does not narrow it.

    `party` is a company's id or a name; ranges include both ends.
    """

    party: str | None = None
    label: str | None = None
    band: str | None = None
    as_of_from: date | None = None
    as_of_to: date | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some assessments in order; `total` counts those that were there when the list was begun."""

    items: tuple[AssessmentRecord, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which rows a list has, and the columns that order them."""

    conditions: tuple[ColumnElement[bool], ...]
    at: InstrumentedAttribute[datetime]
    id: InstrumentedAttribute[str]

    @property
    def place(self) -> ColumnElement[Any]:
        return tuple_(self.at, self.id)


def page(session: Session, tenant: str, wanted: Filter, *, limit: int = 50, cursor: str | None = None) -> Page:
    """One page; `limit` is brought between 1 and 200.

    Raises `RequestError` for a cursor that is none, or that belongs to other filters.
    """
    told = {name: None if value is None else str(value) for name, value in asdict(wanted).items()}
    digest = digest_of({"tenant": tenant, **told})
    begun = read_cursor(cursor, digest) if cursor else None
    listed = _rows(tenant, wanted)
    newest = begun.newest if begun else _newest(session, listed)
    if newest is None:
        return Page(items=(), total=0, next_cursor=None)
    total = begun.total if begun else _total(session, listed, newest)
    where = [*listed.conditions, listed.place <= _literal(newest)]
    if begun:
        last = _literal(begun.last)
        where.append(listed.place > last if wanted.oldest_first else listed.place < last)
    shown = min(max(limit, 1), MOST_ON_A_PAGE)
    rows = session.execute(select(*SUMMARY).where(*where).order_by(*_order(listed, wanted)).limit(shown + 1)).all()
    items = tuple(summary_of(row) for row in rows[:shown])
    following = None
    if len(rows) > shown:
        last_shown = Position(items[-1].created_at, items[-1].id)
        following = write_cursor(Cursor(newest=newest, last=last_shown, total=total), digest)
    return Page(items=items, total=total, next_cursor=following)


def _order(listed: _Rows, wanted: Filter) -> tuple[ColumnElement[Any], ...]:
    if wanted.oldest_first:
        return listed.at.asc(), listed.id.asc()
    return listed.at.desc(), listed.id.desc()


def _newest(session: Session, listed: _Rows) -> Position | None:
    """The newest row: later ones are not part of the list, whichever way it goes."""
    newest_first = (listed.at.desc(), listed.id.desc())
    found = select(listed.at, listed.id).where(*listed.conditions).order_by(*newest_first).limit(1)
    row = session.execute(found).first()
    return Position(row[0], row[1]) if row else None


def _total(session: Session, listed: _Rows, newest: Position) -> int:
    counted = select(func.count(AssessmentRow.id)).where(*listed.conditions, listed.place <= _literal(newest))
    return session.scalar(counted) or 0


def _literal(position: Position) -> ColumnElement[Any]:
    return tuple_(literal(position.at, Instant()), literal(position.id, AssessmentRow.id.type))


def _rows(tenant: str, wanted: Filter) -> _Rows:
    conditions = _conditions(tenant, wanted)
    if wanted.party is None:
        return _Rows(tuple(conditions), AssessmentRow.created_at, AssessmentRow.id)
    if not is_storable(wanted.party):
        return _Rows((*conditions, false()), AssessmentRow.created_at, AssessmentRow.id)
    # The keys of parties bear the time, so that their index gives the list in its order.
    conditions += [
        PartyRow.assessment_id == AssessmentRow.id,
        PartyRow.tenant == tenant,
        PartyRow.key == party_key(wanted.party),
    ]
    return _Rows(tuple(conditions), PartyRow.created_at, PartyRow.assessment_id)


def _conditions(tenant: str, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [AssessmentRow.tenant == tenant]
    for column, value in ((AssessmentRow.label, wanted.label), (AssessmentRow.band, wanted.band)):
        if value is not None:
            found.append(column == value if is_storable(value) else false())
    as_of, created = AssessmentRow.as_of, AssessmentRow.created_at
    found += [as_of >= wanted.as_of_from] if wanted.as_of_from else []
    found += [as_of <= wanted.as_of_to] if wanted.as_of_to else []
    found += [created >= wanted.created_from] if wanted.created_from else []
    found += [created <= wanted.created_to] if wanted.created_to else []
    return found
