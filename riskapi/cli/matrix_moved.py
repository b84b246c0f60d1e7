"""`riskapi matrix --moved`: what moved between two days, rule sets or datasets. Options in; two matrices, or files, out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from riskapi.cli.matrix_output import about, whole_file
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import polars as pl

    from riskapi.cli.matrix_question import MatrixBody
    from riskapi.matrix.changes import Compared
    from riskapi.matrix.request import MatrixRequest
    from riskapi.settings import Settings
    from riskapi.workspace import Workspace

#: Pairings whose movement is explained: on a terminal, and in a file, where each takes some milliseconds.
SHOWN: Final = 10
IN_FILE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Bases:
    """What to compare with: other rules, other datasets, both, or, with neither, the first of two days."""

    rules: str | None
    data: str | None

    def __bool__(self) -> bool:
        """Whether there is a base."""
        return self.rules is not None or self.data is not None


def check_moved(bases: Bases, dates: Sequence[date], out: Path | None, *, other_use: str | None) -> None:
    """Raise `RequestError` with what does not fit together; `other_use` is an option that shows something else."""
    problems = []
    wanted, hint = (1, "write --as-of once") if bases else (2, "write --as-of twice, or name a base")
    if len(dates) != wanted:
        detail = "two bases are compared on one day" if bases else "two days are compared"
        problems.append(Problem(code="two-dates", field="--moved", detail=detail, hint=hint))
    if other_use is not None:
        detail = "what moved is another result"
        problems.append(Problem(code="one-way", field=other_use, detail=detail, hint="leave it or --moved out"))
    if out is not None and out.suffix.casefold() not in WRITERS:
        detail = f"what moved cannot be written as `{out.suffix or out.name}`"
        hint = f"end it with one of: {', '.join(WRITERS)}"
        problems.append(Problem(code="bad-value", field="--out", detail=detail, hint=hint))
    if problems:
        raise RequestError(problems)


@contextmanager
def comparison(
    workspace: Workspace, body: MatrixBody, request: MatrixRequest, bases: Bases, today: date
) -> Iterator[Compared]:
    """Both matrices; what they are made from stays open in the meantime."""
    from riskapi.matrix.changes import between_days, between_worlds

    if not bases:
        yield between_days(workspace, request)
        return
    with ExitStack() as stack:
        before = after = workspace
        if bases.data is not None:
            before = stack.enter_context(_with_data(bases.data, workspace.settings))
        if bases.rules is not None:
            before, after = _with_rules(bases.rules, before, after)
        try:
            earlier = body.read(before, today)
        except RequestError:  # a name or code that the base does not know: its companies are told as new
            earlier = request
        yield between_worlds(before, after, request, earlier)


def _with_rules(base: str, before: Workspace, after: Workspace) -> tuple[Workspace, Workspace]:
    import typer

    from riskapi.cli.rules_diff import sides_of

    sides = sides_of(base)
    for problem in sides.diff.not_compared:
        typer.echo(f"left out on both sides: {problem.place()}: {problem.detail}", err=True)
    cards = sides.cards
    return replace(before, book=sides.base.book, card=cards[0]), replace(after, book=sides.after, card=cards[1])


@contextmanager
def _with_data(base: str, settings: Settings) -> Iterator[Workspace]:
    from riskapi.refresh.warehouse import snapshot_folder
    from riskapi.workbench.diff_base import base_folder
    from riskapi.workspace import Workspace

    with ExitStack() as stack:
        if snapshot_folder(settings).has(base):
            other = replace(settings, snapshot=base)
        else:
            try:
                other = replace(settings, datasets=stack.enter_context(base_folder(base, settings.datasets)))
            except RequestError:
                detail = f"`{base[:80]}` is no folder of tables, no snapshot and no git revision of the datasets"
                hint = "name one; `riskapi data refresh --status` shows the snapshots"
                raise RequestError(Problem(code="no-base", field="--base-data", detail=detail, hint=hint)) from None
        yield stack.enter_context(Workspace.open(other))


# Files


def write_moved(target: Path, compared: Compared, moved: pl.DataFrame) -> int:
    """Write the rows of what moved; how many of them, the largest first, say why."""
    from riskapi.matrix.changes import movements, with_reasons

    explained = list(movements(compared, moved.head(IN_FILE)))
    WRITERS[target.suffix.casefold()](target, with_reasons(moved, explained), compared)
    return len(explained)


def _about(compared: Compared) -> Mapping[str, Any]:
    """What both matrices were made from, and whom only one of them knows."""
    told = [{"as_of": day.isoformat(), **about(plan)} for day, plan in zip(compared.days, compared.plans, strict=True)]
    ends = {"gone": compared.gone, "new": compared.new}
    companies = {word: [asdict(item) for item in items] for word, items in ends.items()}
    return {"before": told[0], "after": told[1], "pairings": compared.pairings, **companies}


def _parquet(target: Path, rows: pl.DataFrame, compared: Compared) -> None:
    with whole_file(target) as file:
        rows.write_parquet(file, metadata={"riskapi": json.dumps(_about(compared))})


def _csv(target: Path, rows: pl.DataFrame, _: Compared) -> None:
    from riskapi.briefing.portfolio import portfolio_csv

    with whole_file(target) as file:
        file.write(portfolio_csv(rows))


def moved_json(rows: pl.DataFrame, compared: Compared) -> str:
    """What moved as JSON text."""
    return json.dumps({**_about(compared), "moved": rows.to_dicts()}, ensure_ascii=False, indent=1) + "\n"


def _json(target: Path, rows: pl.DataFrame, compared: Compared) -> None:
    with whole_file(target) as file:
        file.write(moved_json(rows, compared).encode())


def _workbook(target: Path, rows: pl.DataFrame, compared: Compared) -> None:
    from riskapi.briefing.moved_sheets import moved_workbook

    with whole_file(target) as file:
        file.write(moved_workbook(rows, compared))


WRITERS: Final[Mapping[str, Callable[[Path, Any, Any], None]]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".json": _json,
    ".xlsx": _workbook,
}
