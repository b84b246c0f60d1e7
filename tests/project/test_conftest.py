"""The guards of tests/conftest.py do guard: tried on a small test suite of its own, in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"


def run_suite(folder: Path, body: str, *options: str, ci: bool) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder / "conftest.py")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_it.py").write_text(f"import pytest, socket\n\n{body}\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    environment["CI"] = "true" if ci else ""
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # to import what is not wanted takes nine tenths of the time
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


SKIPPING = """
@pytest.mark.skip(reason="{reason}")
def test_one(): ...
def test_two(): ...
"""


def test_what_takes_long_starts_first_and_the_rest_keeps_its_order(tmp_path: Path) -> None:
    names = ("quick", "slow", "other", "fault", "last")
    marks = {"slow": "@pytest.mark.slow", "fault": "@pytest.mark.slow\n@pytest.mark.fault"}
    body = "\n".join(f"{marks.get(name, '')}\ndef test_{name}(): ..." for name in names)
    outcome = run_suite(tmp_path, body, "--collect-only", "-W", "ignore", ci=False)
    found = re.findall(r"::test_(\w+)", outcome.stdout)
    assert found == ["fault", "slow", "quick", "other", "last"], outcome.stdout


@pytest.mark.parametrize("options", [[], ["-p", "xdist.plugin", "-n", "1"]], ids=["alone", "xdist"])
def test_in_ci_a_skipped_test_fails_the_run(tmp_path: Path, options: list[str]) -> None:
    outcome = run_suite(tmp_path, SKIPPING.format(reason="no time"), *options, ci=True)
    assert outcome.returncode == 1, outcome.stdout
    assert "test_it.py::test_one: no time" in outcome.stdout


def test_in_ci_a_skipped_module_fails_the_run(tmp_path: Path) -> None:
    body = "pytest.skip('not today', allow_module_level=True)"
    assert run_suite(tmp_path, body, ci=True).returncode == 1


def test_in_ci_a_test_may_be_skipped_for_want_of_the_shared_data(tmp_path: Path) -> None:
    outcome = run_suite(tmp_path, SKIPPING.format(reason="needs ../shared/data"), ci=True)
    assert outcome.returncode == 0, outcome.stdout


def test_in_ci_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    body = "@pytest.mark.xfail(reason='known')\ndef test_one(): assert False\n"
    assert run_suite(tmp_path, body, ci=True).returncode == 0


def test_elsewhere_a_test_may_be_skipped(tmp_path: Path) -> None:
    assert run_suite(tmp_path, SKIPPING.format(reason="no time"), ci=False).returncode == 0


def test_a_connection_to_another_machine_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"loopback.*192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"loopback.*example\.org"):
        socket.getaddrinfo("example.org", 443)


def test_a_server_on_the_loopback_address_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"x")
        connection, _ = server.accept()
        with connection:
            assert connection.recv(1) == b"x"
