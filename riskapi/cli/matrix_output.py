"""The files of `riskapi matrix`: a finished run in, a table, workbook or picture on disk out.

Parquet, CSV and JSON are written a part at a time; a workbook and a picture need all rows and have a limit.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    import polars as pl

    from riskapi.matrix.plan import Plan
    from riskapi.workspace import Workspace

MARK: Final = b"\xef\xbb\xbf"


def check_target(target: Path, pairings: int) -> None:
    """Raise `RequestError` where nothing could be written there, before anything is computed."""
    problem = _problem_of(target, pairings)
    if problem is not None:
        raise RequestError(problem)


def _problem_of(target: Path, pairings: int) -> Problem | None:
    if target.suffix.casefold() not in WRITERS:
        detail = f"`{target.suffix or target.name}` is no ending that is known"
        return Problem(code="bad-value", field="--out", detail=detail, hint=f"end it with one of: {', '.join(WRITERS)}")
    if not target.parent.is_dir():
        detail = f"there is no folder `{target.parent}`"
        return Problem(code="not-writable", field="--out", detail=detail, hint="make it first")
    if target.suffix.casefold() == ".xlsx":
        from riskapi.briefing.portfolio_rows import MOST_ROWS

        if pairings > MOST_ROWS:
            detail = f"{pairings:,} pairings are more than the {MOST_ROWS:,} that a workbook holds"
            return Problem(code="too-many", field="--out", detail=detail, hint="write .parquet, or add --top 10000")
    return None


def write(target: Path, frames: Iterable[pl.DataFrame], plan: Plan, workspace: Workspace) -> None:
    """Write the rows; an earlier file of the name stays whole until the new one is."""
    WRITERS[target.suffix.casefold()](target, frames, plan, workspace)


def about(plan: Plan) -> Mapping[str, Any]:
    """What the rows were made from."""
    return {"versions": asdict(plan.versions), "question": plan.identity, "warnings": list(plan.warnings)}


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when all is written."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _parquet(target: Path, frames: Iterable[pl.DataFrame], plan: Plan, _: Workspace) -> None:
    import polars as pl

    from riskapi.matrix.schema import SCHEMA

    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        parts = []
        for number, frame in enumerate((SCHEMA.to_frame(), *frames)):
            parts.append(Path(folder) / f"{number:06}.parquet")
            frame.write_parquet(parts[-1])
        whole = Path(folder) / "whole.parquet"
        pl.scan_parquet(parts).sink_parquet(whole, metadata={"riskapi": json.dumps(about(plan))})
        whole.replace(target)


def _csv(target: Path, frames: Iterable[pl.DataFrame], _plan: Plan, _: Workspace) -> None:
    from riskapi.briefing.portfolio import portfolio_csv
    from riskapi.matrix.schema import SCHEMA

    with whole_file(target) as file:
        file.write(portfolio_csv(SCHEMA.to_frame()))
        for frame in frames:
            file.write(portfolio_csv(frame).removeprefix(MARK).partition(b"\n")[2])


def _json(target: Path, frames: Iterable[pl.DataFrame], plan: Plan, _: Workspace) -> None:
    with whole_file(target) as file:
        for piece in json_pieces(frames, plan):
            file.write(piece.encode())


def json_pieces(frames: Iterable[pl.DataFrame], plan: Plan) -> Iterator[str]:
    """One object with what the rows were made from, and the rows, one a line."""
    yield json.dumps(dict(about(plan)), ensure_ascii=False)[:-1] + ', "rows": ['
    start = "\n"
    for frame in frames:
        for row in frame.iter_rows(named=True):
            yield start + json.dumps({**row, "date": row["date"].isoformat()}, ensure_ascii=False)
            start = ",\n"
    yield "\n]}\n"


def _workbook(target: Path, frames: Iterable[pl.DataFrame], plan: Plan, workspace: Workspace) -> None:
    import polars as pl

    from riskapi.briefing.portfolio import portfolio_workbook
    from riskapi.briefing.portfolio_about import about_portfolio
    from riskapi.matrix.schema import SCHEMA

    whole = pl.concat([SCHEMA.to_frame(), *frames])
    with whole_file(target) as file:
        file.write(portfolio_workbook(whole, about_portfolio(workspace, plan.request, warnings=plan.warnings)))


def _picture(target: Path, frames: Iterable[pl.DataFrame], plan: Plan, workspace: Workspace) -> None:
    import polars as pl

    from riskapi.cli.matrix_picture import picture
    from riskapi.matrix.schema import SCHEMA

    drawn = picture(pl.concat([SCHEMA.to_frame(), *frames]), plan, workspace.card, target.suffix.casefold()[1:])
    with whole_file(target) as file:
        file.write(drawn)


WRITERS: Final[Mapping[str, Callable[[Path, Iterable[pl.DataFrame], Plan, Workspace], None]]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".json": _json,
    ".xlsx": _workbook,
    ".svg": _picture,
    ".png": _picture,
}
