"""Figures of a back-test in words, and Markdown tables of them. Enters: estimates and cells. Leaves: text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from riskapi.backtest.metrics import Estimate


def number(item: Estimate) -> str:
    """A figure with its interval."""
    if item.value is None or item.low is None or item.high is None:
        return "-"
    return f"{item.value:.3f} ({item.low:.3f} to {item.high:.3f})"


def percent(rate: float | None) -> str:
    """A rate as it is read."""
    return "-" if rate is None else f"{100 * rate:.0f} %"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]
