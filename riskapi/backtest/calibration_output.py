"""The report of a calibration as JSON data and as Markdown for a pull request. Enters: a report. Leaves: data or text."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from riskapi.backtest.calibrate import Calibration, Proposal, Residual
from riskapi.backtest.metrics import Estimate
from riskapi.backtest.report import Ranking
from riskapi.backtest.texts import markdown_table, number, percent

_DECIMALS = 6

#: What each ranking of the report is, in words.
RANKINGS = {
    "nested": "Fitted points, deals of other families (nested cross-validation)",
    "later": "Fitted points, later deals only",
    "current": "Points in force, not fitted here",
    "expert": "Expert points, not fitted",
    "country": "Country of the owner alone",
}


def calibration_data(report: Calibration) -> dict[str, Any]:
    """The report as JSON data."""
    return {
        "n": report.n,
        "adverse": report.adverse,
        "penalty": report.penalty,
        "pillars": {name: round(value, _DECIMALS) for name, value in report.pillars.items()},
        **{name: _ranking(getattr(report, name)) for name in (*RANKINGS, "gain")},
        "proposals": [_proposal(row) for row in report.proposals],
        "hosts": [_residual(row) for row in report.hosts],
        "eras": [_residual(row) for row in report.eras],
        "versions": asdict(report.versions),
    }


def _ranking(ranking: Ranking) -> dict[str, Any]:
    return {name: _estimate(getattr(ranking, name)) for name in ("auc", "auc_china", "auc_us")}


def _estimate(item: Estimate) -> dict[str, Any]:
    return {
        name: round(value, _DECIMALS) if isinstance(value, float) else value for name, value in asdict(item).items()
    }


def _proposal(row: Proposal) -> dict[str, Any]:
    return {
        **asdict(row),
        "fitted": round(row.fitted, 2),
        "spread": round(row.spread, 2),
        "counted": asdict(row.counted),
    }


def _residual(row: Residual) -> dict[str, Any]:
    return {"name": row.name, "n": row.observed.n, "adverse": row.observed.adverse, "observed": row.observed.rate,
            "low": row.observed.low, "high": row.observed.high, "expected": round(row.expected, _DECIMALS)}  # fmt: skip


def calibration_markdown(report: Calibration) -> str:
    """The report for the pull request that changes the points."""
    parts = [
        "# Points against outcomes",
        "",
        _basis(report),
        "",
        *markdown_table(
            ("AUC", "all", "Chinese owners", "United States"),
            [(words, *map(number, _figures(getattr(report, name)))) for name, words in RANKINGS.items()],
        ),
        "",
        "## Proposed points",
        "",
        *markdown_table(
            ("rule", "expert", "in force", "fitted", "spread", "cases", "adverse", "proposed"),
            [
                (f"`{row.rule_id}`", f"{row.expert:g}", f"{row.current:g}", f"{row.fitted:.1f}", f"{row.spread:.1f}",
                 str(row.counted.n), str(row.counted.adverse), f"{row.proposed:g}")
                for row in report.proposals
                if row.proposed is not None
            ],
        ),
        "",
        "## Points that earlier fits moved",
        "",
        *markdown_table(
            ("rule", "expert", "in force", "fitted", "spread", "cases", "adverse"),
            [
                (f"`{row.rule_id}`", f"{row.expert:g}", f"{row.current:g}", f"{row.fitted:.1f}", f"{row.spread:.1f}",
                 str(row.counted.n), str(row.counted.adverse))
                for row in report.proposals
                if row.expert != row.current
            ],
        ),
        "",
        "## What the points leave unexplained",
        "",
        *markdown_table(
            ("host or era", "cases", "observed", "expected"),
            [
                (row.name, str(row.observed.n), percent(row.observed.rate), percent(row.expected))
                for row in (*report.eras, *report.hosts)
                if row.observed.n >= FEWEST_SHOWN
            ],
        ),
        "",
    ]  # fmt: skip
    return "\n".join(parts)


def _basis(report: Calibration) -> str:
    made = report.versions
    return (
        f"{report.n} cases, {report.adverse} adverse; rule set {made.rule_set}, datasets {made.dataset}, case file"
        f" {made.cases}. Penalty {report.penalty:g}, chosen by cross-validation."
    )


#: Hosts with fewer cases are left out of tables; the JSON has them all.
FEWEST_SHOWN = 5


def _figures(ranking: Ranking) -> tuple[Estimate, ...]:
    return (ranking.auc, ranking.auc_china, ranking.auc_us)
