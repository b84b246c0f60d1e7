"""What a change of the rule book means, apart from its text: two books in, added, removed and changed rules out.

Conditions are compared as parsed trees, so that a new line break, a renamed part or another order of an `and` is
prose, and a moved threshold is logic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from riskapi.errors import Problem
from riskapi.language import Part, text
from riskapi.language.normal import atoms, meaning
from riskapi.rules import Instrument, Rule, RuleBook, SemanticVersion, Span
from riskapi.rules.template import Template
from riskapi.scoring.scorecard import Scorecard


class Aspect(StrEnum):
    """What of a rule changed; the first five can move a score."""

    LOGIC = "logic"
    EXCEPTIONS = "exceptions"
    DATES = "dates"
    POINTS = "points"
    GATE = "gate"
    PROSE = "prose"
    EXAMPLES = "examples"


#: Aspects that can move a score, a band or a gate.
MATERIAL = (Aspect.LOGIC, Aspect.EXCEPTIONS, Aspect.DATES, Aspect.POINTS, Aspect.GATE)


class Change(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference: the field in words, what stood there, and what stands there now (None: nothing)."""

    aspect: Aspect
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that is not as it was."""

    rule_id: str
    title: str
    change: Change
    edits: tuple[Edit, ...]

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """What changed, in the order of `Aspect`."""
        return tuple(aspect for aspect in Aspect if any(edit.aspect is aspect for edit in self.edits))

    @property
    def is_material(self) -> bool:
        """Whether it can move a score, a band or a gate."""
        return self.change is not Change.CHANGED or any(aspect in MATERIAL for aspect in self.aspects)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookDiff:
    """Every difference of two books. `not_compared`: files of the base that cannot be read with today's vocabulary.

    `before` and `after` are the books' labels, `numbers` the versions in them.
    """

    before: str
    after: str
    numbers: tuple[SemanticVersion, SemanticVersion]
    rules: tuple[RuleChange, ...]
    instruments: Mapping[str, tuple[Edit, ...]]
    scorecard: tuple[Edit, ...]
    not_compared: tuple[Problem, ...] = ()

    @property
    def material(self) -> tuple[RuleChange, ...]:
        """Changes of rules that can move a score."""
        return tuple(change for change in self.rules if change.is_material)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed in meaning or in prose."""
        return not (self.rules or self.instruments or self.scorecard or self.not_compared)


def compare_books(before: RuleBook, after: RuleBook, cards: tuple[Scorecard, Scorecard]) -> BookDiff:
    """The differences between two books and their scorecards, rules by id."""
    changes = (_compared(before.by_id.get(key), after.by_id.get(key)) for key in sorted({*before.by_id, *after.by_id}))
    shared = sorted(set(before.instruments) & set(after.instruments))
    found = {key: tuple(_instrument_edits(before.instruments[key], after.instruments[key])) for key in shared}
    return BookDiff(
        before=before.label,
        after=after.label,
        numbers=(before.number, after.number),
        rules=tuple(change for change in changes if change is not None),
        instruments={key: edits for key, edits in found.items() if edits},
        scorecard=tuple(_scorecard_edits(*cards)),
    )


def _compared(before: Rule | None, after: Rule | None) -> RuleChange | None:
    if before is after:  # a file that did not change is compiled once for both books
        return None
    if before is None and after is not None:
        return RuleChange(after.id, after.title, Change.ADDED, tuple(_edits(None, after)))
    if before is not None and after is None:
        return RuleChange(before.id, before.title, Change.REMOVED, tuple(_edits(before, None)))
    if before is None or after is None:  # neither: cannot be
        return None
    edits = (*_edits(before, after), *_prose(before, after), *_examples(before, after))
    return RuleChange(after.id, after.title, Change.CHANGED, edits) if edits else None


def rule_edits(before: Rule, after: Rule) -> tuple[Edit, ...]:
    """What of a rule can move a score and is not the same in the other."""
    return tuple(_edits(before, after))


def _edits(before: Rule | None, after: Rule | None) -> Iterator[Edit]:
    """Material differences; with one side only, what that side says."""
    yield from _logic(before, after)
    yield from _exceptions(before, after)
    for aspect, name, of in _FIELDS:
        yield from _plain(aspect, name, _said(before, of), _said(after, of))


def _said(rule: Rule | None, of: Callable[[Rule], str | None]) -> str | None:
    return None if rule is None else of(rule)


def _plain(aspect: Aspect, name: str, before: str | None, after: str | None) -> Iterator[Edit]:
    if before != after:
        yield Edit(aspect, name, before, after)


def _logic(before: Rule | None, after: Rule | None) -> Iterator[Edit]:
    if before is None or after is None:
        yield Edit(Aspect.LOGIC, "when", _said(before, _written), _said(after, _written))
        return
    if meaning(before.when) == meaning(after.when):
        return
    one, two = atoms(before.when), atoms(after.when)
    gone = [shown for key, shown in one.items() if key not in two]
    come = [shown for key, shown in two.items() if key not in one]
    if gone or come:
        yield Edit(Aspect.LOGIC, "comparisons", "; ".join(gone) or None, "; ".join(come) or None)
    if not (gone and come) or text(before.when) != text(after.when):
        yield Edit(Aspect.LOGIC, "when", _written(before), _written(after))


def _written(rule: Rule) -> str:
    """The condition with its named parts, as the author wrote it."""
    parts = "; ".join(f"{part.name}: {text(part.body)}" for part in rule.parts)
    return text(rule.when) + (f" [{parts}]" if parts else "")


