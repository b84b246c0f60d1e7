"""What the snapshot held for review would move. Enters: settings and questions. Leaves: text, and reports beside it.

What is in place stays so: both states are opened side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

    from riskapi.refresh.snapshots import SnapshotFolder
    from riskapi.settings import Settings
    from riskapi.workbench.data_impact import DataImpact, Question
    from riskapi.workspace import Workspace

MOVED_MARKDOWN: Final = "moved.md"
MOVED_JSON: Final = "moved.json"
#: Movements on the terminal.
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Questions to look at: those of a file, those that a tenant watches, both; with neither those of companies that change."""

    portfolio: Path | None = None
    watched_by: str | None = None

    def __bool__(self) -> bool:
        """Whether any questions are named."""
        return self.portfolio is not None or self.watched_by is not None


def tell_moved(settings: Settings, folder: SnapshotFolder, wanted: Wanted, now: datetime) -> None:
    """Print what the staged snapshot would move, and lay the reports beside it; raises `NotFoundError` where none is staged."""
    from riskapi.cli.terminal import clean, for_results
    from riskapi.errors import NotFoundError, Problem
    from riskapi.refresh.run import note
    from riskapi.workbench.data_report import as_json, as_markdown, impact_lines, largest_lines

    staged = folder.staged()
    if staged is None:
        hint = "run `riskapi data refresh --review` first"
        raise NotFoundError(Problem(code="nothing-staged", detail="no snapshot is held for review", hint=hint))
    found = staged_impact(settings, staged.id, wanted, now.date())
    title = f"snapshot {staged.id}"
    note(folder, staged.id, {MOVED_MARKDOWN: as_markdown(found, title), MOVED_JSON: as_json(found, title)}, now)
    console = for_results()
    for line in [*impact_lines(found), *largest_lines(found, SHOWN), f"what moves: {staged.folder / MOVED_MARKDOWN}"]:
        console.print(clean(line), soft_wrap=True, highlight=False, markup=False)


def staged_impact(settings: Settings, snapshot_id: str, wanted: Wanted, day: date) -> DataImpact:
    """What a snapshot would move as of a day, if it took the place of the current one."""
    from riskapi.workbench.data_impact import data_impact
    from riskapi.workspace import Workspace

    with Workspace.open(settings) as before, Workspace.open(replace(settings, snapshot=snapshot_id)) as after:
        return data_impact(before, after, day, _questions(after, wanted, day))


def _questions(workspace: Workspace, wanted: Wanted, day: date) -> Sequence[Question] | None:
    if not wanted:
        return None
    found = [] if wanted.portfolio is None else _of_file(wanted.portfolio, workspace, day)
    return found if wanted.watched_by is None else [*found, *_watched(wanted.watched_by, workspace, day)]


def _of_file(path: Path, workspace: Workspace, day: date) -> list[Question]:
    from riskapi.workbench.data_impact import asked
    from riskapi.workbench.portfolio_file import read_questions

    return [asked(request, "file") for request in read_questions(path, workspace, day)]


def _watched(tenant: str, workspace: Workspace, day: date) -> list[Question]:
    from riskapi.assessment.request import read_request
    from riskapi.cli.store import opened
    from riskapi.store.tenants import require_tenant
    from riskapi.store.watchlists import items_of, watchlists
    from riskapi.workbench.data_impact import asked

    with opened() as store, store.read() as session:
        require_tenant(session, tenant)
        items = [(found.name, item) for found in watchlists(session, tenant) for item in items_of(session, found.id)]
    return [
        asked(read_request(dict(item.question), workspace.vocabulary, day), f"watchlist {name}", item.label)
        for name, item in items
    ]
