"""The reference page of the rule book, as Markdown. Enters: the book. Leaves: the text of `docs/reference/rules.md`."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from riskapi.rules.book import Instrument, Rule, RuleBook, Span
from riskapi.rules.model import GateKind
from riskapi.warehouse.countries import jurisdiction_name

_HEAD = """\
# Rules

Generated from `rules/` by `make docs`. Do not edit it here.

Every instrument and every rule with its citation, dates, points and gate. The rule files hold the conditions, the
reasons for the points, the sources and the examples. *In force* gives the first and the last day; a gap between two
spans is a suspension. *While unknown*: `caution` counts an undetermined rule in the score, `ignore` does not.
"""


def rules_reference(book: RuleBook) -> str:
    """The whole page: instruments by jurisdiction, each with its rules."""
    return "\n".join([_HEAD, _counts(book), _points(book), *_jurisdictions(book)])


def _counts(book: RuleBook) -> str:
    lines = ["| jurisdiction | instruments | rules |", "|---|---|---|"]
    for code, rules in sorted(book.by_jurisdiction.items()):
        instruments = {rule.instrument.id for rule in rules}
        lines.append(f"| {jurisdiction_name(code)} | {len(instruments)} | {len(rules)} |")
    lines.append(f"| **all** | {len(book.instruments)} | {len(book.rules)} |")
    return "\n".join([*lines, ""])


def _points(book: RuleBook) -> str:
    """How many points rules with the same consequence have: where a new rule finds its place."""
    by_gate: dict[str, list[float]] = {gate.value: [] for gate in GateKind}
    for rule in book.rules:
        by_gate.setdefault(rule.gate.value if rule.gate else "no gate", []).append(rule.points)
    lines = ["| gate | rules | fewest points | median | most |", "|---|---|---|---|---|"]
    for gate, points in by_gate.items():
        if points:
            lines.append(f"| {gate} | {len(points)} | {min(points):g} | {median(points):g} | {max(points):g} |")
    return "\n".join([*lines, ""])


def _jurisdictions(book: RuleBook) -> Iterator[str]:
    for code, rules in sorted(book.by_jurisdiction.items()):
        yield f"## {jurisdiction_name(code)}\n"
        by_instrument: dict[str, list[Rule]] = {}
        for rule in rules:
            by_instrument.setdefault(rule.instrument.id, []).append(rule)
        for instrument_id in sorted(by_instrument):
            yield _instrument(book.instruments[instrument_id], by_instrument[instrument_id])


def _instrument(instrument: Instrument, rules: list[Rule]) -> str:
    read = ", ".join(f"[{index}]({source.url})" for index, source in enumerate(instrument.sources, 1))
    lines = [
        f"### {instrument.id}",
        "",
        f"{instrument.title}. {instrument.authority}. {instrument.citation.rstrip('.')}.",
        f"Checked on {instrument.checked_on}, confidence {instrument.confidence}. Sources: {read}.",
        "",
        "| rule | title | citation | in force | points | gate | while unknown |",
        "|---|---|---|---|---|---|---|",
        *(_row(rule) for rule in sorted(rules, key=lambda rule: rule.id)),
        "",
    ]
    return "\n".join(lines)


def _row(rule: Rule) -> str:
    cells = (
        f"`{rule.id}`",
        rule.title,
        rule.citation,
        "; ".join(_span(span) for span in rule.in_force),
        f"{rule.points:g}, {rule.pillar}" if rule.points else "0",
        rule.gate.value if rule.gate else "",
        "caution" if rule.caution else "ignore",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _span(span: Span) -> str:
    return f"{span.start} to {span.to}" if span.to else f"from {span.start}"
