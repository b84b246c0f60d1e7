"""`riskapi keys`: make, list, rotate and revoke API keys.

Enters: settings and options. Leaves: the text of a new key on standard output, once; everything else is on standard error
or in lists that hold no secret.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.cli.store import Tenant, opened, signature
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from rich.table import Table

    from riskapi.store.keys import ApiKey, Scope

keys_app = typer.Typer(no_args_is_help=True, help="Make, list, rotate and revoke the API keys of the service.")

MOST_DAYS = 3660

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The id of the key, as `riskapi keys list` shows it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(keys_app, name="keys")


@keys_app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Whom or what the key is for.")],
    scope: Annotated[
        str, typer.Option("--scope", help="viewer reads; analyst stores and asks; editor writes deals; admin does all.")
    ] = "analyst",
    tenant: Tenant = "default",
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="DATE", help="First day (UTC) on which it no longer works.")
    ] = None,
) -> None:
    """Make a key and print it; it cannot be shown again."""
    from riskapi.store.keys import NewKey
    from riskapi.store.keys import create as make

    wanted = NewKey(tenant=tenant, name=name, scope=read_scope(scope), expires_at=read_day(expires))
    with opened() as store, store.write() as session:
        key, text = make(session, wanted, signature())
    _show_once(key, text)


@keys_app.command("list")
def list_keys(
    tenant: Annotated[str | None, typer.Option("--tenant", metavar="NAME", help="Only this organisation's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List keys with their state; secrets are not kept and cannot be listed."""
    from riskapi.store.keys import keys

    with opened() as store, store.read() as session:
        found = keys(session, tenant)
    now = datetime.now(UTC)
    if as_json:
        typer.echo(json.dumps([plain(key, now) for key in found], indent=2, ensure_ascii=False))
        return
    from riskapi.cli.terminal import for_results, show

    show(for_results(), keys_text(found, now))


@keys_app.command("rotate")
def rotate(
    ident: KeyId,
    tenant: Tenant = "default",
    overlap: Annotated[
        str, typer.Option("--overlap", metavar="TIME", help="How long the old key goes on: 30m, 12h or 7d.")
    ] = "7d",
) -> None:
    """Make a new key in place of an old one, which works on for a while; print the new one."""
    from riskapi.store.keys import rotate as exchange

    lasting = read_time(overlap)
    with opened() as store, store.write() as session:
        key, text = exchange(session, tenant, ident, overlap=lasting, signature=signature())
    _show_once(key, text)


@keys_app.command("revoke")
def revoke(ident: KeyId, tenant: Tenant = "default") -> None:
    """End a key at once and for good."""
    from riskapi.store.keys import revoke as end

    with opened() as store, store.write() as session:
        key = end(session, tenant, ident, signature())
    typer.echo(f"key {key.id} is revoked")


def _show_once(key: ApiKey, text: str) -> None:
    """The key alone on standard output, so that it can be piped into a store of secrets."""
    until = f", until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else ""
    typer.echo(f"key {key.id} of tenant {key.tenant}, scope {key.scope}{until}. It is shown this once:", err=True)
    typer.echo(text)


def plain(key: ApiKey, now: datetime) -> dict[str, str | None]:
    """What a list says of a key."""

    def moment(value: datetime | None) -> str | None:
        return value.isoformat(timespec="seconds") if value else None

    return {
        "id": key.id, "tenant": key.tenant, "name": key.name, "scope": key.scope.value, "state": state_of(key, now),
        "created_at": moment(key.created_at), "created_by": key.created_by, "expires_at": moment(key.expires_at),
        "revoked_at": moment(key.revoked_at), "replaced_by": key.replaced_by, "last_used_at": moment(key.last_used_at),
    }  # fmt: skip


def state_of(key: ApiKey, now: datetime) -> str:
    """One word for whether the key works."""
    if key.revoked_at is not None:
        return "revoked"
    if not key.works_at(now):
        return "expired"
    return "replaced" if key.replaced_by else "active"


def keys_text(found: tuple[ApiKey, ...], now: datetime) -> Table:
    """The table of keys."""
    from rich.table import Table

    from riskapi.cli.terminal import one_line

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("id", "tenant", "name", "scope", "state", "expires", "last used"):
        table.add_column(heading)
    for key in found:
        expires = f"{key.expires_at:%Y-%m-%d}" if key.expires_at else ""
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
        cells = (key.id, key.tenant, key.name, key.scope.value, state_of(key, now), expires, used)
        table.add_row(*(one_line(cell) for cell in cells))
    return table


def read_scope(text: str) -> Scope:
    """The scope of that name; raises `RequestError` for another one."""
    from riskapi.store.keys import Scope

    try:
        return Scope(text)
    except ValueError:
        hint = f"use one of {', '.join(Scope)}"
        detail = f"`{text[:40]}` is not a scope"
        raise RequestError(Problem(code="scope-unknown", field="--scope", detail=detail, hint=hint)) from None


def read_day(text: str | None) -> datetime | None:
    """The beginning of that day in UTC; raises `RequestError` for what is no day."""
    if text is None:
        return None
    day = None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):  # Python reads more forms than people know
        with suppress(ValueError):
            day = date.fromisoformat(text)
    if day is None:
        problem = Problem(
            code="bad-date", field="--expires", detail=f"`{text[:40]}` is not a date", hint="write YYYY-MM-DD"
        )
        raise RequestError(problem)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def read_time(text: str) -> timedelta:
    """A time like 30m, 12h or 7d; raises `RequestError` for anything else, and for more than ten years."""
    match = re.fullmatch(r"(\d{1,6})([mhd])", text, re.ASCII)
    lasting = timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[match[2]]: int(match[1])}) if match else None
    if lasting is None or lasting > timedelta(days=MOST_DAYS):
        detail = f"`{text[:40]}` is no time that two keys may overlap"
        raise RequestError(Problem(code="time-malformed", field="--overlap", detail=detail,
                                   hint="write 30m, 12h or 7d; 0d ends the old key at once"))  # fmt: skip
    return lasting
