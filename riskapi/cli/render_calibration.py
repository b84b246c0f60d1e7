"""A calibration as a page. Enters: its report. Leaves: a rich renderable."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.backtest.calibrate import Calibration, Residual
from riskapi.backtest.calibration_output import FEWEST_SHOWN, RANKINGS
from riskapi.backtest.texts import number, percent
from riskapi.cli.style import section


def calibration_text(report: Calibration) -> RenderableType:
    """The whole page."""
    return Group(
        Text(f"{report.n} cases, {report.adverse} adverse; penalty {report.penalty:g}", style="bold"),
        _rankings(report),
        section("Proposed points"),
        _proposals(report),
        section("What the points leave unexplained"),
        _residuals([*report.eras, *report.hosts]),
        Text("Cases were chosen for being told of: rates are those of the record, not of filings.", style="dim"),
    )


def _rankings(report: Calibration) -> Table:
    table = _table("AUC", "all", "Chinese owners", "United States")
    for name, words in RANKINGS.items():
        ranking = getattr(report, name)
        table.add_row(words, number(ranking.auc), number(ranking.auc_china), number(ranking.auc_us))
    return table


def _proposals(report: Calibration) -> RenderableType:
    table = _table("Rule", "expert", "in force", "fitted", "spread", "cases", "adverse", "proposed")
    for row in report.proposals:
        if row.proposed is not None:
            counts = (str(row.counted.n), str(row.counted.adverse))
            points = (f"{row.expert:g}", f"{row.current:g}", f"{row.fitted:.1f}", f"{row.spread:.1f}")
            table.add_row(row.rule_id, *points, *counts, f"{row.proposed:g}")
    if not table.row_count:
        return Text("none: no rule with enough cases would move by a point")
    return table


def _residuals(rows: Sequence[Residual]) -> Table:
    table = _table("Host or era", "cases", "observed", "expected")
    for row in rows:
        if row.observed.n >= FEWEST_SHOWN:
            table.add_row(row.name, str(row.observed.n), percent(row.observed.rate), percent(row.expected))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(columns):
        table.add_column(name, justify="right" if position else "left", overflow="fold")
    return table
