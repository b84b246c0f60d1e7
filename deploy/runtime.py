# ruff: noqa: INP001 - scripts, not a package
"""Which packages of the lock the service needs, without what only developers use.

    python deploy/runtime.py [--extra postgresql]... > runtime.lock

Enters: the lock, the project's dependencies, and the metadata of what is installed from that lock. Leaves: the lines of the
lock, hashes and all, for the service and everything that it needs in turn.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def canonical(name: str) -> str:
    """A name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(lock: str) -> dict[str, str]:
    """Package -> its lines in the lock."""
    found = {}
    for entry in re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock):
        name = re.match(r"\s*([A-Za-z0-9._-]+)(\[[^\]]*\])?==", entry)
        if name:
            found[canonical(name[1])] = entry.strip()
    return found


def needed(roots: Iterable[Requirement]) -> set[str]:
    """The names of these packages and of all that they need here, by the metadata of what is installed."""
    seen: set[tuple[str, str]] = set()
    waiting = list(roots)
    while waiting:
        asked = waiting.pop()
        for extra in ("", *asked.extras):
            key = (canonical(asked.name), extra)
            if key not in seen:
                seen.add(key)
                waiting += _requirements(asked.name, extra)
    return {name for name, _ in seen}


def _requirements(name: str, extra: str) -> Iterator[Requirement]:
    for text in metadata.requires(name) or []:
        found = Requirement(text)
        if found.marker is None or found.marker.evaluate({"extra": extra}):
            yield found


def own_requirements(extras: Iterable[str]) -> list[Requirement]:
    """What the project itself asks for; also what builds it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    texts = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in extras:
        texts += project["project"]["optional-dependencies"][extra]
    return [found for found in map(Requirement, texts) if found.marker is None or found.marker.evaluate()]


def main() -> int:
    """Print the lines."""
    parser = argparse.ArgumentParser(description="Print the part of the lock that the service needs.")
    parser.add_argument("--extra", action="append", default=[])
    asked = parser.parse_args()
    lock = entries((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    wanted = needed(own_requirements(asked.extra))
    missing = sorted(wanted - lock.keys())
    if missing:
        sys.stderr.write(f"not in the lock: {', '.join(missing)}\n")
        return 1
    sys.stdout.write("".join(f"{lock[name]}\n" for name in sorted(wanted)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
