"""`riskapi whatif`: the options of `riskapi score` and three more in; what would change the result out.

The options are gathered into the body that the HTTP service takes too, so that both are checked by the same code.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.cli.deal_options import NoColor, Question, Width, about_a_deal
from riskapi.errors import pointer_part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from riskapi.assessment.whatif import WhatIfAnswer
    from riskapi.cli.score import Body
    from riskapi.workspace import Workspace


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("whatif")(whatif)


@about_a_deal
def whatif(
    question: Question,
    *,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            "--grid",
            metavar="FACT=VALUE,...",
            help="Combine these values with those of other --grid options; a list is written US|CA.",
        ),
    ] = None,
    prefer: Annotated[
        list[str] | None,
        typer.Option(
            "--prefer",
            metavar="FACT=high|low|V1>V2",
            help="What you like of a fact in the grid; the values from the best to the worst are parted by >.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="FACT", help="A fact that no proposed change may touch.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer object as JSON.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show every fact, way and combination.")] = False,
    no_color: NoColor = False,
    width: Width = None,
) -> None:
    """Say what would change the score of a pairing: each fact by itself, the smallest changes, a grid of choices."""
    from riskapi.cli.score import read_options, today
    from riskapi.workspace import Workspace

    body = read_options(question)
    read_choices(body, grid or (), prefer or (), keep or ())
    with Workspace.open() as workspace:
        answer = answered(workspace, body, today())
    if as_json:
        from riskapi.assessment.whatif import whatif_json

        typer.echo(whatif_json(answer, indent=2))
        return
    from riskapi.cli.render_whatif import whatif_text
    from riskapi.cli.terminal import cleaned, for_results, show

    console = for_results(color=not no_color, width=width)
    show(console, whatif_text(cleaned(answer), everything=show_all, ascii_only=console.options.ascii_only))


def answered(workspace: Workspace, body: Body, day: date) -> WhatIfAnswer:
    """The answer to what the options ask; what is wrong is told by option, all of it at once."""
    from riskapi.assessment.whatif_request import read_whatif
    from riskapi.cli.score import settled, sound

    request = sound(body, partial(read_whatif, body.data, workspace.vocabulary, day))
    return settled(body, partial(workspace.what_if, request))


def read_choices(body: Body, grid: Sequence[str], prefer: Sequence[str], keep: Sequence[str]) -> None:
    """Gather the options that only this command has; what cannot be gathered is noted as a problem."""
    axes = _facts(body, "--grid", "/grid", grid, ",", "deal.foreign_stake=10%,24%,49%")
    liked = _facts(body, "--prefer", "/prefer", prefer, ">", "deal.foreign_stake=high")
    if axes:
        body.data["grid"] = axes
    if liked:
        body.data["prefer"] = {fact: _one_word(values) for fact, values in liked.items()}
    if keep:
        body.data["keep"] = [fact.strip() for fact in keep]
    body.options["/prefer"] = "--prefer"
    body.options["/grid"] = "--grid"
    for index, fact in enumerate(keep):
        body.options[f"/keep/{index}"] = f"--keep {fact.strip()[:80]}"


def _one_word(values: list[str]) -> str | list[str]:
    return values[0] if values in (["high"], ["low"]) else values


def _facts(
    body: Body, option: str, pointer: str, texts: Sequence[str], between: str, example: str
) -> dict[str, list[str]]:
    """Values by fact; a fact that stands twice has its values together."""
    found: dict[str, list[str]] = {}
    for text in texts:
        fact, equals, values = text.partition("=")
        name = fact.strip()
        if not equals or not name or not values.strip():
            body.problem(
                f"{option} {text[:60]}", "not-a-fact", "a fact and its values are wanted", f"write {option} {example}"
            )
            continue
        name = name if "." in name else f"deal.{name}"
        found.setdefault(name, []).extend(part.strip() for part in values.split(between))
        body.options[f"{pointer}/{pointer_part(name)}"] = f"{option} {name[:80]}"
    return found
