"""`riskapi serve`: start the HTTP service. Enters: host and port. Leaves: when it is stopped."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Final

import typer

from riskapi.errors import Problem, SettingsError

#: Open connections, idle ones included; the next one gets 503. Forty requests are worked on at once, the others wait.
MOST_CONNECTIONS: Final = 200
#: What is being answered when the service is told to stop has this long to end.
GRACE_SECONDS: Final = 10


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Allow addresses that other machines can reach.")
    ] = False,
) -> None:
    """Start the API on this machine.

    At most 200 connections are open at once, idle ones included; beyond that the answer is 503. When told to stop,
    the service takes no new requests and gives those under way ten seconds.
    """
    refuse_remote(host, allowed=allow_remote)
    import uvicorn

    from riskapi.api.app import create_app

    # Made here and not by the server, so that broken rules or datasets are told like everywhere else.
    uvicorn.run(
        create_app(),
        host=host,
        port=port,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def refuse_remote(host: str, *, allowed: bool) -> None:
    """Raise `SettingsError` where other machines could reach the service and nobody said that they may."""
    if allowed or is_loopback(host):
        return
    raise SettingsError(
        Problem(
            code="remote-host",
            field="--host",
            detail=f"`{host[:80]}` can be reached from other machines, and there are no access keys yet",
            hint="stay on 127.0.0.1, or add --allow-remote where a proxy in front checks who asks",
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
