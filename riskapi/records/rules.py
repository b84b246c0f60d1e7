"""Answers about the rule book: a page of rules, and one in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from riskapi.assessment.answer import Versions
from riskapi.facts.vocabulary import Value
from riskapi.rules.book import Clock, LegalSource, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShort:
    """A rule in a list; `state` is that of the as-of date: in_force, not_yet, suspended or ended.

    `layer` is `shipped`, or the private layer that adds or changes the rule.
    """

    id: str
    title: str
    jurisdiction: str
    instrument: str
    authority: str
    citation: str
    kind: str
    pillar: str
    points: float
    gate: str | None
    group: str | None
    state: str
    in_force: tuple[Span, ...]
    confidence: str
    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesAnswer:
    """A page of rules, in the order of their ids."""

    as_of: date
    rules: tuple[RuleShort, ...]
    total: int
    next_cursor: str | None
    versions: Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCondition:
    """A part of a rule's condition, under the name that the rule gives it."""

    name: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentAnswer:
    """The law, regulation, list or policy that a rule belongs to, and when and how its encoding was checked."""

    id: str
    title: str
    jurisdiction: str
    authority: str
    citation: str
    sources: tuple[LegalSource, ...]
    checked_on: date
    checked_how: str
    confidence: str
    notes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleExample:
    """A test of the rule: the facts that are given (the others are as if not told), and what it must say of them."""

    name: str
    given: Mapping[str, Value]
    as_of: date
    expect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChangeAnswer:
    """How a layer changes the rule of that id below: `overrides` or `points`, and why.

    `of` is the fingerprint of the rule that the change was written for, `original` that of the rule as it is now, and
    `original_layer` and `original_points` are its.
    """

    kind: str
    reason: str
    of: str
    original: str
    original_layer: str
    original_points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFull:
    """Everything about a rule.

    It fires where `when` holds and no exception does; `where` are the named parts that `when` mentions. `because` is
    the sentence of a fired rule, with the facts in braces. `if_unknown`: caution (counts while undetermined), ignore.
    `examples` are its tests; null where its file has changed since the rules were opened. `layer` is `shipped`, or the
    private layer that adds or changes the rule; `layer_change` is null where it adds its own.
    """

    id: str
    title: str
    instrument: InstrumentAnswer
    citation: str
    kind: str
    pillar: str
    points: float
    why_points: str
    gate: str | None
    clock: tuple[Clock, ...]
    group: str | None
    if_unknown: str
    when: str
    where: tuple[NamedCondition, ...]
    exceptions: tuple[NamedCondition, ...]
    facts: tuple[str, ...]
    state: str
    in_force: tuple[Span, ...]
    because: str
    confidence: str
    notes: str | None
    no_undetermined: str | None
    examples: tuple[RuleExample, ...] | None
    file: str
    line: int
    layer: str
    layer_change: LayerChangeAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDetailAnswer:
    """One rule."""

    as_of: date
    rule: RuleFull
    versions: Versions
