"""`riskapi config`: whether the settings are right, and what they come to.

Enters: environment and a TOML file. Leaves: a table without secrets; exit code 2 with every problem.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

config = typer.Typer(no_args_is_help=True, help="Check the settings.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(config, name="config")


@config.callback()
def family() -> None:
    """Check the settings."""


@config.command("check")
def check(
    file: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="TOML file of settings. [default: what RISKAPI_CONFIG names]"),
    ] = None,
) -> None:
    """Check environment and file, and print what they come to, without secrets; problems give exit code 2."""
    from riskapi.api.serving.options import FILE_VARIABLE
    from riskapi.cli.terminal import for_results, show

    environment = {**os.environ, **({FILE_VARIABLE: str(file)} if file else {})}
    rows = effective(environment)
    show(for_results(), table(rows))
    typer.echo("no problems")


def effective(environment: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Variable, value and origin of every setting; raises `SettingsError` with every problem there is."""
    from riskapi.api.serving.options import Options, described, gathered, unknown_variables, variable_of
    from riskapi.errors import Problem, RiskapiError, SettingsError
    from riskapi.settings import Settings

    values, problems = gathered(environment)
    problems = [*problems, *unknown_variables(environment)]
    settings = options = None
    store = ""
    try:
        settings = Settings.from_environment(values)
        store = store_shown(settings.store)
    except RiskapiError as error:
        problems.extend(error.problems)
    try:
        options = Options.from_environment({key: value for key, value in values.items() if key != "RISKAPI_CONFIG"})
    except SettingsError as error:
        problems.extend(error.problems)
    if problems or settings is None or options is None:
        raise SettingsError(problems or [Problem(code="settings-invalid", detail="the settings cannot be read")])
    rules = os.pathsep.join(map(str, (settings.rules, *settings.layers)))
    shown = {"rules": rules, "datasets": str(settings.datasets), "cache": str(settings.cache), "store": store}
    shown |= {item.name: _option_text(item, getattr(options, item.name)) for item in described()}
    extra = [item.name for item in fields(settings) if item.name not in {*shown, "layers"}]
    shown |= {name: _text(getattr(settings, name)) for name in extra if _may_be_shown(settings, name)}
    return [(variable_of(name), text, _origin(variable_of(name), environment, values)) for name, text in shown.items()]


def store_shown(address: str) -> str:
    """The address of the store without its password; raises `StoreError` where it is none."""
    from riskapi.store.address import read_address, shown

    return shown(read_address(address))


def _may_be_shown(settings: object, name: str) -> bool:
    """Fields that are kept out of `repr` hold secrets."""
    return next(item.repr for item in fields(settings) if item.name == name)  # type: ignore[arg-type]  # a dataclass


def _option_text(item: Field[Any], value: object) -> str:
    """A secret is told only as being there."""
    if item.repr:
        return _text(value)
    return "(not shown)" if value else "-"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return ", ".join(map(str, value)) or "-" if isinstance(value, tuple) else str(value)


def _origin(variable: str, environment: Mapping[str, str], values: Mapping[str, str]) -> str:
    if environment.get(variable):
        return "environment"
    return "file" if values.get(variable) else "default"


def table(rows: list[tuple[str, str, str]]) -> Table:
    """The settings for people."""
    from rich.table import Table

    from riskapi.cli.terminal import one_line

    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for heading in ("variable", "value", "from"):
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*map(one_line, row))
    return shown
