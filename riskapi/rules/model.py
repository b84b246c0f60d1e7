"""The form of a rule file: what an instrument and its rules must and may say (pydantic, at the edge only).

Enters: data whose scalars are text. Leaves: typed models, not yet parsed conditions; `load` does the rest.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Identifier = Annotated[
    str, StringConstraints(pattern=r"^([a-z]{2}|any)(\.[a-z0-9]+(?:[-_][a-z0-9]+)*)+$", max_length=120)
]
PartName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=600)]
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _as_written(value: object) -> object:
    """Refuse the other spellings that pydantic reads as dates: it takes 20200101 for seconds since 1970."""
    if isinstance(value, str) and not _ISO_DAY.fullmatch(value.strip()):
        raise ValueError("dates are written as 2027-01-31")
    return value


Day = Annotated[date, BeforeValidator(_as_written)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Kind(StrEnum):
    """Which way a rule pushes; fixes the direction that an unknown takes in the interval."""

    AGGRAVATING = "aggravating"
    MITIGATING = "mitigating"
    INFORMATION = "information"


class Pillar(StrEnum):
    """Where a rule's points belong; the first three follow 31 CFR 800.102."""

    THREAT = "threat"
    VULNERABILITY = "vulnerability"
    CONSEQUENCE = "consequence"
    TRADE = "trade"
    TECHNOLOGY_CONTROL = "technology_control"
    POLITICAL = "political"


class GateKind(StrEnum):
    """Legal consequences, from heaviest to lightest."""

    PROHIBITION = "prohibition"
    LICENCE_REQUIRED = "licence_required"
    MANDATORY_FILING = "mandatory_filing"
    REVIEW_JURISDICTION = "review_jurisdiction"
    INELIGIBILITY = "ineligibility"
    TARIFF = "tariff"
    DISCLOSURE = "disclosure"


class Status(StrEnum):
    """What a rule says of a pairing."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    UNDETERMINED = "undetermined"


class Confidence(StrEnum):
    """How well the encoding is founded in sources."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceModel(_Strict):
    """Where the law was read."""

    url: Url
    retrieved: Day
    note: Short | None = None


class CheckedModel(_Strict):
    """When and how the file was last held against its sources."""

    on: Day
    how: Text


class SpanModel(_Strict):
    """One span in which a rule is in force; `to` is its last day."""

    start: Annotated[Day, Field(alias="from")]
    to: Day | None = None
    published: Day | None = None
    note: Short | None = None

    @model_validator(mode="after")
    def _ordered(self) -> SpanModel:
        if self.to is not None and self.to < self.start:
            raise ValueError("`to` lies before `from`")
        return self


class ClockModel(_Strict):
    """One statutory period."""

    step: Short
    days: Annotated[int, Field(ge=0, le=3650)]
    note: Short | None = None


class EffectModel(_Strict):
    """What a fired rule does to the score and in law."""

    pillar: Pillar
    points: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
    why: Text
    gate: GateKind | None = None
    clock: tuple[ClockModel, ...] = ()
    group: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=80)] | None = None


class ExampleModel(_Strict):
    """Facts given, and what the rule must say of them."""

    name: Short
    given: dict[str, str | list[str] | None] = {}
    as_of: Day | None = None
    expect: Status


class RuleModel(_Strict):
    """One rule as it is written."""

    id: Identifier
    title: Short
    citation: Short
    kind: Kind
    in_force: Annotated[tuple[SpanModel, ...], Field(min_length=1)]
    where: dict[PartName, Expression] = {}
    when: Expression
    unless: Expression | dict[PartName, Expression] | None = None
    effect: EffectModel
    if_unknown: Literal["caution", "ignore"]
    because: Text
    confidence: Confidence | None = None
    notes: Text | None = None
    no_undetermined: Text | None = None
    examples: tuple[ExampleModel, ...] = ()

    @field_validator("in_force")
    @classmethod
    def _spans_apart(cls, spans: tuple[SpanModel, ...]) -> tuple[SpanModel, ...]:
        for earlier, later in pairwise(spans):
            if earlier.to is None or later.start <= earlier.to:
                raise ValueError(f"the spans from {earlier.start} and from {later.start} overlap or are out of order")
        return spans

    @model_validator(mode="after")
    def _points_follow_kind(self) -> RuleModel:
        points = self.effect.points
        wrong = {Kind.AGGRAVATING: points <= 0, Kind.MITIGATING: points >= 0, Kind.INFORMATION: points != 0}[self.kind]
        if wrong:
            wanted = {Kind.AGGRAVATING: "above 0", Kind.MITIGATING: "below 0", Kind.INFORMATION: "0"}[self.kind]
            raise ValueError(f"points of a rule of kind {self.kind} must be {wanted}, not {points:g}")
        return self


class InstrumentModel(_Strict):
    """One rule file."""

    instrument: Identifier
    title: Short
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|ANY)$")]
    authority: Short
    citation: Text
    sources: Annotated[tuple[SourceModel, ...], Field(min_length=1)]
    checked: CheckedModel
    confidence: Confidence
    notes: Text | None = None
    rules: Annotated[tuple[RuleModel, ...], Field(min_length=1)]


_MODELS = (InstrumentModel, RuleModel, EffectModel, SpanModel, ClockModel, ExampleModel, SourceModel, CheckedModel)
#: Every field that a rule file may have somewhere, as it is written there.
FIELDS = tuple(dict.fromkeys(field.alias or name for model in _MODELS for name, field in model.model_fields.items()))
