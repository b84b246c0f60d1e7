"""`riskapi deals`: the deals on record, and who said what of each.

Enters: a party, a status, a day, an id. Leaves: a table, a page or JSON; exit code 2 for bad input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from riskapi.errors import Problem, RequestError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As known on this day; default today.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

deals = typer.Typer(invoke_without_command=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(deals, name="deals")


@deals.callback()
def list_deals(
    context: typer.Context,
    party: Annotated[str | None, typer.Option("--party", metavar="NAME", help="Only deals of this party.")] = None,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="Only deals of this status on the day.")
    ] = None,
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Deals to show, the latest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the deals on record, the latest first; `riskapi deals show ID` tells who said what of one."""
    if context.invoked_subcommand is not None:
        _refuse_misplaced(context)
        return
    from riskapi.claims.record import deals_on
    from riskapi.workspace import Workspace

    day, wanted = _day(as_of), _status(status)
    with Workspace.open() as workspace:
        known_party = None if party is None else workspace.party_of_deals(party)
        found = list(deals_on(workspace.ledger, day, known_party, wanted))
        versions = workspace.versions
    found.sort(key=lambda shown: (shown.known_from or day, shown.deal.deal_id), reverse=True)
    shown = found[:limit]
    if as_json:
        _print_json({"as_of": day, "deals": shown, "total": len(found), "versions": versions})
        return
    from riskapi.cli.render_deals import deals_table
    from riskapi.cli.terminal import cleaned, for_results, show

    show(for_results(), deals_table(cleaned(shown), len(found), day))


@deals.command("show")
def show_deal(
    deal_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a deal.")],
    as_of: AsOf = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every statement, and sources in full.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one deal: its status on the day, who said what with its grade, and what contradicts what."""
    from dataclasses import fields

    from riskapi.claims.record import deal_on
    from riskapi.workspace import Workspace

    day = _day(as_of)
    with Workspace.open() as workspace:
        shown = deal_on(workspace.ledger, deal_id, day)
        versions = workspace.versions
    if as_json:
        _print_json({field.name: getattr(shown, field.name) for field in fields(shown)} | {"versions": versions})
        return
    from riskapi.cli.render_deals import deal_page
    from riskapi.cli.style import Look
    from riskapi.cli.terminal import cleaned, for_results, show

    show(for_results(), deal_page(cleaned(shown), Look(everything=everything)))


def _refuse_misplaced(context: typer.Context) -> None:
    """Options before `show` would be read by the list and lost: a page as of another day than was asked for."""
    sources = {parameter.opts[0]: context.get_parameter_source(parameter.name) for parameter in context.command.params}
    lost = [option for option, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if lost:
        detail = f"{', '.join(lost)} before `{context.invoked_subcommand}` is an option of the list"
        hint = f"write what concerns the deal after it: riskapi deals {context.invoked_subcommand} ID --as-of DATE"
        raise RequestError(Problem(code="misplaced-option", field=lost[0], detail=detail, hint=hint))


def _day(text: str | None) -> date:
    from riskapi.assessment.request import read_as_of
    from riskapi.cli.score import today
    from riskapi.facts.values import ValueProblemError

    if text is None:
        return today()
    try:
        return read_as_of(text)
    except ValueProblemError as error:
        raise RequestError(Problem(code=error.code, field="--as-of", detail=error.detail, hint=error.hint)) from None


def _status(text: str | None) -> str | None:
    from riskapi.claims.record import LISTED_STATUSES

    if text is None or text in LISTED_STATUSES:
        return text
    hint = did_you_mean(text[:60], LISTED_STATUSES) or f"one of: {', '.join(LISTED_STATUSES)}"
    raise RequestError(
        Problem(code="unknown-code", field="--status", detail=f"`{text[:60]}` is not a status", hint=hint)
    )


def _print_json(data: Mapping[str, Any]) -> None:
    import json

    from pydantic import TypeAdapter

    # Escaped: a name in any script reaches a terminal or a pipe of any encoding whole.
    typer.echo(json.dumps(TypeAdapter(Any).dump_python(data, mode="json"), indent=2, ensure_ascii=True))
