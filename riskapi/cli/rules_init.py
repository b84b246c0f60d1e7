"""`riskapi rules init`: a repository for private rules. Enters: a folder. Leaves: its files, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(group: typer.Typer) -> None:
    """Add the command to `riskapi rules`."""
    group.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")],
    name: Annotated[
        str | None, typer.Option("--name", help="What answers call the rules; default: the name of the folder.")
    ] = None,
) -> None:
    """Write a repository for private rules that lie over the shipped ones: examples, a guide, checks for pull requests."""
    from riskapi import __version__
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.cli.score import today
    from riskapi.rules.layers import load_bottom
    from riskapi.settings import shipped_folder
    from riskapi.workbench.layer_template import Fresh, usual_name, write_layer

    book = load_bottom(shipped_folder("rules"), shipped_vocabulary(), examples=False)
    fresh = Fresh(name=name or usual_name(folder), engine=__version__, today=today())
    for path in write_layer(folder, fresh, book):
        typer.echo(path)
    typer.echo(f"\nread {folder / 'README.md'}, then: riskapi --rules {folder} rules check")
