"""`riskapi duty`: what a good pays at a border, and how that changed.

Enters: a product group, two countries, a day and perhaps a maker. Leaves: a table or JSON; exit code 2 for bad input.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, UnsettledNameError

if TYPE_CHECKING:
    from datetime import date

    from rich.table import Table

    from riskapi.entities.resolver import Resolution
    from riskapi.tariffs.answer import DutyShown, MeasureShown, PeriodShown
    from riskapi.workspace import Workspace


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("duty")(duty)


def duty(
    product: Annotated[str, typer.Option("--product", metavar="GROUP", help="Product group, e.g. ev_car.")],
    origin: Annotated[str, typer.Option("--from", metavar="CC", help="Where the goods are made; ISO code or EU.")],
    importer: Annotated[str, typer.Option("--to", metavar="CC", help="Where they are imported; ISO code or EU.")],
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Day of the import; default today.")] = None,
    maker: Annotated[str | None, typer.Option("--maker", metavar="NAME", help="Producer, where rates differ.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Show every change from this day or month to --on.")
    ] = None,
    given: Annotated[
        list[str] | None, typer.Option("--given", metavar="CONDITION[=no]", help="Tell a condition, e.g. in_quota=no.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add up the duties on a product, measure by measure, with the law behind each."""
    from dataclasses import asdict

    from riskapi.cli.score import today
    from riskapi.tariffs import duty as duty_of
    from riskapi.tariffs import duty_history
    from riskapi.tariffs.answer import duty_shown, history_shown
    from riskapi.tariffs.question import read_question
    from riskapi.workspace import Workspace

    raw = {"product": product, "from": origin, "to": importer, "on": on, "since": since, "given": ",".join(given or ())}
    with Workspace.open() as workspace:
        asked = read_question(raw, workspace.vocabulary.domains["product_group"], today())
        makers = _makers(workspace, maker, asked.on)
        goods = (workspace.duties, asked.product, asked.origin, asked.importer)
        shown = duty_shown(duty_of(*goods, asked.on, makers, given=asked.given))
        periods: tuple[PeriodShown, ...] | None = None
        if asked.since is not None:
            periods = history_shown(duty_history(*goods, asked.since, asked.on, makers, given=asked.given))
        versions = workspace.versions
    if as_json:
        history = None if periods is None else [asdict(one) for one in periods]
        data = {**asdict(shown), "history": history, "versions": asdict(versions)}
        typer.echo(json.dumps(data, indent=2, default=str))
    else:
        _print(shown, periods)


def _makers(workspace: Workspace, name: str | None, on: date) -> tuple[str, ...]:
    """The maker and who controls it; raises `UnsettledNameError` where the name does not settle."""
    from riskapi.entities.resolver import Match
    from riskapi.tariffs.answer import makers_of

    if name is None:
        return ()
    found = workspace.resolve(name)
    if not isinstance(found, Match):
        raise UnsettledNameError(_unsettled(name, found))
    return makers_of(workspace.profiles.register(), found.company_id, on)


def _unsettled(name: str, found: Resolution) -> Problem:
    near = ", ".join(item.company_id for item in getattr(found, "candidates", ())[:5])
    hint = f"give one of these ids: {near}" if near else "give the id of a company of the tables"
    return Problem(
        code="party-unsettled", field="--maker", detail=f"`{name[:60]}` does not settle on one company", hint=hint
    )


def _print(shown: DutyShown, periods: tuple[PeriodShown, ...] | None) -> None:
    from rich.text import Text

    from riskapi.cli.terminal import cleaned, for_results, show

    console = for_results()
    shown = cleaned(shown)
    who = f", made by {shown.maker}" if shown.maker else ""
    total = "not known" if shown.total_pct is None else f"{shown.total_pct:g} %"
    show(console, Text(f"{shown.product} of {shown.origin} into {shown.importer} on {shown.on}{who}: {total}"))
    if shown.measures:
        show(console, _stack_table(shown.measures))
    for line in _remarks(shown):
        show(console, Text(line))
    if periods is not None:
        show(console, _history_table(cleaned(periods)))


def _stack_table(measures: tuple[MeasureShown, ...]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("measure", "rate", "adds", "why", "law"):
        table.add_column(name, overflow="fold")
    for row in measures:
        adds = "?" if row.counts is None or (row.counts and row.counted_pct is None) else "-"
        if row.counted_pct is not None:
            adds = f"{row.counted_pct:g} %"
        rate = "?" if row.rate_pct is None else f"{row.rate_pct:g} %"
        doubt = "" if row.confidence == "high" else f" [{row.confidence} confidence]"
        table.add_row(row.measure_id, rate, adds, row.why + doubt, row.citation or "")
    return table


def _remarks(shown: DutyShown) -> list[str]:
    lines = [f"Not known: {reason}." for reason in shown.reasons if shown.total_pct is None]
    lines += [f"{reason}." for reason in shown.reasons if shown.total_pct is not None]
    for case in shown.alternatives:
        total = "not known" if case.total_pct is None else f"{case.total_pct:g} %"
        lines.append(f"Where {case.where}: {total}." + "".join(f" {reason}." for reason in case.reasons))
    return [*lines, *(f"Note: {text}." for text in (*shown.assumptions, *shown.caveats))]


def _history_table(periods: tuple[PeriodShown, ...]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table("from", "to", "total", "change", "measures", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in periods:
        total = "?" if row.total_pct is None else f"{row.total_pct:g} %"
        change = "" if row.change_pct is None else f"{row.change_pct:+g}"
        table.add_row(str(row.start), str(row.end), total, change, " + ".join(row.measures))
    return table
