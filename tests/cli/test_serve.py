from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from litestar import Litestar

from riskapi.api.serving.server import BoundedProtocol
from riskapi.cli.serve import is_loopback, refuse_remote
from riskapi.errors import SettingsError
from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Servers that the command would have started."""
    calls: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: calls.append((app, options)))
    return calls


def test_the_service_listens_on_this_machine(shipped: Workspace, started: list[tuple[Any, dict[str, Any]]]) -> None:
    assert run("serve").exit_code == 0
    app, options = started[0]
    assert isinstance(app, Litestar)
    assert (options["host"], options["port"]) == ("127.0.0.1", 8000)


def test_the_server_keeps_its_name_to_itself_and_its_work_within_bounds(
    shipped: Workspace, started: list[tuple[Any, dict[str, Any]]]
) -> None:
    run("serve")
    options = started[0][1]
    assert options["server_header"] is False
    assert 40 <= options["limit_concurrency"] <= 1000
    assert options["http"] is BoundedProtocol
    assert options["proxy_headers"] is False
    assert options["access_log"] is False
    assert 0 < options["timeout_graceful_shutdown"] <= 30


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", "127.0.0.1.example.org"])  # noqa: S104
def test_other_machines_are_refused_with_the_reason(host: str, started: list[tuple[Any, dict[str, Any]]]) -> None:
    result = run("serve", "--host", host)
    assert result.exit_code == 2
    assert "the store has no key that works" in flat(result.stderr)
    assert "--allow-remote" in result.stderr
    assert started == []


def test_other_machines_are_let_in_once_a_key_works_and_not_when_it_has_ended(
    shipped: Workspace, started: list[tuple[Any, dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKAPI_STORE", str(tmp_path / "store.sqlite"))
    made = run("keys", "create", "Anna")
    assert run("serve", "--host", "0.0.0.0", "--port", "0").exit_code == 0  # noqa: S104
    assert started[0][1]["host"] == "0.0.0.0"  # noqa: S104
    run("keys", "revoke", made.stdout.split("_")[1])
    assert run("serve", "--host", "0.0.0.0", "--port", "0").exit_code == 2  # noqa: S104
    assert len(started) == 1


def test_other_machines_are_allowed_by_name(shipped: Workspace, started: list[tuple[Any, dict[str, Any]]]) -> None:
    assert run("serve", "--host", "0.0.0.0", "--port", "0", "--allow-remote").exit_code == 0  # noqa: S104
    assert started[0][1]["host"] == "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "[::1]", "localhost", "LOCALHOST"])
def test_loopback_addresses_are_known(host: str) -> None:
    assert is_loopback(host)


def test_broken_rules_are_told_before_the_service_starts(
    small: Settings, started: list[tuple[Any, dict[str, Any]]]
) -> None:
    write_rules(small.rules, RULE.replace("deal.foreign_stake >=", "deal.foreign_steak >="))
    result = run("serve")
    assert result.exit_code == 1
    assert "us/us.test.yaml" in result.stderr
    assert started == []


def test_a_port_that_does_not_exist_is_bad_usage() -> None:
    assert run("serve", "--port", "70000").exit_code == 2


def test_options_come_from_command_line_before_environment_before_file(
    shipped: Workspace, started: list[tuple[Any, dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "riskapi.toml"
    file.write_text('port = 1111\nhost = "127.0.0.2"\ngrace = 7\n', encoding="utf-8")
    monkeypatch.setenv("RISKAPI_HOST", "127.0.0.3")
    before = dict(os.environ)
    assert run("serve", "--config", str(file), "--port", "2222").exit_code == 0
    options = started[0][1]
    assert (options["port"], options["host"], options["timeout_graceful_shutdown"]) == (2222, "127.0.0.3", 7)
    assert dict(os.environ) == before


def test_several_workers_are_processes_that_make_the_service_themselves(
    shipped: Workspace, started: list[tuple[Any, dict[str, Any]]]
) -> None:
    assert run("serve", "--workers", "3", "--log-format", "json").exit_code == 0
    app, options = started[0]
    assert (app, options["factory"], options["workers"]) == ("riskapi.web.app:create_app", True, 3)
    assert "JsonFormatter" in str(options["log_config"])


def test_a_wrong_option_is_told_before_anything_starts(
    started: list[tuple[Any, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKAPI_WAITING", "lots")
    result = run("serve", "--log-format", "xml")
    assert result.exit_code == 2
    assert "RISKAPI_WAITING" in result.stderr
    assert "text, json" in flat(result.stderr)
    assert started == []


def test_other_machines_are_let_in_where_keys_are_checked() -> None:
    refuse_remote("0.0.0.0", allowed=False, keys_are_checked=lambda: True)  # noqa: S104
    with pytest.raises(SettingsError):
        refuse_remote("0.0.0.0", allowed=False, keys_are_checked=lambda: False)  # noqa: S104
