"""A process that works on jobs of the kind `counting` until it is killed. Enters: the address of a store. Leaves: rows in it.

It opens no rules and datasets, so that it starts fast; each item takes some milliseconds. Leases are short.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

from riskapi.assessment.answer import Versions
from riskapi.jobs import runner, work
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.runner import Means, Runner
from riskapi.store.database import open_store
from tests.jobs.counting import COUNTING, HOOK

VERSIONS: Final = Versions(engine="0", rule_set="0", dataset="0")
LEASE: Final = timedelta(seconds=1)
ITEM_SECONDS: Final = 0.004


def main(address: str, is_ready: Event) -> None:
    """Go on until the process is killed."""
    for module in (runner, work):
        module.__dict__["KINDS"] = MappingProxyType({COUNTING.name: COUNTING})
    HOOK.append(lambda _: time.sleep(ITEM_SECONDS))
    runner.LOOK_SECONDS = 0.05  # type: ignore[misc]
    workspace: Any = SimpleNamespace(versions=VERSIONS)
    means = Means(
        store=open_store(address), lease=lambda _: nullcontext(workspace), now=lambda: datetime.now(UTC),
        limits=JobLimits(lease=LEASE),
    )  # fmt: skip
    is_ready.set()
    Runner(means).run()
