"""What the document shows of watchlists: a list with a real result, and a change, under ids and times that do not change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.store.watchlists import Item, State, Watchlist
from riskapi.watch.model import Change
from riskapi.watch.movement import Told, causes_of, result_of
from riskapi.workspace import Workspace

LIST_ID: Final = "019aabb0-8c00-7000-8000-00000000a001"
ITEM_ID: Final = "019aabb0-8c00-7000-8000-00000000b001"
AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BY: Final = "Anna, trade desk (5d1f0c1e9a0b7c3d)"
QUESTION: Final[dict[str, Any]] = {name: value for name, value in XIAOMI_FORD.items() if name != "as_of"}
THRESHOLDS: Final = {"score": 50, "moves_by": 5}
_DAY: Final = date(2026, 11, 22)
#: The day before a rule on connected vehicles came into force.
_EARLIER: Final = date(2025, 3, 16)


def sample_list() -> Watchlist:
    """A list with one item."""
    return Watchlist(
        id=LIST_ID, name="Carmakers", version=1, items=1, created_at=AT, created_by=BY, updated_at=AT
    )  # fmt: skip


def sample_item(workspace: Workspace, day: date = _DAY) -> Item:
    """The item with the answer of a day."""
    answer = workspace.ask({**QUESTION, "as_of": day.isoformat()}, today=day)
    state = State(versions=answer.versions, as_of=day, scored_at=AT, result=result_of(answer))
    return Item(
        id=ITEM_ID, watchlist=LIST_ID, question=QUESTION, label="electric cars in the United States",
        thresholds=THRESHOLDS, added_at=AT, added_by=BY, serial=1, changed_at=None, state=state,
    )  # fmt: skip


def sample_change(workspace: Workspace) -> Change:
    """The change that a rule brought when it came into force."""
    item = sample_item(workspace, _EARLIER)
    before, after = item.state.result, sample_item(workspace, _DAY).state.result
    told = Told(
        watchlist_name="Carmakers", item=item, at=AT + timedelta(hours=1), before=before, after=after,
        causes=causes_of(before, after, None), failure=None,
    )  # fmt: skip
    return told.change(1)
