"""The form of a private layer: `layer.yaml`, and files that extend an instrument below (pydantic, at the edge only).

Enters: data whose scalars are text. Leaves: typed models; what they mean for the rules below, `layers` works out.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from riskapi.rules.book import SHIPPED
from riskapi.rules.model import CheckedModel, Confidence, Identifier, Short, SourceModel, Text, _Strict
from riskapi.rules.version import SemanticVersion

#: What rules are called that come from a folder without `layer.yaml` in place of the shipped ones.
OWN = "own"
_RANGE = re.compile(r"(>=|<=|==|>|<)\s*(\d{1,6}(?:\.\d{1,6}){0,2})", re.ASCII)


class VersionRange:
    """Versions between limits, written `>=1.2, <2`."""

    def __init__(self, text: str) -> None:
        """Read the text; raises `ValueError` with what is wanted."""
        self.text = text
        found = [_RANGE.fullmatch(part.strip()) for part in text.split(",")]
        limits = [(item[1], _version(item[2])) for item in found if item]
        if len(limits) < len(found):
            raise ValueError("a range of versions is written `>=1.2, <2`")
        self.limits = limits

    def __contains__(self, version: SemanticVersion) -> bool:
        return all(_holds(version, operator, limit) for operator, limit in self.limits)


def _version(text: str) -> SemanticVersion:
    numbers = [int(part) for part in text.split(".")]
    return SemanticVersion(*[*numbers, 0, 0][:3])


def _holds(version: SemanticVersion, operator: str, limit: SemanticVersion) -> bool:
    match operator:
        case ">=":
            return version >= limit
        case "<=":
            return version <= limit
        case ">":
            return version > limit
        case "<":
            return version < limit
        case _:
            return version == limit


class LayerModel(_Strict):
    """`layer.yaml`: what the layer is called, and what it lies over."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=3, max_length=40)]
    title: Short
    version: Annotated[str, StringConstraints(max_length=30)]
    extends: Literal["shipped", "nothing"]
    made_for: Short | None = None
    contact: Short | None = None
    notes: Text | None = None

    @field_validator("name")
    @classmethod
    def _not_taken(cls, name: str) -> str:
        if name in (SHIPPED, OWN):
            raise ValueError(f"`{name}` is what the rules below are called: choose another name")
        return name

    @field_validator("version")
    @classmethod
    def _three_numbers(cls, version: str) -> str:
        if SemanticVersion.parse(version) is None:
            raise ValueError("a version is three numbers, such as 1.4.0")
        return version

    @field_validator("made_for")
    @classmethod
    def _range(cls, made_for: str | None) -> str | None:
        if made_for is not None:
            VersionRange(made_for)
        return made_for

    @model_validator(mode="after")
    def _made_for_what(self) -> LayerModel:
        if self.extends == "shipped" and self.made_for is None:
            raise ValueError(
                "`made_for` is missing: the versions of the shipped rules that the layer fits, as `>=1.2, <2`"
            )
        if self.extends == "nothing" and self.made_for is not None:
            raise ValueError("a layer that extends nothing has no `made_for`")
        return self


class ChangeModel(_Strict):
    """What every change of a rule below says: of which state of the rule it speaks, and why."""

    of: str | None = None
    reason: Text


class OverrideModel(ChangeModel):
    """The head of a rule that stands in place of one below."""

    overrides: Identifier


class PointsModel(ChangeModel):
    """Other points for a rule below; everything else of it stays."""

    rule: Identifier
    points: Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]


class DisablesModel(ChangeModel):
    """A rule below that is switched off."""

    rule: Identifier


class ExtensionModel(_Strict):
    """The head of a file that extends an instrument below; its rules are read as those of the instrument."""

    extends: Identifier
    sources: Annotated[tuple[SourceModel, ...], Field(min_length=1)] | None = None
    checked: CheckedModel | None = None
    confidence: Confidence | None = None
    notes: Text | None = None
    points: tuple[PointsModel, ...] = ()
    disables: tuple[DisablesModel, ...] = ()


_MODELS = (LayerModel, ExtensionModel, OverrideModel, PointsModel, DisablesModel)
#: Every field that the files of a layer may have besides those of rule files.
LAYER_FIELDS = tuple(dict.fromkeys([*(name for model in _MODELS for name in model.model_fields), "rules"]))
