"""The scorecard: base, bands, floors of gates and hit policies of groups, read from `rules/scorecard.yaml`.

Enters: the file. Leaves: a `Scorecard`. It holds every number of the score that is not a rule's own points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskapi.errors import RuleError
from riskapi.rules.model import GateKind, Pillar
from riskapi.rules.source import read_source

#: Points that double the odds.
POINTS_TO_DOUBLE_ODDS = 10
POINT = math.log(2) / POINTS_TO_DOUBLE_ODDS
#: No score lies beyond these: nothing is certain, and answers carry four decimals.
LEAST_SCORE, MOST_SCORE = 0.0001, 99.9999


class HitPolicy(StrEnum):
    """How fired rules of one group add up (names as in DMN)."""

    MAX = "max"  # the heaviest counts
    SUM = "sum"  # all count
    FIRST = "first"  # the first in the order of files and lines counts
    UNIQUE = "unique"  # at most one may fire; if more do, the heaviest counts and a warning names them


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(_Strict):
    """A named range of the score; `at_least` is its lower end."""

    name: str
    label: str
    at_least: Annotated[float, Field(ge=0, lt=100)]
    meaning: str


class GroupModel(_Strict):
    """The hit policy of one group; groups that are not listed use `max`."""

    hit: HitPolicy
    why: str


class Scorecard(_Strict):
    """Every number of the score that is not a rule's own points."""

    base: Annotated[float, Field(ge=-200, le=200)]
    base_why: str
    bands: Annotated[tuple[Band, ...], Field(min_length=2)]
    floors: Mapping[GateKind, Annotated[float, Field(ge=0, lt=100)]]
    pillars: Mapping[Pillar, str]
    groups: Mapping[str, GroupModel] = {}

    @model_validator(mode="after")
    def _complete(self) -> Scorecard:
        cuts = [band.at_least for band in self.bands]
        if cuts != sorted(set(cuts)) or cuts[0] != 0:
            raise ValueError("bands must start at 0 and rise")
        missing = set(Pillar) - set(self.pillars)
        if missing:
            raise ValueError(f"pillars without a label: {', '.join(sorted(missing))}")
        return self

    def hit_policy(self, group: str) -> HitPolicy:
        """How rules of the group add up."""
        return self.groups[group].hit if group in self.groups else HitPolicy.MAX

    def band(self, score: float) -> Band:
        """The band that a score from 0 to 100 falls into."""
        return next(band for band in reversed(self.bands) if score >= band.at_least)


def score_of(points: float) -> float:
    """Score between 0 and 100: `100 / (1 + 2 ** (-points / 10))`, kept from the ends by `LEAST_SCORE` and `MOST_SCORE`."""
    z = points * POINT
    score = 100 / (1 + math.exp(-z)) if z >= 0 else 100 * math.exp(z) / (1 + math.exp(z))
    return min(max(score, LEAST_SCORE), MOST_SCORE)


def rounded(score: float, decimals: int) -> float:
    """The score with so many decimals; one that would round to 0 or 100 keeps one step away: 99.97 becomes 99.9."""
    step = 10.0**-decimals
    return min(max(round(score, decimals), step), round(100 - step, decimals))


def points_of(score: float) -> float:
    """Points that give this score; minus infinity for 0."""
    return -math.inf if score <= 0 else math.log(score / (100 - score)) / POINT


def load_scorecard(folder: Path) -> Scorecard:
    """Read `scorecard.yaml` of a rules folder; raises `RuleError` with the place of each problem."""
    path = folder / "scorecard.yaml"
    source = read_source(path, path.name)
    try:
        return Scorecard.model_validate(source.data)
    except ValidationError as error:
        raise RuleError(
            [source.problem(tuple(item["loc"]), "scorecard", str(item["msg"])) for item in error.errors()]
        ) from None
