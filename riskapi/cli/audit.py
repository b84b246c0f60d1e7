"""`riskapi audit`: check that the audit log is whole, and hand it out.

Enters: settings and options. Leaves: text and an exit code, 1 where a chain is broken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.cli.store import Tenant, opened
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.store.audit import Verification

audit_app = typer.Typer(no_args_is_help=True, help="Check and export the audit log.")

FINDINGS = 1
FORMATS = ("jsonl", "csv")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(audit_app, name="audit")


@audit_app.command("verify")
def verify(
    tenant: Annotated[
        str | None, typer.Option("--tenant", metavar="NAME", help="Only this organisation's log; all without it.")
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", metavar="NUMBER:HASH", help="A head that was printed before: see that it is still there."
        ),
    ] = None,
) -> None:
    """Look through the log and tell the first entry that was changed, left out or put in; then exit code 1."""
    from riskapi.store.audit import read_head
    from riskapi.store.audit import verify as look_through
    from riskapi.store.tenants import require_tenant, tenants

    noted = read_head(head) if head else None
    if noted and tenant is None:
        hint = "add --tenant NAME"
        raise RequestError(
            Problem(code="one-tenant", field="--head", detail="a head belongs to the log of one tenant", hint=hint)
        )
    with opened() as store, store.read() as session:
        if tenant is not None:
            require_tenant(session, tenant)
        names = tenants(session) if tenant is None else (tenant,)
        found = [look_through(session, name, noted=noted) for name in names]
    for item in found:
        typer.echo(verification_text(item))
    if not all(item.is_sound for item in found):
        raise typer.Exit(FINDINGS)


def verification_text(found: Verification) -> str:
    """One line for one log."""
    if found.is_sound:
        return f"{found.tenant}: {found.entries:,} entries, sound; head {found.head}"
    return f"{found.tenant}: BROKEN at entry {found.broken_at:,}: {found.reason}"


@audit_app.command("export")
def export(
    tenant: Tenant = "default",
    form: Annotated[str, typer.Option("--format", metavar="jsonl|csv", help="The form of the file.")] = "jsonl",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A new file to write; standard output without it.")
    ] = None,
) -> None:
    """Write a tenant's log, one entry a line."""
    from riskapi.store.audit import entries
    from riskapi.store.audit_export import csv_lines, json_lines
    from riskapi.store.tenants import require_tenant

    if form not in FORMATS:
        hint = f"use one of {', '.join(FORMATS)}"
        raise RequestError(Problem(code="one-form", field="--format", detail=f"no form `{form[:40]}`", hint=hint))
    with opened() as store, store.read() as session:
        require_tenant(session, tenant)
        found = entries(session, tenant)
        _write(json_lines(found) if form == "jsonl" else csv_lines(found), out)


def _write(lines: Iterable[str], out: Path | None) -> None:
    if out is None:
        for line in lines:
            sys.stdout.write(line)
        return
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        hint = "name a new file in a folder that exists"
        problem = Problem(code="not-writable", file=str(out), detail=f"cannot write: {error.strerror}", hint=hint)
        raise RequestError(problem) from error
