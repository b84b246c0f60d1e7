"""`riskapi data`: check the tables of the datasets, build their warehouse, and refresh the official lists.

Enters: settings. Leaves: text and an exit code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.cli import refresh

if TYPE_CHECKING:
    from rich.table import Table

    from riskapi.warehouse.build import DatasetVersion

data = typer.Typer(no_args_is_help=True, help="Check, build and refresh the datasets.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(data, name="data")


refresh.add_to(data)


@data.command("check")
def check() -> None:
    """Check every table; problems are told with file, line and column, and give exit code 1."""
    from riskapi.settings import Settings
    from riskapi.warehouse.build import version_of
    from riskapi.warehouse.load import check_dataset

    version = version_of(check_dataset(Settings.from_environment().datasets))
    typer.echo(
        f"{len(version.rows)} tables, {sum(version.rows.values()):,} rows: no problems (version {version.version})"
    )


@data.command("build")
def build(
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the version only.")] = False,
) -> None:
    """Check the tables and build the warehouse; a failed build leaves the last good one."""
    from riskapi.settings import Settings
    from riskapi.workspace import build_warehouse, warehouse_path

    settings = Settings.from_environment()
    version = build_warehouse(settings)
    if quiet:
        typer.echo(version.version)
        return
    from riskapi.cli.terminal import for_results, show

    console = for_results()
    show(console, tables_text(version))
    typer.echo(f"version {version.version}, built as {warehouse_path(settings)}")


def tables_text(version: DatasetVersion) -> Table:
    """Rows and newest source of each table."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    table.add_column("table")
    table.add_column("rows", justify="right")
    table.add_column("newest source")
    for name, count in version.rows.items():
        newest = version.newest_as_of.get(name)
        table.add_row(name, f"{count:,}", newest.isoformat() if newest else "")
    return table
