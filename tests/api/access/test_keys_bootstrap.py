"""The first key of a service: made from a file, once, and never brought back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from riskapi.api.access.keys_bootstrap import make_first_key
from riskapi.api.app import create_app
from riskapi.api.serving.options import Options
from riskapi.cli import serve
from riskapi.cli.main import app
from riskapi.errors import SettingsError
from riskapi.store import audit, keys
from riskapi.store.audit import Signature
from riskapi.store.database import Store, open_store
from riskapi.store.errors import KeyRefusedError
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace
from tests.api.kept import NOON, service

TEXT = f"rk_{'0a' * 8}_{'5c' * 32}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "store.sqlite")) as found:
        yield found


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "first_key").write_text(f"{TEXT}\n", encoding="ascii")
    return str(tmp_path / "first_key")


def test_the_key_of_the_file_works_and_may_everything(store: Store, file: str) -> None:
    make_first_key(store, file, NOON)
    found = keys.authenticate(store, TEXT, NOON)
    assert (found.scope, found.tenant, found.name) == (Scope.ADMIN, "default", "first key")


def test_at_the_next_start_it_is_the_same_key(store: Store, file: str) -> None:
    first = make_first_key(store, file, NOON)
    assert make_first_key(store, file, NOON) == first
    with store.read() as session:
        assert [entry.action for entry in audit.entries(session, "default")] == ["key.created"]
        assert audit.verify(session, "default").is_sound


def test_a_first_key_that_was_revoked_stays_revoked(store: Store, file: str) -> None:
    made = make_first_key(store, file, NOON)
    with store.write() as session:
        keys.revoke(session, "default", made.id, Signature("Anna", NOON))
    make_first_key(store, file, NOON)
    with pytest.raises(KeyRefusedError):
        keys.authenticate(store, TEXT, NOON)


@pytest.mark.parametrize(
    "text", ["", "secret", "rk_0a_5c", TEXT + "0", TEXT.upper(), TEXT + "\nrk_", "rk_" + "é" * 16, "a" * 10_000]
)
def test_a_file_without_a_key_is_refused_and_not_repeated(store: Store, tmp_path: Path, text: str) -> None:
    (tmp_path / "first_key").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        make_first_key(store, str(tmp_path / "first_key"), NOON)
    assert raised.value.problems[0].field == "RISKAPI_BOOTSTRAP_KEY_FILE"
    assert not text or text not in str(raised.value)


def test_a_missing_file_is_told_and_a_known_id_with_another_secret_too(store: Store, tmp_path: Path, file: str) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        make_first_key(store, str(tmp_path / "none"), NOON)
    make_first_key(store, file, NOON)
    Path(file).write_text(TEXT[:-2] + "00", encoding="ascii")
    with pytest.raises(SettingsError, match="another secret"):
        make_first_key(store, file, NOON)


def test_a_service_with_a_first_key_is_never_open(workspace: Workspace, tmp_path: Path, file: str) -> None:
    with service(workspace, tmp_path / "s.sqlite", bootstrap_key_file=file) as one:
        assert one.ask("GET", "/v1/datasets").status_code == 401
        assert one.ask("GET", "/v1/datasets", {"authorization": f"Bearer {TEXT}"}).status_code == 200


def test_a_service_without_a_store_cannot_have_one(workspace: Workspace, file: str) -> None:
    with pytest.raises(SettingsError, match="without a store"):
        create_app(workspace=workspace, options=Options(bootstrap_key_file=file))


def test_with_a_first_key_the_service_starts_where_others_reach_it(
    tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setenv("RISKAPI_STORE", str(tmp_path / "store.sqlite"))
    monkeypatch.setattr(serve, "start", begun.append)
    address = ["serve", "--host", "0.0.0.0", "--port", "0"]  # noqa: S104
    assert CliRunner().invoke(app, address).exit_code != 0
    assert not begun
    monkeypatch.setenv("RISKAPI_BOOTSTRAP_KEY_FILE", file)
    assert CliRunner().invoke(app, address).exit_code == 0
    assert len(begun) == 1