def _exceptions(before: Rule | None, after: Rule | None) -> Iterator[Edit]:
    one, two = _by_meaning(before), _by_meaning(after)
    gone, come = [one[key] for key in one if key not in two], [two[key] for key in two if key not in one]
    if gone or come:
        yield Edit(Aspect.EXCEPTIONS, "unless", "; ".join(gone) or None, "; ".join(come) or None)


def _by_meaning(rule: Rule | None) -> dict[str, str]:
    return {} if rule is None else {meaning(part.body): f"{part.name}: {text(part.body)}" for part in rule.unless}


def spans(in_force: Iterable[Span]) -> str:
    """The spans in words."""
    return "; ".join(f"{span.start} to {span.to}" if span.to else f"from {span.start}" for span in in_force)


def _clock(rule: Rule) -> str | None:
    return "; ".join(f"{item.step}: {item.days} days" for item in rule.clock) or None


_FIELDS: tuple[tuple[Aspect, str, Callable[[Rule], str | None]], ...] = (
    (Aspect.DATES, "in force", lambda rule: spans(rule.in_force)),
    (Aspect.POINTS, "points", lambda rule: f"{rule.points:+g}" if rule.points else "0"),
    (Aspect.POINTS, "kind", lambda rule: rule.kind.value),
    (Aspect.POINTS, "pillar", lambda rule: rule.pillar.value),
    (Aspect.POINTS, "group", lambda rule: rule.group),
    (Aspect.POINTS, "while not known", lambda rule: "caution" if rule.caution else "ignore"),
    (Aspect.GATE, "gate", lambda rule: rule.gate.value if rule.gate else None),
    (Aspect.GATE, "periods", _clock),
)


def _prose(before: Rule, after: Rule) -> Iterator[Edit]:
    for name, one, two in (
        ("title", before.title, after.title),
        ("citation", before.citation, after.citation),
        ("because", _sentence(before.because), _sentence(after.because)),
        ("reason for the points", before.why_points, after.why_points),
        ("confidence", before.confidence.value, after.confidence.value),
        ("notes", before.notes, after.notes),
        ("no undetermined", before.no_undetermined, after.no_undetermined),
        ("notes of spans", _span_notes(before), _span_notes(after)),
        ("notes of periods", _clock_notes(before), _clock_notes(after)),
        ("instrument", before.instrument.id, after.instrument.id),
    ):
        yield from _plain(Aspect.PROSE, name, one, two)
    for name, changed, one, two in (
        ("spelling of when", meaning(before.when) != meaning(after.when), _written(before), _written(after)),
        ("spelling of unless", set(_by_meaning(before)) != set(_by_meaning(after)), _names(before), _names(after)),
    ):
        if not changed:
            yield from _plain(Aspect.PROSE, name, one, two)


def _names(rule: Rule) -> str | None:
    return "; ".join(_named(part) for part in rule.unless) or None


def _named(part: Part) -> str:
    return f"{part.name}: {text(part.body)}"


def _sentence(template: Template) -> str:
    return "".join(piece + (f"{{{fact}}}" if fact else "") for piece, fact in template.pieces)


def _span_notes(rule: Rule) -> str | None:
    said = [f"published {span.published}" for span in rule.in_force if span.published]
    return "; ".join([*said, *(span.note for span in rule.in_force if span.note)]) or None


def _clock_notes(rule: Rule) -> str | None:
    return "; ".join(f"{item.step}: {item.note}" for item in rule.clock if item.note) or None


def _examples(before: Rule, after: Rule) -> Iterator[Edit]:
    one, two = (
        {item.name: (item.expect, item.as_of, tuple(sorted(item.facts.items()))) for item in rule.examples}
        for rule in (before, after)
    )
    gone = [name for name in one if one[name] != two.get(name)]
    come = [name for name in two if two[name] != one.get(name)]
    if gone or come:
        yield Edit(Aspect.EXAMPLES, "examples", "; ".join(gone) or None, "; ".join(come) or None)


def _instrument_edits(before: Instrument, after: Instrument) -> Iterator[Edit]:
    for name, one, two in (
        ("title", before.title, after.title),
        ("authority", before.authority, after.authority),
        ("citation", before.citation, after.citation),
        ("sources", _sources(before), _sources(after)),
        ("checked", f"{before.checked_on}: {before.checked_how}", f"{after.checked_on}: {after.checked_how}"),
        ("confidence", before.confidence.value, after.confidence.value),
        ("notes", before.notes, after.notes),
    ):
        yield from _plain(Aspect.PROSE, name, one, two)


def _sources(instrument: Instrument) -> str:
    return "; ".join(
        f"{item.url} ({item.retrieved}{', ' + item.note if item.note else ''})" for item in instrument.sources
    )


def _scorecard_edits(before: Scorecard, after: Scorecard) -> Iterator[Edit]:
    yield from _plain(Aspect.POINTS, "base", f"{before.base:g}", f"{after.base:g}")
    for name, one, two in (
        ("floor", before.floors, after.floors),
        ("hit policy", _policies(before), _policies(after)),
        ("band", _bands(before), _bands(after)),
    ):
        for key in sorted({*one, *two}):
            yield from _plain(Aspect.POINTS, f"{name} of {key}", _shown(one.get(key)), _shown(two.get(key)))


def _policies(card: Scorecard) -> dict[str, object]:
    return {group: model.hit.value for group, model in card.groups.items()}


def _bands(card: Scorecard) -> dict[str, object]:
    return {band.name: f"from {band.at_least:g}" for band in card.bands}


def _shown(value: object) -> str | None:
    return None if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
