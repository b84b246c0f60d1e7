"""Native charts over the cells of a table: what to draw in, an openpyxl chart out.

Only stacked bars, upright or lying: a waterfall and a tornado are both bars that stand on an invisible one. The chart
holds a copy of the numbers, for readers that do not look them up in the cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

#: Colours that people of any colour vision tell apart (Okabe and Ito).
RAISES, LOWERS, WHOLE = "D55E00", "0072B2", "7F7F7F"
_QUIET = "D9D9D9"
_LINE_CM = 0.45  # of a row of usual height
_SLANT = -2_700_000  # 45 degrees upwards, in 60,000ths of a degree


@dataclass(frozen=True, slots=True)
class Bars:
    """One colour of bars: the column of the table it is drawn from; no colour: it only lifts the others."""

    column: int
    colour: str | None
    in_legend: bool = False
    edge: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Stacked bars over a table; `labels` is the column with their names. It stands below the table, or beside it."""

    title: str
    description: str
    labels: int
    bars: tuple[Bars, ...]
    axis: str
    lying: bool = False
    lowest: float | None = None
    highest: float | None = None
    width_cm: float = 18
    height_cm: float = 11
    beside: bool = False
    gap: int = 35  # between bars, in per cent of their width


def drawn(chart: Chart, page: Worksheet, top: int, rows: Sequence[Sequence[object]]) -> BarChart:
    """The chart over `rows`, whose heads stand in the row `top`."""
    found = BarChart(gapWidth=chart.gap, overlap=100)
    found.type, found.grouping = ("bar" if chart.lying else "col"), "stacked"
    found.title = _title(chart.title, 12, bold=True)
    found.width, found.height = chart.width_cm, chart.height_cm  # type: ignore[assignment]  # its stubs say int
    cells = _Cells(page, top, rows)
    for place, bars in enumerate(chart.bars):
        found.series.append(_series(place, bars, chart.labels, cells))
    _set_axes(found, chart)
    if not any(bars.in_legend for bars in chart.bars):
        found.legend = None
    elif found.legend is not None:
        found.legend.position = "b"
        found.legend.legendEntry = [
            LegendEntry(idx=place, delete=True) for place, bars in enumerate(chart.bars) if not bars.in_legend
        ]
    return found


def lines_beside(chart: Chart | None) -> int:
    """Lines of the sheet that a chart beside its table takes."""
    return math.ceil(chart.height_cm / _LINE_CM) + 1 if chart is not None and chart.beside else 0


@dataclass(frozen=True, slots=True)
class _Cells:
    """The rows of a table on a sheet; `top` is the row of its heads."""

    page: Worksheet
    top: int
    rows: Sequence[Sequence[object]]

    def place(self, column: int) -> str:
        """Where the values of the column are."""
        return str(Reference(self.page, min_col=column, min_row=self.top + 1, max_row=self.top + len(self.rows)))

    def place_of_head(self, column: int) -> str:
        """Where the head of the column is."""
        return str(Reference(self.page, min_col=column, min_row=self.top))

    def values(self, column: int) -> list[object]:
        """The values of the column."""
        return [row[column - 1] for row in self.rows]


def _series(place: int, bars: Bars, labels: int, cells: _Cells) -> Series:
    series = Series(idx=place, order=place)
    heading = str(cells.page.cell(cells.top, bars.column).value)
    series.tx = SeriesLabel(strRef=StrRef(f=cells.place_of_head(bars.column), strCache=_texts([heading])))
    points = [NumVal(idx=number, v=repr(number_in(value))) for number, value in enumerate(cells.values(bars.column))]
    cache = NumData(formatCode="General", ptCount=len(points), pt=points)
    series.val = NumDataSource(numRef=NumRef(f=cells.place(bars.column), numCache=cache))
    names = _texts([str(value) for value in cells.values(labels)])
    series.cat = AxDataSource(strRef=StrRef(f=cells.place(labels), strCache=names))
    series.spPr = (
        GraphicalProperties(noFill=True) if bars.colour is None else GraphicalProperties(solidFill=bars.colour)
    )
    series.spPr.line = LineProperties(noFill=True) if bars.edge is None else LineProperties(solidFill=bars.edge)
    return series


def number_in(value: object) -> float:
    """The number of a cell, that of a formula included; 0 where there is none."""
    found = getattr(value, "value", value)
    return float(found) if isinstance(found, int | float) else 0.0


def _texts(values: Sequence[str]) -> StrData:
    return StrData(ptCount=len(values), pt=[StrVal(idx=place, v=value) for place, value in enumerate(values)])


def _set_axes(found: BarChart, chart: Chart) -> None:
    found.x_axis.delete = found.y_axis.delete = False  # openpyxl leaves axes away where nobody says so
    found.x_axis.tickLblPos = "low"  # beside the chart, also where bars go below zero
    found.x_axis.txPr = _small(None if chart.lying else _SLANT)
    found.y_axis.txPr = _small(None)
    found.y_axis.title = _title(chart.axis, 9, bold=False)
    found.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=_QUIET)))
    found.y_axis.number_format = "General"
    found.y_axis.scaling.min, found.y_axis.scaling.max = chart.lowest, chart.highest
    if chart.lying:
        found.x_axis.scaling.orientation = "maxMin"  # the first row on top
        found.y_axis.crosses = "max"  # and the figures below


def _title(text: str, size: int, *, bold: bool) -> Title:
    letters = CharacterProperties(sz=size * 100, b=bold)
    line = Paragraph(pPr=ParagraphProperties(defRPr=letters), r=[RegularTextRun(rPr=letters, t=text)])
    return Title(tx=Text(rich=RichText(p=[line])), overlay=False)


def _small(slant: int | None) -> RichText:
    properties = ParagraphProperties(defRPr=CharacterProperties(sz=800))
    return RichText(
        bodyPr=RichTextProperties(rot=slant), p=[Paragraph(pPr=properties, endParaRPr=CharacterProperties())]
    )
