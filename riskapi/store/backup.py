"""Copies of a SQLite store, made while it is in use, and put back.

Enters: a store and a path. Leaves: a whole, checked copy, or the store as it was when the copy was made. PostgreSQL has
tools of its own, which are named.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from riskapi.errors import Problem, RequestError
from riskapi.store import migrate
from riskapi.store.address import file_of
from riskapi.store.database import PATIENCE, Store
from riskapi.store.errors import StoreError, failures_told


def back_up(store: Store, target: Path) -> None:
    """Write a copy of the store to a new file: all that was acknowledged before, nothing half done.

    Raises `RequestError` where the file exists or the store is on a server, `StoreError` where the copy cannot be made.
    """
    source = _file(store, "pg_dump --format=custom --file=FILE DATABASE")
    if target.exists():
        hint = "name a new file: a backup is never overwritten"
        raise RequestError(Problem(code="file-exists", file=str(target), detail="there is a file already", hint=hint))
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL, 0o600))
        with failures_told(), _opened(source) as live, _opened(partial) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, that can be carried away
        _check(partial)
        _to_disk(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def restore(store: Store, source: Path, *, before: Path) -> None:
    """Put a copy in place of what the open store holds, and keep that in the new file `before`.

    Other processes that have the store open go on with the copy. Raises `RequestError` for a file that is no sound copy.
    """
    live = _file(store, "pg_restore --clean --if-exists --dbname=DATABASE FILE")
    _check(source)
    back_up(store, before)
    with failures_told(), _opened(source) as copy, _opened(live) as held:
        copy.backup(held)
    with failures_told(), store.write() as session:
        migrate.bring_up_to_date(session.connection())


def _file(store: Store, instead: str) -> Path:
    file = file_of(store.url)
    if file is None:
        raise RequestError(
            Problem(code="not-a-file", detail="the store is on a PostgreSQL server", hint=f"use its tools: `{instead}`")
        )
    return file


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, timeout=PATIENCE)) as connection:
        yield connection


def _check(file: Path) -> None:
    """Raise `RequestError` unless the file is a sound store that this program knows."""
    found: object = None
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        sound = False
    if not sound or not isinstance(found, tuple):
        hint = "name a file that `riskapi store backup` has written"
        raise RequestError(Problem(code="not-a-backup", file=str(file), detail="this is no sound copy of a store",
                                   hint=hint))  # fmt: skip
    if found[0] not in migrate.known_versions():
        detail = f"the copy is of version `{found[0]}`; this program knows those up to `{migrate.HEAD}`"
        raise StoreError(Problem(code="store-newer", file=str(file), detail=detail, hint="use the newer program"))


def _to_disk(file: Path) -> None:
    for path in (file, file.parent):
        if os.name == "nt" and path.is_dir():
            continue  # folders cannot be opened there
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
