"""Peers run in an environment and in processes of their own: questions in, answers out, as lines of JSON.

`Peer` is this side of the pipe, `serve` the other one. Times are taken on the other side, around the peer's own call, so
that no pipe is measured. `python benchmarks/install_peers.py` makes the environment. Standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self

from benchmarks.figures import ROOT

ENVIRONMENT = ROOT / "build" / "peers-venv"


class PeerError(Exception):
    """The peer could not answer: it is not installed, or failed."""


class Peer:
    """A process that runs a module of this folder with the peers' Python; a context manager that ends it."""

    def __init__(self, module: str, *arguments: str) -> None:
        python = ENVIRONMENT / "bin" / "python"
        if not python.is_file():
            raise SystemExit("The peers are not installed. Run: python benchmarks/install_peers.py")
        command = [str(python), "-W", "ignore", "-m", f"benchmarks.{module}", *arguments]
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, do: str, **given: object) -> Any:  # noqa: ANN401  # JSON
        """What the peer's action of that name gives for these arguments; raises `PeerError`."""
        process = self._process
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps({"do": do, **given}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise PeerError("its process ended")
        answer = json.loads(line)
        if "problem" in answer:
            raise PeerError(answer["problem"])
        return answer["found"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.communicate(timeout=60)


def serve(actions: Mapping[str, Callable[..., object]]) -> None:
    """Answer until nobody asks any more. What libraries print goes to standard error."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                answer = {"found": actions[asked.pop("do")](**asked)}
            except Exception as error:  # noqa: BLE001  # told to the side that asked
                answer = {"problem": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), file=answers, flush=True)


def versions(*packages: str) -> str:
    """Names and versions of installed packages."""
    return ", ".join(f"{package} {version(package)}" for package in packages)
