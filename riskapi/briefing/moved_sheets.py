"""What moved between two matrices as a workbook: rows with reasons in, the bytes of an .xlsx file out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from riskapi.briefing.sheets import CellValue, Column, Form, Sheet, Table, workbook_bytes
from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    import polars as pl

    from riskapi.matrix.changes import Compared

#: Rows that a workbook of openpyxl cells is made of in bearable time and memory.
MOST_ROWS: Final = 20_000
_FORMS: Final = {
    **{f"{name}_{side}": Form.NUMBER for name in ("score", "low", "high") for side in ("before", "after")},
    "change": Form.CHANGE,
    **dict.fromkeys(("reasons", "facts", "rows"), Form.LONG),
}
_WIDTHS: Final = {"foreign": 30, "host": 30, "template": 28, "reasons": 70, "facts": 60, "rows": 70}


def moved_workbook(rows: pl.DataFrame, compared: Compared) -> bytes:
    """The workbook; raises `RequestError` where there are more rows than it can well hold."""
    if len(rows) > MOST_ROWS:
        detail = f"{len(rows):,} pairings moved, a workbook holds at most {MOST_ROWS:,}"
        raise RequestError(Problem(code="too-many", field="--out", detail=detail, hint="write .parquet or .csv"))
    columns = tuple(
        Column(name.replace("_", " "), _FORMS.get(name, Form.TEXT), _WIDTHS.get(name, 12)) for name in rows.columns
    )
    values = [tuple(map(_cell, row)) for row in rows.iter_rows()]
    moved = Sheet("Moved", (Table("moved", columns, values),))
    about = (Column("what", Form.TEXT, 34), Column("before", Form.ANY, 44), Column("after", Form.ANY, 44))
    sheets = [moved, Sheet("About", (Table("about", about, list(_about(compared, len(rows)))),))]
    return workbook_bytes(sheets, title="What moved", day=compared.days[1])


def _cell(value: Any) -> CellValue:  # noqa: ANN401  # a cell of a frame
    return "\n".join(value) or None if isinstance(value, list) else value


def _about(compared: Compared, moved: int) -> Iterator[tuple[CellValue, ...]]:
    one, two = (plan.versions for plan in compared.plans)
    yield "as of", *compared.days
    yield "rules", one.rule_set, two.rule_set
    yield "datasets", one.dataset, two.dataset
    yield "pairings compared", compared.pairings, compared.pairings
    yield "pairings that moved", None, moved
    yield from (("company that only the first knows", item.name, None) for item in compared.gone)
    yield from (("company that only the second knows", None, item.name) for item in compared.new)
