"""The locks are complete, exact, and say nothing of any place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
#: That of riskapi, of Spark beside it, and of the peers of the benchmarks, which live in an environment of their own.
LOCKS = ("requirements.lock", "requirements-spark.lock", "benchmarks/peers.lock")
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+) \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def lock_lines(*names: str) -> list[str]:
    return [line for name in names or LOCKS for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]


def locked() -> dict[str, Version]:
    pins = (PIN.fullmatch(line) for line in lock_lines(*LOCKS[:2]))
    return {pin["name"]: Version(pin["version"]) for pin in pins if pin}


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
    ]
    return [Requirement(text) for group in groups for text in group]


def test_a_line_is_an_exact_version_or_a_hash_and_nothing_else() -> None:
    assert [line for line in lock_lines() if not PIN.fullmatch(line) and not HASH.fullmatch(line)] == []


def test_every_version_has_hashes() -> None:
    lines = lock_lines()
    bare = [
        line for line, after in zip(lines, [*lines[1:], ""], strict=True) if PIN.match(line) and not HASH.match(after)
    ]
    assert bare == []


def test_the_lock_fulfils_what_pyproject_asks_for() -> None:
    pins = locked()
    unmet = [
        str(need) for need in wanted() if pins.get(canonicalize_name(need.name), Version("0")) not in need.specifier
    ]
    assert unmet == [], "run `make lock`"


def test_every_dependency_stays_below_a_next_release_that_may_break() -> None:
    others = [need for need in wanted() if need.name != "riskapi"]  # the extras of the project itself
    unbounded = [str(need) for need in others if not any(part.operator == "<" for part in need.specifier)]
    assert unbounded == []
