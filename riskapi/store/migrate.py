"""The version of the tables, and how they get from one to the next.

Enters: a connection inside a transaction that keeps other writers out. Leaves: the tables of version `HEAD`, or a
`StoreError` where they belong to another program.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from riskapi.errors import Problem
from riskapi.store.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest migration; a test holds it equal to what the folder of migrations says.
HEAD: Final = "0003"
#: Any number, the same in all processes: who holds this advisory lock of PostgreSQL changes the tables.
_LOCK: Final = 0x7269736B


def version_of(connection: Connection) -> str | None:
    """The version of the tables; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def bring_up_to_date(connection: Connection, *, upgrade: bool = True) -> None:
    """Make or upgrade the tables inside the transaction of the connection; raises `StoreError` for unknown versions."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = version_of(connection)
    if found == HEAD:
        return
    if found is not None and found not in known_versions():
        hint = "start the newer program, or put back a backup from before its first start"
        detail = f"the tables of the store are of version `{found}`; this program knows those up to `{HEAD}`"
        raise StoreError(Problem(code="store-newer", detail=detail, hint=hint))
    if not upgrade:
        detail = f"the tables of the store are of version `{found or 'none'}`, wanted is `{HEAD}`"
        hint = "run `riskapi store migrate` with an account that may change tables"
        raise StoreError(Problem(code="store-older", detail=detail, hint=hint))
    from alembic import command  # noqa: PLC0415  # half a second that is spent on the first start only

    configuration = alembic_configuration()
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, "head")


def alembic_configuration() -> Config:
    """What alembic needs to find the migrations inside the package."""
    from alembic.config import Config  # noqa: PLC0415

    configuration = Config()
    folder = Path(__file__).parent / "migrations"
    configuration.set_main_option("script_location", str(folder).replace("%", "%%"))
    return configuration


def known_versions() -> tuple[str, ...]:
    """All versions that this program can upgrade from, the newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory.from_config(alembic_configuration())
    return tuple(script.revision for script in scripts.walk_revisions())
