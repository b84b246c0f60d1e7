"""The checks of `riskapi rules check` that go beyond loading: rules in, findings in the order of files and lines out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rapidfuzz.distance import OSA

from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules import Instrument, Rule
from riskapi.workbench.lint_citations import citation_forms, instrument_citation
from riskapi.workbench.lint_conditions import dead_conditions, subsumed_rules, succession_dates
from riskapi.workbench.lint_dates import dates_of, dates_of_rule, sources_twice
from riskapi.workbench.lint_finding import EXPLANATIONS, Finding, Severity, Spots

#: One slip of the pen in so many letters of a group's name; short names are abbreviations and differ in little.
_LETTERS_PER_SLIP = 5
_MOST_SLIPS = 2
#: Notes that are told only when everything is asked for.
_ONLY_WITH_ALL = frozenset({"fact-unused", "one-sided-date", "published-late"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """How to check: `whole_book` is true where the rules are all there are; `today` is needed for `stale_days` only."""

    vocabulary: Vocabulary
    folder: Path
    whole_book: bool = True
    everything: bool = False
    today: date | None = None
    stale_days: int | None = None


def lint(rules: Sequence[Rule], checking: Checking) -> tuple[Finding, ...]:
    """Everything that an author should look at, by file and line; notes of little weight only if everything is asked."""
    spots = Spots(checking.folder)
    found = [
        item
        for item in _all(rules, checking, spots)
        if checking.everything or item.severity is not Severity.NOTE or item.code not in _ONLY_WITH_ALL
    ]
    return tuple(sorted(found, key=lambda item: (item.file or "~", item.line or 0, item.code, item.detail)))


def _all(rules: Sequence[Rule], checking: Checking, spots: Spots) -> Iterator[Finding]:
    for instrument, own in _by_instrument(rules):
        yield from instrument_citation(instrument, spots)
        yield from dates_of(instrument, spots, today=checking.today, stale_days=checking.stale_days)
        yield from sources_twice(instrument, spots)
        yield from subsumed_rules(own, checking.vocabulary, spots)
        yield from succession_dates(own, checking.vocabulary, spots)
    for rule in rules:
        yield from dead_conditions(rule, checking.vocabulary, spots)
        yield from citation_forms(rule, spots)
        yield from dates_of_rule(rule, spots)
    if checking.whole_book:
        yield from lone_groups(rules, spots)
        yield from unused_facts(rules, checking.vocabulary)


def _by_instrument(rules: Iterable[Rule]) -> list[tuple[Instrument, tuple[Rule, ...]]]:
    found: dict[int, list[Rule]] = {}
    for rule in rules:
        found.setdefault(id(rule.instrument), []).append(rule)
    return [(own[0].instrument, tuple(own)) for own in found.values()]


def lone_groups(rules: Iterable[Rule], spots: Spots) -> Iterator[Finding]:
    """Groups of one rule whose name is nearly that of another group."""
    members = [rule for rule in rules if rule.group]
    sizes = Counter(rule.group for rule in members)
    for rule in members:
        if sizes[rule.group] == 1:
            own = {other.group for other in members if other.instrument.id == rule.instrument.id}
            near = [
                name
                for name in sizes
                if name != rule.group
                and (_near(str(name), str(rule.group)) or (name in own and _slip(str(name), rule)))
            ]
            if near:
                detail = f"only this rule is in the group `{rule.group}`; was `{near[0]}` meant?"
                yield spots.in_rule("lone-group", rule, ("effect", "group"), detail)


def _near(one: str, other: str) -> bool:
    """Whether a slip of the pen may be between two names; groups of different countries are not meant to be one."""
    (country, _, name), (other_country, _, other_name) = one.partition("."), other.partition(".")
    slips = min(len(name) // _LETTERS_PER_SLIP, _MOST_SLIPS)
    return country == other_country and OSA.distance(name, other_name) <= slips


def _slip(name: str, rule: Rule) -> bool:
    """Whether one letter is wrong; inside one instrument short names are hardly told apart by one letter."""
    return OSA.distance(name, str(rule.group)) == 1


def unused_facts(rules: Iterable[Rule], vocabulary: Vocabulary) -> Iterator[Finding]:
    """Facts that stand in no condition and no sentence, and are not the mirror of one that does."""
    used = frozenset().union(*(rule.facts | rule.because.facts() for rule in rules))
    for fact in vocabulary:
        if fact.in_conditions and not {fact.name, fact.mirror} & used:
            severity = EXPLANATIONS["fact-unused"].severity
            yield Finding(code="fact-unused", severity=severity, detail=f"no rule uses `{fact.name}`")
