"""Deals and claims that editors write, to lie over the shipped ledger. Every version is kept, with its author and its reason.

Enters: cells as text under the column names of `deals.csv` or `claims.csv`. Leaves: the newest version of each row, and its
history. A row is checked like a row of the tables; whether ids that it names exist is known only where it is used.
Who writes must know the version that he changes, so that nobody overwrites what he has not seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from riskapi.errors import NotFoundError, Problem, RequestError, did_you_mean
from riskapi.store import audit
from riskapi.store.audit import Act, Signature
from riskapi.store.canonical import canonical_json
from riskapi.store.errors import ConflictError
from riskapi.store.tables import EditRow, TenantRow
from riskapi.store.texts import check_texts, is_storable
from riskapi.warehouse.schema import Column, Table
from riskapi.warehouse.schema import Kind as CellKind
from riskapi.warehouse.tables import CLAIMS, DEALS

#: Rows that a tenant may have written: each is read again whenever one changes.
MOST_ROWS: Final = 5_000
#: Claims that are written here are counted from here on, so that a later one of the datasets does not get their number.
FIRST_NUMBER: Final = 1_001

Cells = Mapping[str, str]
#: Code list -> its codes; a list that is not there is not checked.
Codes = Mapping[str, Iterable[str]]


class Kind(StrEnum):
    """What is edited."""

    DEAL = "deal"
    CLAIM = "claim"


class StaleError(ConflictError):
    """The change follows a version that is not the newest."""

    code = "precondition-failed"
    title = "What is stored is not what the caller has seen"


#: What a row needs here besides what its table requires: where it was read, and when a statement was made.
_NEEDED: Final = ("source_url", "made_on")
_TABLES: Final[Mapping[Kind, Table]] = {Kind.DEAL: DEALS, Kind.CLAIM: CLAIMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEdit:
    """A row to write: `cells` None takes it back. `over` is the version that it follows, 0 for the first."""

    kind: Kind
    entity_id: str
    cells: Cells | None
    reason: str
    over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One version of a row; `cells` None says that it was taken back."""

    kind: Kind
    entity_id: str
    version: int
    cells: Cells | None
    reason: str
    written_by: str
    written_at: datetime


