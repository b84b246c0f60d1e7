"""Watchlists: named lists of saved questions, each with its newest result.

Enters: a session, a tenant, questions that were checked and answered before. Leaves: lists and items as they are kept. A
change of a list and its entry in the audit log are one transaction. Locks are taken in one order (audit log, list, items,
feed), so that writers of several machines never wait for each other in a circle. `riskapi.store.rescoring` moves results on.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from riskapi.assessment.answer import Versions
from riskapi.errors import NotFoundError, Problem, RequestError
from riskapi.store import audit
from riskapi.store.audit import Act, Signature
from riskapi.store.canonical import canonical_json
from riskapi.store.errors import ConflictError
from riskapi.store.ids import new_id
from riskapi.store.tables import WatchItemRow, WatchlistRow
from riskapi.store.texts import check_texts

MOST_LISTS: Final = 100
MOST_ITEMS: Final = 200
_COMPRESSION: Final = 6
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,120}")


class ChangedSinceError(ConflictError):
    """The list is not what the caller has seen."""

    code = "precondition-failed"
    title = "What is stored is not what the caller has seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What an item came to: `result` is plain JSON, the last there was; `failure` says why there is no newer one."""

    versions: Versions
    as_of: date
    scored_at: datetime
    result: Mapping[str, Any]
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A question to watch. `state` None: a question that the list has already, with the state that it has."""

    question: Mapping[str, Any]
    label: str | None
    thresholds: Mapping[str, Any] | None
    state: State | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question that is watched; `serial` counts its results, `changed_at` is when one last moved."""

    id: str
    watchlist: str
    question: Mapping[str, Any]
    label: str | None
    thresholds: Mapping[str, Any] | None
    added_at: datetime
    added_by: str
    serial: int
    changed_at: datetime | None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """A list without its items; `version` rises with each change that a person makes."""

    id: str
    name: str
    version: int
    items: int
    created_at: datetime
    created_by: str
    updated_at: datetime


