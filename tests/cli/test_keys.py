from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskapi.cli.keys import keys_text, read_time
from riskapi.errors import RequestError
from riskapi.store.database import open_store
from riskapi.store.errors import KeyRefusedError
from riskapi.store.keys import ApiKey, Scope, authenticate
from tests.cli.program import flat, run


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of these commands."""
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("RISKAPI_STORE", str(path))
    return path


def create(*arguments: str) -> str:
    outcome = run("keys", "create", *arguments)
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout.strip()


def listed(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("keys", "list", "--json", *arguments).stdout)
    return found


def who(file: Path, key: str, now: datetime | None = None) -> ApiKey:
    with open_store(str(file)) as store:
        return authenticate(store, key, now or datetime.now(UTC))


def test_a_new_key_is_alone_on_standard_output_and_works(file: Path) -> None:
    outcome = run("keys", "create", "Anna", "--scope", "editor", "--tenant", "ministry", "--expires", "2999-01-01")
    assert outcome.stdout.count("\n") == 1
    found = who(file, outcome.stdout.strip())
    assert (found.name, found.scope, found.tenant) == ("Anna", Scope.EDITOR, "ministry")
    assert found.expires_at == datetime(2999, 1, 1, tzinfo=UTC)
    assert "shown this once" in outcome.stderr
    assert outcome.stdout.strip() not in outcome.stderr


def test_lists_show_every_state_and_no_secret(file: Path) -> None:
    keys = [create(name) for name in ("active", "rotated", "revoked")]
    ids = [key.split("_")[1] for key in keys]
    keys.append(run("keys", "rotate", ids[1]).stdout.strip())
    assert run("keys", "revoke", ids[2]).exit_code == 0
    assert [(item["name"], item["state"]) for item in listed()] == [
        ("active", "active"), ("rotated", "replaced"), ("revoked", "revoked"), ("rotated", "active"),
    ]  # fmt: skip
    for output in (run("keys", "list").stdout, run("keys", "list", "--json").stdout):
        assert all(ident in output for ident in ids)
        assert not any(key.split("_")[2] in output for key in keys)


def test_a_list_may_be_of_one_tenant(file: Path) -> None:
    create("one", "--tenant", "a")
    create("two", "--tenant", "b")
    assert [item["name"] for item in listed("--tenant", "b")] == ["two"]
    assert len(listed()) == 2


def test_after_a_rotation_both_keys_work_for_as_long_as_was_said(file: Path) -> None:
    old = create("Anna")
    new = run("keys", "rotate", old.split("_")[1], "--overlap", "12h").stdout.strip()
    now = datetime.now(UTC)
    assert who(file, old).replaced_by == who(file, new).id
    who(file, old, now + timedelta(hours=11))
    with pytest.raises(KeyRefusedError):
        who(file, old, now + timedelta(hours=13))


def test_a_revoked_key_is_refused(file: Path) -> None:
    key = create("Anna")
    assert "is revoked" in run("keys", "revoke", key.split("_")[1]).stdout
    with pytest.raises(KeyRefusedError):
        who(file, key)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "x", "--scope", "root"), "viewer, analyst, editor, admin"),
        (("create", "x", "--expires", "soon"), "YYYY-MM-DD"),
        (("create", "x", "--expires", "20300101"), "YYYY-MM-DD"),
        (("create", "x", "--expires", "2030-02-30"), "YYYY-MM-DD"),
        (("create", "x", "--expires", "2001-01-01"), "expired before it was made"),
        (("create", "x", "--tenant", "Big Co"), "not the name of a tenant"),
        (("create", ""), "empty"),
        (("rotate", "0" * 16), "no key has this id"),
        (("rotate", "0" * 16, "--overlap", "1y"), "30m, 12h or 7d"),
        (("revoke", "'; DROP TABLE api_keys; --"), "no key has this id"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(arguments: tuple[str, ...], said: str) -> None:
    outcome = run("keys", *arguments)
    assert outcome.exit_code == 2
    assert said in flat(outcome.stderr)
    assert outcome.stdout == ""
    assert listed() == []


@pytest.mark.parametrize(("text", "hours"), [("30m", 0.5), ("12h", 12), ("7d", 168), ("0d", 0)])
def test_times_are_read_in_minutes_hours_and_days(text: str, hours: float) -> None:
    assert read_time(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1.5h", "1 d", "999999d", "٧d", "7d\n"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(RequestError):
        read_time(text)


def test_a_name_with_an_escape_sequence_does_not_reach_the_terminal() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    key = ApiKey(
        id="0" * 16, tenant="default", name="a\x1b[2Jb\u202ec", scope=Scope.VIEWER, created_at=now, created_by="x",
        expires_at=None, revoked_at=None, replaced_by=None, last_used_at=None,
    )  # fmt: skip
    (names,) = (column for column in keys_text((key,), now).columns if column.header == "name")
    assert "\x1b" not in "".join(map(str, names.cells))


def test_the_store_of_the_settings_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISKAPI_STORE")
    named = tmp_path / "named.sqlite"
    (tmp_path / "settings.toml").write_text(f'store = "{named}"\n', encoding="utf-8")
    outcome = run("keys", "create", "Anna", RISKAPI_CONFIG=str(tmp_path / "settings.toml"))
    assert outcome.exit_code == 0, outcome.output
    assert who(named, outcome.stdout.strip()).name == "Anna"
    assert "RISKAPI_STORE" not in os.environ


def test_a_mistake_in_the_settings_file_is_told_by_every_command(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("stroe = 1\n", encoding="utf-8")
    outcome = run("keys", "list", RISKAPI_CONFIG=str(tmp_path / "settings.toml"))
    assert outcome.exit_code == 2
    assert "did you mean `store`" in flat(outcome.stderr)
