"""`riskapi serve`: start the HTTP service. Enters: options. Leaves: when it is stopped."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskapi.api.serving.options import Options


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one. [default: 8000]"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, max=64, help="Processes that answer. [default: 1]")
    ] = None,
    log_format: Annotated[
        str | None, typer.Option("--log-format", metavar="text|json", help="Form of the log. [default: text]")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="TOML file of settings; the environment goes before it."),
    ] = None,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Allow addresses that other machines can reach.")
    ] = False,
) -> None:
    """Start the API on this machine.

    Options not given here come from the environment (RISKAPI_PORT and so on), then from the file: `riskapi config check`
    shows them. When told to stop, the service takes no new requests and lets those under way end.
    """
    given = {"host": host, "port": port, "workers": workers, "log_format": log_format, "config": config}
    with taken({name: str(value) for name, value in given.items() if value is not None}) as options:
        make_first_key(options)
        refuse_remote(options.host, allowed=allow_remote or bool(options.oidc_issuer))
        start(options)


@contextmanager
def taken(given: dict[str, str]) -> Iterator[Options]:
    """The options; while they hold, command line and file stand in the environment, where worker processes find them."""
    from riskapi.api.serving.options import Options, gathered, variable_of

    before = dict(os.environ)
    try:
        os.environ |= {variable_of(name): value for name, value in given.items()}
        options = Options.from_environment()
        os.environ |= gathered(os.environ)[0]
        yield options
    finally:
        os.environ.clear()
        os.environ |= before


def start(options: Options) -> None:
    """Serve until the service is stopped."""
    from riskapi.api.serving.server import serve_here, serve_with_workers
    from riskapi.web.app import create_app

    if options.workers == 1:
        # Made here and not by the server, so that broken rules or datasets are told like everywhere else.
        serve_here(create_app(options=options), options)
        return
    open_once()
    serve_with_workers(options, "riskapi.web.app:create_app")


def open_once() -> None:
    """Build the database of the datasets, and tell of broken rules or data once and not from every worker."""
    from riskapi.workspace import Workspace

    Workspace.open().close()


def make_first_key(options: Options) -> None:
    """Make the key that `bootstrap_key_file` holds, where there is one: before anybody can reach the service."""
    from riskapi.api.access.keys_bootstrap import make_first_key as make
    from riskapi.settings import Settings
    from riskapi.store.database import open_store

    if options.bootstrap_key_file:
        with open_store(Settings.from_environment().store) as store:
            make(store, options.bootstrap_key_file, datetime.now(UTC))


def keys_work() -> bool:
    """Whether a key of the store is accepted now: then the service asks everybody for one."""
    from riskapi.settings import Settings
    from riskapi.store.database import open_store
    from riskapi.store.keys import any_in_use

    with open_store(Settings.from_environment().store) as store, store.read() as session:
        return any_in_use(session, datetime.now(UTC))


def refuse_remote(host: str, *, allowed: bool, keys_are_checked: Callable[[], bool] = keys_work) -> None:
    """Raise `SettingsError` where other machines could reach the service, unless it checks keys or somebody allowed it."""
    if allowed or is_loopback(host) or keys_are_checked():
        return
    raise SettingsError(
        Problem(
            code="remote-host",
            field="--host",
            detail=f"`{host[:80]}` can be reached from other machines, and the store has no key that works",
            hint="make one with `riskapi keys create` or RISKAPI_BOOTSTRAP_KEY_FILE, stay on 127.0.0.1, or add --allow-remote "
            "where a proxy in front checks who asks",
        )
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address; names other than localhost are not looked up: open."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
