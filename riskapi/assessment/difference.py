"""Two answers to one question, held against each other. Enters: answers as JSON. Leaves: numbers, gates and rules that differ.

Kept answers may be of an older engine, so they are read as plain data and what they lack is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from riskapi.assessment.answer import Versions

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """A version that is another one now; `part` is engine, rule_set or dataset."""

    part: str
    kept: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberChange:
    """A number then and now."""

    kept: float
    now: float
    change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule whose status or points differ; null where one of the answers does not have it."""

    id: str
    title: str
    foreign_party: str
    status_kept: str | None
    status_now: str | None
    points_kept: float | None
    points_now: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChange:
    """A gate that came, went, or is certain now where it was not; null status where an answer does not have it."""

    gate: str
    jurisdiction: str
    rule: str
    title: str
    citation: str
    status_kept: str | None
    status_now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between a kept answer and a new one."""

    is_same_result: bool
    changed_versions: tuple[VersionChange, ...]
    score: NumberChange
    low: NumberChange
    high: NumberChange
    band_kept: str
    band_now: str
    gates: tuple[GateChange, ...]
    rules: tuple[RuleChange, ...]


def version_changes(kept: Versions, now: Versions) -> tuple[VersionChange, ...]:
    """The versions that are not the same."""
    pairs = ((item.name, getattr(kept, item.name), getattr(now, item.name)) for item in fields(Versions))
    return tuple(VersionChange(part=part, kept=then, now=new) for part, then, new in pairs if then != new)


def difference_of(kept: Json, now: Json) -> Difference:
    """What differs between two answers as JSON, in the order of the new one; what only the kept one has comes last."""
    return Difference(
        is_same_result=result_of(kept) == result_of(now),
        changed_versions=version_changes(Versions(**kept["versions"]), Versions(**now["versions"])),
        score=_number(kept["score"], now["score"]),
        low=_number(kept["low"], now["low"]),
        high=_number(kept["high"], now["high"]),
        band_kept=kept["band"]["name"],
        band_now=now["band"]["name"],
        gates=tuple(_gates(_by(kept["gates"], "rule", "gate"), _by(now["gates"], "rule", "gate"))),
        rules=tuple(_rules(_by(kept["rules"], "id", "foreign_party"), _by(now["rules"], "id", "foreign_party"))),
    )


def result_of(answer: Json) -> Json:
    """The answer without the versions that gave it."""
    return {name: value for name, value in answer.items() if name != "versions"}


def _number(kept: float, now: float) -> NumberChange:
    return NumberChange(kept=kept, now=now, change=round(now - kept, 4))


def _by(items: Iterable[Json], *names: str) -> dict[tuple[str, ...], Json]:
    """The items under what names them; of several with one name the first, which is the strongest."""
    found: dict[tuple[str, ...], Json] = {}
    for item in items:
        found.setdefault(tuple(str(item.get(name, "")) for name in names), item)
    return found


def _paired(
    kept: Mapping[tuple[str, ...], Json], now: Mapping[tuple[str, ...], Json]
) -> Iterable[tuple[Json | None, Json | None]]:
    return ((kept.get(key), now.get(key)) for key in dict.fromkeys((*now, *kept)))


def _gates(kept: Mapping[tuple[str, ...], Json], now: Mapping[tuple[str, ...], Json]) -> Iterable[GateChange]:
    for then, new in _paired(kept, now):
        told = {name: (new or then or {})[name] for name in ("gate", "jurisdiction", "rule", "title", "citation")}
        change = GateChange(**told, status_kept=_of(then, "status"), status_now=_of(new, "status"))
        if change.status_kept != change.status_now:
            yield change


def _rules(kept: Mapping[tuple[str, ...], Json], now: Mapping[tuple[str, ...], Json]) -> Iterable[RuleChange]:
    for then, new in _paired(kept, now):
        change = RuleChange(
            **{name: (new or then or {})[name] for name in ("id", "title", "foreign_party")},
            status_kept=_of(then, "status"),
            status_now=_of(new, "status"),
            points_kept=_of(then, "points"),
            points_now=_of(new, "points"),
        )
        if (change.status_kept, change.points_kept) != (change.status_now, change.points_now):
            yield change


def _of(item: Json | None, name: str) -> Any:  # noqa: ANN401  # a value of JSON
    return None if item is None else item.get(name)
