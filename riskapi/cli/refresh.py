"""`riskapi data refresh`: official lists, fetched, compared, and put in place or held for review.

Enters: options. Leaves: text on standard output, progress on standard error where it is a terminal, and an exit code: 1 when
a source failed. This is where the clock is read and the network is reached. What a snapshot would move tells `refresh_moved`.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.cli.refresh_moved import Wanted, tell_moved
from riskapi.cli.store import Tenant
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.progress import Progress as BarsOfRich
    from rich.progress import TaskID
    from rich.table import Table

    from riskapi.refresh.difference import Difference
    from riskapi.refresh.download import Web
    from riskapi.refresh.known import KnownCompanies
    from riskapi.refresh.run import Outcome, Progress, SourceResult
    from riskapi.refresh.snapshots import Snapshot, SnapshotFolder
    from riskapi.refresh.source import Needs, Source
    from riskapi.settings import Settings

FINDINGS = 1
#: Companies that the summary names; the report has all.
SHOWN = 12


def add_to(app: typer.Typer) -> None:
    """Add the command to the group `data`."""
    app.command("refresh")(refresh)


def refresh(
    sources: Annotated[list[str] | None, typer.Argument(help="Sources to refresh; all without any.")] = None,
    review: Annotated[bool, typer.Option("--review", help="Fetch and compare, and put nothing in place.")] = False,
    switch: Annotated[bool, typer.Option("--switch", help="Put in place what was held for review.")] = False,
    roll_back: Annotated[bool, typer.Option("--roll-back", help="Put the snapshot before in place again.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Show the sources and the snapshot in place.")] = False,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Accept lists that have lost more than a fifth of their rows.")
    ] = False,
    mirror: Annotated[str, typer.Option("--mirror", help="Read one source from this address (https://host).")] = "",
    lei: Annotated[list[str] | None, typer.Option("--lei", help="Further legal entity identifiers to look up.")] = None,
    moved: Annotated[
        bool, typer.Option("--moved", help="Tell what the snapshot held for review would move; fetch nothing.")
    ] = False,
    portfolio: Annotated[
        Path | None,
        typer.Option(
            "--portfolio",
            metavar="FILE",
            help="Pairings to look at (.jsonl, .csv or .xlsx); without it, those of companies that change.",
        ),
    ] = None,
    watched: Annotated[
        bool, typer.Option("--watched", help="Look at the questions of the watchlists in the store.")
    ] = False,
    tenant: Tenant = "default",
) -> None:
    """Refresh the official lists; what fails leaves the last good snapshot in place.

    With --review, and with --moved, it is also told which answers the snapshot would move, and why.
    """
    from riskapi.refresh.run import roll_back as take_back
    from riskapi.refresh.run import switch as put_in_place
    from riskapi.settings import Settings

    settings = Settings.from_environment()
    folder = snapshot_folder(settings)
    wanted = Wanted(portfolio, tenant if watched else None)
    if wanted and not (review or moved):
        raise RequestError(_only_for_review())
    if status:
        show_status(folder)
    elif switch:
        tell_switch(put_in_place(folder, _now()))
    elif roll_back:
        tell_switch(take_back(folder, _now()))
    elif moved:
        tell_moved(settings, folder, wanted, _now())
    else:
        chosen = chosen_sources(sources or (), mirror)
        outcome = _run(settings, folder, chosen, lei or (), accept_shrink=accept_shrink, switch=not review)
        tell(outcome)
        if review and outcome.snapshot is not None:
            tell_moved(settings, folder, wanted, _now())
        if outcome.problems:
            raise typer.Exit(FINDINGS)


def _only_for_review() -> Problem:
    detail = "pairings are looked at before a snapshot is put in place"
    return Problem(code="one-way", field="--portfolio, --watched", detail=detail, hint="add --review or --moved")


def snapshot_folder(settings: Settings) -> SnapshotFolder:
    """The snapshots below the cache folder."""
    from riskapi.refresh.warehouse import snapshot_folder as folder_of

    return folder_of(settings)


def chosen_sources(names: Sequence[str], mirror: str) -> list[Source]:
    """The sources by name, all without any; raises `RequestError` for a mirror of several."""
    from riskapi.refresh.sources import all_sources, source_named

    wanted = [name for name in names if name != "all"]
    chosen = [source_named(name) for name in wanted] if wanted else list(all_sources().values())
    if mirror and len(chosen) != 1:
        hint = "name one source"
        raise RequestError(
            Problem(code="mirror-of-several", field="--mirror", detail="a mirror is of one source", hint=hint)
        )
    return [source.at(mirror) for source in chosen] if mirror else chosen


def _run(
    settings: Settings,
    folder: SnapshotFolder,
    sources: Sequence[Source],
    leis: Sequence[str],
    *,
    accept_shrink: bool,
    switch: bool,
) -> Outcome:
    from riskapi.refresh.run import Request, refresh

    known, needs = _from_datasets(settings, leis)
    request = Request(sources=sources, needs=needs, known=known, accept_shrink=accept_shrink, switch=switch)
    with live_progress() as progress, web() as world:
        return refresh(request, folder, world, progress)


def _from_datasets(settings: Settings, leis: Sequence[str]) -> tuple[KnownCompanies, Needs]:
    """The companies of the datasets, and what to look up for them."""
    from riskapi.refresh.known import known_companies
    from riskapi.refresh.source import Needs
    from riskapi.refresh.sources.gleif import leis_of
    from riskapi.warehouse.load import load_dataset

    rows = load_dataset(settings.datasets).rows
    wanted = leis_of([*(row["lei"] for row in rows["companies"]), *leis])
    return known_companies(rows["companies"], rows["names"]), Needs(leis=wanted)


# --- what is shown ----------------------------------------------------------------------------------------------------


def tell(outcome: Outcome) -> None:
    """Print what was done, and on standard error what failed."""
    from riskapi.cli.problems import problem_list
    from riskapi.cli.terminal import for_errors, for_results

    console = for_results()
    console.print(results_text(outcome.results))
    for line in outcome_lines(outcome):
        console.print(line, soft_wrap=True)
    for block in problem_list(outcome.problems):
        for_errors().print(block)


def results_text(results: Sequence[SourceResult]) -> Table:
    """One line for each source."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    table.add_column("source")
    table.add_column("result")
    for heading in ("rows", "left out", "requests", "bytes", "seconds"):
        table.add_column(heading, justify="right")
    for one in results:
        table.add_row(
            one.source.id, str(one.status), f"{one.rows:,}", str(one.left_out), str(one.requests), f"{one.bytes:,}",
            f"{one.seconds:.1f}",
        )  # fmt: skip
    return table


