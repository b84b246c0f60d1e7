"""Rules as the rule book has them, apart from any pairing. Enters: rules. Leaves: rich renderables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.cli.style import GATE_WORDS, counted, indented, points, rows, section
from riskapi.cli.terminal import clean
from riskapi.language import text as in_text
from riskapi.rules import Rule


def rules_table(found: Iterable[Rule]) -> Table:
    """The rules: id, points and gate; under them the title."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(justify="right", width=6)
    table.add_column()
    for rule in found:
        gate = GATE_WORDS.get(rule.gate.value, rule.gate.value).lower() if rule.gate else ""
        table.add_row(
            Group(Text(clean(rule.id), style="bold"), Text("  " + clean(rule.title))), points(rule.points), gate
        )
    return table


def rule_text(rule: Rule) -> RenderableType:
    """One rule with all that its file says."""
    instrument = rule.instrument
    head = Text(clean(rule.title), style="bold")
    table = rows(14, None)
    for label, value in _lines(rule):
        table.add_row(Text(label, style="dim"), Text(clean(value)))
    law = [
        Text(clean(f"{item.url} (read {item.retrieved}{'; ' + item.note if item.note else ''})"))
        for item in instrument.sources
    ]
    checked = Text(clean(f"Checked on {instrument.checked_on}: {instrument.checked_how}"))
    examples = [Text(clean(f"{item.name}, as of {item.as_of}: {item.expect}")) for item in rule.examples]
    return Group(head, indented(table), section("Sources", *law, checked), section("Examples", *examples))


def _lines(rule: Rule) -> Iterable[tuple[str, str]]:
    instrument = rule.instrument
    yield "Id", rule.id
    yield "Instrument", f"{instrument.title} ({instrument.citation})"
    yield "Citation", rule.citation
    yield "Authority", f"{instrument.authority} ({rule.jurisdiction})"
    for span in rule.in_force:
        note = f"; {span.note}" if span.note else ""
        yield "In force", f"from {span.start}" + (f" to {span.to}" if span.to else "") + note
    for part in rule.parts:
        yield "Where", f"{part.name}: {in_text(part.body)}"
    yield "Applies when", in_text(rule.when)
    for part in rule.unless:
        yield "Unless", f"{part.name}: {in_text(part.body)}"
    yield (
        "Effect",
        f"{counted(rule.points)}, {rule.kind}, pillar {rule.pillar.value}"
        + (f", gate {rule.gate.value}" if rule.gate else ""),
    )
    yield "Why", rule.why_points
    for item in rule.clock:
        yield "Period", f"{item.step}: {item.days} days" + (f" ({item.note})" if item.note else "")
    yield "Not known", "counts as a caution" if rule.caution else "does not count until known"
    yield "Confidence", rule.confidence.value
    yield "File", f"{rule.file}:{rule.line}"
    yield from (("Note", text) for text in (rule.notes, instrument.notes) if text)
