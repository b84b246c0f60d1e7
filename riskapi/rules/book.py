"""The rule book: instruments and compiled rules as values, ready to be evaluated and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Condition, Facts, Node, Part, Trace
from riskapi.rules.model import Confidence, GateKind, Kind, Pillar, Status
from riskapi.rules.template import Template
from riskapi.rules.version import UNVERSIONED, SemanticVersion, label


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a rule is in force, both ends included; no end: still."""

    start: date
    to: date | None
    published: date | None
    note: str | None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.to is None or day <= self.to)


class RuleState(StrEnum):
    """Where a rule stands on a day: suspended is a gap between two spans in force."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Clock:
    """One statutory period of a gate."""

    step: str
    days: int
    note: str | None


@dataclass(frozen=True, slots=True)
class LegalSource:
    """Where the law was read."""

    url: str
    retrieved: date
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instrument:
    """One law, regulation, list or policy."""

    id: str
    title: str
    jurisdiction: str
    authority: str
    citation: str
    sources: tuple[LegalSource, ...]
    checked_on: date
    checked_how: str
    confidence: Confidence
    notes: str | None
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Facts, and what the rule must say of them."""

    name: str
    facts: Mapping[str, Value]
    as_of: date
    expect: Status
    line: int


#: Status by the value of a rule's condition.
STATUS_OF = {True: Status.FIRED, False: Status.NOT_FIRED, None: Status.UNDETERMINED}


@dataclass(frozen=True, slots=True)
class AtomText:
    """A comparison of a rule as it is shown, with the facts that it mentions."""

    text: str
    facts: tuple[str, ...]


#: What rules are called that come with the program, beside those of private layers.
SHIPPED = "shipped"


class ChangeKind(StrEnum):
    """What a layer does to a rule below it."""

    OVERRIDES = "overrides"
    POINTS = "points"
    DISABLES = "disables"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerChange:
    """A layer's change of a rule below it: `of` is the fingerprint that `original` had when the change was written."""

    kind: ChangeKind
    layer: str
    original: Rule
    of: str
    reason: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Layer:
    """A private set of rules that lies over the shipped ones."""

    name: str
    title: str
    version: SemanticVersion
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # one object a rule: comparing whole trees would be slow
class Rule:
    """One compiled rule. `condition` is `when` without its exceptions; `test` is the compiled `condition`.

    `trace` evaluates it with every sub-expression; `texts` holds each node's wording by the node's `id()`; `fact_order` is
    `facts`, sorted. `table` is the id of the decision table that the rule is a row of. `layer` is who has the last word on
    it: `shipped`, or the layer that adds or changes it; `change` says what the layer did to the rule of that id below.
    """

    id: str
    title: str
    citation: str
    instrument: Instrument
    kind: Kind
    in_force: tuple[Span, ...]
    when: Node
    condition: Node
    test: Condition
    trace: Callable[[Facts], Trace]
    texts: Mapping[int, AtomText]
    facts: frozenset[str]
    fact_order: tuple[str, ...]
    pillar: Pillar
    points: float
    why_points: str
    gate: GateKind | None
    clock: tuple[Clock, ...]
    group: str | None
    caution: bool
    because: Template
    confidence: Confidence
    notes: str | None
    no_undetermined: str | None
    file: str
    line: int
    table: str | None = None
    parts: tuple[Part, ...] = ()
    unless: tuple[Part, ...] = ()
    examples: tuple[Example, ...] = ()
    layer: str = SHIPPED
    change: LayerChange | None = None

    @property
    def jurisdiction(self) -> str:
        """Whose rule it is."""
        return self.instrument.jurisdiction

    def is_in_force(self, day: date) -> bool:
        """Whether the rule applies on that day; a suspension is a gap between spans."""
        return any(day in span for span in self.in_force)

    def state_on(self, day: date) -> RuleState:
        """Where the rule stands on that day."""
        if self.is_in_force(day):
            return RuleState.IN_FORCE
        if all(span.start <= day for span in self.in_force):
            return RuleState.ENDED
        return RuleState.SUSPENDED if any(span.start <= day for span in self.in_force) else RuleState.NOT_YET

    def is_known_on(self, day: date) -> bool:
        """Whether anybody could know of the rule: from its publication on, or else from its first day or its check on."""
        known = (span.published or min(span.start, self.instrument.checked_on) for span in self.in_force)
        return min(known) <= day

    def evaluate(self, facts: Mapping[str, Value]) -> Status:
        """What the rule says of these facts, leaving aside whether it is in force."""
        return STATUS_OF[self.test(facts)]


#: Days of jurisdictions for which a book remembers its rules; when there are more, all are forgotten.
DAYS_REMEMBERED = 1_000


@dataclass(frozen=True)
class RuleBook:
    """All rules with the vocabulary they were checked against, the content hash of the files and the number they state."""

    rules: tuple[Rule, ...]
    instruments: Mapping[str, Instrument]
    vocabulary: Vocabulary
    version: str
    number: SemanticVersion = UNVERSIONED
    layers: tuple[Layer, ...] = ()
    switched_off: tuple[LayerChange, ...] = ()
    by_id: Mapping[str, Rule] = field(init=False)
    by_jurisdiction: Mapping[str, tuple[Rule, ...]] = field(init=False)
    _on: dict[tuple[str, date], Sequence[tuple[Rule, bool]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        jurisdictions: dict[str, list[Rule]] = {}
        for rule in self.rules:
            jurisdictions.setdefault(rule.jurisdiction, []).append(rule)
        object.__setattr__(self, "by_id", {rule.id: rule for rule in self.rules})
        object.__setattr__(self, "by_jurisdiction", {key: tuple(rules) for key, rules in jurisdictions.items()})

    def known_on(self, jurisdiction: str, day: date) -> Sequence[tuple[Rule, bool]]:
        """The rules of a jurisdiction that anybody could know of that day, each with whether it is in force then."""
        found = self._on.get((jurisdiction, day))
        if found is None:
            if len(self._on) >= DAYS_REMEMBERED:
                self._on.clear()
            rules = [(rule, rule.is_in_force(day)) for rule in self.by_jurisdiction.get(jurisdiction, ())]
            found = [(rule, applies) for rule, applies in rules if applies or rule.is_known_on(day)]
            self._on[jurisdiction, day] = found
        return found

    @property
    def label(self) -> str:
        """What answers call the rule set: its number, its layers, and the beginning of its content hash.

        `1.0.0+3f9a1c0d2b4e`; with a layer `1.0.0+house-view.2.1.0.3f9a1c0d2b4e`.
        """
        number, _, content = label(self.number, self.version).partition("+")
        return f"{number}+{'.'.join([*(f'{layer.name}.{layer.version}' for layer in self.layers), content])}"

    @property
    def changes(self) -> tuple[LayerChange, ...]:
        """Everything that layers change of rules below them."""
        return (*(rule.change for rule in self.rules if rule.change), *self.switched_off)
