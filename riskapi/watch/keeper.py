"""Watches in the background of the service. Enters: a rescorer and a deliverer. Leaves: two threads, between `start` and `stop`.

One thread answers questions again, when the workspace was replaced and when a day begins; the other one sends messages. What
fails is logged and tried again at the next look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from riskapi.assessment.answer import Versions
from riskapi.store.errors import StoreBusyError
from riskapi.watch.delivering import Deliverer
from riskapi.watch.rounds import Done, Rescorer

logger = logging.getLogger("riskapi.watch")

#: Seconds between two looks at the outbox; the first repetition of a message is due after about as long.
OUTBOX_EVERY: Final = 5.0
#: Seconds that threads have to end: longer than one message may take.
LAST: Final = 15.0
#: Looks at the outbox between two cleanings.
_CLEANS_EVERY: Final = 720


class Keeper:
    """Looks every `every` seconds for questions to answer again; `clock` tells the day, `told` hears of each round."""

    def __init__(
        self,
        rescorer: Rescorer,
        deliverer: Deliverer,
        clock: Callable[[], date],
        *,
        every: float,
        told: Callable[[Done], None] = lambda _: None,
    ) -> None:
        self._ends = threading.Event()
        self._rescorer = replace(rescorer, stops=self._ends.is_set, rest=self._rest)
        self._deliverer = replace(deliverer, stops=self._ends.is_set)
        self._clock, self._every, self._told = clock, every, told
        self._announced: Versions | None = None
        self._looks = 0
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to look."""
        self._ends.clear()
        works = (("rounds", self._every, self.look), ("outbox", min(self._every, OUTBOX_EVERY), self.send))
        self._threads = [
            threading.Thread(target=self._run, args=(every, work), name=f"watch-{name}", daemon=True)
            for name, every, work in works
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, after what is being done."""
        self._ends.set()
        for thread in self._threads:
            thread.join(LAST)

    def look(self) -> None:
        """Answer what is due; other workers are told first where this one has other rules or data than before."""
        with self._rescorer.workspaces(None) as workspace:
            versions = workspace.versions
        if versions != self._announced:
            self._rescorer.announce()
            self._announced = versions
        done = self._rescorer.run(self._clock())
        self._told(done)
        if done.changes:
            logger.info("%d of %d watched questions have moved", done.changes, done.items)

    def send(self) -> None:
        """Send what waits, and now and then forget what ended long ago."""
        self._deliverer.run()
        self._looks += 1
        if self._looks % _CLEANS_EVERY == 0:
            self._deliverer.clean()

    def _run(self, every: float, work: Callable[[], None]) -> None:
        while not self._ends.wait(every):
            try:
                work()
            except StoreBusyError as error:
                logger.warning("watching: %s", error.problems[0].detail)
            except Exception:
                logger.exception("watching failed")

    def _rest(self, seconds: float) -> None:
        """As long as a question took, others have the machine."""
        self._ends.wait(seconds)
