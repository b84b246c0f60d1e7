"""`riskapi rules diff`: what a change of the rules means and moves. Enters: a base. Leaves: text, JSON, a workbook."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.workbench.diff_base import Sides
    from riskapi.workbench.diff_impact import Impact

#: Pairings listed in JSON unless more are wanted.
LISTED = 100


def add_to(group: typer.Typer) -> None:
    """Add the command to `riskapi rules`."""
    group.command("diff")(diff_rules)


def diff_rules(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="What to compare with: a git revision, or a folder of rule files.")
    ] = "HEAD",
    portfolio: Annotated[
        Path | None,
        typer.Option(
            "--portfolio",
            metavar="FILE",
            help="Pairings to hold the change against (.jsonl or .csv); without it, every deal and a matrix of companies.",
        ),
    ] = None,
    no_impact: Annotated[bool, typer.Option("--no-impact", help="Only say what changed; score nothing.")] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day that pairings are scored for; default today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a comment on a pull request.")
    ] = False,
    listed: Annotated[int, typer.Option("--list", min=0, help="How many pairings to list in JSON.")] = LISTED,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write the report as a workbook, too.")
    ] = None,
) -> None:
    """Compare the rules with an earlier state: what changed in meaning, and which scores, bands and gates move."""
    if as_json and as_markdown:
        raise RequestError(
            Problem(
                code="one-form", field="--json, --markdown", detail="only one form can be printed", hint="choose one"
            )
        )
    day = day_of(as_of)
    sides, impact = _compared(base, portfolio, day, scored=not no_impact)
    diff = sides.diff
    if xlsx is not None:
        _write_workbook(xlsx, sides, impact, base, day)
    from riskapi.workbench.diff_text import as_data, markdown

    if as_json:
        typer.echo(json.dumps(as_data(diff, impact, base, listed), indent=2, ensure_ascii=False))
        return
    report = markdown(diff, impact, base)
    if as_markdown:
        typer.echo(report, nl=False)
        return
    from rich.markdown import Markdown

    from riskapi.cli.terminal import clean, for_results, show

    show(for_results(), Markdown(clean(report)))


def day_of(raw: str | None, option: str = "--as-of") -> date:
    """The day of the option, or today; raises `RequestError`."""
    from riskapi.assessment.request import read_as_of
    from riskapi.cli.score import today
    from riskapi.facts.values import ValueProblemError

    if raw is None:
        return today()
    try:
        return read_as_of(raw)
    except ValueProblemError as error:
        raise RequestError(Problem(code=error.code, field=option, detail=error.detail, hint=error.hint)) from None


def sides_of(base: str) -> Sides:
    """The shipped rules, or those that the settings name, beside their base; opens no database."""
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.settings import Settings
    from riskapi.workbench.diff_base import compared
    from riskapi.workbench.diff_layers import compared_layers

    settings = Settings.from_environment()
    if settings.layers:
        return compared_layers(base, settings, shipped_vocabulary())
    return compared(base, settings.rules, shipped_vocabulary())


def _compared(base: str, portfolio: Path | None, day: date, *, scored: bool) -> tuple[Sides, Impact | None]:
    from riskapi.workbench.diff_impact import NO_IMPACT

    sides = sides_of(base)
    if not scored:
        return sides, None
    return sides, NO_IMPACT if sides.diff.is_empty else _impact(sides, portfolio, day)


def _impact(sides: Sides, portfolio: Path | None, day: date) -> Impact:
    from riskapi.workbench.diff_impact import Versions, impact_of
    from riskapi.workbench.portfolio import Portfolio
    from riskapi.workbench.portfolio_file import read_portfolio
    from riskapi.workspace import Workspace

    versions = Versions((sides.base.book, sides.after), sides.cards, sides.diff)
    with Workspace.open() as workspace:
        proposals = (
            Portfolio(workspace, day).default() if portfolio is None else read_portfolio(portfolio, workspace, day)
        )
        return impact_of(versions, proposals, workspace.assembler)


def _write_workbook(path: Path, sides: Sides, impact: Impact | None, base: str, day: date) -> None:
    from riskapi.workbench.diff_sheets import workbook

    content = workbook(sides, impact, base, day)
    try:
        path.write_bytes(content)
    except OSError as error:
        hint = "name a file in a folder that exists and may be written"
        detail = f"the workbook cannot be written: {error.strerror}"
        raise RequestError(Problem(code="not-writable", field=f"--xlsx {path}", detail=detail, hint=hint)) from None
    typer.echo(f"written: {path}", err=True)
