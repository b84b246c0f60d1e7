"""What each tenant answers from: the workspace with his edits over it. Enters: a workspace, a tenant. Leaves: a workspace.

A committed edit is seen by every worker at once where deals are read, and at most `SCORES_AFTER` seconds later where they are
scored; by the worker that took it at once in either case. Where the store cannot be asked nobody is answered: an answer that
leaves out what was written would be wrong.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from riskapi.claims.model import Edited
from riskapi.claims.overlay import LeftOut, Overlay, WrittenRow, overlaid
from riskapi.store import edits
from riskapi.store.canonical import canonical_json
from riskapi.store.database import Store
from riskapi.store.edits import Edit, Kind
from riskapi.workspace import Workspace

#: Seconds for which a score may rest on what was written before.
SCORES_AFTER: Final = 1.0
#: Tenants whose workspace is kept ready; that of another one is made when he asks.
MOST_READY: Final = 64
#: Digits of the hash that names the edits in a version.
DIGITS: Final = 12

logger = logging.getLogger("riskapi.edits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """A workspace with the edits of a tenant, and those that cannot be used."""

    workspace: Workspace
    left_out: tuple[LeftOut, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Ready:
    below: Workspace
    state: int
    looked_at: float
    made: Overlaid


class Overlays:
    """Makes and keeps workspaces with edits; for use from several threads. `seconds` is a clock that only runs on."""

    def __init__(self, store: Store, seconds: Callable[[], float] = time.monotonic) -> None:
        self._store, self._seconds = store, seconds
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._ready: OrderedDict[str, _Ready] = OrderedDict()
        self._written = 0

    def over(self, workspace: Workspace, tenant: str, *, looks: bool = True) -> Workspace:
        """The workspace with the tenant's edits. Without `looks` it may be that of a moment ago. Raises `StoreError`."""
        return self._overlaid(workspace, tenant, looks=looks).workspace

    def left_out(self, tenant: str) -> tuple[LeftOut, ...]:
        """The rows that were not used when the tenant's workspace was last made."""
        with self._lock:
            found = self._ready.get(tenant)
        return () if found is None else found.made.left_out

    def _overlaid(self, workspace: Workspace, tenant: str, *, looks: bool) -> Overlaid:
        now = self._seconds()
        found = self._found(workspace, tenant)
        if found is not None and not looks and now - found.looked_at < SCORES_AFTER:
            return found.made
        with self._store.read() as session:
            state = edits.state_of(session, tenant)
        if found is not None and found.state == state:
            found.looked_at = now
            return found.made
        with self._making:
            return self._made(workspace, tenant, now)

    def forget(self, tenant: str) -> None:
        """Look again at the next question: something was written here."""
        with self._lock:
            self._written += 1
            self._ready.pop(tenant, None)

    def _found(self, workspace: Workspace, tenant: str) -> _Ready | None:
        with self._lock:
            found = self._ready.get(tenant)
            if found is None or found.below is not workspace:
                return None
            self._ready.move_to_end(tenant)
            return found

    def _made(self, workspace: Workspace, tenant: str, now: float) -> Overlaid:
        written = self._written
        with self._store.read() as session:
            state = edits.state_of(session, tenant)
            found = self._found(workspace, tenant)
            if found is not None and found.state == state:
                return found.made  # another thread made it meanwhile
            rows = {kind: edits.current(session, tenant, kind) if state else () for kind in Kind}
        made = overlay_of(workspace, rows[Kind.DEAL], rows[Kind.CLAIM])
        if made.left_out:
            logger.warning("%d edits of tenant %s cannot be used", len(made.left_out), tenant)
        with self._lock:
            # What was written meanwhile is not in it: the next one looks again.
            looked_at = now if written == self._written else now - SCORES_AFTER
            self._ready[tenant] = _Ready(below=workspace, state=state, looked_at=looked_at, made=made)
            self._ready.move_to_end(tenant)
            # What lies over an older workspace would keep it in memory.
            for other in [name for name, ready in self._ready.items() if ready.below is not workspace]:
                del self._ready[other]
            while len(self._ready) > MOST_READY:
                self._ready.popitem(last=False)
        return made


def overlay_of(workspace: Workspace, deals: Iterable[Edit], claims: Iterable[Edit]) -> Overlaid:
    """The workspace with the rows that stand; the workspace itself where none does."""
    standing = {kind: [edit for edit in rows if edit.cells is not None] for kind, rows in _by_kind(deals, claims)}
    if not any(standing.values()):
        return Overlaid(workspace=workspace)
    laid: Overlay = overlaid(workspace.ledger, map(_row, standing[Kind.DEAL]), map(_row, standing[Kind.CLAIM]))
    name = _name_of([*standing[Kind.DEAL], *standing[Kind.CLAIM]])
    return Overlaid(workspace=workspace.with_ledger(laid.ledger, name), left_out=laid.left_out)


def _by_kind(deals: Iterable[Edit], claims: Iterable[Edit]) -> tuple[tuple[Kind, Iterable[Edit]], ...]:
    return (Kind.DEAL, deals), (Kind.CLAIM, claims)


def _row(edit: Edit) -> WrittenRow:
    return WrittenRow(cells=edit.cells or {}, edited=edited_of(edit))


def edited_of(edit: Edit) -> Edited:
    """The mark of a row that was written."""
    return Edited(version=edit.version, by=edit.written_by, at=edit.written_at, reason=edit.reason)


def _name_of(rows: Iterable[Edit]) -> str:
    """Names all that an answer can show of the rows: the same name, the same answers."""
    told = [
        (
            row.kind,
            row.entity_id,
            row.version,
            dict(row.cells or {}),
            row.written_by,
            row.written_at.isoformat(),
            row.reason,
        )
        for row in rows
    ]
    return hashlib.sha256(canonical_json(told).encode()).hexdigest()[:DIGITS]
