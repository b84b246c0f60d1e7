"""When rules are in force, as bars with their dates beside them. Enters: rules and the day of the page. Leaves: HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from riskapi.rules import Rule, Span
from riskapi.workbench.diff import spans
from riskapi.workbench.site_parts import escape, rule_link, table

#: Units across a bar.
WIDTH = 1000
#: Years before and after the day of the page that the bars show; what lies outside is cut off, the dates beside tell it.
BEFORE, AFTER = 8, 4


def timeline(rules: Sequence[Rule], today: date, folder: str = "") -> str:
    """A table: rule, bar, dates; `folder` leads from the page to those of the instruments."""
    first, last = _edge(today, -BEFORE), _edge(today, AFTER)
    rows = (
        f"<tr><td>{rule_link(rule, folder)}</td>"
        f'<td class="bars">{_bar(rule, today, first, last)}</td><td>{escape(spans(rule.in_force))}</td></tr>'
        for rule in rules
    )
    return table(f"From {first} to {last}", ("Rule", "In force", "Dates"), rows)


def _edge(day: date, years: int) -> date:
    return date(day.year + years, 1, 1)


def _bar(rule: Rule, today: date, first: date, last: date) -> str:
    def place(day: date) -> float:
        return max(0.0, min(1.0, (day - first) / (last - first))) * WIDTH

    bars = "".join(
        _rectangle(place(span.start), place(span.to or last)) for span in rule.in_force if _shown(span, first, last)
    )
    now = place(today)
    label = escape(f"In force {spans(rule.in_force)}")
    return (
        f'<svg viewBox="0 0 {WIDTH} 20" preserveAspectRatio="none" role="img" aria-label="{label}">{bars}'
        f'<line x1="{now:.1f}" y1="0" x2="{now:.1f}" y2="20"/></svg>'
    )


def _shown(span: Span, first: date, last: date) -> bool:
    return span.start <= last and (span.to is None or span.to >= first)


def _rectangle(start: float, end: float) -> str:
    return f'<rect x="{start:.1f}" y="3" width="{max(end - start, 2.0):.1f}" height="14"/>'
