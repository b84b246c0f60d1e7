"""Small rules for tests: written as text, compiled by the real loader."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from riskapi.rules import Rule, RuleBook, load_file
from tests.shipped import shipped_vocabulary

_HEAD = """
instrument: {instrument}
title: Test instrument
jurisdiction: {jurisdiction}
authority: Test authority
citation: Test citation
sources: [{{url: "https://example.org/law", retrieved: 2026-11-22}}]
checked: {{on: 2026-11-22, how: made up for tests}}
confidence: high
rules:
"""


def rule_text(  # one parameter for each field that tests vary
    leaf: str,
    when: str,
    *,
    instrument: str = "us.test",
    kind: str = "aggravating",
    points: float = 10,
    gate: str = "",
    group: str = "",
    if_unknown: str = "ignore",
    unless: str = "",
    in_force: str = "[{from: 2020-01-01}]",
) -> str:
    """One rule in YAML, with examples switched off by the loader's caller."""
    effect = f"{{pillar: threat, points: {points}, why: test"
    effect += f", gate: {gate}" if gate else ""
    effect += f", group: {group}" if group else ""
    lines = [
        f"  - id: {instrument}.{leaf}",
        f"    title: Rule {leaf}",
        "    citation: Test 1",
        f"    kind: {kind}",
        f"    in_force: {in_force}",
        f'    when: "{when}"',
        *([f'    unless: "{unless}"'] if unless else []),
        f"    effect: {effect}}}",
        f"    if_unknown: {if_unknown}",
        '    because: "{foreign.name} and {host.name}"',
        "    examples: []",
    ]
    return "\n".join(lines)


def rules_from(*texts: str, instrument: str = "us.test", jurisdiction: str = "US") -> tuple[Rule, ...]:
    """Compile rules; their examples are not asked for."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{instrument}.yaml"
        path.write_text(_HEAD.format(instrument=instrument, jurisdiction=jurisdiction) + "\n".join(texts) + "\n")
        return tuple(load_file(path, shipped_vocabulary(), path.name, examples=False))


def book_of(*rules: Rule) -> RuleBook:
    """A rule book of these rules."""
    return RuleBook(rules, {rule.instrument.id: rule.instrument for rule in rules}, shipped_vocabulary(), "test")
