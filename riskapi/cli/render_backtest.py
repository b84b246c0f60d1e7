"""The back-test as a page. Enters: a report. Leaves: a rich renderable; what comes from the file is cleaned here."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.assessment.words import amount, code_words, plural, points
from riskapi.backtest.metrics import Bin, Estimate, Share
from riskapi.backtest.misses import Miss, Step
from riskapi.backtest.output import DEFINITIONS
from riskapi.backtest.report import Part, Ranking, Report
from riskapi.backtest.texts import number
from riskapi.cli.style import indented, section
from riskapi.cli.terminal import one_line

_NONE = "-"
FACTS_SHOWN = 8


def report_text(report: Report) -> RenderableType:
    """The whole page."""
    parts = [
        _head(report),
        _figures(report),
        _bands(report),
        _reliability(report),
        None if report.by is None else _part(report.by),
        _unknown(report),
        _misses("Adverse, and scored lowest", report.misses.missed),
        _misses("Cleared, and scored highest", report.misses.false_alarms),
        _closing(report),
    ]
    return Group(*[part for part in parts if part is not None])


def _table(*columns: str, words: int = 1) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(columns):
        table.add_column(name, justify="left" if position < words else "right", overflow="fold")
    return table


def _head(report: Report) -> RenderableType:
    classes = ", ".join(f"{count} {name}" for name, count in report.classes.items())
    lines = [Text(f"{plural(report.n, 'case')} of {report.families} deal families: {classes}", style="bold")]
    if report.excluded:
        others = ", ".join(f"{count} {code_words(name)}" for name, count in report.excluded.items())
        lines.append(Text(f"left out, since the outcome says nothing on review: {others}"))
    if report.problems:
        lines.append(Text(f"not read: {plural(len(report.problems), 'problem')}, told at the end", style="bold"))
    return Group(*lines)


# Figures


def _gain(item: Estimate) -> str:
    if item.value is None or item.low is None or item.high is None:
        return _NONE
    return f"{item.value:+.3f} ({item.low:+.3f} to {item.high:+.3f})"


def _figures(report: Report) -> RenderableType:
    table = _table("AUC", "all", "Chinese owners", "United States")
    table.add_row("Score", *[number(item) for item in _items(report.ranking)])
    for baseline in report.baselines.values():
        table.add_row(baseline.label, *[number(item) for item in _items(baseline.ranking)])
        table.add_row("  score less this", *[_gain(item) for item in _items(baseline.gain)])
    counts = [f"{item.adverse} of {item.n}" for item in _items(report.ranking)]
    table.add_row("Adverse cases", *counts)
    brier = Text(f"Brier score after calibration  {number(report.brier)}")
    brier.append(f"  (always the overall rate: {report.brier_constant:.3f})", style="dim")
    somers = Text(f"Somers' D (cleared < conditions < adverse)  {number(report.somers_d)}")
    level = f"{report.versions.level:.0%} intervals: {DEFINITIONS['intervals']}"
    return section("How well the score ranks", table, somers, brier, note=level)


def _items(ranking: Ranking) -> tuple[Estimate, Estimate, Estimate]:
    return ranking.auc, ranking.auc_china, ranking.auc_us


def _rate(item: Share) -> str:
    if item.rate is None or item.low is None or item.high is None:
        return _NONE
    return f"{item.rate:.0%} ({item.low:.0%} to {item.high:.0%})"


def _bands(report: Report) -> RenderableType:
    table = _table("band", "from", "cases", "cleared", "conditions", "adverse", "adverse share")
    for row in report.bands:
        seen = row.observed
        counts = (seen.n, row.cleared, row.conditions, seen.adverse)
        table.add_row(row.label, f"{row.at_least:g}", *(str(count) for count in counts), _rate(seen))
    return section("What became of the cases of each band", table, note="shares with Wilson intervals")


def _reliability(report: Report) -> RenderableType | None:
    if not report.reliability:
        return None
    table = _table("probability", "cases", "predicted", "observed")
    for row in report.reliability:
        table.add_row(_span(row), str(row.observed.n), f"{row.predicted:.0%}", _rate(row.observed))
    return section("Reliability", table, note="a logistic curve over points, fitted without the fold of the case")


def _span(row: Bin) -> str:
    return f"{row.lowest:.1%} to {row.highest:.1%}"


def _part(part: Part) -> RenderableType:
    table = _table(part.dimension.value, "cases", "adverse share", "mean score", "AUC")
    for row in part.rows:
        table.add_row(
            one_line(row.value), str(row.observed.n), _rate(row.observed), amount(row.mean_score), number(row.auc)
        )
    return section(f"By {part.dimension.value}", table, note="no AUC below five cases of a kind")


# What is not known


def _unknown(report: Report) -> RenderableType:
    lines = [
        Text(
            f"In {report.undetermined_share:.0%} of the cases a fact that is not known could move the score, "
            f"in {report.band_open_share:.0%} to another band."
        )
    ]
    if report.open_facts:
        lines.append(Text("Most often: " + _counts(report.open_facts)))
    if report.unread:
        lines.append(Text("Not in the vocabulary, so not used: " + _counts(report.unread)))
    return section("What is not known", *lines)


def _counts(counts: Mapping[str, int]) -> str:
    shown = [f"{one_line(name)} {count}" for name, count in islice(counts.items(), FACTS_SHOWN)]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


# Misses


def _misses(title: str, misses: tuple[Miss, ...]) -> RenderableType | None:
    if not misses:
        return None
    return section(title, *[_miss(item) for item in misses], note="points of the base and of each rule that counted")


def _miss(item: Miss) -> RenderableType:
    head = Text.assemble(
        (amount(item.score), "bold"),
        (f" ({amount(item.low)} to {amount(item.high)})  ", "dim"),
        (one_line(item.case_id), "bold"),
        f"  {one_line(item.title)}: {code_words(item.outcome)}",
    )
    return Group(head, indented(Text("; ".join(_step(step) for step in item.waterfall), style="dim"), by=4))


def _step(step: Step) -> str:
    return f"{points(step.points)} {'(?) ' if step.undetermined else ''}{step.rule or step.label.lower()}"


def _closing(report: Report) -> RenderableType:
    made = report.versions
    words = {name: DEFINITIONS[name] for name in ("adverse", "china", "us")}
    lines = [Text(f"{name}: {meaning}", style="dim") for name, meaning in words.items()]
    versions = f"riskapi {made.engine}, rules {made.rule_set}, datasets {made.dataset}, cases {made.cases}"
    drawn = f"{made.draws:,} bootstrap samples, seed {made.seed}"
    return Group(Text(), *lines, Text(f"{versions}; {drawn}", style="dim"))
