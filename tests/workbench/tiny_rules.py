"""Rules of one condition for tests of the workbench: a condition and its examples in, a loaded rule out."""

from __future__ import annotations

from pathlib import Path

from riskapi.rules import Rule
from tests.rules.rule_files import load, small_vocabulary

VOCABULARY = small_vocabulary()
_HEAD = """\
instrument: us.test.law
title: A law for tests
jurisdiction: US
authority: Nobody
citation: 1 CFR 1
sources:
  - {url: https://example.org/law, retrieved: 2026-11-22}
checked: {on: 2026-11-22, how: read}
confidence: high
rules:
"""


def rule_text(
    when: str, examples: list[str], *, where: str = "{}", unless: str = "", spans: str = "[{from: 2020-01-01}]"
) -> str:
    """A rule file; an example is written `fired: {deal.stake: 0.5}`, with a date `2020-01-01 fired: {}`."""
    lines = [
        "  - id: us.test.law.stake",
        "    title: Large stakes",
        "    citation: 1 CFR 1.1",
        "    kind: information",
        f"    in_force: {spans}",
        f"    where: {where}",
        f"    when: {when}",
        *([f"    unless: {unless}"] if unless else []),
        "    effect: {pillar: threat, points: 0, why: because}",
        "    if_unknown: ignore",
        '    because: "{foreign.name}"',
        "    examples:",
        *(f"      {_example(index, text)}" for index, text in enumerate(examples)),
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _example(index: int, text: str) -> str:
    if text.startswith("- "):
        return text
    head, _, given = text.partition(": ")
    expect, _, day = head[::-1].partition(" ")
    as_of = f"as_of: {day[::-1]}, " if day else ""
    return f"- {{name: number {index}, {as_of}given: {given}, expect: {expect[::-1]}}}"


#: One example of each outcome, which a rule must have, for `deal.stake >= 0.25`.
STAKES = ["fired: {deal.stake: 0.5}", "not_fired: {deal.stake: 0.1}", "undetermined: {}"]


def tiny(
    folder: Path,
    when: str,
    examples: list[str] | None = None,
    *,
    where: str = "{}",
    unless: str = "",
    spans: str = "[{from: 2020-01-01}]",
) -> Rule:
    """The rule, loaded; by default with the examples of `STAKES`."""
    written = rule_text(when, STAKES if examples is None else examples, where=where, unless=unless, spans=spans)
    (rule,) = load(folder, written)
    return rule
