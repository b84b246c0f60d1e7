"""The rows of `riskapi matrix`: an engine and a plan in; a file, a folder, JSON or a page of the terminal out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from riskapi.cli.matrix_engine import EngineName, is_folder
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from riskapi.cli.matrix_engine import Engine, EngineChoice
    from riskapi.matrix.kept import KeptRows
    from riskapi.matrix.plan import Plan
    from riskapi.workspace import Workspace

#: Below so many pairings there is no progress to show.
SHORT: Final = 20_000


def check(plan: Plan, out: Path | None, top: int | None, *, resume: bool, engine: EngineChoice) -> None:
    """Raise `RequestError` with every option that does not go with another, before anything is computed."""
    from riskapi.cli.matrix_output import check_target

    problems = list(engine.problems)
    if resume and out is None:
        hint = "name the file that the run was to make"
        problems.append(Problem(code="one-way", field="--resume", detail="only a run with --out is kept", hint=hint))
    if resume and top is not None:
        hint = "leave it out: with --top nothing is kept, since little is made"
        problems.append(Problem(code="one-way", field="--resume", detail="--top is not kept", hint=hint))
    to_many_files = engine.name is EngineName.SPARK and out is not None and is_folder(out)
    if to_many_files and top is not None:
        hint = "name a file, for example top.parquet"
        problems.append(Problem(code="one-way", field="--top", detail="a folder holds all rows", hint=hint))
    if problems:
        raise RequestError(problems)
    if out is not None and not to_many_files:
        check_target(out, min(plan.pairings, top or plan.pairings))


def to_file(workspace: Workspace, engine: Engine, plan: Plan, out: Path, top: int | None, *, resume: bool) -> None:
    """Write a file, and say on standard error what should be known of it."""
    from riskapi.cli.matrix_output import write

    if top is not None:
        write(out, [_highest(engine, plan, top)], plan, workspace)
    else:
        kept = _kept(engine, plan, out, resume=resume)
        write(out, kept.frames(), plan, workspace)
        kept.remove()
    _tell(out, plan, plan.pairings if top is None else min(top, plan.pairings))


def to_folder(engine: Engine, plan: Plan, out: Path, *, resume: bool) -> None:
    """Have the machines of the cluster write their files, a folder for each day and kind of deal."""
    from riskapi.matrix.kept import KeptRows
    from riskapi.spark.run import SparkRun

    assert isinstance(engine, SparkRun)  # noqa: S101  # `check` lets no other engine come here
    KeptRows.open(out, plan, resume=resume)
    with progress(plan.pairings) as report:
        engine.write(out.absolute(), report)
    _tell(out, plan, plan.pairings)


def to_json(engine: Engine, plan: Plan, top: int | None) -> None:
    """Print the rows."""
    from riskapi.cli.matrix_output import json_pieces

    for piece in json_pieces(engine.rows() if top is None else [_highest(engine, plan, top)], plan):
        typer.echo(piece, nl=False)


def to_terminal(engine: Engine, plan: Plan, top: int | None, show: Callable[[Any], None]) -> None:
    """Show a heat map where it fits, else the highest rows."""
    import polars as pl

    from riskapi.cli.render_matrix import BEST, fits, matrix_text

    is_ranked = top is not None or not fits(plan)
    frame = _highest(engine, plan, top or BEST) if is_ranked else pl.concat(engine.rows())
    show(matrix_text(plan, frame, ranked=is_ranked))


def _kept(engine: Engine, plan: Plan, out: Path, *, resume: bool) -> KeptRows:
    """All rows in a folder beside the file, so that a run that is stopped can go on."""
    from riskapi.matrix.kept import KeptRows

    kept = KeptRows.open(out.with_name(f"{out.name}.run"), plan, resume=resume)
    done = kept.done
    if done:
        typer.echo(f"going on after {done:,} of {plan.pairings:,} pairings", err=True)
    with progress(plan.pairings) as report:
        kept.add(engine.rows(start=done), report)
    return kept


def _highest(engine: Engine, plan: Plan, count: int) -> pl.DataFrame:
    with progress(plan.pairings) as report:
        return engine.highest(count, report)


def _tell(out: Path, plan: Plan, shown: int) -> None:
    for warning in plan.warnings:
        typer.echo(warning, err=True)
    typer.echo(f"{out}: {shown:,} of {plan.pairings:,} pairings", err=True)


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar with the remaining time on standard error, where that is a terminal and the work takes a while."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from riskapi.cli.terminal import for_errors

    console = for_errors()
    if total < SHORT or not console.is_terminal:
        yield lambda _: None
        return
    with Progress(
        BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True
    ) as progress:
        task = progress.add_task("", total=total)
        yield lambda done: progress.update(task, completed=done)
