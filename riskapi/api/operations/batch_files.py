"""Files of pairings at POST /v1/scores/batch: a CSV file or a workbook in; items, or the same file with answers out.

A file is read by `riskapi.spreadsheet`, as `riskapi score --file` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from riskapi.api.frame.negotiation import preferred
from riskapi.api.frame.operation import JSON, Asked, Reply, Upload
from riskapi.api.http.problems import RefusedError
from riskapi.errors import Problem, RequestError
from riskapi.spreadsheet.output import template, written
from riskapi.spreadsheet.problems import FileRefusedError
from riskapi.spreadsheet.results import BLANK, ScoredFile, ScoredRow
from riskapi.spreadsheet.score import Wanted, score_file
from riskapi.spreadsheet.scored_flat import error_shown
from riskapi.workspace import Workspace

T = TypeVar("T")

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The media types of bodies and of answers beside JSON, with the endings of their files.
ENDINGS: Final = {CSV: ".csv", XLSX: ".xlsx"}
MOST_ROWS: Final = 300
MAX_BYTES: Final = 4_000_000
MOST_CELLS: Final = 100_000
CSV_EXAMPLE: Final = (
    "Label,Foreign party,Host party,Deal type,Sector,Country of the activity,Foreign stake\r\n"
    "Aurora,Xiaomi,Ford,joint_venture,automotive,US,49%\r\n"
    "Borealis,BYD,Volkswagen,licence,automotive,DE,\r\n"
)
_LARGER: Final = "send fewer rows at once, or the questions to POST /v1/jobs/scores"


def scored_upload(workspace: Workspace, asked: Asked, upload: Upload) -> ScoredFile:
    """The file with its answers; raises `RequestError` where it cannot be read as a whole."""
    name = f"the file{ENDINGS[upload.media_type]}"
    wanted = Wanted(as_of=asked.day(), most=MOST_ROWS, most_cells=MOST_CELLS, too_many_hint=_LARGER)
    try:
        return score_file(upload.content, name, workspace, wanted)
    except FileRefusedError as error:
        raise RequestError(
            [replace(problem, file=None, line=None, column=None) for problem in error.problems]
        ) from None


def wanted_form(asked: Asked) -> str:
    """The media type of the answer; raises `RefusedError` where questions as JSON are to be answered as a table."""
    form = preferred(asked.accept, (JSON, *ENDINGS))
    if asked.upload is None and form != JSON:
        detail, hint = "questions as JSON are answered as JSON", "send a file to get one, or accept application/json"
        raise RefusedError("not-acceptable", Problem(code="not-acceptable", field="Accept", detail=detail, hint=hint))
    return form


def as_file(workspace: Workspace, scored: ScoredFile, form: str) -> Reply:
    """The file with the columns that tell the answers."""
    return file_reply(written(scored, ENDINGS[form], workspace), form, f"scored{ENDINGS[form]}")


def template_reply(workspace: Workspace, _: Asked) -> Reply:
    """The workbook to fill in."""
    return file_reply(template(".xlsx", workspace), XLSX, "pairings.xlsx")


def file_reply(content: bytes, media_type: str, name: str, **headers: str) -> Reply:
    """A file to be kept under a name, which holds ASCII letters, digits, points and hyphens only."""
    told = {"content-disposition": f'attachment; filename="{name}"', **headers}
    return Reply(content=content, media_type=media_type, headers=told)


def items_of(
    scored: ScoredFile,
    answered: Callable[[int, ScoredRow], T],
    refused: Callable[[int, Iterable[Problem]], T],
) -> Iterator[T]:
    """An item for each row that is not blank; `index` counts the rows below the headings from 0."""
    for row in scored.rows:
        index = row.row - scored.head - 1
        if row.status == BLANK:
            continue
        yield answered(index, row) if row.answer else refused(index, _problems(scored, row))


def _problems(scored: ScoredFile, row: ScoredRow) -> Iterator[Problem]:
    """What is wrong with a row, with its places as spreadsheets call them."""
    for item in row.problems:
        shown = error_shown(scored, row, item)
        place = f"{shown.cell} ({shown.column})" if shown.cell else f"row {row.row + 1}"
        yield replace(item.problem, detail=f"{place}: {shown.detail}", pointer=None, field=None, file=None)
