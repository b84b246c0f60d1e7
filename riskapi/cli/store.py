"""`riskapi store`: tables, backups and retention of the store.

Enters: settings and options. Leaves: text and an exit code. The clock is read here, for what the audit log notes.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.store.audit import Signature
    from riskapi.store.database import Store
    from riskapi.store.retention import Retention

store_app = typer.Typer(no_args_is_help=True, help="Upgrade, copy, restore and clean the store of the service.")

MOST_DIGITS = 10

Tenant = Annotated[str, typer.Option("--tenant", metavar="NAME", help="The organisation whose rows are meant.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(store_app, name="store")


@contextmanager
def opened() -> Iterator[Store]:
    """The store of the settings, with its tables up to date."""
    from riskapi.settings import Settings
    from riskapi.store.database import open_store

    with open_store(Settings.from_environment().store) as store:
        yield store


def signature() -> Signature:
    """Who sits at the machine, and now."""
    from riskapi.store.audit import Signature

    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a process without a name
        user = "unknown"
    return Signature(f"command line: {user[:80]}", datetime.now(UTC))


@store_app.command("migrate")
def migrate() -> None:
    """Make the tables of the store, or bring them up to this version of the program."""
    with opened() as store:
        health = store.health()
    typer.echo(f"{health.database}: tables of version {health.schema}")


@store_app.command("backup")
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file to write.")]) -> None:
    """Copy a SQLite store to a new file while it is in use."""
    from riskapi.store.backup import back_up

    with opened() as store:
        back_up(store, file)
    typer.echo(f"wrote {file} ({file.stat().st_size:,} bytes)")


@store_app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `riskapi store backup` has written.")],
    keep: Annotated[
        Path, typer.Option("--keep", metavar="FILE", help="The new file that gets what the store holds now.")
    ],
) -> None:
    """Put a copy in place of what a SQLite store holds; what it holds now is copied first."""
    from riskapi.store.audit import Act, append
    from riskapi.store.backup import restore as put_back
    from riskapi.store.tables import DEFAULT_TENANT

    with opened() as store:
        put_back(store, file, before=keep)
        signed = signature()
        with store.write() as session:
            act = Act(actor=signed.by, action="store.restored", subject=file.name[:200])
            append(session, DEFAULT_TENANT, act, signed.at)
    typer.echo(f"restored from {file}; what the store held before is in {keep}")


@store_app.command("retention")
def retention(
    keep: Annotated[
        str | None, typer.Argument(metavar="[DAYS|forever|nothing]", help="How long; without it, tell what holds now.")
    ] = None,
    tenant: Tenant = "default",
) -> None:
    """Say how long assessments are kept; with `nothing`, requests are answered and only counted."""
    from riskapi.store.retention import choose, retention_of

    chosen = None if keep is None else read_retention(keep)
    with opened() as store:
        if chosen is not None:
            with store.write() as session:
                choose(session, tenant, chosen, signature())
        with store.read() as session:
            typer.echo(f"{tenant}: {retention_of(session, tenant)}")


def read_retention(text: str) -> Retention:
    """Days, `forever` or `nothing`; raises `RequestError` for anything else."""
    from riskapi.store.retention import Retention

    words = {"forever": Retention(None), "nothing": Retention(0)}
    if text in words:
        return words[text]
    if not (text.isascii() and text.isdigit() and len(text) < MOST_DIGITS):
        hint = "write a number of days, `forever` or `nothing`"
        detail = f"`{text[:40]}` is no time to keep something"
        raise RequestError(Problem(code="retention-malformed", field="keep", detail=detail, hint=hint))
    return Retention(int(text))


@store_app.command("purge")
def purge() -> None:
    """Delete assessments and jobs that are older than they are kept, and answers kept for repetition for a day."""
    from riskapi.api.serving.desk import limits_of
    from riskapi.api.serving.options import Options
    from riskapi.jobs.expiry import expire
    from riskapi.store.retention import purge as delete_old
    from riskapi.store.retention import read_retention as read

    options = Options.from_environment()
    signed = signature()
    with opened() as store:
        gone = delete_old(store, signed, read(options.retention))
        jobs = expire(store, limits_of(options).kept_days, signed.at, by=signed.by)
    typer.echo(
        f"deleted {gone.assessments:,} assessments, {jobs:,} jobs and {gone.attempts:,} answers kept for repetition"
    )