def create(session: Session, tenant: str, name: str, items: Sequence[NewItem], signature: Signature) -> Watchlist:
    """Make a list. Raises `RequestError` for a bad name, `ConflictError` where there are too many lists or items."""
    check_texts(name=name, actor=signature.by)
    ident = new_id(signature.at)
    _note(session, tenant, "watchlist.created", ident, signature, items=len(items))
    if session.scalar(select(func.count(WatchlistRow.id)).where(WatchlistRow.tenant == tenant)) >= MOST_LISTS:  # type: ignore[operator]
        raise _too_many(f"there are {MOST_LISTS} watchlists, which is the most", "delete one that nobody reads")
    row = WatchlistRow(
        id=ident, tenant=tenant, name=name, version=1, created_at=signature.at, created_by=signature.by,
        updated_at=signature.at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _insert(session, row, items, signature)
    return _shown(row, len(items))


def watchlists(session: Session, tenant: str) -> tuple[Watchlist, ...]:
    """All lists of the tenant, in the order of their making."""
    counted = select(func.count(WatchItemRow.id)).where(WatchItemRow.watchlist_id == WatchlistRow.id).scalar_subquery()
    wanted = select(WatchlistRow, counted).where(WatchlistRow.tenant == tenant)
    rows = session.execute(wanted.order_by(WatchlistRow.created_at, WatchlistRow.id))
    return tuple(_shown(row, items) for row, items in rows)


def get(session: Session, tenant: str, ident: str) -> tuple[Watchlist, tuple[Item, ...]]:
    """One list with its items, the oldest first; raises `NotFoundError` where the tenant has none of that id."""
    row = _row(session, tenant, ident, holds=False)
    items = items_of(session, row.id)
    return _shown(row, len(items)), items


def items_of(session: Session, ident: str) -> tuple[Item, ...]:
    """The items of a list, the oldest first."""
    wanted = select(WatchItemRow).where(WatchItemRow.watchlist_id == ident)
    return tuple(item_of(row) for row in session.scalars(wanted.order_by(WatchItemRow.added_at, WatchItemRow.id)))


def change(  # noqa: PLR0913  # a list, what it becomes, and who says so
    session: Session,
    tenant: str,
    ident: str,
    name: str,
    items: Sequence[NewItem],
    signature: Signature,
    seen: int | None = None,
) -> Watchlist:
    """Give a list another name and other items; a question that it has already keeps its id and its result.

    `seen` is the version that the change follows, None whichever it is. Raises `NotFoundError`, `RequestError` for a bad
    name, `ChangedSinceError`, and `ConflictError` where an item without a state is not in the list.
    """
    check_texts(name=name, actor=signature.by)
    _note(session, tenant, "watchlist.changed", ident, signature, items=len(items))
    row = _row(session, tenant, ident, holds=True, seen=seen)
    there = {known.question: known for known in _held_items(session, ident)}
    wanted = {canonical_json(item.question): item for item in items}
    gone = [known.id for question, known in there.items() if question not in wanted]
    session.execute(delete(WatchItemRow).where(WatchItemRow.id.in_(gone)))
    for question, item in wanted.items():
        if question in there:
            there[question].label = item.label
            there[question].thresholds = _told(item.thresholds)
    row.name = name
    _touch(session, row, signature.at)
    _insert(session, row, [item for question, item in wanted.items() if question not in there], signature)
    return _shown(row, len(wanted))


def add(session: Session, tenant: str, ident: str, items: Sequence[NewItem], signature: Signature) -> tuple[str, ...]:
    """Add questions to a list; their ids. Raises `NotFoundError`, `ConflictError` where one is there or they are too many."""
    _note(session, tenant, "watchlist.items-added", ident, signature, items=len(items))
    row = _row(session, tenant, ident, holds=True)
    there = set(session.scalars(select(WatchItemRow.question).where(WatchItemRow.watchlist_id == ident)))
    problems = [
        Problem(code="question-twice", pointer=f"/items/{index}", detail="the list watches this question already",
                hint="leave it out; change its label or thresholds with PUT")
        for index, item in enumerate(items)
        if canonical_json(item.question) in there
    ]  # fmt: skip
    if problems:
        raise ConflictError(problems)
    if len(there) + len(items) > MOST_ITEMS:
        raise _too_many(f"a watchlist has at most {MOST_ITEMS} items", "make another list")
    _touch(session, row, signature.at)
    return _insert(session, row, items, signature)


def remove_item(session: Session, tenant: str, ident: str, item: str, signature: Signature) -> None:
    """Take one question out; what was told of it stays in the change feed. Raises `NotFoundError`."""
    _note(session, tenant, "watchlist.item-removed", ident, signature, item=item if is_id(item) else None)
    row = _row(session, tenant, ident, holds=True)
    mine = (WatchItemRow.watchlist_id == row.id, WatchItemRow.tenant == tenant, WatchItemRow.id == item)
    if not is_id(item) or not session.execute(delete(WatchItemRow).where(*mine).returning(WatchItemRow.id)).all():
        hint = "show the watchlist to see its items"
        detail = "the watchlist has no item of this id"
        raise NotFoundError(Problem(code="watch-item-unknown", field="item", detail=detail, hint=hint))
    _touch(session, row, signature.at)


def remove(session: Session, tenant: str, ident: str, signature: Signature, seen: int | None = None) -> None:
    """Delete a list with its items and what was told of them; raises `NotFoundError`, `ChangedSinceError`."""
    _note(session, tenant, "watchlist.deleted", ident, signature)
    row = _row(session, tenant, ident, holds=True, seen=seen)
    session.execute(delete(WatchlistRow).where(WatchlistRow.id == row.id))


def item_of(row: WatchItemRow) -> Item:
    """The item of a row."""
    state = State(
        versions=Versions(**json.loads(row.versions)), as_of=row.as_of, scored_at=row.scored_at, failure=row.failure,
        result=json.loads(zlib.decompress(row.result)),
    )  # fmt: skip
    return Item(
        id=row.id, watchlist=row.watchlist_id, question=json.loads(row.question), label=row.label, serial=row.serial,
        thresholds=json.loads(row.thresholds) if row.thresholds else None, added_at=row.added_at,
        added_by=row.added_by, changed_at=row.changed_at, state=state,
    )  # fmt: skip


def columns_of(state: State) -> dict[str, Any]:
    """The columns in which a state is kept."""
    return {
        "versions": versions_text(state.versions),
        "as_of": state.as_of,
        "scored_at": state.scored_at,
        "failure": state.failure,
        "result": zlib.compress(canonical_json(state.result).encode(), _COMPRESSION),
    }


def versions_text(versions: Versions) -> str:
    """Versions as they are kept and compared."""
    return canonical_json(asdict(versions))


def repeated(items: Iterable[NewItem]) -> list[int]:
    """Places of questions that stand before in the same list."""
    seen: set[str] = set()
    found = []
    for index, item in enumerate(items):
        question = canonical_json(item.question)
        if question in seen:
            found.append(index)
        seen.add(question)
    return found


def _held_items(session: Session, ident: str) -> Sequence[WatchItemRow]:
    held = select(WatchItemRow).where(WatchItemRow.watchlist_id == ident).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).all()


