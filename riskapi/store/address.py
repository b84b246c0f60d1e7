"""Where the store lies: an address of SQLAlchemy, checked, or the path of a SQLite file.

Enters: the text of RISKAPI_STORE. Leaves: a URL of one of the two databases that the store knows, or a `StoreError`.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from riskapi.errors import Problem
from riskapi.store.errors import StoreError

_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_HINT = "write `sqlite:///path/to/store.sqlite`, a path, or `postgresql://user@host/database`"


def read_address(text: str) -> URL:
    """The URL; a text without `://` is the path of a SQLite file. Raises `StoreError` for any other database."""
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise _refused("the address of the store cannot be read") from None
    if url.drivername in _POSTGRESQL:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise _refused(f"the store cannot be a `{url.drivername}` database")
    if not url.database or url.database == ":memory:":
        raise _refused("a store in memory would be lost, and workers could not share it")
    return url


def file_of(url: URL) -> Path | None:
    """The SQLite file; None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def shown(url: URL) -> str:
    """The address for people: without its password."""
    return url.render_as_string(hide_password=True)


def _refused(detail: str) -> StoreError:
    # The address itself is not repeated: it may hold a password.
    return StoreError(Problem(code="store-address", field="RISKAPI_STORE", detail=detail, hint=_HINT))
