"""Watched questions are answered again. Enters: a store, workspaces, a day. Leaves: newer results, changes, messages to send.

A round is one state of rules and data on one day. Result, entry in the feed and messages are one transaction for each item; who
may write it, decides `riskapi.store.rescoring`.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from riskapi.errors import RequestError, RiskapiError
from riskapi.store import deliveries, rescoring, watch_feed, webhooks
from riskapi.store.database import Store
from riskapi.store.rescoring import ListLease, Round
from riskapi.store.watchlists import Item, State
from riskapi.watch.messages import message_of
from riskapi.watch.model import plain
from riskapi.watch.movement import Told, causes_of, has_moved, result_of
from riskapi.workspace import Workspace

logger = logging.getLogger("riskapi.watch")

#: Lends the current workspace: with what a tenant's editors wrote, or the shared one for None.
Workspaces: TypeAlias = Callable[[str | None], AbstractContextManager[Workspace]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a round did."""

    lists: int = 0
    items: int = 0
    changes: int = 0

    def and_more(self, other: Done) -> Done:
        """Both together."""
        return Done(
            lists=self.lists + other.lists, items=self.items + other.items, changes=self.changes + other.changes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescorer:
    """Answers watched questions again.

    `workspaces` lends a workspace, `now` tells the moment, `stops` whether to end early. After each question
    `rest` is told the seconds that it took, so that a service has time for those who ask.
    """

    store: Store
    workspaces: Workspaces
    now: Callable[[], datetime]
    stops: Callable[[], bool] = lambda: False
    rest: Callable[[float], None] = lambda _: None

    def announce(self) -> None:
        """Tell other workers that these rules and data count from now on; to be called whenever they were opened."""
        with self.workspaces(None) as workspace:
            base = workspace.versions
        with self.store.write() as session:
            rescoring.announce(session, base, self.now())

    def run(self, day: date) -> Done:
        """Answer every question that was not answered by the current rules and data as of this day."""
        with self.store.read() as session:
            tenants = rescoring.watching(session)
        done = Done()
        for tenant in tenants:
            with self.workspaces(None) as shared, self.workspaces(tenant) as own:
                round_ = Round(shared.versions, own.versions, day)
            done = done.and_more(self._run_tenant(tenant, round_))
        return done

    def _run_tenant(self, tenant: str, round_: Round) -> Done:
        with self.store.read() as session:
            due = rescoring.due_lists(session, tenant, round_, self.now())
        done = Done()
        for ident in due:
            if self.stops():
                break
            with self.store.write() as session:
                lease = rescoring.take(session, tenant, ident, self.now())
            if lease is not None:
                done = done.and_more(self._run_list(lease, round_))
        return done

    def _run_list(self, lease: ListLease, round_: Round) -> Done:
        with self.store.read() as session:
            items = rescoring.due_items(session, lease, round_)
        scored = changes = 0
        for item in items:
            began = time.perf_counter()
            moved = None if self.stops() else self._score(lease, round_, item)
            if moved is None:
                break
            scored, changes = scored + 1, changes + moved
            self.rest(time.perf_counter() - began)
        with self.store.write() as session:
            rescoring.give_back(session, lease)
        return Done(lists=1, items=scored, changes=changes)

    def _score(self, lease: ListLease, round_: Round, item: Item) -> bool | None:
        """Whether the item has changed; None where this round has no right to it any more."""
        with self.workspaces(lease.tenant) as workspace:
            if workspace.versions != round_.versions:
                return None
            state, told = rescored(workspace, lease.name, item, round_.day, self.now())
        with self.store.write() as session:
            is_kept = rescoring.settle(
                session, lease, round_, item, state, is_change=told is not None, now=state.scored_at
            )
            if is_kept and told is not None:
                _publish(session, lease.tenant, told)
        return told is not None if is_kept else None


def _publish(session: Session, tenant: str, told: Told) -> None:
    """The entry of the feed, and a message for each webhook that wants it."""
    seq, _ = watch_feed.append(session, tenant, told.item, lambda number: plain(told.change(number)), told.at)
    message = message_of(told.change(seq))
    for webhook in webhooks.webhooks(session, tenant):
        if webhook.wants(message.event, told.item.watchlist):
            deliveries.enqueue(session, webhook, message, told.at)


def first_state(workspace: Workspace, question: Mapping[str, Any], day: date, now: datetime) -> State:
    """The result from which changes are counted; raises `RequestError` where the question cannot be answered."""
    answer = workspace.ask(dict(question), today=day)
    return State(versions=answer.versions, as_of=day, scored_at=now, result=result_of(answer))


def rescored(
    workspace: Workspace, watchlist_name: str, item: Item, day: date, now: datetime
) -> tuple[State, Told | None]:
    """The item's newer state, and what there is to tell of it; None where nothing that is shown has changed."""
    before = item.state.result
    after, failure = _answered(workspace, item, day)
    state = State(
        versions=workspace.versions, as_of=day, scored_at=now, failure=failure,
        result=before if after is None else after,
    )  # fmt: skip
    if after is None:
        is_news = item.state.failure is None
        causes = _causes_of_failure(item.state, state)
    else:
        is_news = item.state.failure is not None or has_moved(before, after)
        causes = causes_of(before, after, _between(workspace, item, after)) if is_news else ()
    told = Told(
        watchlist_name=watchlist_name, item=item, at=now, before=before, after=after, causes=causes, failure=failure
    )
    return state, told if is_news else None


def _causes_of_failure(before: State, after: State) -> tuple[str, ...]:
    def stub(state: State) -> dict[str, Any]:
        return {"versions": plain(state.versions), "as_of": state.as_of.isoformat()}

    return causes_of(stub(before), stub(after), None)


def _between(workspace: Workspace, item: Item, after: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The result by the new versions as of the old day; None where only one of them is another."""
    before = item.state.result
    if before["as_of"] == after["as_of"] or before["versions"] == after["versions"]:
        return None
    return _answered(workspace, item, date.fromisoformat(before["as_of"]))[0]


def _answered(workspace: Workspace, item: Item, day: date) -> tuple[Mapping[str, Any] | None, str | None]:
    """The result, or why there is none. A fault of ours concerns one item, not the round."""
    try:
        return result_of(workspace.ask(dict(item.question), today=day)), None
    except RequestError as error:
        return None, error.problems[0].detail
    except RiskapiError as error:
        return None, error.title
    except Exception:
        incident = uuid.uuid4().hex[:12]
        logger.exception("incident %s, watched question %s", incident, item.id)
        return None, f"an error of the service, noted as incident {incident}"
