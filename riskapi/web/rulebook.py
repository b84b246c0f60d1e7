"""The rule book: filters in, the rules that pass them out; and the page of one rule. Reads as GET /v1/rules does."""

from __future__ import annotations

from typing import Final

from riskapi.api.operations import rules
from riskapi.assessment.words import GATES, STATES
from riskapi.records.rules import RuleShort
from riskapi.rules import GateKind, Kind, Pillar, RuleState
from riskapi.web.places import places
from riskapi.web.visit import Shown, Visit

_LIST, _ONE = rules.OPERATIONS
PER_PAGE: Final = 50
#: In words, for the fields of the form.
DIRECTIONS: Final = {"aggravating": "raises the score", "mitigating": "lowers the score", "information": "informs"}
STATE_WORDS: Final = {"in_force": "in force", **STATES}


def show_rules(visit: Visit) -> Shown:
    """The rules that pass the filters, a page at a time."""
    found = rules.list_rules(visit.workspace, visit.asked(_LIST, [("limit", str(PER_PAGE)), *visit.without("limit")]))
    by_law: dict[str, list[RuleShort]] = {}
    for rule in found.rules:
        by_law.setdefault(rule.instrument, []).append(rule)
    context = {
        "found": found,
        "by_law": by_law,
        "given": dict(visit.pairs),
        "filters": _filters(visit),
        "country": places(visit.workspace),
        "states": STATE_WORDS,
        "next": [*visit.without("cursor"), ("cursor", found.next_cursor)] if found.next_cursor else None,
    }
    return Shown(template="parts/rule_list.html" if visit.is_part else "rules.html", context=context)


def _filters(visit: Visit) -> tuple[tuple[str, str, list[tuple[str, str]]], ...]:
    """Parameter, label and choices of each filter."""
    labels = visit.workspace.card.pillars
    named = places(visit.workspace)
    laws = sorted(
        ((code, named.get(code, code)) for code in visit.workspace.book.by_jurisdiction), key=lambda one: one[1]
    )
    return (
        ("jurisdiction", "Jurisdiction", laws),
        ("state", "Standing on the day", [(state.value, STATE_WORDS[state.value]) for state in RuleState]),
        ("gate", "Legal consequence", [(gate.value, GATES[gate.value]) for gate in GateKind]),
        ("pillar", "Pillar", [(pillar.value, labels[pillar]) for pillar in Pillar]),
        ("kind", "Direction", [(kind.value, DIRECTIONS[kind.value]) for kind in Kind]),
    )


def show_rule(visit: Visit) -> Shown:
    """One rule; raises `NotFoundError` with near ids."""
    found = rules.show_rule(visit.workspace, visit.asked(_ONE))
    context = {
        "rule": found.rule,
        "as_of": found.as_of,
        "country": places(visit.workspace),
        "states": STATE_WORDS,
        "facts": {name: visit.workspace.vocabulary[name] for name in found.rule.facts},
        "pillar": visit.workspace.card.pillars[Pillar(found.rule.pillar)],
        "expect": {"fired": "applies", "not_fired": "does not apply", "undetermined": "may apply"},
    }
    return Shown(template="rule.html", context=context)
