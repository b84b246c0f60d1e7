"""What the document shows of written deals and claims. Enters: a workspace. Leaves: versions of a time that does not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from riskapi.api.frame.operation import Asked
from riskapi.api.operations.edits_body import KEYS
from riskapi.records.edits import EditAnswer, EditListed, EditsAnswer, EditShown, HistoryAnswer
from riskapi.store.edits import FIRST_NUMBER, Edit, Kind
from riskapi.workspace import Workspace

DEAL: Final[dict[str, Any]] = {
    "deal_id": "us-2026-example-example", "title": "Example of a report that an editor wrote",
    "foreign_company_id": "xiaomi", "host_company_id": "ford", "activity_country": "US", "deal_type": "joint_venture",
    "sector": "automotive", "foreign_share": 49.5, "announced_on": "2026-11-20", "announced_precision": "day",
    "source_url": "https://example.org/report", "as_of": "2026-11-21", "confidence": "low",
}  # fmt: skip
CLAIM: Final[dict[str, Any]] = {
    "made_on": "2026-11-21", "claimant": "Spokesperson of the example", "role": "host_party", "stance": "denies",
    "source_url": "https://example.org/answer", "as_of": "2026-11-21", "confidence": "low",
}  # fmt: skip
#: A deal of the datasets.
SHIPPED: Final = "us-2026-ford-xiaomi-jv"
#: The row of each kind that was written by hand.
IDS: Final[Mapping[Kind, str]] = {Kind.DEAL: str(DEAL["deal_id"]), Kind.CLAIM: f"{SHIPPED}.4"}
REASON: Final = "read in the press"
_ROWS: Final[Mapping[Kind, dict[str, Any]]] = {Kind.DEAL: DEAL, Kind.CLAIM: {"deal_id": SHIPPED, **CLAIM}}
_AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def sample_written(kind: Kind) -> Callable[[Workspace, Asked], EditAnswer]:
    """A row that was written."""

    def show(_: Workspace, asked: Asked) -> EditAnswer:
        return EditAnswer(edit=EditShown.of(_edit(kind, asked, _ROWS[kind], 1)), shows="edit")

    return show


def sample_taken_back(kind: Kind, shows: str) -> Callable[[Workspace, Asked], EditAnswer]:
    """A row that was taken back; `shows` is what is seen in its place."""

    def show(_: Workspace, asked: Asked) -> EditAnswer:
        return EditAnswer(edit=EditShown.of(_edit(kind, asked, None, 2)), shows=shows)

    return show


def sample_history(
    kind: Kind, in_datasets: Callable[[Workspace, Kind, str], dict[str, str] | None]
) -> Callable[[Workspace, Asked], HistoryAnswer]:
    """A row with one version over that of the datasets."""

    def show(workspace: Workspace, asked: Asked) -> HistoryAnswer:
        ident = asked.needed("id")
        made = (EditShown.of(_edit(kind, asked, _ROWS[kind], 1)),)
        return HistoryAnswer(kind=kind.value, id=ident, version=1, in_datasets=in_datasets(workspace, kind, ident),
                             edits=made, versions=workspace.versions)  # fmt: skip

    return show


def sample_list(workspace: Workspace, asked: Asked) -> EditsAnswer:
    """One row that was written."""
    edit = EditShown.of(_edit(Kind.DEAL, asked, DEAL, 1))
    listed = (EditListed(edit=edit, stands=True, not_used_because=None),)
    return EditsAnswer(edits=listed, total=1, next_cursor=None, versions=workspace.versions)


def _edit(kind: Kind, asked: Asked, cells: Mapping[str, Any] | None, version: int) -> Edit:
    ident = asked.text("id") or IDS[Kind.DEAL]
    if kind is Kind.CLAIM and "." not in ident:
        ident = f"{ident}.{FIRST_NUMBER}"
    text = None if cells is None else {KEYS[kind]: ident, **{name: str(cell) for name, cell in cells.items()}}
    return Edit(kind=kind, entity_id=ident, version=version, cells=text, reason=REASON,
                written_by="Edda, desk (5d1f0c1e9a0b7c3d)", written_at=_AT)  # fmt: skip
