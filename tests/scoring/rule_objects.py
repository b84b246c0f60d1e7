"""Rules and scorecards as values, for tests of the score: only what the score looks at differs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from riskapi.rules import GateKind, Kind, Pillar, Rule, Status
from riskapi.scoring.score import Judged
from riskapi.scoring.scorecard import Band, GroupModel, HitPolicy, Scorecard
from tests.rules.rule_files import load

FLOORS = {GateKind.PROHIBITION: 75.0, GateKind.MANDATORY_FILING: 25.0, GateKind.REVIEW_JURISDICTION: 5.0}


@cache
def _model() -> Rule:
    with TemporaryDirectory() as folder:
        return load(Path(folder))[0]


def rule(
    name: str,
    points: float,
    *,
    group: str | None = None,
    gate: GateKind | None = None,
    caution: bool = True,
    line: int = 1,
) -> Rule:
    """A rule whose kind follows from the sign of its points."""
    kind = Kind.AGGRAVATING if points > 0 else Kind.MITIGATING if points < 0 else Kind.INFORMATION
    return replace(
        _model(), id=f"us.test.law.{name}", points=points, kind=kind, group=group, gate=gate, caution=caution, line=line,
    )  # fmt: skip


def judged(name: str, points: float, status: Status, **more: object) -> Judged:
    """A rule with what it says."""
    return Judged(rule(name, points, **more), status)  # type: ignore[arg-type]


def scorecard(base: float = -35, floors: dict[GateKind, float] | None = None, **groups: str) -> Scorecard:
    """A scorecard; `groups` gives the hit policies."""
    return Scorecard(
        base=base,
        base_why="for tests",
        bands=(
            Band(name="low", label="Low", at_least=0, meaning="-"),
            Band(name="high", label="High", at_least=50, meaning="-"),
        ),
        floors=FLOORS if floors is None else floors,
        pillars={pillar: pillar.value for pillar in Pillar},
        groups={name: GroupModel(hit=HitPolicy(hit), why="for tests") for name, hit in groups.items()},
    )
