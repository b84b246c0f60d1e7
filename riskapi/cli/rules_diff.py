"""`riskapi rules diff`: what a change of the rules means and moves. Enters: a base. Leaves: a report as text or JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.rules import RuleBook
    from riskapi.workbench.diff import BookDiff
    from riskapi.workbench.diff_base import Base
    from riskapi.workbench.diff_impact import Impact
    from riskapi.workspace import Workspace

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
) -> None:
    """Compare the rules with an earlier state: what changed in meaning, and which scores, bands and gates move."""
    if as_json and as_markdown:
        raise RequestError(
            Problem(
                code="one-form", field="--json, --markdown", detail="only one form can be printed", hint="choose one"
            )
        )
    diff, impact = _compared(base, portfolio, day_of(as_of), scored=not no_impact)
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


def day_of(raw: str | None) -> date:
    """The day of `--as-of`, or today; raises `RequestError`."""
    from riskapi.assessment.request import read_as_of
    from riskapi.cli.score import today
    from riskapi.facts.values import ValueProblemError

    if raw is None:
        return today()
    try:
        return read_as_of(raw)
    except ValueProblemError as error:
        raise RequestError(Problem(code=error.code, field="--as-of", detail=error.detail, hint=error.hint)) from None


def _compared(base: str, portfolio: Path | None, day: date, *, scored: bool) -> tuple[BookDiff, Impact | None]:
    from riskapi.rules import load_rules
    from riskapi.workbench.diff_base import base_folder, load_base
    from riskapi.workspace import Workspace

    with Workspace.open() as workspace:
        after = load_rules(workspace.settings.rules, workspace.vocabulary)
        with base_folder(base, workspace.settings.rules) as folder:
            before = load_base(base, folder, workspace.vocabulary)
        return _held_against(workspace, before, after, portfolio, day if scored else None)


def _held_against(
    workspace: Workspace, before: Base, after: RuleBook, portfolio: Path | None, day: date | None
) -> tuple[BookDiff, Impact | None]:
    from dataclasses import replace

    from riskapi.workbench.diff import compare_books
    from riskapi.workbench.diff_base import comparable
    from riskapi.workbench.diff_impact import Versions, impact_of
    from riskapi.workbench.portfolio import Portfolio
    from riskapi.workbench.portfolio_file import read_portfolio

    shown = comparable(before, after)
    cards = (before.card, workspace.card)
    diff = replace(compare_books(before.book, shown, cards), not_compared=before.unreadable)
    if day is None:
        return diff, None
    proposals = Portfolio(workspace, day).default() if portfolio is None else read_portfolio(portfolio, workspace, day)
    return diff, impact_of(Versions((before.book, shown), cards, diff), proposals, workspace.assembler)