def outcome_lines(outcome: Outcome) -> list[str]:
    """What changed, and where the report lies."""
    if outcome.snapshot is None or outcome.difference is None:
        return [
            "nothing was read: the snapshot in place stays"
            if outcome.problems
            else "nothing is new since the last time"
        ]
    counts = [sum(len(part) for part in parts) for parts in _parts(outcome.difference)]
    state = (
        "in place" if outcome.is_in_place else "held for review; put it in place with `riskapi data refresh --switch`"
    )
    return [
        f"snapshot {outcome.snapshot.id}: {counts[0]:,} added, {counts[1]:,} removed, {counts[2]:,} changed; {state}",
        *_touched_lines(outcome.difference),
        f"report: {outcome.snapshot.folder / 'difference.md'}",
    ]


def _parts(difference: Difference) -> tuple[list[Sequence[object]], list[Sequence[object]], list[Sequence[object]]]:
    tables = difference.tables
    return [table.added for table in tables], [table.removed for table in tables], [table.changed for table in tables]


def _touched_lines(difference: Difference) -> list[str]:
    companies = difference.touched_companies
    if not companies:
        return []
    more = f" and {len(companies) - SHOWN} more" if len(companies) > SHOWN else ""
    return [f"companies of the datasets that may move: {', '.join(companies[:SHOWN])}{more}"]


def tell_switch(snapshot: Snapshot) -> None:
    """Print which snapshot is in place now."""
    typer.echo(f"snapshot {snapshot.id} is in place")


def show_status(folder: SnapshotFolder) -> None:
    """Print the sources with the state of each, and the snapshots."""
    from rich.table import Table

    from riskapi.cli.terminal import for_results
    from riskapi.refresh.sources import all_sources

    current = folder.current()
    pointer = folder.pointer()
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("source", "title", "rows", "read on"):
        table.add_column(heading, justify="right" if heading == "rows" else "left")
    for source in all_sources().values():
        origin = current.origins.get(source.id) if current else None
        table.add_row(
            source.id,
            source.title,
            f"{origin.rows:,}" if origin else "",
            (origin.retrieved_at if origin else "never")[:10],
        )
    for_results().print(table)
    typer.echo(f"in place: {pointer.current or 'none'}; held for review: {pointer.staged or 'none'}")


# --- the world outside ------------------------------------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def web() -> Iterator[Web]:
    """The network, the clock and chance, as long as a refresh runs."""
    import random
    import time

    from riskapi.refresh.download import Web, new_client

    with new_client() as client:
        yield Web(client=client, now=_now, sleep=time.sleep, clock=time.monotonic, jitter=random.random)


@contextmanager
def live_progress() -> Iterator[Progress]:
    """Bars on standard error while it is a terminal; nothing otherwise."""
    from riskapi.cli.terminal import for_errors
    from riskapi.refresh.run import Silence

    console = for_errors()
    if not console.is_terminal:
        yield Silence()
        return
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as BarsOfRich

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with BarsOfRich(*columns, console=console, transient=True) as bars:
        yield Bars(bars)


class Bars:
    """One bar for each source."""

    def __init__(self, bars: BarsOfRich) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def started(self, source: Source) -> None:
        """A bar without an end."""
        self._tasks[source.id] = self._bars.add_task(source.title, total=None)

    def arrived(self, source: Source, request: int, done: int, total: int | None) -> None:
        """The bar of the request."""
        title = source.title if request == 1 else f"{source.title} (request {request})"
        self._bars.update(self._tasks[source.id], completed=done, total=total, description=title)

    def ended(self, result: SourceResult) -> None:
        """The bar goes; the table at the end tells the rest."""
        self._bars.remove_task(self._tasks.pop(result.source.id))
