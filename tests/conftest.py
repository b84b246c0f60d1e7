"""What holds for every test.

Fixtures: the smallest data that shows the point, built in the test itself; a fixture is shared only where three tests
need the same thing. Nothing here reads the datasets or the rule book. A function that several test modules share lies
in a module with a noun for its name and is imported by its full name (`from tests.claims.rows import claim_row`); a
conftest.py holds fixtures and hooks only.

- No test reaches the network: every attempt to leave the loopback address raises, in whatever library it is made.
- Hypothesis has three profiles (`quick`, `ci`, `deep`), chosen by RISKAPI_HYPOTHESIS or, without it, by CI.
- Python keeps what it has compiled, also where the environment says not to: the tests start some hundred processes.
- What takes long starts first, so that two workers end at about the same time; the rest keeps the order it was given.
- The tests of a module run on one worker, so that what they share is made once.
- With CI=true a skipped test fails the run, unless its reason starts with `needs ../shared`.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

IN_CI: Final = os.environ.get("CI", "").lower() in {"1", "true"}
ALLOWED_SKIP: Final = "needs ../shared"

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# --- hypothesis

# Two busy cores make any deadline a coin toss; in CI the examples are those of the run before.
settings.register_profile("quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("RISKAPI_HYPOTHESIS") or ("ci" if IN_CI else "quick"))

# --- order

LONG: Final = ("spark", "fault", "browser", "server", "libreoffice", "schemathesis", "slow")


def _rank(item: pytest.Item) -> int:
    """The place of its first marker in LONG, or after them."""
    return next((place for place, name in enumerate(LONG) if item.get_closest_marker(name)), len(LONG))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep a module together, where `--dist loadgroup` parts the tests; those of schemathesis take long and share little."""
    is_parted = getattr(item.config.option, "loadgroup", False)
    if is_parted and not item.get_closest_marker("xdist_group") and not item.get_closest_marker("schemathesis"):
        item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}/{item.path.stem}"))


@pytest.hookimpl(trylast=True)  # after pytest-randomly has shuffled; the sort is stable
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)
    for item in items:
        _set_group(item)


def _set_group(item: pytest.Item) -> None:
    """Put the group of `xdist_group` into the id of the test.

    pytest-xdist 3.8 writes it to `_nodeid`, where pytest 9.2 no longer looks; without this, `--dist loadgroup` groups nothing
    and says nothing of it.
    """
    grouped = getattr(item, "_nodeid", item.nodeid)
    if grouped != item.nodeid:
        item._id = type(item._id).parse(grouped)


# --- network

_blocking = False


class NetworkBlockedError(RuntimeError):
    """A test tried to leave this machine. Not an OSError, so that no code takes it for a server that is down."""


def _is_local(host: object) -> bool:
    if host is None or host in {"", b"", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: sees every connection and every look-up of a name, whichever library makes it."""
    if not _blocking or not event.startswith("socket."):
        return
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        # A string is the path of a local socket; None is an address that `connect` was asked about before.
        target = address[0] if isinstance(address, tuple) else None
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        target = arguments[0]
    else:
        return
    if not _is_local(target):
        raise NetworkBlockedError(f"tests stay on the loopback address; this one asked for {target!r} ({event})")


sys.addaudithook(_guard)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    global _blocking  # noqa: PLW0603 - an audit hook cannot be taken out, only told to rest
    _blocking = True
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "all_proxy"):  # a proxy on this machine would be a way out
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        yield
    _blocking = False


# --- store


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test touches the store of whoever runs it, also not through a process of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISKAPI_STORE", str(tmp_path_factory.mktemp("store") / "store.sqlite"))
        yield


# --- skipped tests in CI

_unwanted_skips: list[str] = []


def _note_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = str(reason).removeprefix("Skipped: ")
    if not reason.startswith(ALLOWED_SKIP):
        _unwanted_skips.append(f"{report.nodeid}: {reason}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note_skip(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note_skip(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    is_worker = hasattr(session.config, "workerinput")
    if IN_CI and _unwanted_skips and not is_worker:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if IN_CI and _unwanted_skips:
        terminalreporter.section("skipped in CI: not allowed", red=True)
        for line in _unwanted_skips:
            terminalreporter.line(line)
