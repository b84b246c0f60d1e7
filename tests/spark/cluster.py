"""A real Spark cluster on the loopback address: a folder in; a standalone master and two workers, each a process of its own.

Every process is the leader of a process group, to which a worker's executors belong: they are killed and end with it.
Ports are chosen by the system, and told by the master in its log.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from tests.spark.session import LOOPBACK, SHORT_LIVED, skip_without_spark

WORKERS: Final = 2
_DEPLOY: Final = "org.apache.spark.deploy"
_SIZE: Final = ("--cores", "1", "--memory", "1g")
_LIMIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Daemon:
    """A process of the cluster; `folder` is where it works, a worker's executors too."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "log.txt").read_text("utf-8")

    def said(self, pattern: str) -> str:
        """Wait until its log has the pattern; what the pattern's group matched."""
        end = monotonic() + _LIMIT
        while (found := re.search(pattern, self.log)) is None:
            if self.process.poll() is not None or monotonic() > end:
                raise RuntimeError(f"no {pattern!r} in the log of {self.folder.name}:\n{self.log}")
            sleep(0.05)
        return found[1]

    def kill(self, *signals: signal.Signals) -> None:
        """Send the signals to it and to all that it started, and wait for its end after each."""
        for number in signals:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=_LIMIT)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster."""

    url: str
    master: Daemon
    workers: Sequence[Daemon]

    def kill_worker(self, number: int) -> None:
        """End a worker and its executors at once, as a machine ends that loses its power."""
        self.workers[number].kill(signal.SIGKILL)


@contextmanager
def standalone_cluster(folder: Path) -> Iterator[Cluster]:
    """A master and two workers of one core and 1 GiB each, all of them registered; none is left afterwards."""
    skip_without_spark()
    with ExitStack() as stack:

        def start(name: str, *arguments: str) -> Daemon:
            daemon = _start(folder / name, *arguments)
            stack.callback(daemon.kill, signal.SIGTERM, signal.SIGKILL)
            return daemon

        master = start("master", f"{_DEPLOY}.master.Master")
        url = master.said(r"Starting Spark master at (spark://\S+)")
        workers = [
            start(name, f"{_DEPLOY}.worker.Worker", url, *_SIZE, "--work-dir", str(folder / name))
            for name in (f"worker-{number}" for number in range(WORKERS))
        ]
        for worker in workers:
            worker.said("(Successfully registered with master)")
        yield Cluster(url, master, workers)


def _start(folder: Path, *arguments: str) -> Daemon:
    folder.mkdir(parents=True)
    home = _spark_home()
    environment = {
        "SPARK_CONF_DIR": str(folder),
        "SPARK_DAEMON_JAVA_OPTS": " ".join((*SHORT_LIVED, "-Dspark.master.rest.enabled=false")),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_LOCAL_IP": LOOPBACK,
    }
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [home / "bin" / "spark-class", *arguments, "--host", LOOPBACK, "--port", "0", "--webui-port", "0"],
            cwd=folder, env={**os.environ, **environment}, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    return Daemon(process, folder)


def _spark_home() -> Path:
    """Where PySpark keeps the Java side of it."""
    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent
