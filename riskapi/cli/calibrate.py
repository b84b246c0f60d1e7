"""`riskapi calibrate`: what past outcomes say about the points of rules.

Enters: a file of cases. Leaves: a report as page, JSON or Markdown; with `--write` the proposed points in the rule files
and the record of what experts had given.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from riskapi.errors import Problem, RequestError


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("calibrate")(calibrate)


def calibrate(
    cases: Annotated[
        Path | None,
        typer.Argument(
            metavar="[CASES.jsonl]", help="Case records, one JSON object a line; without it those of the datasets."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure and proposal as JSON.")] = False,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="REPORT.md", help="Write the report for a pull request.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the proposed points into the rule files and record the expert points.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour or bold print.")] = False,
    width: Annotated[int | None, typer.Option("--width", min=60, max=240, help="Columns of the output.")] = None,
) -> None:
    """Fit the points of rules to past outcomes, drawn towards the experts' points, and tell how well that works on others."""
    from riskapi.backtest.extra import require_no_layers, require_statistics

    require_statistics("riskapi calibrate")
    from riskapi.backtest.accept import accept
    from riskapi.backtest.calibrate import calibrate as study
    from riskapi.backtest.calibration_output import calibration_data, calibration_markdown
    from riskapi.backtest.cases import load_cases
    from riskapi.backtest.shipped import shipped_cases
    from riskapi.cli.render_calibration import calibration_text
    from riskapi.cli.terminal import for_results, show
    from riskapi.workspace import Workspace

    with Workspace.open() as workspace:
        if write:
            require_no_layers(workspace.settings, "--write")
        file = shipped_cases(workspace.connection) if cases is None else load_cases(cases)
        report = study(workspace, file)
        changed = accept(report, workspace.settings.rules, workspace.book) if write else ()
    if markdown is not None:
        _write(markdown, calibration_markdown(report))
    if as_json:
        typer.echo(json.dumps(calibration_data(report), indent=2, ensure_ascii=False))
    else:
        show(for_results(color=not no_color, width=width), calibration_text(report))
    for name in changed:
        typer.echo(f"changed: {name}", err=True)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        detail = f"{path} cannot be written: {error.strerror or error}"
        hint = "name a file in a folder that exists"
        raise RequestError(Problem(code="not-written", field="--markdown", detail=detail, hint=hint)) from None
