"""Fixtures: `store` is an open, empty store, once in a SQLite file and once on a PostgreSQL server; `address` tells where.

The tables are made once for each kind; a file is copied for each test, a database emptied.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from riskapi.store.database import Store, open_store
from riskapi.store.migrate import HEAD
from riskapi.store.tables import DEFAULT_TENANT, Base
from tests.store.postgres import PostgresServer, binaries

_POSTGRESQL = pytest.param(
    "postgresql", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")], id="postgresql"
)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running server."""
    folder = binaries()
    if folder is None:
        pytest.skip("needs the PostgreSQL server: apt-get install postgresql")
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop("immediate")
        server.remove()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("store") / "template.sqlite"
    open_store(str(file)).close()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    open_store(postgres_server.database("template_riskapi")).close()
    return "template_riskapi"


@pytest.fixture(scope="session")
def postgres_shared(postgres_server: PostgresServer, postgres_template: str) -> str:
    """A database that is emptied for each test: to make one takes longer than most tests."""
    return postgres_server.database("shared", postgres_template)


def empty(address: str) -> None:
    """Take all rows away, whatever a test has done to the tables' guards."""
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")  # neither triggers nor references
        connection.execute("ALTER TABLE audit_entries ENABLE TRIGGER ALL")
        for table in Base.metadata.tables.values():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        connection.execute("INSERT INTO tenants (id) VALUES (%s)", [DEFAULT_TENANT])
        connection.execute("UPDATE alembic_version SET version_num = %s", [HEAD])


@pytest.fixture(params=["sqlite", _POSTGRESQL])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    name: str = request.param
    return name


@pytest.fixture
def address(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store with tables lies."""
    if kind == "sqlite":
        file = tmp_path / "store.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield str(file)
        return
    shared: str = request.getfixturevalue("postgres_shared")
    empty(shared)
    yield shared


@pytest.fixture
def blank_address(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store may be made: there are no tables yet."""
    if kind == "sqlite":
        yield str(tmp_path / "new" / "store.sqlite")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex}"
    yield server.database(name)
    server.drop(name)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """An open, empty store."""
    with open_store(address) as opened:
        yield opened