def write(session: Session, tenant: str, new: NewEdit, signature: Signature, codes: Codes | None = None) -> Edit:
    """Add a version. Raises `RequestError` with everything that is wrong, `StaleError` where `over` is not the newest.

    Raises `ConflictError` where nothing is there to be taken back, or the tenant has as many rows as may be.
    """
    check_texts(entity_id=new.entity_id, reason=new.reason, actor=signature.by)
    problems = check_cells(new.kind, new.entity_id, new.cells, codes or {}) if new.cells is not None else []
    if problems:
        raise RequestError(problems)
    hold(session, tenant)
    _refuse_stale(new, _newest_version(session, tenant, new), taken_back=_is_gone(session, tenant, new))
    if new.over == 0:
        _refuse_too_many(session, tenant)
    row = EditRow(
        tenant=tenant, kind=new.kind.value, entity_id=new.entity_id, version=new.over + 1, reason=new.reason,
        cells=None if new.cells is None else canonical_json(_filled(new.cells)), written_by=signature.by, written_at=signature.at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    action = f"{new.kind.value}.{'taken_back' if new.cells is None else 'written'}"
    audit.append(
        session,
        tenant,
        Act(actor=signature.by, action=action, subject=new.entity_id, detail={"version": row.version}),
        signature.at,
    )
    return _edit(row)


def hold(session: Session, tenant: str) -> None:
    """Let no other editor of the tenant write until the transaction ends: two first versions have no row to be held."""
    session.execute(select(TenantRow.id).where(TenantRow.id == tenant).with_for_update())


def state_of(session: Session, tenant: str) -> int:
    """A number that grows with every change of the tenant; versions are only ever added."""
    return session.scalar(select(func.count()).select_from(EditRow).where(EditRow.tenant == tenant)) or 0


def newest(session: Session, tenant: str, kind: Kind, entity_id: str) -> Edit | None:
    """The newest version of a row, also one that takes it back; None where nothing was ever written."""
    if not is_storable(entity_id):
        return None
    mine = (EditRow.tenant == tenant, EditRow.kind == kind.value, EditRow.entity_id == entity_id)
    row = session.scalars(select(EditRow).where(*mine).order_by(EditRow.version.desc()).limit(1)).one_or_none()
    return None if row is None else _edit(row)


def claims_of(session: Session, tenant: str, deal_id: str) -> tuple[str, ...]:
    """The ids of the claims on a deal that were ever written, also of those that were taken back."""
    of_deal = EditRow.entity_id.startswith(f"{deal_id}.", autoescape=True)
    wanted = select(EditRow.entity_id).where(EditRow.tenant == tenant, EditRow.kind == Kind.CLAIM.value, of_deal)
    return tuple(session.scalars(wanted.distinct().order_by(EditRow.entity_id)))


def next_claim_id(session: Session, tenant: str, deal_id: str) -> str:
    """An id that no claim on the deal ever had here; hold the tenant until it is written."""
    numbers = [int(ident.rpartition(".")[2]) for ident in claims_of(session, tenant, deal_id)]
    return f"{deal_id}.{max([FIRST_NUMBER - 1, *numbers]) + 1}"


def current(session: Session, tenant: str, kind: Kind) -> tuple[Edit, ...]:
    """The newest version of every row, by id; those that were taken back are among them, without cells."""
    newest = (
        select(EditRow.entity_id, func.max(EditRow.version).label("version"))
        .where(EditRow.tenant == tenant, EditRow.kind == kind.value)
        .group_by(EditRow.entity_id)
        .subquery()
    )
    rows = session.scalars(
        select(EditRow)
        .join(newest, (EditRow.entity_id == newest.c.entity_id) & (EditRow.version == newest.c.version))
        .where(EditRow.tenant == tenant, EditRow.kind == kind.value)
        .order_by(EditRow.entity_id)
    )
    return tuple(_edit(row) for row in rows)


def history(session: Session, tenant: str, kind: Kind, entity_id: str) -> tuple[Edit, ...]:
    """All versions of one row, the first one first; raises `NotFoundError` where the tenant has none."""
    check_texts(entity_id=entity_id)
    rows = session.scalars(
        select(EditRow)
        .where(EditRow.tenant == tenant, EditRow.kind == kind.value, EditRow.entity_id == entity_id)
        .order_by(EditRow.version)
    ).all()
    if not rows:
        detail = f"nobody here has written a {kind.value} of this id"
        hint = "list what was written to see its ids; what comes with the datasets has no history here"
        raise NotFoundError(Problem(code="edit-unknown", field="id", detail=detail, hint=hint))
    return tuple(_edit(row) for row in rows)


def _newest_version(session: Session, tenant: str, new: NewEdit) -> int:
    mine = (EditRow.tenant == tenant, EditRow.kind == new.kind.value, EditRow.entity_id == new.entity_id)
    return session.scalar(select(func.max(EditRow.version)).where(*mine)) or 0


def _is_gone(session: Session, tenant: str, new: NewEdit) -> bool:
    row = session.get(EditRow, (tenant, new.kind.value, new.entity_id, new.over)) if new.over else None
    return row is None or row.cells is None


def _refuse_stale(new: NewEdit, newest: int, *, taken_back: bool) -> None:
    if new.over != newest:
        detail = f"`{new.entity_id}` is at version {newest}; this change follows version {new.over}"
        raise StaleError(Problem(code="edit-stale", field="version", detail=detail,
                                    hint="read the newest version, and make the change there again"))  # fmt: skip
    if new.cells is None and taken_back:
        detail = f"there is nothing of `{new.entity_id}` that could be taken back"
        hint = "what comes with the datasets cannot be taken back here"
        raise ConflictError(Problem(code="edit-gone", field="id", detail=detail, hint=hint))


def _refuse_too_many(session: Session, tenant: str) -> None:
    rows = (
        select(EditRow.kind, EditRow.entity_id).where(EditRow.tenant == tenant, EditRow.version == 1).limit(MOST_ROWS)
    )
    if len(session.execute(rows).all()) >= MOST_ROWS:
        detail = f"{MOST_ROWS:,} rows were written here, and no more may be"
        hint = "a collection of that size belongs into tables of its own (RISKAPI_DATASETS)"
        raise ConflictError(Problem(code="edits-full", field="id", detail=detail, hint=hint))


def check_cells(kind: Kind, entity_id: str, cells: Cells, codes: Codes) -> list[Problem]:
    """Everything that is wrong with a row; its source and the day it was read are required, whoever writes."""
    table = _TABLES[kind]
    known = {column.name: column for column in table.columns}
    problems = [
        _problem("column-unknown", name[:80], f"a {kind.value} has no column `{name[:80]}`", did_you_mean(name, known))
        for name in cells
        if name not in known
    ]
    key = table.key[0]
    if key in cells and cells[key] != entity_id:
        problems.append(_problem("id-differs", key, f"`{key}` is not the id of the row", f"write `{entity_id}`"))
    for column in table.columns:
        problem = _cell_problem(column, cells.get(column.name), codes)
        if problem:
            problems.append(problem)
    return problems or _row_problems(kind, cells)


def _row_problems(kind: Kind, cells: Cells) -> list[Problem]:
    """What is wrong between the cells of a row each of which is sound."""
    announced, ended = cells.get("announced_on"), cells.get("outcome_on")
    if kind is Kind.DEAL and announced and ended and ended < announced:  # days as text sort like days
        detail = f"the outcome of {ended} lies before the announcement of {announced}"
        return [_problem("outcome-before-announcement", "outcome_on", detail, "correct one of the two days")]
    if kind is Kind.CLAIM and cells["claim_id"].rpartition(".")[0] != cells["deal_id"]:
        detail = f"the claim `{cells['claim_id']}` is one on another deal than `{cells['deal_id']}`"
        return [_problem("deal-differs", "deal_id", detail, "a claim stays with its deal: write a new one instead")]
    return []


def _cell_problem(column: Column, cell: object, codes: Codes) -> Problem | None:
    if cell is None or cell == "":
        if column.required or column.name in _NEEDED:
            return _problem("value-missing", column.name, f"`{column.name}` must not be empty", column.meaning)
        return None
    if not isinstance(cell, str):
        return _problem("wrong-type", column.name, f"`{column.name}` is not a text", "write every cell as text")
    try:
        check_texts(reason=cell)
    except RequestError as error:
        found = error.problems[0]
        return _problem(found.code, column.name, f"`{column.name}`: {found.detail.split('` ', 1)[-1]}", found.hint)
    if cell != cell.strip():
        return _problem("value-spaces", column.name, f"`{column.name}` has spaces around it", "take them out")
    return _value_problem(column, cell, codes)


def _value_problem(column: Column, cell: str, codes: Codes) -> Problem | None:
    name = column.name
    allowed = frozenset([*column.values, *column.also, *codes.get(column.domain or "", ())])
    closed = bool(column.values) or (column.domain is not None and column.domain in codes)
    if closed and cell not in allowed:
        hint = did_you_mean(cell, allowed) or f"for example {', '.join(sorted(allowed)[:8])}"
        return _problem("value-unknown", name, f"`{cell[:80]}` is no value of `{name}`", hint)
    if column.pattern and not re.fullmatch(column.pattern, cell) and cell not in column.also:
        return _problem("value-malformed", name, f"`{name}` is not written as it must be", f"match {column.pattern}")
    if column.kind is CellKind.DATE:
        return _day_problem(name, cell)
    if column.kind in (CellKind.NUMBER, CellKind.INTEGER):
        return _number_problem(column, cell)
    return None


def _day_problem(name: str, cell: str) -> Problem | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII):
        return _problem("date-malformed", name, f"`{cell[:80]}` is not a date", "write YYYY-MM-DD")
    try:
        date.fromisoformat(cell)
    except ValueError:
        return _problem("date-invalid", name, f"`{cell}` is not a day of the calendar", "see the calendar")
    return None


def _number_problem(column: Column, cell: str) -> Problem | None:
    form = r"-?\d{1,15}" if column.kind is CellKind.INTEGER else r"-?\d{1,15}(\.\d{1,15})?"
    if not re.fullmatch(form, cell, re.ASCII):
        detail = f"`{cell[:80]}` is not a number for `{column.name}`"
        return _problem("number-malformed", column.name, detail, "digits with a point, and no signs or units")
    low, high = column.minimum, column.maximum
    if (low is not None and float(cell) < low) or (high is not None and float(cell) > high):
        return _problem("number-out-of-range", column.name, f"`{cell}` is not between {low} and {high}", column.meaning)
    return None


def _problem(code: str, field: str, detail: str, hint: str | None) -> Problem:
    return Problem(code=code, field=field, detail=detail, hint=hint)


def _filled(cells: Cells) -> dict[str, str]:
    return {name: cell for name, cell in cells.items() if cell != ""}


def _edit(row: EditRow) -> Edit:
    return Edit(
        kind=Kind(row.kind), entity_id=row.entity_id, version=row.version, reason=row.reason,
        cells=None if row.cells is None else json.loads(row.cells), written_by=row.written_by, written_at=row.written_at,
    )  # fmt: skip
