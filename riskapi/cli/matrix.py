"""`riskapi matrix`: many pairings at once. Options in; heat maps on the terminal, or a file, out.

With --out the rows are kept beside the file while it is made, so that a run that was stopped goes on with --resume.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from riskapi.cli.deal_options import Country, Facts, Form, NoColor, Sector, Width
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from riskapi.matrix.kept import KeptRows
    from riskapi.matrix.moved import Movement
    from riskapi.matrix.plan import Plan
    from riskapi.workspace import Workspace

#: Below so many pairings there is no progress to show.
SHORT: Final = 20_000
#: Pairings whose movement is explained.
EXPLAINED: Final = 10
_CROSS: Final = re.compile(r"\s*×\s*|\s+[xX*]\s+")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("matrix")(matrix)


def matrix(
    foreign: Annotated[
        list[str] | None,
        typer.Option(
            "--foreign",
            metavar="WHO",
            help="Whom one-sided facts speak of: a selector (control_country=CN,sector=automotive), `all`, names "
            "(the option may be repeated), or @FILE (.txt, .csv, .xlsx) with a column `name`.",
        ),
    ] = None,
    hosts: Annotated[
        list[str] | None, typer.Option("--hosts", metavar="WHO", help="The other side, told in the same way.")
    ] = None,
    kind: Form = None,
    sector: Sector = None,
    country: Country = None,
    facts: Facts = None,
    at_host: Annotated[
        bool, typer.Option("--at-host", help="The venture is in the country that controls each host.")
    ] = False,
    templates: Annotated[
        list[Path] | None,
        typer.Option("--template", metavar="FILE", help="Kinds of deal in a YAML file: name, deal, at_host."),
    ] = None,
    as_of: Annotated[
        list[str] | None, typer.Option("--as-of", metavar="DATE", help="A day; may be repeated. Default today.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=".parquet, .csv, .json, .xlsx, .svg or .png")
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Only so many of the highest scores.")] = None,
    explain: Annotated[
        list[str] | None, typer.Option("--explain", metavar="FOREIGN×HOST", help="Show the whole answer of a pairing.")
    ] = None,
    moved: Annotated[bool, typer.Option("--moved", help="What moved between two days, and why.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    no_color: NoColor = False,
    width: Width = None,
) -> None:
    """Score every company of one side with every company of the other."""
    from riskapi.cli.matrix_question import read_body
    from riskapi.cli.score import Question, today
    from riskapi.matrix.run import plan as planned
    from riskapi.workspace import Workspace

    shorthands = {"--type": kind, "--sector": sector, "--in": country}
    deal = Question.told(None, shorthands, facts, None, as_of=None, foreign=None)
    sides = {"foreign": foreign or [], "hosts": hosts or []}
    body = read_body(sides, deal, templates or [], as_of or [], at_host=at_host)
    with Workspace.open() as workspace:
        plan = planned(workspace, body.read(workspace, today()))
        _check(plan, out, top, moved=moved, resume=resume)
        show = _shown(no_color=no_color, width=width)
        if explain:
            _explain(workspace, plan, explain, show)
        elif moved:
            _moved(workspace, plan, show)
        elif out is not None:
            _to_file(workspace, plan, out, top, resume=resume)
        elif as_json:
            _to_json(workspace, plan, top)
        else:
            _to_terminal(workspace, plan, top, show)


def _check(plan: Plan, out: Path | None, top: int | None, *, moved: bool, resume: bool) -> None:
    from riskapi.cli.matrix_output import check_target

    days = 2
    problems = []
    if moved and len(plan.dates) != days:
        hint = "write --as-of twice"
        problems.append(Problem(code="two-dates", field="--moved", detail="two days are compared", hint=hint))
    if moved and out is not None:
        hint = "leave out --out: what moved is printed"
        problems.append(Problem(code="one-way", field="--moved", detail="a file holds rows", hint=hint))
    if resume and out is None:
        hint = "name the file that the run was to make"
        problems.append(Problem(code="one-way", field="--resume", detail="only a run with --out is kept", hint=hint))
    if resume and top is not None:
        hint = "leave it out: with --top nothing is kept, since little is made"
        problems.append(Problem(code="one-way", field="--resume", detail="--top is not kept", hint=hint))
    if problems:
        raise RequestError(problems)
    if out is not None:
        check_target(out, min(plan.pairings, top or plan.pairings))


# Ways out


def _to_file(workspace: Workspace, plan: Plan, out: Path, top: int | None, *, resume: bool) -> None:
    from riskapi.cli.matrix_output import write

    if top is not None:
        write(out, [_highest(workspace, plan, top)], plan, workspace)
    else:
        kept = _kept(workspace, plan, out, resume=resume)
        write(out, kept.frames(), plan, workspace)
        kept.remove()
    for warning in plan.warnings:
        typer.echo(warning, err=True)
    shown = plan.pairings if top is None else min(top, plan.pairings)
    typer.echo(f"{out}: {shown:,} of {plan.pairings:,} pairings", err=True)


def _kept(workspace: Workspace, plan: Plan, out: Path, *, resume: bool) -> KeptRows:
    """All rows in a folder beside the file, so that a run that is stopped can go on."""
    from riskapi.matrix.kept import KeptRows
    from riskapi.matrix.run import run

    kept = KeptRows.open(out.with_name(f"{out.name}.run"), plan, resume=resume)
    done = kept.done
    if done:
        typer.echo(f"going on after {done:,} of {plan.pairings:,} pairings", err=True)
    with _progress(plan.pairings) as report:
        kept.add(run(workspace, plan, start=done), report)
    return kept


def _highest(workspace: Workspace, plan: Plan, count: int) -> pl.DataFrame:
    from riskapi.matrix.run import highest

    with _progress(plan.pairings) as report:
        return highest(workspace, plan, count, report)


def _to_json(workspace: Workspace, plan: Plan, top: int | None) -> None:
    from riskapi.cli.matrix_output import json_pieces
    from riskapi.matrix.run import run

    for piece in json_pieces(run(workspace, plan) if top is None else [_highest(workspace, plan, top)], plan):
        typer.echo(piece, nl=False)


def _to_terminal(workspace: Workspace, plan: Plan, top: int | None, show: Callable[[Any], None]) -> None:
    import polars as pl

    from riskapi.cli.render_matrix import BEST, fits, matrix_text
    from riskapi.matrix.run import run

    is_ranked = top is not None or not fits(plan)
    frame = _highest(workspace, plan, top or BEST) if is_ranked else pl.concat(run(workspace, plan))
    show(matrix_text(plan, frame, ranked=is_ranked))


def _moved(workspace: Workspace, plan: Plan, show: Callable[[Any], None]) -> None:
    import polars as pl

    from riskapi.cli.render_matrix import moved_text
    from riskapi.matrix.changes import moved_rows
    from riskapi.matrix.run import run

    with _progress(plan.pairings) as report:
        rows = pl.concat(_counted(run(workspace, plan), report))
    before, after = (rows.filter(pl.col("date") == day) for day in plan.dates)
    found = moved_rows(before, after)
    show(moved_text(plan, found, _movements(workspace, plan, found.head(EXPLAINED))))


def _movements(workspace: Workspace, plan: Plan, moved: pl.DataFrame) -> Sequence[Movement]:
    from riskapi.matrix.moved import movement
    from riskapi.matrix.single import SinglePairings

    single, cards = SinglePairings(workspace), (workspace.card, workspace.card)
    templates = {template.name: template for template in plan.templates}
    found = []
    for row in moved.iter_rows(named=True):
        sides = [
            single.judged(row["foreign_id"], row["host_id"], templates[row["template"]], day) for day in plan.dates
        ]
        found.append(movement(sides[0], sides[1], cards))
    return found


def _explain(workspace: Workspace, plan: Plan, wanted: Sequence[str], show: Callable[[Any], None]) -> None:
    """The answers of chosen cells, on every template and day."""
    from riskapi.cli.render import answer_text
    from riskapi.cli.terminal import cleaned
    from riskapi.matrix.single import request_of

    instruments = {rule.id: rule.instrument.citation for rule in workspace.book.rules}
    for foreign, host in _cells(workspace, plan, wanted):
        for day in plan.dates:
            for template in plan.templates:
                answer = workspace.answer(request_of(workspace, foreign, host, template, day))
                show(answer_text(cleaned(answer), cleaned(instruments)))


def _cells(workspace: Workspace, plan: Plan, wanted: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Ids of the pairings that are named; raises `RequestError` with every one that is not in the matrix."""
    sides = [{item.company_id: item for item in side} for side in (plan.foreign, plan.hosts)]
    found, problems = [], []
    for text in wanted:
        names = _CROSS.split(text.strip())
        ids = [getattr(workspace.resolve(name), "company_id", None) for name in names]
        if len(ids) == len(sides) and all(one in side for one, side in zip(ids, sides, strict=True)):
            found.append((str(ids[0]), str(ids[1])))
        else:
            detail = f"`{text[:80]}` is no pairing of this matrix"
            hint = "write a foreign company and a host of it, for example --explain 'BYD×Ford'"
            problems.append(Problem(code="no-such-cell", field="--explain", detail=detail, hint=hint))
    if problems:
        raise RequestError(problems)
    return iter(found)


# Terminal


def _shown(*, no_color: bool, width: int | None) -> Callable[[Any], None]:
    from riskapi.cli.terminal import for_results, show

    console = for_results(color=not no_color, width=width)
    return lambda page: show(console, page)


def _counted(frames: Iterable[pl.DataFrame], report: Callable[[int], None]) -> Iterator[pl.DataFrame]:
    done = 0
    for frame in frames:
        yield frame
        done += len(frame)
        report(done)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
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
