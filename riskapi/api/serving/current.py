"""The workspace that the service answers from just now. Enters: a workspace, later newer ones. Leaves: leases of the current.

A request keeps the workspace that it began with, so that its answer is of one state; an older one is closed when the last
request that holds it has ended.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from riskapi.workspace import Workspace


class Over(Protocol):
    """Lays what a tenant wrote over a workspace."""

    def __call__(self, workspace: Workspace, tenant: str, *, looks: bool) -> Workspace:
        """The workspace of the tenant; without `looks` perhaps with what he had written a moment ago."""


@dataclass(slots=True)
class _Held:
    workspace: Workspace
    is_ours: bool
    users: int = 0
    is_retired: bool = False


class Current:
    """Gives out the current workspace and takes a newer one; for use from several threads.

    `is_ours` says whether the workspace is closed when it is no longer needed. `over` is asked for those who name a tenant.
    """

    def __init__(self, workspace: Workspace, *, is_ours: bool) -> None:
        self.over: Over | None = None
        self._lock = threading.Lock()
        self._held = _Held(workspace, is_ours)

    @contextmanager
    def lease(self, tenant: str | None = None, *, looks: bool = True) -> Iterator[Workspace]:
        """The current workspace, with what the tenant wrote, which stays open until the block ends.

        Raises `StoreError` where it cannot be found out what the tenant wrote; without a tenant nothing is asked.
        """
        with self._lock:
            held = self._held
            held.users += 1
        try:
            over = None if tenant is None else self.over
            yield held.workspace if tenant is None or over is None else over(held.workspace, tenant, looks=looks)
        finally:
            with self._lock:
                held.users -= 1
                is_last = held.is_retired and held.users == 0
            if is_last:
                _let_go(held)

    def replace(self, newer: Workspace) -> None:
        """Answer from another workspace from now on, and close the older one after its last request."""
        with self._lock:
            older, self._held = self._held, _Held(newer, is_ours=True)
        self._retire(older)

    def close(self) -> None:
        """The service ends."""
        self._retire(self._held)

    def _retire(self, held: _Held) -> None:
        with self._lock:
            held.is_retired = True
            is_last = held.users == 0
        if is_last:
            _let_go(held)


def _let_go(held: _Held) -> None:
    if held.is_ours:
        held.workspace.close()


def set_aside() -> None:
    """Take the rule book and everything else that stays long out of the sight of the garbage collector.

    A full collection walks every object: over the loaded rules it stops all requests for some 100 ms, and finds nothing.
    What was set aside before is looked at once more, so that an older workspace is really forgotten.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
