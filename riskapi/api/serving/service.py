"""What the routes of one service share: its workspace, its clock, its store, and why it is not ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from riskapi.api.access.callers import Tokens
from riskapi.api.frame.archive import Archive
from riskapi.api.serving.current import Current
from riskapi.api.serving.options import Options
from riskapi.api.serving.readiness import Check, reasons
from riskapi.api.serving.reload import Reloader
from riskapi.api.telemetry.metrics import Metrics
from riskapi.api.telemetry.tracing import Tracing
from riskapi.errors import Problem
from riskapi.watch.keeper import Keeper
from riskapi.workspace import Workspace

Clock = Callable[[], date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the routes share."""

    current: Current
    clock: Clock
    options: Options
    metrics: Metrics
    checks: Sequence[Check]
    reloader: Reloader | None
    archive: Archive | None
    tokens: Tokens | None = None
    keeper: Keeper | None
    tracing: Tracing | None = None

    def not_ready(self, workspace: Workspace, today: date) -> list[Problem]:
        """Every reason why the service cannot answer well."""
        found = reasons(workspace, today, self.options.max_data_age, self.checks)
        if self.reloader is not None and self.reloader.failure is not None:
            detail = f"new rules or data are not used: {self.reloader.failure}"
            found.append(
                Problem(code="reload-failed", detail=detail, hint="mend them; the older ones are used until then")
            )
        return found
