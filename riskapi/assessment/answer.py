"""The answer object: one set of classes that the API, `--json`, the workbook, the web page and a notebook all show.

Plain frozen dataclasses with JSON-ready values; `to_json` is the one serialisation. Scores run from 0 to 100, points are
on the scorecard's scale (+10 doubles the odds).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json as to_json_bytes

from riskapi.claims.status import DealStatus
from riskapi.facts.evidence import Evidence
from riskapi.facts.vocabulary import Value
from riskapi.rules.book import Clock, LegalSource, Span
from riskapi.scoring.comparables import Comparable
from riskapi.scoring.observed import ObservedRates


@dataclass(frozen=True, slots=True, kw_only=True)
class BandAnswer:
    """The named range that the score falls into; `observed` is what became of past deals in it, null where not measured."""

    name: str
    label: str
    meaning: str
    observed: ObservedRates | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswer:
    """A legal consequence; `status` is fired (it applies) or undetermined (it may apply)."""

    gate: str
    status: str
    jurisdiction: str
    authority: str
    rule: str
    title: str
    citation: str
    instrument_citation: str
    clock: tuple[Clock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PillarAnswer:
    """Points of one pillar in the score, and between which values they may lie."""

    pillar: str
    label: str
    points: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallStep:
    """One step from the base to the total; `running` is the sum so far. Steps add up to the total exactly."""

    kind: str  # base | rule | floor
    pillar: str | None
    rule: str | None
    label: str
    points: float
    running: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FactShown:
    """A fact with its value, in data and in words, and where it comes from."""

    fact: str
    value: Value
    text: str
    meaning: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisive:
    """One comparison that decided a rule; `value` is true, false or null (not known)."""

    condition: str
    part: str | None
    value: bool | None
    facts: dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """What one rule says of the pairing, and why.

    `weight` is what the rule counts for when it fires, `points` what it counts in this score (0 when it does not fire, or when
    `covered_by` counts in its place). `needed` are the conditions that would have to change for it to fire. `layer` is
    `shipped`, or the private layer that adds or changes the rule; `layer_change` is how it changes one below
    (overrides, points), null where it adds its own.
    """

    id: str
    title: str
    status: str
    jurisdiction: str
    instrument: str
    authority: str
    citation: str
    instrument_citation: str
    foreign_party: str
    kind: str
    pillar: str
    weight: float
    points: float
    group: str | None
    covered_by: str | None
    counted_while_unknown: bool
    gate: str | None
    because: str
    why_points: str
    decided_by: tuple[Decisive, ...]
    needed: tuple[Decisive, ...]
    unknown_facts: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    confidence: str
    in_force: tuple[Span, ...]
    sources: tuple[LegalSource, ...]
    layer: str
    layer_change: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DormantAnswer:
    """A rule that would fire (or might) if it were in force: announced, suspended or ended."""

    id: str
    title: str
    status: str
    jurisdiction: str
    citation: str
    gate: str | None
    weight: float
    state: str  # not_yet | suspended | ended
    published_on: date | None
    in_force_from: date | None
    ended_on: date | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialAnswer:
    """The result if a fact had this value."""

    value: Value
    text: str
    low: float
    score: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownAnswer:
    """A fact that is not known and could move the result; `moves`: how many points learning it can shift the ends."""

    fact: str
    party: str | None
    meaning: str
    question: str
    moves: float
    rules: tuple[str, ...]
    lowest: TrialAnswer
    highest: TrialAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionAnswer:
    """Something nobody told that is taken as the usual case, and the result if it were otherwise."""

    fact: str
    meaning: str
    assumed: Value
    otherwise: TrialAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAnswer:
    """A party with the facts used; `match` says how the name was settled."""

    name: str
    company_id: str | None
    asked_as: str
    match: str
    described_by: str  # datasets | caller | datasets and caller
    facts: tuple[FactShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JurisdictionAnswer:
    """A government whose instruments were applied, why, and who is foreign to it."""

    jurisdiction: str
    label: str
    reasons: tuple[str, ...]
    foreign_parties: tuple[str, ...]
    rules: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What produced the answer."""

    engine: str
    rule_set: str
    dataset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How much scrutiny the pairing would meet, from whom, why, and what would change it."""

    question: str
    as_of: date
    score: float
    low: float
    high: float
    band: BandAnswer
    band_low: BandAnswer
    band_high: BandAnswer
    points: float
    gates: tuple[GateAnswer, ...]
    pillars: tuple[PillarAnswer, ...]
    waterfall: tuple[WaterfallStep, ...]
    rules: tuple[RuleAnswer, ...]
    dormant: tuple[DormantAnswer, ...]
    unknowns: tuple[UnknownAnswer, ...]
    assumptions: tuple[AssumptionAnswer, ...]
    deal: tuple[FactShown, ...]
    deal_status: DealStatus | None
    parties: tuple[PartyAnswer, PartyAnswer]
    jurisdictions: tuple[JurisdictionAnswer, ...]
    comparables: tuple[Comparable, ...]
    versions: Versions
    warnings: tuple[str, ...]
    notice: str


class Written:
    """The answer of a rule, and its JSON once that was written: what stands before the name of the party and what after."""

    __slots__ = ("after", "answer", "before")

    def __init__(self, answer: RuleAnswer) -> None:
        self.answer = answer
        self.before = self.after = b""

    def json(self, foreign_party: str) -> bytes:
        """The JSON of the answer for this party."""
        if not self.before:
            # Quotes in texts are escaped, so that the first is the field.
            before, name, after = _rule_adapter().dump_json(self.answer).partition(b'"foreign_party":')
            self.after = after[len(_text_json(self.answer.foreign_party)) :]
            self.before = before + name
        return b"".join((self.before, _text_json(foreign_party), self.after))


class RuleAnswers(tuple[RuleAnswer, ...]):  # noqa: SLOT001  # a tuple cannot have slots of its own
    """Answers of rules; most come again in other answers, but for the name of the party, and are written once."""

    written: tuple[Written, ...]

    @classmethod
    def of(cls, items: Sequence[tuple[RuleAnswer, Written]]) -> RuleAnswers:
        """These answers, each with the one that has its JSON: equal to it but for the name of the party."""
        answers = cls([answer for answer, _ in items])
        answers.written = tuple([written for _, written in items])
        return answers


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


@lru_cache(maxsize=1)
def _rule_adapter() -> TypeAdapter[RuleAnswer]:
    return TypeAdapter(RuleAnswer)


def to_json(answer: Answer, *, indent: int | None = None) -> bytes:
    """The answer as JSON; the same answer always gives the same bytes."""
    if indent is not None or not isinstance(answer.rules, RuleAnswers):
        return _adapter().dump_json(answer, indent=indent)
    rules = [item.json(rule.foreign_party) for rule, item in zip(answer.rules, answer.rules.written, strict=True)]
    # No text can hold this: quotes in texts are escaped. The first is that of the answer, all fields before it are flat.
    before, empty, after = _adapter().dump_json(replace(answer, rules=())).partition(b'"rules":[]')
    return b"".join((before, empty[:-1], b",".join(rules), b"]", after))


@lru_cache(maxsize=5_000)
def _text_json(text: str) -> bytes:
    return to_json_bytes(text)


def answer_schema() -> dict[str, Any]:
    """JSON Schema of the answer."""
    return _adapter().json_schema(mode="serialization")
