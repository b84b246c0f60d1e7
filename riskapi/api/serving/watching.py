"""Watches of the service: what answers watched questions again and sends messages. Enters: options. Leaves: a `Keeper`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import date

from riskapi.api.frame.archive import Archive
from riskapi.api.serving.current import Current
from riskapi.api.serving.options import Options
from riskapi.api.telemetry.metrics import Metrics
from riskapi.store.deliveries import outbox
from riskapi.store.errors import StoreError
from riskapi.store.rescoring import due_since
from riskapi.watch.delivering import Deliverer
from riskapi.watch.keeper import Keeper
from riskapi.watch.outgoing import Outgoing
from riskapi.watch.rounds import Done, Rescorer
from riskapi.workspace import Workspace


def open_watch(
    archive: Archive | None, current: Current, options: Options, clock: Callable[[], date], figures: Metrics
) -> Keeper | None:
    """Give the archive what webhooks need; the keeper of a service that keeps something, None with RISKAPI_WATCH_EVERY=0.

    Raises `SettingsError` where keys or hosts cannot be used.
    """
    if archive is None:
        return None
    archive.outgoing = outgoing = Outgoing.read(options.webhook_key, options.webhook_hosts)
    if not options.watch_every:
        return None

    def lease(tenant: str | None) -> AbstractContextManager[Workspace]:
        return current.lease(tenant)

    return Keeper(
        Rescorer(store=archive.store, workspaces=lease, now=archive.now),
        Deliverer(
            store=archive.store, keyring=outgoing.keyring, policy=outgoing.policy, now=archive.now, told=figures.sent
        ),
        clock,
        every=options.watch_every,
        told=lambda done: _counted(figures, done),
    )


def count_waiting(archive: Archive | None, figures: Metrics, day: date) -> None:
    """Put what waits into the figures; where the store does not answer, they stay as they were."""
    if archive is not None:
        with suppress(StoreError), archive.store.read() as session:
            now, kept, due = archive.now(), outbox(session), due_since(session, day)
            oldest, lag = (0.0 if since is None else (now - since).total_seconds() for since in (kept.oldest, due))
            figures.waiting({state.value: number for state, number in kept.counts.items()}, oldest, lag)


def _counted(figures: Metrics, done: Done) -> None:
    figures.watched(items=done.items, changes=done.changes)
