"""`riskapi score --file`: a file of pairings in, the same file with answers out.

Exit codes: 0 where every row has an answer, 1 where something is wrong with some rows (the result says what, beside the
cells), 2 where the file cannot be read as a whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.spreadsheet.results import ScoredFile

FINDINGS = 1
#: Rows with errors that are told on the screen; the result has them all.
ROWS_SHOWN = 10


def score_pairings(source: Path, out: Path | None, *, as_of: str | None, explain: bool, today: date) -> None:
    """Answer every row of a file in another one."""
    from riskapi.cli.files import ending_of, read_bytes, write_bytes
    from riskapi.spreadsheet.output import ENDINGS, written
    from riskapi.spreadsheet.read import MOST_BYTES
    from riskapi.spreadsheet.score import Wanted, score_file
    from riskapi.workspace import Workspace

    ending = ending_of(out, "--out", ENDINGS)
    target = out or Path()
    if target.resolve() == source.resolve():
        detail, hint = "the result would take the place of the file", "name another file"
        raise RequestError(Problem(code="bad-value", field="--out", detail=detail, hint=hint))
    day = _day(as_of, today)
    content = read_bytes(source, "--file", MOST_BYTES)
    with Workspace.open() as workspace:
        wanted = Wanted(as_of=day, explain=explain, told=_progress())
        scored = score_file(content, source.name, workspace, wanted)
        write_bytes(target, written(scored, ending, workspace))
    _tell(scored, target)
    if scored.refused:
        raise typer.Exit(FINDINGS)


def _day(as_of: str | None, today: date) -> date:
    from riskapi.assessment.request import read_as_of
    from riskapi.facts.values import ValueProblemError

    if as_of is None:
        return today
    try:
        return read_as_of(as_of)
    except ValueProblemError as error:
        raise RequestError(Problem(code=error.code, field="--as-of", detail=error.detail, hint=error.hint)) from None


def _progress() -> Callable[[int, int], None]:
    """Tells on a terminal how far a long file is."""
    from riskapi.spreadsheet.score import say_nothing

    often = 100

    def tell(done: int, of: int) -> None:
        if done % often == 0 or (done == of and of >= often):
            sys.stderr.write(f"\r{done:,} of {of:,} rows{chr(10) if done == of else ''}")
            sys.stderr.flush()

    return tell if sys.stderr.isatty() else say_nothing


def _tell(scored: ScoredFile, target: Path) -> None:
    from riskapi.cli.terminal import clean, one_line
    from riskapi.spreadsheet.results import REFUSED
    from riskapi.spreadsheet.scored_flat import error_shown

    for notice in scored.notices:
        typer.echo(clean(notice), err=True)
    wrong = [row for row in scored.rows if row.status == REFUSED]
    for row in wrong[:ROWS_SHOWN]:
        for item in (error_shown(scored, row, problem) for problem in row.problems):
            place = f"{item.cell} ({item.column})" if item.cell else f"row {row.row + 1}"
            typer.echo(one_line(f"{place}: {item.detail} [{item.code}]"), err=True)
            if item.hint:
                typer.echo(one_line(f"    {item.hint}"), err=True)
    if len(wrong) > ROWS_SHOWN:
        typer.echo(f"and {len(wrong) - ROWS_SHOWN:,} more rows; the result says what is wrong with each", err=True)
    typer.echo(f"{target}: {scored.answered:,} answered, {scored.refused:,} not answered; as of {scored.as_of}")
