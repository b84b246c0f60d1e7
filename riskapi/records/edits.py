"""Answers about deals and claims that editors wrote: their versions, and what is seen of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from riskapi.assessment.answer import Versions

if TYPE_CHECKING:
    from riskapi.store.edits import Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class EditShown:
    """One version of a row; `cells` null says that it was taken back. Cells are texts as in the tables."""

    kind: str
    id: str
    version: int
    cells: dict[str, str] | None
    reason: str
    written_by: str
    written_at: datetime

    @classmethod
    def of(cls, edit: Edit) -> EditShown:
        """The version as the store has it."""
        return cls(
            kind=edit.kind.value, id=edit.entity_id, version=edit.version, reason=edit.reason,
            cells=None if edit.cells is None else dict(edit.cells), written_by=edit.written_by, written_at=edit.written_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAnswer:
    """A version that was written; `shows` is what is seen now: this `edit`, the row of the `datasets`, or `nothing`."""

    edit: EditShown
    shows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAnswer:
    """A row in the datasets (null where they have none) and every version that was written of it, the first one first.

    `version` is that of the newest, 0 where nothing was written: a change follows it.
    """

    kind: str
    id: str
    version: int
    in_datasets: dict[str, str] | None
    edits: tuple[EditShown, ...]
    versions: Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class EditListed:
    """The newest version of a row. `not_used_because` tells why a row that stands is not used, null where it is."""

    edit: EditShown
    stands: bool
    not_used_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsAnswer:
    """A page of what the tenant's editors wrote, by kind and id."""

    edits: tuple[EditListed, ...]
    total: int
    next_cursor: str | None
    versions: Versions
