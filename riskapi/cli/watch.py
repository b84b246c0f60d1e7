"""`riskapi watch`: see the watchlists of the store and what moved, and answer watched questions again.

Enters: settings and options. Leaves: text and an exit code. The clock is read here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.cli.store import Tenant, opened
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from rich.table import Table

    from riskapi.store.database import Store
    from riskapi.store.watchlists import Item, Watchlist
    from riskapi.watch.delivering import Passed
    from riskapi.watch.rounds import Done
    from riskapi.workspace import Workspace

watch_app = typer.Typer(no_args_is_help=True, help="See watched questions and what moved, and answer them again.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = 200


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(watch_app, name="watch")


@watch_app.command("list")
def list_watched(tenant: Tenant = "default", as_json: AsJson = False) -> None:
    """List the watched questions with their newest results."""
    from riskapi.cli.terminal import for_results, show
    from riskapi.store.tenants import require_tenant
    from riskapi.store.watchlists import items_of, watchlists

    with opened() as store, store.read() as session:
        require_tenant(session, tenant)
        found = [(watched, items_of(session, watched.id)) for watched in watchlists(session, tenant)]
    if as_json:
        rows = [row_of(watched, item) for watched, items in found for item in items]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    show(for_results(), items_table(found))


@watch_app.command("changes")
def list_changes(
    tenant: Tenant = "default",
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="The first day (UTC) of which changes are told.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what moved, the oldest change first; with --json one change a line."""
    from riskapi.cli.terminal import one_line
    from riskapi.store.tenants import require_tenant
    from riskapi.watch.model import read_change

    with opened() as store, store.read() as session:
        require_tenant(session, tenant)
        for body in _bodies(store, tenant, read_since(since)):
            change = read_change(body)
            mark = "!" if change.is_alert else " "
            label = change.label or change.item
            text = f"{change.at:%Y-%m-%d %H:%M} {mark} {change.watchlist_name} / {label}: {change.says}"
            typer.echo(body if as_json else one_line(text))


@watch_app.command("run")
def run() -> None:
    """Answer once what rules, data or the day have made due, and send the messages that wait: for a timer.

    A service does so by itself, unless RISKAPI_WATCH_EVERY is 0; both may run at once.
    """
    done, passed = _round()
    typer.echo(round_text(done, passed))


def _bodies(store: Store, tenant: str, since: datetime | None) -> Iterator[str]:
    """Every change, a page in memory at a time."""
    from riskapi.store.watch_feed import Wanted, page

    after, more = 0, True
    while more:
        with store.read() as session:
            entries, more = page(session, tenant, Wanted(after=after, since=since), SHOWN)
        for entry in entries:
            yield entry.body
            after = entry.seq


def _round() -> tuple[Done, Passed]:
    from riskapi.api.frame.edits_overlay import Overlays
    from riskapi.api.serving.options import Options
    from riskapi.settings import Settings
    from riskapi.watch.delivering import Deliverer
    from riskapi.watch.outgoing import Outgoing
    from riskapi.watch.rounds import Rescorer
    from riskapi.workspace import Workspace

    options = Options.from_environment()
    outgoing = Outgoing.read(options.webhook_key, options.webhook_hosts)
    with opened() as store, Workspace.open(Settings.from_environment()) as workspace:
        overlays = Overlays(store)

        @contextmanager
        def lease(tenant: str | None) -> Iterator[Workspace]:
            yield workspace if tenant is None else overlays.over(workspace, tenant)

        rescorer = Rescorer(store=store, workspaces=lease, now=_now)
        rescorer.announce()
        done = rescorer.run(_now().date())
        sender = Deliverer(store=store, keyring=outgoing.keyring, policy=outgoing.policy, now=_now)
        passed = sender.run()
        sender.clean()
    return done, passed


def _now() -> datetime:
    return datetime.now(UTC)


def read_since(text: str | None) -> datetime | None:
    """The beginning of a day in UTC; raises `RequestError` for what is no day."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        problem = Problem(
            code="bad-date", field="--since", detail=f"`{text[:40]}` is not a day", hint="write YYYY-MM-DD"
        )
        raise RequestError(problem) from None


# Text


def round_text(done: Done, passed: Passed) -> str:
    """What a round did, in one line."""
    answered = f"{done.items:,} questions of {done.lists:,} watchlists answered again, {done.changes:,} moved"
    return f"{answered}; {passed.delivered:,} messages delivered, {passed.failed:,} attempts failed"


def row_of(watched: Watchlist, item: Item) -> dict[str, object]:
    """An item ready for JSON."""
    from riskapi.watch.model import plain, read_result

    return {
        "watchlist": watched.id,
        "name": watched.name,
        "item": item.id,
        "label": item.label,
        "question": dict(item.question),
        "thresholds": item.thresholds,
        "checked_on": item.state.as_of.isoformat(),
        "changed_at": item.changed_at.isoformat() if item.changed_at else None,
        "result": plain(read_result(item.state.result)),
        "failure": item.state.failure,
    }


def items_table(found: list[tuple[Watchlist, tuple[Item, ...]]]) -> Table:
    """The items for people."""
    from rich.table import Table

    from riskapi.assessment.words import amount
    from riskapi.cli.terminal import one_line

    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("watchlist", "question", "score", "interval", "band", "checked", "moved"):
        shown.add_column(heading, overflow="fold")
    for watched, items in found:
        for item in items:
            result = item.state.result
            numbers = (amount(result["score"]), f"{amount(result['low'])} to {amount(result['high'])}")
            band = item.state.failure or result["band"]["name"]
            moved = f"{item.changed_at:%Y-%m-%d %H:%M}" if item.changed_at else "-"
            cells = (
                watched.name,
                item.label or result["question"],
                *numbers,
                band,
                item.state.as_of.isoformat(),
                moved,
            )
            shown.add_row(*map(one_line, cells))
    return shown
