"""The command line program: its commands, and what a failure looks like.

Enters: arguments. Leaves: text and an exit code: 0 fine, 1 findings in rules or data, 2 bad usage or input, 3 a fault
of ours. Results go to standard output, everything else to standard error. Commands import what they need when they run.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from riskapi.errors import DataError, RiskapiError, RuleError, SettingsError

FINDINGS: Final = 1
BAD_INPUT: Final = 2
FAULT: Final = 3
RULES_VARIABLE: Final = "RISKAPI_RULES"
CONFIG_VARIABLE: Final = "RISKAPI_CONFIG"
#: The command that says which setting comes from the environment and which from the file.
TELLS_FILE_APART: Final = "config"


class Program(TyperGroup):
    """The group of all commands; turns what they raise into text and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # the signature of the class above it
        """Run the command; errors that are meant for people are printed, never shown as a traceback."""
        try:
            return super().invoke(ctx)
        except RiskapiError as error:
            report(error)
            raise typer.Exit(FINDINGS if isinstance(error, RuleError | DataError) else BAD_INPUT) from None
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            fault(error)
            raise typer.Exit(FAULT) from None
        except Exception as error:
            if _is_for_typer(error):
                raise
            fault(error)
            raise typer.Exit(FAULT) from None


def _is_for_typer(error: Exception) -> bool:
    return isinstance(error, typer.Exit | typer.Abort) or hasattr(error, "exit_code")


def report(error: RiskapiError) -> None:
    """Print an error that is meant for people on standard error."""
    from riskapi.cli.problems import error_text
    from riskapi.cli.terminal import for_errors, show

    show(for_errors(), error_text(error))


def fault(error: Exception) -> None:
    """Print one line for an error that nobody foresaw; the traceback only with RISKAPI_DEBUG=1."""
    from riskapi.cli.terminal import clean

    if os.environ.get("RISKAPI_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)
    first = (str(error).splitlines() or [""])[0][:200]
    typer.echo(
        f"riskapi failed: {type(error).__name__}: {clean(first)}. This is a fault of riskapi: please report it "
        "with the command and the traceback that RISKAPI_DEBUG=1 shows.",
        err=True,
    )


app = typer.Typer(
    name="riskapi",
    cls=Program,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="How much regulatory and political scrutiny would a pairing of two companies meet, from whom, why, "
    "and what would change it?",
)


@app.callback()
def program(
    context: typer.Context,
    rules: Annotated[
        list[Path] | None,
        typer.Option(
            "--rules",
            metavar="DIR",
            help="A private folder of rules that lies over the shipped ones; may be given several times, the lowest first.",
        ),
    ] = None,
) -> None:
    """Put the file of settings and the folders of rules where settings are read from, as long as the command runs."""
    before = dict(os.environ)
    context.call_on_close(lambda: _put_back(before))
    if os.environ.get(CONFIG_VARIABLE) and context.invoked_subcommand != TELLS_FILE_APART:
        os.environ |= _from_file()
    if rules:
        os.environ[RULES_VARIABLE] = os.pathsep.join(map(str, rules))


def _from_file() -> dict[str, str]:
    from riskapi.api.serving.options import gathered

    values, problems = gathered(os.environ)
    if problems:
        raise SettingsError(problems)
    return values


def _put_back(before: dict[str, str]) -> None:
    """Leave the environment as it was: tests run many commands in one process."""
    os.environ.clear()
    os.environ |= before


@app.command()
def version() -> None:
    """Print the version of the program."""
    from riskapi import __version__

    typer.echo(f"riskapi {__version__}")


def _add_commands() -> None:
    """Each module adds its commands; they import heavy parts only when they run."""
    for name in (
        "score",
        "whatif",
        "matrix",
        "template",
        "export",
        "names",
        "deals",
        "duty",
        "facts",
        "rules",
        "data",
        "schema",
        "serve",
        "jobs",
        "watch",
        "config",
        "keys",
        "store",
        "audit",
        "backtest",
        "calibrate",
    ):
        import_module(f"riskapi.cli.{name}").add_to(app)


_add_commands()


def main() -> None:
    """Run the program with the arguments of the process."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a company's name gets a question mark in its place, not a failure.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app()


if __name__ == "__main__":
    main()