def _insert(session: Session, row: WatchlistRow, items: Sequence[NewItem], signature: Signature) -> tuple[str, ...]:
    problems = [
        Problem(code="question-twice", pointer=f"/items/{index}", detail="the question stands in the list before",
                hint="leave it out")
        for index in repeated(items)
    ]  # fmt: skip
    if problems:
        raise RequestError(problems)
    rows = []
    idents = sorted(new_id(signature.at) for _ in items)  # in the order of the request, although of one moment
    for ident, item in zip(idents, items, strict=True):
        if item.state is None:
            detail = "the watchlist was changed while this was worked on"
            raise ConflictError(
                Problem(code="watchlist-stale", detail=detail, hint="read it, and send the change again")
            )
        check_texts(label=item.label)
        rows.append(
            WatchItemRow(
                id=ident, tenant=row.tenant, watchlist_id=row.id, label=item.label,
                question=canonical_json(item.question), thresholds=_told(item.thresholds), added_at=signature.at,
                added_by=signature.by, serial=1, changed_at=None, **columns_of(item.state),
            )
        )  # fmt: skip
    session.add_all(rows)
    session.flush()
    return tuple(made.id for made in rows)


def _told(thresholds: Mapping[str, Any] | None) -> str | None:
    return canonical_json(thresholds) if thresholds else None


def _touch(session: Session, row: WatchlistRow, now: datetime) -> None:
    row.version += 1
    row.updated_at = now
    session.flush()


def _note(session: Session, tenant: str, action: str, ident: str, signature: Signature, **detail: Any) -> None:  # noqa: ANN401
    """The entry in the audit log; it stands first, so that the log is held before anything else."""
    if not is_id(ident):
        raise unknown_list()
    audit.append(session, tenant, Act(actor=signature.by, action=action, subject=ident, detail=detail), signature.at)


def _row(session: Session, tenant: str, ident: str, *, holds: bool, seen: int | None = None) -> WatchlistRow:
    row = None
    if is_id(ident):
        wanted = select(WatchlistRow).where(WatchlistRow.tenant == tenant, WatchlistRow.id == ident)
        held = wanted.with_for_update().execution_options(populate_existing=True)
        row = session.scalars(held if holds else wanted).one_or_none()
    if row is None:
        raise unknown_list()
    if seen is not None and row.version != seen:
        hint = "read it again, and make the change there"
        detail = "somebody else has changed the watchlist since it was read"
        raise ChangedSinceError(Problem(code=ChangedSinceError.code, field="If-Match", detail=detail, hint=hint))
    return row


def is_id(text: str) -> bool:
    """Whether anything can have this id; other texts are not looked for."""
    return _ID.fullmatch(text) is not None


def unknown_list() -> NotFoundError:
    """The error for an id that the tenant does not have."""
    hint = "list the watchlists to see their ids"
    detail = "there is no watchlist of this id"
    return NotFoundError(Problem(code="watchlist-unknown", field="id", detail=detail, hint=hint))


def _too_many(detail: str, hint: str) -> ConflictError:
    return ConflictError(Problem(code="too-many-kept", detail=detail, hint=hint))


def _shown(row: WatchlistRow, items: int) -> Watchlist:
    return Watchlist(
        id=row.id, name=row.name, version=row.version, items=items, created_at=row.created_at,
        created_by=row.created_by, updated_at=row.updated_at,
    )  # fmt: skip
