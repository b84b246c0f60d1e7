"""`riskapi export`: the options of `riskapi score` and a file in; a briefing on disk out.

The ending of the file says what is written: a workbook (.xlsx), a page (.html), the answer (.json), its rules (.csv).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from riskapi.cli.deal_options import Question, about_a_deal
from riskapi.cli.files import write_bytes
from riskapi.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from riskapi.briefing.material import Briefing
    from riskapi.briefing.record import Record
    from riskapi.cli.score import Body
    from riskapi.workspace import Workspace

ENDINGS: Final = (".xlsx", ".html", ".json", ".csv")
PAPERS: Final = ("a4", "letter")
_WITH_WHATIF: Final = (".xlsx", ".html")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


@about_a_deal
def export(
    question: Question,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="briefing.xlsx, .html, .json or .csv")
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FILE", help="An earlier briefing (.xlsx): a sheet tells what changed."),
    ] = None,
    paper: Annotated[str, typer.Option("--paper", help="a4 or letter")] = "a4",
    with_whatif: Annotated[
        bool, typer.Option("--what-if/--no-what-if", help="Ask what would change the result, too; some seconds more.")
    ] = True,
) -> None:
    """Write the briefing of a pairing to a file: workbook, page, JSON or CSV."""
    from riskapi.cli.score import read_options, today
    from riskapi.workspace import Workspace

    body = read_options(question)
    target = _target(out, paper, since, body)
    before = _earlier(since, body)
    with Workspace.open() as workspace:
        briefing = _briefing(
            workspace, body, today(), before, with_whatif=with_whatif and target.suffix in _WITH_WHATIF
        )
    written = _writers(paper)[target.suffix](briefing)
    write_bytes(target, written)
    typer.echo(f"{target}: {len(written):,} bytes; {briefing.answer.question}")


# Options


def _target(out: Path | None, paper: str, since: Path | None, body: Body) -> Path:
    """Where to write; what is wrong with the options is noted with the other problems of the question."""
    if out is None or out.suffix.lower() not in ENDINGS:
        wrong = "a file to write is needed" if out is None else f"`{out.suffix or out.name}` is no ending that is known"
        body.problem("--out", "bad-value", wrong, f"end it with one of: {', '.join(ENDINGS)}")
    elif not out.parent.is_dir():
        body.problem("--out", "not-writable", f"there is no folder `{out.parent}`", "make it first")
    if paper.lower() not in PAPERS:
        body.problem(
            "--paper", "bad-value", f"`{paper[:20]}` is no paper that is known", f"write {' or '.join(PAPERS)}"
        )
    if since is not None and out is not None and out.suffix.lower() in ENDINGS[1:]:
        body.problem("--since", "bad-value", "only a workbook tells what changed", "end --out with .xlsx")
    return (out or Path("briefing.xlsx")).with_suffix((out.suffix if out else ".xlsx").lower())


def _earlier(since: Path | None, body: Body) -> Record | None:
    if since is None:
        return None
    from riskapi.briefing.record import read_record

    try:
        return read_record(since.read_bytes(), since.name)
    except OSError as error:
        body.problem("--since", "bad-value", f"`{since}` cannot be read: {error.strerror}", "name an earlier briefing")
    except RequestError as error:
        body.problems.extend(error.problems)
    return None


# What is in it


def _briefing(workspace: Workspace, body: Body, day: date, before: Record | None, *, with_whatif: bool) -> Briefing:
    from riskapi.assessment.whatif_request import read_whatif
    from riskapi.briefing.gather import briefing_of, usual_grid
    from riskapi.cli.score import answered

    answer = answered(workspace, body, day)  # which also tells what is wrong with the options
    asked = {**body.data, "grid": usual_grid(answer)}
    whatif = workspace.what_if(read_whatif(asked, workspace.vocabulary, day)) if with_whatif else None
    return briefing_of(workspace, answer, whatif=whatif, before=before)


# Files


def _writers(paper: str) -> dict[str, Callable[[Briefing], bytes]]:
    from riskapi.briefing.flat import answer_json, rules_csv
    from riskapi.briefing.page import brief_html
    from riskapi.briefing.sheets import Paper
    from riskapi.briefing.workbook import briefing_workbook

    return {
        ".xlsx": lambda briefing: briefing_workbook(briefing, paper=Paper(paper.lower())),
        ".html": lambda briefing: brief_html(briefing, paper=Paper(paper.lower())),
        ".json": lambda briefing: answer_json(briefing.answer),
        ".csv": lambda briefing: rules_csv(briefing.answer),
    }
