"""Rules as the rule book has them, apart from any pairing. Enters: rules. Leaves: rich renderables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.assessment.words import gate_words, points
from riskapi.cli.style import counted, indented, rows, section
from riskapi.cli.terminal import clean
from riskapi.language import text as in_text
from riskapi.rules import Rule
from riskapi.rules.book import SHIPPED, ChangeKind
from riskapi.rules.fingerprint import changed_aspects, fingerprint
from riskapi.rules.layers import is_stale

_CHANGED = {
    ChangeKind.OVERRIDES: "overrides",
    ChangeKind.POINTS: "other points than",
    ChangeKind.DISABLES: "switches off",
}


def rules_table(found: Iterable[Rule]) -> Table:
    """The rules: id, points and gate; under them the title."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(justify="right", width=6)
    table.add_column()
    for rule in found:
        gate = gate_words(rule.gate.value).lower() if rule.gate else ""
        layer = (
            ""
            if rule.layer == SHIPPED
            else f"  [{rule.layer}{', ' + _CHANGED[rule.change.kind] if rule.change else ''}]"
        )
        table.add_row(
            Group(Text.assemble((clean(rule.id), "bold"), (clean(layer), "dim")), Text("  " + clean(rule.title))),
            points(rule.points),
            gate,
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


def _change(rule: Rule) -> Iterable[tuple[str, str]]:
    """What the layer does to the rule of that id below it."""
    change = rule.change
    if change is None:
        return
    below = (
        f"{change.original.file}:{change.original.line} ({change.original.layer}, {change.original.points:+g} points)"
    )
    yield "Changes", f"{_CHANGED[change.kind]} {below}"
    yield "Reason", f"{change.reason} ({change.file}:{change.line})"
    if is_stale(change):
        yield "Stale", f"the rule below has changed since: {', '.join(changed_aspects(change.original, change.of))}"


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
    yield "Layer", rule.layer
    yield from _change(rule)
    yield "Fingerprint", f"of: {fingerprint(rule.change.original if rule.change else rule)}"
    yield from (("Note", text) for text in (rule.notes, instrument.notes) if text)
