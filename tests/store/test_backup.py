from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from riskapi.errors import RequestError
from riskapi.store import audit
from riskapi.store.audit import Act
from riskapi.store.backup import back_up, restore
from riskapi.store.database import Store, open_store
from riskapi.store.errors import StoreError
from riskapi.store.tables import AssessmentRow
from tests.store.material import NOON, add
from tests.store.postgres import PostgresServer


@pytest.fixture
def kind() -> str:
    """The file is copied; a server has its own tools."""
    return "sqlite"


def count(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(AssessmentRow)) or 0


def test_a_copy_is_one_whole_file_that_can_be_opened_elsewhere(store: Store, tmp_path: Path) -> None:
    add(store)
    target = tmp_path / "copy" / "backup.sqlite"
    target.parent.mkdir()
    back_up(store, target)
    assert [file.name for file in target.parent.iterdir()] == ["backup.sqlite"]
    with open_store(str(target)) as copy:
        assert count(copy) == 1


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions")
def test_only_its_owner_may_read_a_copy(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "b")
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600


def test_a_copy_that_is_made_while_others_write_is_whole(store: Store, tmp_path: Path) -> None:
    ended = threading.Event()

    def write_on() -> None:
        while not ended.is_set():
            with store.write() as session:
                audit.append(session, "default", Act(actor="a", action="tested", subject="x"), NOON)

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for number in range(3):
            with store.read() as session:
                acknowledged = audit.head(session, "default").seq
            back_up(store, tmp_path / str(number))
            with open_store(str(tmp_path / str(number))) as copy, copy.read() as session:
                found = audit.verify(session, "default")
            assert found.is_sound
            assert found.entries >= acknowledged
    finally:
        ended.set()
        writer.join()


def test_a_file_that_exists_is_never_overwritten(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "b"
    target.write_text("precious", encoding="utf-8")
    with pytest.raises(RequestError):
        back_up(store, target)
    assert target.read_text(encoding="utf-8") == "precious"


def test_a_copy_that_cannot_be_made_leaves_no_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskapi.store.backup._check", lambda file: (_ for _ in ()).throw(RequestError("no")))
    with pytest.raises(RequestError):
        back_up(store, tmp_path / "b")
    assert not list(tmp_path.glob("b*"))


def test_restoring_puts_back_what_was_copied_and_keeps_what_was_there(store: Store, tmp_path: Path) -> None:
    add(store)
    back_up(store, tmp_path / "early")
    add(store)
    restore(store, tmp_path / "early", before=tmp_path / "late")
    assert count(store) == 1
    with open_store(str(tmp_path / "late")) as late:
        assert count(late) == 2


def test_those_who_have_the_store_open_go_on_with_what_was_restored(store: Store, address: str, tmp_path: Path) -> None:
    back_up(store, tmp_path / "empty")
    with open_store(address) as other:
        add(other)
        restore(store, tmp_path / "empty", before=tmp_path / "before")
        assert count(other) == 0
        add(other)
        assert count(store) == 1


def test_what_is_no_copy_is_not_put_back(store: Store, tmp_path: Path) -> None:
    add(store)
    nonsense, foreign, cut = (tmp_path / name for name in ("nonsense", "foreign", "cut"))
    nonsense.write_bytes(b"no database" * 1000)
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE x (y)")
    back_up(store, tmp_path / "good")
    cut.write_bytes((tmp_path / "good").read_bytes()[:40_000])
    for file in (nonsense, foreign, cut, tmp_path / "missing", tmp_path):
        with pytest.raises(RequestError) as raised:
            restore(store, file, before=tmp_path / "before")
        assert raised.value.problems[0].code == "not-a-backup"
    assert count(store) == 1
    assert not (tmp_path / "before").exists()


def test_a_copy_of_a_newer_program_is_not_put_back(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "b")
    with closing(sqlite3.connect(tmp_path / "b")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError) as raised:
        restore(store, tmp_path / "b", before=tmp_path / "before")
    assert raised.value.problems[0].code == "store-newer"


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_on_a_server_its_own_tools_are_named(
    postgres_server: PostgresServer, postgres_template: str, tmp_path: Path
) -> None:
    with open_store(postgres_server.database("to_back_up", postgres_template)) as store:
        with pytest.raises(RequestError, match="pg_dump"):
            back_up(store, tmp_path / "b")
        with pytest.raises(RequestError, match="pg_restore"):
            restore(store, tmp_path / "b", before=tmp_path / "c")
