"""The sheets of the matrix: ranked rows in; one sheet for each template and day, firms down and hosts across, out.

A number leads to its row of the ranking. Where there are more hosts than firms, and more than a page is wide, hosts stand
down and firms across. A wide sheet is printed in parts, with the names on each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from riskapi.briefing.bulk import BulkValue, Leads
from riskapi.briefing.marks import band_tone
from riskapi.briefing.portfolio_about import PortfolioAbout
from riskapi.briefing.portfolio_rows import Rows
from riskapi.briefing.portfolio_tables import RANKING
from riskapi.briefing.sheets import Column, Form, LongTable, Scale, Sheet
from riskapi.briefing.steps import Step

SHEET: Final = "Matrix"
#: Numbers across that fit on a sheet of paper.
ACROSS: Final = 12
#: Templates and days that have a sheet; the ranking has all.
MOST_GRIDS: Final = 24
#: Longest side of a sheet; Excel has 16,384 columns, and nobody reads so many.
MOST_ACROSS: Final = 1_000
_NAME_WIDTH: Final = 26
_NUMBER_WIDTH: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One matrix: its sheet, and what it is about."""

    title: str
    template: str
    day: date
    records: Sequence[dict[str, Any]]


def grids(rows: Rows) -> list[Grid]:
    """The matrices that get a sheet, by template and day."""
    found: dict[tuple[str, date], list[dict[str, Any]]] = {}
    for record in rows.records:
        found.setdefault((record["template"], record["date"]), []).append(record)
    chosen = sorted(found.items())[:MOST_GRIDS]
    many = len(chosen) > 1
    return [
        Grid(title=f"{SHEET} {number}" if many else SHEET, template=template, day=day, records=records)
        for number, ((template, day), records) in enumerate(chosen, 1)
    ]


def steps(about: PortfolioAbout) -> tuple[Step, ...]:
    """The bands as steps of a scale of colours."""
    return tuple(Step(band.at_least, band_tone(band.name), band.label) for band in about.bands)


def grid_sheet(grid: Grid, about: PortfolioAbout) -> Sheet:
    """The matrix as a sheet."""
    down, across = (_names(grid.records, side) for side in ("foreign", "host"))
    turned = len(across) > len(down) and len(across) > ACROSS
    down, across = (across, down) if turned else (down, across)
    left_out = len(across) - MOST_ACROSS
    across = dict(list(across.items())[:MOST_ACROSS])
    corner = "Host" if turned else "Foreign party"
    columns = (
        Column(corner, Form.TEXT, _NAME_WIDTH),
        *(Column(name, Form.SCORE, _NUMBER_WIDTH) for name in across.values()),
    )
    keys = ("host_id", "foreign_id") if turned else ("foreign_id", "host_id")
    scale = Scale(steps=steps(about), first=2, last=len(columns), names_steps=True)
    name = grid.title.lower().replace(" ", "_")
    lines = list(_lines(grid, down, across, keys))
    table = LongTable(name, columns, lines, scale=scale, columns_a_page=ACROSS)
    return Sheet(grid.title, (table,), tuple(_remarks(grid, left_out, turned=turned)))


def _names(records: Sequence[dict[str, Any]], side: str) -> dict[str, str]:
    """The companies of a side by id, in order of their names; a name that is there twice has its id beside it."""
    found = {record[f"{side}_id"]: record[side] for record in records}
    often = Counter(name.casefold() for name in found.values())
    return {
        ident: name if often[name.casefold()] == 1 else f"{name} ({ident})"
        for ident, name in sorted(found.items(), key=lambda item: (item[1].casefold(), item[0]))
    }


def _lines(
    grid: Grid, down: dict[str, str], across: dict[str, str], keys: tuple[str, str]
) -> Iterator[Sequence[BulkValue]]:
    cells = {(record[keys[0]], record[keys[1]]): record for record in grid.records}
    for ident, name in down.items():
        found = (cells.get((ident, other)) for other in across)
        yield (name, *(None if one is None else Leads(one["score"], RANKING, f"A{one['row']}") for one in found))


def _remarks(grid: Grid, left_out: int, *, turned: bool) -> Iterator[str]:
    way = "hosts down, foreign parties across" if turned else "foreign parties down, hosts across"
    yield f"{grid.template}, as of {grid.day}: scores from 0 to 100 with their bands, {way}."
    yield "A number leads to its row of the ranking, where its range stands. An empty cell is no pairing. No probabilities."
    if left_out > 0:
        yield f"{left_out:,} more do not fit across; they are in the ranking."
