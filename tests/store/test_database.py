from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from riskapi.store import assessments
from riskapi.store.database import Store, insert_missing, open_store
from riskapi.store.errors import StoreBusyError, StoreError
from riskapi.store.tables import AssessmentRow, TenantRow
from tests.store.material import NOON, add, new_assessment
from tests.store.postgres import PostgresServer, free_port


def count(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(AssessmentRow)) or 0


def test_what_a_block_writes_is_kept_as_a_whole_or_not_at_all(store: Store) -> None:
    def fail() -> None:
        with store.write() as session:
            assessments.add(session, "default", new_assessment(), NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert count(store) == 0
    add(store)
    assert count(store) == 1


def test_a_row_needs_a_tenant_that_exists(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        add(store, tenant="nobody")


def test_a_store_that_is_opened_again_still_has_its_rows(address: str) -> None:
    with open_store(address) as store:
        add(store)
    with open_store(address) as again:
        assert count(again) == 1


def test_processes_that_start_together_make_the_tables_once(blank_address: str) -> None:
    program = "import sys; from riskapi.store.database import open_store; s = open_store(sys.argv[1]); assert s.health().is_well"
    started = [
        subprocess.Popen([sys.executable, "-c", program, blank_address], stderr=subprocess.PIPE) for _ in range(4)
    ]
    outcomes = [(process.communicate()[1].decode(), process.returncode) for process in started]
    assert [(told[-500:], code) for told, code in outcomes] == [("", 0)] * 4
    with open_store(blank_address) as store, store.read() as session:
        assert session.scalars(select(TenantRow.id)).all() == ["default"]


def test_threads_that_open_a_new_store_together_all_get_it(blank_address: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: open_store(blank_address), range(6)))
    assert all(store.health().is_well for store in stores)
    for store in stores:
        store.close()


def test_threads_that_write_at_once_lose_nothing(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: add(store), range(64)))
    assert count(store) == 64


def test_processes_that_read_before_they_write_wait_for_each_other(address: str) -> None:
    def count_and_add(own: Store) -> None:
        for _ in range(10):
            with own.write() as session:
                session.scalar(select(func.count()).select_from(AssessmentRow))
                assessments.add(session, "default", new_assessment(), NOON)

    with open_store(address) as one, open_store(address) as two, ThreadPoolExecutor(2) as pool:
        for outcome in [pool.submit(count_and_add, own) for own in (one, two)]:
            outcome.result()
        assert count(one) == 20


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.read() as session:
        counted = select(func.count()).select_from(AssessmentRow)
        before = session.scalar(counted)
        add(store)
        assert session.scalar(counted) == before == 0


def test_inserting_what_is_there_changes_nothing(store: Store) -> None:
    with store.write() as session:
        insert_missing(session, TenantRow, id="default", retention_days=5)
        assert session.scalar(select(TenantRow.retention_days).where(TenantRow.id == "default")) is None


def test_health_tells_where_the_store_is_without_its_password(store: Store) -> None:
    health = store.health()
    assert health.is_well
    assert health.detail is None
    assert store.url.password is None or store.url.password not in health.database


def test_health_says_that_the_tables_are_of_another_version(store: Store) -> None:
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    health = store.health()
    assert not health.is_well
    assert "9999" in (health.detail or "")


# --- SQLite


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def test_a_sqlite_store_is_written_through_to_the_disk_and_keeps_its_references(file: Path) -> None:
    with open_store(str(file)) as store, store.read() as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions")
def test_only_its_owner_may_read_a_sqlite_store(file: Path) -> None:
    with open_store(str(file)) as store:
        add(store)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in file.parent.glob("store.sqlite*")}
    assert modes == {0o600}


def test_a_store_that_another_process_holds_is_busy_not_broken(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskapi.store.database.PATIENCE", 0.2)
    with open_store(str(file)) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError) as raised:
            add(store)
        assert raised.value.problems[0].code == "store-busy"
        other.rollback()
        add(store)
        assert count(store) == 1


def test_a_writer_who_never_ends_makes_the_others_give_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskapi.store.database.PATIENCE", 0.2)
    entered, leave = threading.Event(), threading.Event()

    def hold(store: Store) -> None:
        with store.write():
            entered.set()
            leave.wait(60)

    with open_store(str(file)) as store, ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold, store)
        entered.wait(60)
        with pytest.raises(StoreBusyError), store.write():
            pass
        leave.set()
        holder.result()


def test_a_full_disk_is_told_and_leaves_nothing_half_written(file: Path) -> None:
    with open_store(str(file)) as store:
        add(store)
        with store.read() as session:
            pages = session.execute(text("PRAGMA page_count")).scalar()

        def fill() -> None:
            with store.write() as session:
                session.execute(text(f"PRAGMA max_page_count = {pages}"))
                for _ in range(50):
                    assessments.add(session, "default", new_assessment(body=os.urandom(20_000)), NOON)

        with pytest.raises(StoreError) as raised:
            fill()
        assert raised.value.problems[0].code == "store-full"
        assert "nothing that was acknowledged is lost" in (raised.value.problems[0].hint or "")
        assert count(store) == 1


@pytest.mark.parametrize("content", [b"this is no database, whatever its name says" * 100])
def test_a_file_that_is_no_database_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(StoreError) as raised:
        open_store(str(file))
    assert raised.value.problems[0].code == "store-damaged"
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="does not answer"):
        open_store(str(tmp_path / "file" / "store.sqlite"))


# --- PostgreSQL


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
class TestPostgreSQL:
    @pytest.fixture
    def address(self, postgres_server: PostgresServer, postgres_template: str) -> str:
        return postgres_server.database(f"own_{free_port()}", postgres_template)

    @pytest.mark.slow
    def test_a_server_that_is_stopped_and_started_is_used_again(
        self, address: str, postgres_server: PostgresServer
    ) -> None:
        with open_store(address) as store:
            add(store)
            postgres_server.stop("immediate")
            try:
                assert not store.health().is_well
                with pytest.raises(StoreBusyError) as raised:
                    add(store)
                assert raised.value.problems[0].code == "store-unreachable"
            finally:
                postgres_server.start()
            add(store)
            postgres_server.stop("immediate")
            postgres_server.start()  # nobody has asked in between: the broken connections look sound
            add(store)
            assert count(store) == 3

    def test_a_server_that_is_not_there_is_told_without_the_password(self) -> None:
        with pytest.raises(StoreBusyError) as raised:
            open_store(f"postgresql://riskapi:geheim@127.0.0.1:{free_port()}/riskapi")
        assert "geheim" not in str(raised.value)

    def test_a_wrong_password_is_told_without_repeating_it(self, postgres_server: PostgresServer) -> None:
        with pytest.raises(StoreError) as raised:
            open_store(postgres_server.address("postgres").replace("riskapi:", "riskapi:wrong"))
        assert "wrong" not in str(raised.value)

    def test_an_account_without_the_right_to_make_tables_is_told_to_migrate(
        self, postgres_server: PostgresServer
    ) -> None:
        with pytest.raises(StoreError) as raised:
            open_store(postgres_server.database(f"empty_{free_port()}"), upgrade=False)
        assert raised.value.problems[0].code == "store-older"

    def test_moments_come_back_in_utc_whatever_the_server_is_set_to(self, address: str) -> None:
        with open_store(address) as store:
            made = add(store)
            with store.read() as session:
                assert session.execute(text("SHOW timezone")).scalar() == "Asia/Kolkata"
                found = assessments.get(session, "default", made.id).summary.created_at
        assert (found, found.utcoffset()) == (NOON, NOON.utcoffset())
