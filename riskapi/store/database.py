"""The connection to the store: one SQLite file, or a PostgreSQL server.

Enters: an address. Leaves: a `Store` whose `read` and `write` give sessions, each one transaction. What `write` has left
without an error is on the disk: it survives the end of the process at any moment.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from riskapi.store import migrate
from riskapi.store.address import file_of, read_address, shown
from riskapi.store.errors import StoreError, failures_told, told
from riskapi.store.tables import Base

#: How long a writer waits for another one, in seconds.
PATIENCE: Final = 10
_CONNECTIONS: Final = 10
_BEGIN: Final = "riskapi_begin"
_ATTEMPTS: Final = 100
_PAUSE: Final = 0.05
_JOURNAL_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the store answers with tables that this program knows; `detail` tells why not."""

    is_well: bool
    database: str
    schema: str | None
    detail: str | None


class Store:
    """An open store; may be shared by threads, not by processes after a fork."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine if self.is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
        self._writing = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        # SQLite lets one writer in and makes the others poll; a lock hands over in order and at once.
        self._turn = threading.Lock() if self.is_sqlite else None

    @property
    def url(self) -> URL:
        """The address, with its password: not for showing."""
        return self._engine.url

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a file of this machine."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One transaction that changes nothing and sees one moment. Raises `StoreError` where the database fails."""
        with failures_told(), Session(self._reading, autoflush=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: all of it is kept when the block ends, or none of it. Raises `StoreError`."""
        with (
            failures_told(),
            self._own_turn(),
            Session(self._writing, autoflush=False, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=PATIENCE):
            raise told("database is locked by writers of this process")
        try:
            yield
        finally:
            self._turn.release()

    def health(self) -> Health:
        """Ask the database; never raises."""
        try:
            with failures_told(), self._engine.connect() as connection:
                schema = migrate.version_of(connection)
        except StoreError as error:
            return Health(is_well=False, database=shown(self.url), schema=None, detail=error.problems[0].detail)
        if schema == migrate.HEAD:
            return Health(is_well=True, database=shown(self.url), schema=schema, detail=None)
        detail = f"its tables are of version {schema or 'none'}, this program wants {migrate.HEAD}"
        return Health(is_well=False, database=shown(self.url), schema=schema, detail=detail)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(address: str | URL, *, upgrade: bool = True) -> Store:
    """Open the store, make or upgrade its tables, and refuse those of a newer program.

    Several processes may do so at once: one upgrades, the others wait. Without `upgrade` older tables are refused too:
    for accounts that may not change tables. Raises `StoreError`.
    """
    url = read_address(address) if isinstance(address, str) else address
    with failures_told():
        engine = _engine(url)
        try:
            with engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}).begin() as connection:
                migrate.bring_up_to_date(connection, upgrade=upgrade)
        except BaseException:
            engine.dispose()
            raise
    return Store(engine)


def _engine(url: URL) -> Engine:
    file = file_of(url)
    if file is not None:
        _prepare(file)
        engine = create_engine(url, pool_size=_CONNECTIONS, max_overflow=_CONNECTIONS, pool_timeout=PATIENCE)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    _require_driver()
    options = url.query.get("options") or f"-c lock_timeout={PATIENCE}s -c idle_in_transaction_session_timeout=60s"
    arguments = {"options": options, "connect_timeout": PATIENCE, "application_name": "riskapi"}
    return create_engine(
        url,
        connect_args={name: value for name, value in arguments.items() if name not in url.query or name == "options"},
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,  # connections that a restart of the server has broken are replaced
    )


def _require_driver() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415  # an extra: one machine needs no PostgreSQL
    except ImportError as error:
        raise StoreError(
            f"PostgreSQL needs the extra `postgresql`: pip install 'riskapi[postgresql]' ({error})"
        ) from error


def _prepare(file: Path) -> None:
    """Make the file, for its owner alone, and put it into WAL mode for good.

    Two processes that change the mode at once disturb each other without waiting, hence the attempts.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise told(f"{file.name}: {error.strerror}") from error
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with closing(sqlite3.connect(file, timeout=PATIENCE)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if attempt == _ATTEMPTS or "locked" not in str(error):
                raise
            time.sleep(_PAUSE)
        except sqlite3.DatabaseError as error:
            raise told(str(error)) from error
        else:
            return


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the module would begin transactions of its own, and too late
    for pragma in (
        f"busy_timeout = {int(PATIENCE * 1000)}",
        "synchronous = FULL",  # a commit is on the disk before it is acknowledged
        "foreign_keys = ON",
        "secure_delete = ON",  # what retention deletes is overwritten
        f"journal_size_limit = {_JOURNAL_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def insert_missing(session: Session, table: type[Base], **values: Any) -> None:  # noqa: ANN401
    """Insert a row unless one with its key is there; waits for another transaction that is just inserting it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(table).values(**values).on_conflict_do_nothing())
