"""The back-test as a page of the documentation. Enters: a report. Leaves: Markdown without versions, which change daily."""

from __future__ import annotations

from collections.abc import Iterable

from riskapi.assessment.words import amount, code_words
from riskapi.backtest.metrics import Share
from riskapi.backtest.output import DEFINITIONS
from riskapi.backtest.report import Ranking, Report
from riskapi.backtest.texts import markdown_table, number, percent

WORST_SHOWN = 8


def backtest_page(report: Report) -> str:
    """Figures, bands, reliability and the worst misses, each as a table."""
    parts = [
        "# Back-test",
        "",
        "Printed by `riskapi backtest` on the cases of the datasets and written here by `make docs`. Points were chosen with",
        "these cases in view, so that the first row flatters: what to expect of other deals says",
        "[calibration.md](calibration.md). How to read all this: [method.md](../method.md#back-test).",
        "",
        f"{report.n} cases of {report.families} deal families: "
        + ", ".join(f"{count} {name}" for name, count in report.classes.items())
        + ". Left out: "
        + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in report.excluded.items())
        + ".",
        "",
        *_rankings(report),
        "",
        f"Somers' D of the three ordered classes: {number(report.somers_d)}.",
        f"Brier score of calibrated probabilities: {number(report.brier)};",
        f"of always stating the overall rate: {report.brier_constant:.3f}.",
        f"A fact that nobody told could move the score in {percent(report.undetermined_share)} of the cases.",
        f"It could move it to another band in {percent(report.band_open_share)}.",
        "",
        "## What became of deals by band",
        "",
        *markdown_table(
            ("band", "score from", "cases", "cleared", "with conditions", "adverse", "share adverse (95 % Wilson)"),
            [
                (row.label, f"{row.at_least:g}", str(row.observed.n), str(row.cleared), str(row.conditions),
                 str(row.observed.adverse), _share(row.observed))
                for row in report.bands
            ],
        ),
        "",
        "## Reliability",
        "",
        "Probabilities come from a logistic curve over points that is fitted without the fold of the case.",
        "",
        *markdown_table(
            ("predicted", "cases", "observed (95 % Wilson)"),
            [(percent(row.predicted), str(row.observed.n), _share(row.observed)) for row in report.reliability],
        ),
        "",
        "## Where it errs most",
        "",
        "Stopped or given up, and scored lowest:",
        "",
        *_misses((item.case_id, item.title, item.score, item.outcome) for item in report.misses.missed),
        "",
        "Cleared without conditions, and scored highest:",
        "",
        *_misses((item.case_id, item.title, item.score, item.outcome) for item in report.misses.false_alarms),
        "",
        "## Words",
        "",
        *(f"- **{name.replace('_', ' ')}**: {meaning}." for name, meaning in DEFINITIONS.items()),
        "",
    ]  # fmt: skip
    return "\n".join(parts)


def _rankings(report: Report) -> list[str]:
    rows = [("Score", *_figures(report.ranking))]
    rows += [(f"{item.label} (cross-validated)", *_figures(item.ranking)) for item in report.baselines.values()]
    return markdown_table(("AUC (95 % bootstrap)", "all", "Chinese owners", "United States"), rows)


def _figures(ranking: Ranking) -> tuple[str, str, str]:
    return (number(ranking.auc), number(ranking.auc_china), number(ranking.auc_us))


def _share(item: Share) -> str:
    if item.rate is None or item.low is None or item.high is None:
        return "-"
    return f"{100 * item.rate:.0f} % ({100 * item.low:.0f} to {100 * item.high:.0f} %)"


def _misses(rows: Iterable[tuple[str, str, float, str]]) -> list[str]:
    shown = list(rows)[:WORST_SHOWN]
    return markdown_table(
        ("deal", "score", "outcome"),
        [(f"{title} (`{case_id}`)", amount(score), code_words(outcome)) for case_id, title, score, outcome in shown],
    )
