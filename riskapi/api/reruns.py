"""A kept answer beside a new one to the same question. Enters: kept bytes, a workspace. Leaves: whether and how they differ.

Kept answers may be of an older engine, so they are read as plain data and what they lack is null.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from riskapi.assessment.answer import Versions, to_json
from riskapi.errors import RiskapiError
from riskapi.store.assessments import Stored
from riskapi.store.canonical import sha256_of
from riskapi.workspace import Workspace

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChange:
    """A version that is another one now; `part` is engine, rule_set or dataset."""

    part: str
    kept: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a kept assessment stands.

    `holds`: the question gives the same bytes now. `is_intact`: the kept bytes have their hash. `is_logged`: the audit log
    noted that hash; null where it notes none. `is_same_result`: nothing but the versions differs; null, like
    `recomputed_hash`, where the question cannot be answered now, which `failure` explains.
    """

    holds: bool
    is_intact: bool
    is_logged: bool | None
    recomputed_hash: str | None
    is_same_result: bool | None
    changed_versions: tuple[VersionChange, ...]
    failure: str | None
    says: str


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


def verified(workspace: Workspace, stored: Stored, logged: str | None) -> Verification:
    """Answer a kept question again, as of its day, and compare the bytes. `logged` is the hash in the audit log."""
    is_logged = None if logged is None else logged == stored.summary.content_hash
    changed = version_changes(stored.summary.versions, workspace.versions)
    body, failure = None, None
    try:
        body = to_json(workspace.ask(stored.inputs, today=stored.summary.as_of))
    except RiskapiError as error:
        failure = error.problems[0].detail
    holds = body == stored.body and stored.is_intact and is_logged is not False
    return Verification(
        holds=holds,
        is_intact=stored.is_intact,
        is_logged=is_logged,
        recomputed_hash=None if body is None else sha256_of(body),
        is_same_result=None if body is None else _result(json.loads(stored.body)) == _result(json.loads(body)),
        changed_versions=changed,
        failure=failure,
        says=_sentence(stored, is_logged, changed, failure, holds=holds),
    )


def _sentence(
    stored: Stored, is_logged: object, changed: Iterable[VersionChange], failure: str | None, *, holds: bool
) -> str:
    if not stored.is_intact:
        return "the kept bytes do not have their hash: the store was changed or is damaged"
    if is_logged is False:
        return "the audit log noted another hash when this was kept: the store was changed"
    if holds:
        return "the same question gives the same bytes"
    parts = ", ".join(f"{item.part} {item.kept} is {item.now} now" for item in changed)
    if failure is not None:
        return f"the question cannot be answered now ({failure})" + (f"; {parts}" if parts else "")
    if parts:
        return f"the bytes differ, since versions have changed: {parts}"
    return "the bytes differ although all versions are the same: tell whoever runs the service"


def version_changes(kept: Versions, now: Versions) -> tuple[VersionChange, ...]:
    """The versions that are not the same."""
    pairs = ((item.name, getattr(kept, item.name), getattr(now, item.name)) for item in fields(Versions))
    return tuple(VersionChange(part=part, kept=then, now=new) for part, then, new in pairs if then != new)


def difference_of(kept: Json, now: Json) -> Difference:
    """What differs between two answers as JSON, in the order of the new one; what only the kept one has comes last."""
    return Difference(
        is_same_result=_result(kept) == _result(now),
        changed_versions=version_changes(Versions(**kept["versions"]), Versions(**now["versions"])),
        score=_number(kept["score"], now["score"]),
        low=_number(kept["low"], now["low"]),
        high=_number(kept["high"], now["high"]),
        band_kept=kept["band"]["name"],
        band_now=now["band"]["name"],
        gates=tuple(_gates(_by(kept["gates"], "rule", "gate"), _by(now["gates"], "rule", "gate"))),
        rules=tuple(_rules(_by(kept["rules"], "id", "foreign_party"), _by(now["rules"], "id", "foreign_party"))),
    )


def _result(answer: Json) -> Json:
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
