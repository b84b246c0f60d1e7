"""What a rule says, as three short hashes: a rule in, `condition-dates-effect` out.

A layer that changes a rule notes the fingerprint of the rule it was written for, so that a later change of that rule
does not pass unseen. Wording, citations, sources and examples are left out: they do not change what the rule does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from riskapi.language.normal import meaning
from riskapi.rules.book import Rule

#: The parts of a fingerprint in their order.
ASPECTS = ("condition", "dates", "effect")
#: How a fingerprint is written.
FORM = r"^[0-9a-f]{6}-[0-9a-f]{6}-[0-9a-f]{6}$"
_DIGITS = 6


def fingerprint(rule: Rule) -> str:
    """The three hashes; equal for rules that mean the same, however they are spelt."""
    return "-".join(hashlib.sha256(text.encode()).hexdigest()[:_DIGITS] for text in _said(rule).values())


def changed_aspects(rule: Rule, of: str) -> tuple[str, ...]:
    """Which of `ASPECTS` are not as they were when the rule had the fingerprint `of`."""
    now = fingerprint(rule).split("-")
    return tuple(name for name, one, two in zip(ASPECTS, now, of.split("-"), strict=True) if one != two)


def _said(rule: Rule) -> Mapping[str, str]:
    dates = ((span.start.isoformat(), span.to and span.to.isoformat()) for span in rule.in_force)
    clock = tuple((item.step, item.days) for item in rule.clock)
    gate = rule.gate.value if rule.gate else None
    effect = (rule.kind.value, rule.pillar.value, float(rule.points), gate, clock, rule.group, rule.caution)
    return {"condition": meaning(rule.condition), "dates": repr(tuple(dates)), "effect": repr(effect)}
