"""The threads of a process that work on jobs. Enters: means and a number of threads. Leaves: runners, until they are stopped."""

from __future__ import annotations

import threading

from riskapi.jobs.limits import JobLimits
from riskapi.jobs.runner import Means, Runner


class Desk:
    """The runners of a process; with no threads it takes jobs in for others. For use from several threads."""

    def __init__(self, means: Means, threads: int) -> None:
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._runners = [Runner(means, self._stopping) for _ in range(threads)]
        self._threads: list[threading.Thread] = []
        self.limits: JobLimits = means.limits

    def start(self) -> None:
        """Begin to work."""
        for number, runner in enumerate(self._runners):
            thread = threading.Thread(target=runner.run, args=(self._wake,), name=f"riskapi-jobs-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """There is a new job: look for it now."""
        self._wake.set()

    def stop(self) -> None:
        """End behind the chunks that are under way, and give their jobs back."""
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        self._threads = []
