"""`riskapi backtest`: past deals with known outcomes against the score.

Enters: a file of cases. Leaves: a page, JSON or a table of cases; exit code 1 where a record could not be read (the
others are in the figures), 2 where none could.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.backtest.report import Report

FINDINGS = 1
#: Problems that are printed; the JSON has them all.
PROBLEMS_SHOWN = 20


class By(StrEnum):
    """What cases can be parted by; the same as `riskapi.backtest.report.Dimension`, without its libraries."""

    REGIME = "regime"
    COUNTRY = "country"
    SECTOR = "sector"
    YEAR = "year"
    CONFIDENCE = "confidence"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backtest")(backtest)


def backtest(
    cases: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CASES.jsonl]", help="Case records, one JSON object a line; without it those of the datasets."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")] = False,
    by: Annotated[
        By | None, typer.Option("--by", help="Part the cases; `country` is that of the foreign party's ultimate owner.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="CASES.csv", help="Write one row a case, as the figures used it.")
    ] = None,
    record: Annotated[
        bool,
        typer.Option("--record", help="Keep the outcome rates of the bands beside the rules, for answers to show."),
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour or bold print.")] = False,
    width: Annotated[int | None, typer.Option("--width", min=60, max=240, help="Columns of the output.")] = None,
) -> None:
    """Score past deals as of the day before they were announced, and hold the scores against what became of them."""
    from riskapi.backtest.extra import require_no_layers, require_statistics

    require_statistics("riskapi backtest")
    from riskapi.backtest.cases import load_cases
    from riskapi.backtest.output import band_record, cases_csv, report_data
    from riskapi.backtest.report import Dimension
    from riskapi.backtest.report import backtest as study
    from riskapi.backtest.shipped import shipped_cases
    from riskapi.scoring.observed import RECORD
    from riskapi.workspace import Workspace

    with Workspace.open() as workspace:
        if record:
            require_no_layers(workspace.settings, "--record")
        file = shipped_cases(workspace.connection) if cases is None else load_cases(cases)
        report = study(workspace, file, None if by is None else Dimension(by.value))
        folder = workspace.settings.rules
    if out is not None:
        _write(out, cases_csv(report))
    if record:
        _write(folder / RECORD, band_record(report))
    if as_json:
        typer.echo(json.dumps(report_data(report), indent=2, ensure_ascii=False))
    else:
        _print(report, color=not no_color, width=width)
    _tell(report.problems)


def _print(report: Report, *, color: bool, width: int | None) -> None:
    from riskapi.cli.render_backtest import report_text
    from riskapi.cli.terminal import for_results, show

    console = for_results(color=color, width=width)
    show(console, report_text(report))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        detail = f"{path} cannot be written: {error.strerror or error}"
        raise RequestError(
            Problem(code="not-written", field="--out", detail=detail, hint="name a file in a folder that exists")
        ) from None


def _tell(problems: Sequence[Problem]) -> None:
    """Say what could not be read, and end with the exit code of findings."""
    from riskapi.cli.problems import error_text
    from riskapi.cli.terminal import for_errors, show

    if not problems:
        return
    show(for_errors(), error_text(RequestError(problems[:PROBLEMS_SHOWN])))
    typer.echo(f"{len(problems)} problems: these records are left out", err=True)
    raise typer.Exit(FINDINGS)
