"""Dates and evidence of rules: rules in, findings out; the only `today` is an argument.

Implausible days, checks that lag behind, gates that nobody vouches for, dates of which the examples show one side only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from riskapi.language import Node, facts_of, text
from riskapi.language import nodes as n
from riskapi.rules import Example, Instrument, Rule, Span
from riskapi.rules.model import Confidence
from riskapi.workbench.conditions import atoms
from riskapi.workbench.lint_finding import Finding, Severity, Spots
from riskapi.workbench.pairs import compiled

_FIRST_YEAR = 1900
_YEARS_AHEAD = 10
#: Orders bind when they are signed, or shown to the public, and are printed in the journal some weeks later.
_DAYS_TO_PRINT = 30


def dates_of(instrument: Instrument, spots: Spots, *, today: date | None, stale_days: int | None) -> Iterator[Finding]:
    """Sources newer than the check, and a check that is too old on the day `today`."""
    checked = instrument.checked_on
    for index, source in enumerate(instrument.sources):
        if source.retrieved > checked:
            detail = f"the source was retrieved on {source.retrieved}, the rules were checked on {checked}"
            yield spots.in_file("source-after-check", instrument, ("sources", index), detail)
    if today is not None and stale_days is not None and (today - checked).days > stale_days:
        detail = f"last checked on {checked}, {(today - checked).days} days ago; at most {stale_days} are allowed"
        yield spots.in_file("check-stale", instrument, ("checked",), detail)


def sources_twice(instrument: Instrument, spots: Spots) -> Iterator[Finding]:
    """Sources that stand there already, with the same note or without one."""
    seen: dict[str, set[str | None]] = {}
    for index, source in enumerate(instrument.sources):
        notes = seen.setdefault(source.url, set())
        if source.note in notes or (notes and source.note is None):
            yield spots.in_file("source-twice", instrument, ("sources", index), f"`{source.url}` stands there already")
        notes.add(source.note)


def dates_of_rule(rule: Rule, spots: Spots) -> Iterator[Finding]:
    """Days in force that cannot be meant, doubtful gates, and dates with one side only."""
    for index, span in enumerate(rule.in_force):
        for day in _implausible(span, rule.instrument.checked_on):
            detail = f"{day} is before {_FIRST_YEAR} or more than {_YEARS_AHEAD} years after the check"
            yield spots.in_rule("implausible-date", rule, ("in_force", index), detail)
        if span.published and span.published > span.start and not span.note:
            detail = f"in force from {span.start}, but published only on {span.published}, and no note says why"
            found = spots.in_rule("published-late", rule, ("in_force", index), detail)
            usual = (span.published - span.start).days <= _DAYS_TO_PRINT
            yield replace(found, severity=Severity.NOTE) if usual else found
    if rule.confidence is Confidence.LOW and rule.gate and not (rule.notes or rule.instrument.notes):
        detail = f"`{rule.gate}` with low confidence, and no note says what is doubtful"
        yield spots.in_rule("low-confidence-gate", rule, ("effect", "gate"), detail)
    if rule.examples:
        yield from _one_sided_spans(rule, spots)
        yield from _one_sided_conditions(rule, spots)


def _implausible(span: Span, checked: date) -> Iterator[date]:
    for day in (span.start, span.to):
        if day is not None and (day.year < _FIRST_YEAR or day.year > checked.year + _YEARS_AHEAD):
            yield day


def _one_sided_spans(rule: Rule, spots: Spots) -> Iterator[Finding]:
    days = [example.as_of for example in rule.examples]
    for index, span in enumerate(rule.in_force):
        before = rule.in_force[index - 1].to if index else None
        after = rule.in_force[index + 1].start if index + 1 < len(rule.in_force) else None
        # The start of a rule that is in force anyway is left to the mutants, which ask for the very days.
        usual = index == 0 and span.start <= rule.instrument.checked_on
        lacks = []
        if not any(day < span.start and (before is None or day > before) for day in days):
            lacks.append((f"no example has a day before {span.start}", usual))
        if not any(day in span for day in days):
            lacks.append((f"no example has a day from {span.start} to {span.to or 'now'}", False))
        if span.to is not None and not any(day > span.to and (after is None or day < after) for day in days):
            lacks.append((f"no example has a day after {span.to}", False))
        for detail, is_note in lacks:
            found = spots.in_rule("one-sided-date", rule, ("in_force", index), detail)
            yield replace(found, severity=Severity.NOTE) if is_note else found


def _one_sided_conditions(rule: Rule, spots: Spots) -> Iterator[Finding]:
    test_of = compiled()
    told: set[str] = set()
    for atom in atoms(rule):
        days = list(_days(atom.node))
        if not days or text(atom.node) in told:
            continue
        told.add(text(atom.node))
        test = test_of(atom.node)
        seen = {test(example.facts) for example in _telling(rule.examples, atom.node)}
        for value, word in ((True, "true"), (False, "false")):
            if value not in seen:
                detail = f"no example makes `{text(atom.node)}` {word}"
                yield spots.in_rule("one-sided-date", rule, atom.field, detail)


def _days(node: Node) -> Iterator[date]:
    for item in n.walk(node):
        if isinstance(item, n.Literal) and isinstance(item.value, date):
            yield item.value


def _telling(examples: Iterable[Example], node: Node) -> Iterator[Example]:
    """Examples that give every fact of the comparison."""
    names = facts_of(node)
    return (example for example in examples if all(example.facts.get(name) is not None for name in names))
