"""GET /v1/rules and /v1/rules/{id}: the rule book as applied. Enters: filters. Leaves: rules, in short or in full."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from riskapi.api.frame.operation import AS_OF, Asked, Example, Operation, Parameter
from riskapi.api.frame.paging import CURSOR, LIMIT, page_of
from riskapi.errors import NotFoundError
from riskapi.facts.values import defaults
from riskapi.facts.vocabulary import Vocabulary
from riskapi.language import Part, text
from riskapi.records.rules import (
    InstrumentAnswer,
    LayerChangeAnswer,
    NamedCondition,
    RuleDetailAnswer,
    RuleExample,
    RuleFull,
    RulesAnswer,
    RuleShort,
)
from riskapi.rules import Example as RuleTest
from riskapi.rules import GateKind, Kind, Pillar, Rule, RuleState
from riskapi.rules.book import LayerChange
from riskapi.rules.fingerprint import fingerprint
from riskapi.rules.layers import file_in_layer
from riskapi.workspace import Workspace


def list_rules(workspace: Workspace, asked: Asked) -> RulesAnswer:
    """The rules that pass every filter."""
    as_of = asked.day()
    found = [rule for rule in workspace.book.rules if _passes(rule, asked, as_of)]
    page = page_of(found, lambda rule: rule.id, asked)
    return RulesAnswer(
        as_of=as_of,
        rules=tuple(_short(rule, as_of) for rule in page.items),
        total=page.total,
        next_cursor=page.next_cursor,
        versions=workspace.versions,
    )


def show_rule(workspace: Workspace, asked: Asked) -> RuleDetailAnswer:
    """One rule; raises `NotFoundError` with near ids."""
    as_of = asked.day()
    rule = workspace.rule(asked.needed("id"))
    return RuleDetailAnswer(as_of=as_of, rule=_full(rule, as_of, workspace), versions=workspace.versions)


def _passes(rule: Rule, asked: Asked, as_of: date) -> bool:
    wanted = {
        "jurisdiction": rule.jurisdiction,
        "pillar": rule.pillar.value,
        "kind": rule.kind.value,
        "gate": rule.gate.value if rule.gate else None,
        "state": rule.state_on(as_of).value,
    }
    fits = all(asked.text(name) in (None, value) for name, value in wanted.items())
    words = (asked.text("q") or "").casefold().split()
    return fits and (not words or all(word in _searched(rule) for word in words))


def _searched(rule: Rule) -> str:
    texts = (rule.id, rule.title, rule.citation, rule.instrument.title, rule.instrument.authority, rule.why_points,
             _because(rule), rule.notes or "", text(rule.condition))  # fmt: skip
    return "\n".join(texts).casefold()


def _short(rule: Rule, as_of: date) -> RuleShort:
    return RuleShort(
        id=rule.id,
        title=rule.title,
        jurisdiction=rule.jurisdiction,
        instrument=rule.instrument.title,
        authority=rule.instrument.authority,
        citation=rule.citation,
        kind=rule.kind.value,
        pillar=rule.pillar.value,
        points=rule.points,
        gate=rule.gate.value if rule.gate else None,
        group=rule.group,
        state=rule.state_on(as_of).value,
        in_force=rule.in_force,
        confidence=rule.confidence.value,
        layer=rule.layer,
    )


def _full(rule: Rule, as_of: date, workspace: Workspace) -> RuleFull:
    return RuleFull(
        id=rule.id,
        title=rule.title,
        instrument=_instrument(rule),
        citation=rule.citation,
        kind=rule.kind.value,
        pillar=rule.pillar.value,
        points=rule.points,
        why_points=rule.why_points,
        gate=rule.gate.value if rule.gate else None,
        clock=rule.clock,
        group=rule.group,
        if_unknown="caution" if rule.caution else "ignore",
        when=text(rule.when),
        where=_named(rule.parts),
        exceptions=_named(rule.unless),
        facts=tuple(sorted(rule.facts)),
        state=rule.state_on(as_of).value,
        in_force=rule.in_force,
        because=_because(rule),
        confidence=rule.confidence.value,
        notes=rule.notes,
        no_undetermined=rule.no_undetermined,
        examples=_examples(workspace, rule.id),
        file=file_in_layer(rule, workspace.book),
        line=rule.line,
        layer=rule.layer,
        layer_change=_layer_change(rule.change),
    )


def _layer_change(change: LayerChange | None) -> LayerChangeAnswer | None:
    if change is None:
        return None
    return LayerChangeAnswer(
        kind=change.kind.value,
        reason=change.reason,
        of=change.of,
        original=fingerprint(change.original),
        original_layer=change.original.layer,
        original_points=change.original.points,
    )


def _instrument(rule: Rule) -> InstrumentAnswer:
    law = rule.instrument
    return InstrumentAnswer(
        id=law.id,
        title=law.title,
        jurisdiction=law.jurisdiction,
        authority=law.authority,
        citation=law.citation,
        sources=law.sources,
        checked_on=law.checked_on,
        checked_how=law.checked_how,
        confidence=law.confidence.value,
        notes=law.notes,
    )


def _named(parts: Iterable[Part]) -> tuple[NamedCondition, ...]:
    return tuple(NamedCondition(name=part.name, condition=text(part.body)) for part in parts)


def _because(rule: Rule) -> str:
    return "".join(piece + (f"{{{fact}}}" if fact else "") for piece, fact in rule.because.pieces)


def _examples(workspace: Workspace, rule_id: str) -> tuple[RuleExample, ...] | None:
    found = workspace.examples(rule_id)
    return None if found is None else tuple(_example(example, workspace.vocabulary) for example in found)


def _example(example: RuleTest, vocabulary: Vocabulary) -> RuleExample:
    silent = defaults(vocabulary, example.as_of)
    given = {name: value for name, value in example.facts.items() if value != silent.get(name)}
    return RuleExample(name=example.name, given=given, as_of=example.as_of, expect=example.expect.value)


OPERATIONS = (
    Operation(
        id="listRules",
        path="/v1/rules",
        tag="rules",
        summary="List the rules",
        description="Rules in the order of their ids, with where each stands on the as-of date.",
        run=list_rules,
        answers=RulesAnswer,
        parameters=(
            Parameter(name="jurisdiction", meaning="Whose rules: ISO 3166 code of a country, or EU.",
                      choices=lambda workspace: workspace.book.by_jurisdiction),
            Parameter(name="pillar", meaning="The pillar that the points belong to.", choices=lambda _: tuple(Pillar)),
            Parameter(name="gate", meaning="The legal consequence.", choices=lambda _: tuple(GateKind)),
            Parameter(name="kind", meaning="Which way the rule pushes.", choices=lambda _: tuple(Kind)),
            Parameter(name="state", meaning="Where the rule stands on the as-of date.", choices=lambda _: tuple(RuleState)),
            Parameter(name="q", meaning="Words that all occur in id, title, citation, sentence, notes or condition."),
            AS_OF,
            LIMIT,
            CURSOR,
        ),
        examples=(
            Example(name="prohibitions", summary="Prohibitions of the United States in force on a day",
                    values={"jurisdiction": "US", "gate": "prohibition", "state": "in_force", "as_of": "2026-11-22"}),
            Example(name="words", summary="Rules that speak of connected vehicles, two a page",
                    values={"q": "connected vehicles", "limit": "2", "as_of": "2026-11-22"}),
        ),
    ),
    Operation(
        id="showRule",
        path="/v1/rules/{id}",
        tag="rules",
        summary="Show one rule in full",
        description="Condition, parts, exceptions, dates, points and why, sentence, citation, sources, tests, notes.",
        run=show_rule,
        answers=RuleDetailAnswer,
        refusals=(NotFoundError.code,),
        parameters=(Parameter(name="id", meaning="The rule's id.", in_path=True, required=True), AS_OF),
        examples=(
            Example(name="connected-vehicles", summary="A rule on the makers of connected vehicles",
                    values={"id": "us.icts.connected-vehicles.manufacturer-sale", "as_of": "2026-11-22"}),
        ),
    ),
)  # fmt: skip
