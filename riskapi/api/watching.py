"""Watches of the service: what answers watched questions again and sends messages. Enters: options. Leaves: a `Keeper`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from riskapi.api.archive import Archive
from riskapi.api.current import Current
from riskapi.api.metrics import Metrics
from riskapi.api.options import Options
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


def _counted(figures: Metrics, done: Done) -> None:
    figures.watched(items=done.items, changes=done.changes)
