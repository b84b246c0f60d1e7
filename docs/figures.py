"""Draws the figures of docs/method.md from the back-test on the cases of the datasets; `make docs` runs it."""  # noqa: INP001  # a script

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from riskapi.backtest.cases import OutcomeClass
from riskapi.backtest.report import CHINA, US, Report, backtest
from riskapi.backtest.shipped import shipped_cases
from riskapi.workspace import Workspace

FOLDER = Path(__file__).parent / "figures"
#: Colours that stay apart for colour-blind readers (Okabe and Ito), with the words for the classes.
CLASSES = {
    OutcomeClass.CLEARED: ("#0072B2", "cleared"),
    OutcomeClass.CONDITIONS: ("#E69F00", "cleared with conditions"),
    OutcomeClass.ADVERSE: ("#D55E00", "stopped or given up"),
}
INK = "#333333"


def main() -> None:
    """Write every figure."""
    FOLDER.mkdir(exist_ok=True)
    # The same figures must give the same bytes: no date, ids that do not change, text as text.
    mpl.rcParams.update({"svg.hashsalt": "riskapi", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False,
                         "axes.spines.right": False, "axes.edgecolor": INK, "text.color": INK, "axes.labelcolor": INK,
                         "xtick.color": INK, "ytick.color": INK})  # fmt: skip
    with Workspace.open() as workspace:
        report = backtest(workspace, shipped_cases(workspace.connection))
    for name, figure in {"roc": roc(report), "outcomes": outcomes(report), "reliability": reliability(report),
                         "bands": bands(report)}.items():  # fmt: skip
        figure.savefig(FOLDER / f"backtest-{name}.svg", metadata={"Date": None}, bbox_inches="tight")
        plt.close(figure)


def _classes(report: Report) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(item.scored.case.outcome_class or 0) for item in report.cases])


def roc(report: Report) -> Figure:
    """Share of adverse cases found against false alarms, at every cut of the score."""
    figure, axes = plt.subplots(figsize=(4.6, 4.2))
    kinds = _classes(report)
    points = np.array([item.scored.points for item in report.cases])
    parts = {"all cases": np.ones(len(kinds), dtype=bool),
             "Chinese owners": np.array([item.scored.case.owner_country in CHINA for item in report.cases]),
             "United States": np.array([item.scored.case.announcement.host_country == US for item in report.cases])}  # fmt: skip
    values = (report.ranking.auc, report.ranking.auc_china, report.ranking.auc_us)
    for (label, chosen), value, style in zip(parts.items(), values, ("-", "--", ":"), strict=True):
        false_alarms, found, _ = roc_curve(kinds[chosen] == OutcomeClass.ADVERSE, points[chosen])
        axes.plot(false_alarms, found, style, color="#0072B2" if label == "all cases" else INK, linewidth=1.6,
                  label=f"{label}: {value.value:.2f}")  # fmt: skip
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
    axes.set(
        xlabel="share of other cases above the cut",
        ylabel="share of adverse cases above the cut",
        xlim=(0, 1),
        ylim=(0, 1.01),
    )
    axes.legend(title="area under the curve", frameon=False, loc="lower right")
    return figure


def outcomes(report: Report) -> Figure:
    """Every case at its score, by outcome."""
    figure, axes = plt.subplots(figsize=(6.4, 2.8))
    kinds = _classes(report)
    scores = np.array([item.scored.result.score for item in report.cases])
    spread = np.random.default_rng(1).uniform(-0.3, 0.3, len(scores))
    for row, (kind, (colour, label)) in enumerate(CLASSES.items()):
        chosen = kinds == kind
        axes.scatter(scores[chosen], row + spread[chosen], s=9, alpha=0.55, color=colour, linewidths=0)
        axes.plot([np.median(scores[chosen])] * 2, [row - 0.38, row + 0.38], color=INK, linewidth=2)
        axes.text(101, row, f"{label}\n{chosen.sum()} cases", va="center", fontsize=8)
    axes.set(yticks=[], xlabel="score on the day before the announcement (bar: median)", xlim=(0, 100))
    axes.spines["left"].set_visible(False)
    return figure


def reliability(report: Report) -> Figure:
    """Observed shares against calibrated probabilities, with Wilson intervals."""
    figure, axes = plt.subplots(figsize=(4.6, 4.2))
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
    for row in report.reliability:
        rate, low, high = row.observed.rate or 0.0, row.observed.low or 0.0, row.observed.high or 0.0
        axes.errorbar(
            row.predicted, rate, yerr=[[rate - low], [high - rate]], fmt="o", color="#0072B2", markersize=4, linewidth=1
        )
    axes.set(xlabel="probability by the curve fitted without the case's fold", ylabel="share stopped or given up (95 % interval)",
             xlim=(0, 1), ylim=(0, 1))  # fmt: skip
    return figure


def bands(report: Report) -> Figure:
    """What became of the cases of each band."""
    figure, axes = plt.subplots(figsize=(6.4, 2.6))
    rows = list(reversed(report.bands))
    for place, row in enumerate(rows):
        left = 0.0
        for count, (colour, _) in zip(
            (row.cleared, row.conditions, row.observed.adverse), CLASSES.values(), strict=True
        ):
            share = 100 * count / row.observed.n if row.observed.n else 0.0
            axes.barh(place, share, left=left, color=colour, edgecolor="white", height=0.7)
            if share >= 8:  # noqa: PLR2004  # narrower than its number
                axes.text(left + share / 2, place, f"{count}", ha="center", va="center", color="white", fontsize=8)
            left += share
    axes.set(yticks=range(len(rows)), xlabel="percent of the cases of the band (numbers: cases)", xlim=(0, 100))
    axes.set_yticklabels([f"{row.label} (n = {row.observed.n})" for row in rows])
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour, _ in CLASSES.values()]
    axes.legend(
        handles,
        [label for _, label in CLASSES.values()],
        frameon=False,
        ncols=3,
        loc="lower left",
        bbox_to_anchor=(0, 1),
    )
    return figure


if __name__ == "__main__":
    main()
