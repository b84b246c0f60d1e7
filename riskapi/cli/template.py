"""`riskapi template`: a file of pairings to fill in. Enters: where it goes. Leaves: a workbook or a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("template")(template)


def template(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where it goes: pairings.xlsx, or .csv without drop-downs.")
    ] = Path("pairings.xlsx"),
) -> None:
    """Write a workbook to fill in with pairings, for `riskapi score --file`."""
    from riskapi.cli.files import ending_of, write_bytes
    from riskapi.spreadsheet.output import TEMPLATES
    from riskapi.spreadsheet.output import template as made
    from riskapi.workspace import Workspace

    ending = ending_of(out, "--out", TEMPLATES)
    with Workspace.open() as workspace:
        write_bytes(out, made(ending, workspace))
    typer.echo(f"{out}: fill it in, then: riskapi score --file {out} --out scored{ending}")
