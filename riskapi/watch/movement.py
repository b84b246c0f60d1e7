"""What moved between two results of one question. Enters: answers and kept results. Leaves: a result to keep, a `Change`.

Pure: no store, no clock. What counts as moved is said by `riskapi.matrix.moved`, as for matrices, rule sets and datasets;
gates and rules of kept answers are compared by `riskapi.assessment.difference`, as for assessments that are put again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from riskapi.assessment.answer import Answer
from riskapi.assessment.difference import Difference, GateChange, RuleChange, difference_of
from riskapi.assessment.words import amount, between
from riskapi.matrix.moved import NOTHING, Side, applied, is_other
from riskapi.store.watchlists import Item
from riskapi.watch.model import Change, MovedGate, MovedRule, Thresholds, plain, read_result, read_thresholds

Json = Mapping[str, Any]

CALENDAR: Final = "calendar"
#: What stands in the version of a dataset before the mark of what editors wrote.
_EDITS: Final = "+edits."
_GATE: Final = ("gate", "status", "jurisdiction", "rule", "title", "citation")
_RULE: Final = ("id", "title", "foreign_party", "status", "points")


def result_of(answer: Answer) -> dict[str, Any]:
    """What is kept of an answer, as JSON: enough to show it and to compare it with a later one."""
    return {
        "question": answer.question,
        "as_of": answer.as_of.isoformat(),
        "versions": plain(answer.versions),
        "score": answer.score,
        "low": answer.low,
        "high": answer.high,
        "band": {"name": answer.band.name},
        "gates": [{name: getattr(gate, name) for name in _GATE} for gate in answer.gates],
        "rules": [{name: getattr(rule, name) for name in _RULE} for rule in answer.rules],
        "parties": [{"name": party.name, "company_id": party.company_id} for party in answer.parties],
    }


def has_moved(before: Json, after: Json) -> bool:
    """Whether anything that is shown of a result differs; a rule that only says something else moves nothing."""
    return is_other(_side(before), _side(after)) or _companies(before) != _companies(after)


def _side(result: Json) -> Side:
    """A kept result as one side of a movement; its gates are told with their rules and whether they are certain."""
    gates = {" ".join(str(gate[name]) for name in ("gate", "rule", "status")) for gate in result["gates"]}
    numbers = (result["score"], result["low"], result["high"])
    return Side(*numbers, band=result["band"]["name"], gates=tuple(sorted(gates)))


def causes_of(before: Json, after: Json, between: Json | None) -> tuple[str, ...]:
    """What may have moved a result: the parts of the versions that differ, and the calendar.

    `between` is the result by the new versions as of the old day, where both differ: it tells which of them moved anything.
    """
    then, now = _parts(before), _parts(after)
    parts = [cause for cause in then if then[cause] != now[cause]]
    day = [CALENDAR] if before["as_of"] != after["as_of"] else []
    if parts and day and between is not None:
        by_versions, by_day = has_moved(before, between), has_moved(between, after)
        if by_versions != by_day:
            return tuple(parts if by_versions else day)
    return (*parts, *day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an entry of the feed is made from; `before` is the last result there was, `after` None where there is a failure."""

    watchlist_name: str
    item: Item
    at: datetime
    before: Json = field(repr=False)
    after: Json | None = field(repr=False)
    causes: tuple[str, ...]
    failure: str | None

    @property
    def kind(self) -> str:
        """What happened."""
        if self.after is None:
            return "failed"
        return "moved" if self.item.state.failure is None else "answered"

    def change(self, seq: int) -> Change:
        """The entry under its number."""
        found = difference_of(self.before, self.after) if self.after is not None else None
        gates = [_gate(gate) for gate in found.gates] if found else []
        crossed = _crossed(read_thresholds(self.item.thresholds), found)
        return Change(
            seq=seq, at=self.at, kind=self.kind, watchlist=self.item.watchlist, watchlist_name=self.watchlist_name,
            item=self.item.id, label=self.item.label, says=self._sentence(found, gates), crossed=crossed,
            is_alert=self._is_alert(found, crossed), causes=self.causes,
            delta=found.score.change if found else None, before=read_result(self.before),
            after=read_result(self.after) if self.after is not None else None,
            gates_gained=tuple(gate for gate in gates if gate.status_before is None),
            gates_lost=tuple(gate for gate in gates if gate.status_after is None),
            gates_altered=tuple(gate for gate in gates if gate.status_before and gate.status_after),
            rules=tuple(_responsible(found.rules)) if found else (), failure=self.failure,
        )  # fmt: skip

    def _is_alert(self, found: Difference | None, crossed: str | None) -> bool:
        thresholds = read_thresholds(self.item.thresholds)
        if thresholds is None or found is None or self.kind != "moved" or found.gates or crossed:
            return True
        return thresholds.moves_by is not None and abs(found.score.change) >= thresholds.moves_by

    def _sentence(self, found: Difference | None, gates: Iterable[MovedGate]) -> str:
        if found is None or self.after is None:
            return f"the question cannot be answered any more: {self.failure}"
        band = found.band_now if found.band_kept == found.band_now else f"{found.band_kept} to {found.band_now}"
        parts = [f"score {amount(found.score.kept)} to {amount(found.score.now)} ({band})"]
        if abs(found.score.change) <= NOTHING:
            span = f"{between(found.low.kept, found.high.kept)}, now {between(found.low.now, found.high.now)}"
            parts = [f"score {amount(found.score.now)} as before ({band}), interval {span}"]
        parts += [f"{gate.gate} ({gate.rule}) {_way(gate)}" for gate in gates]
        if _companies(self.before) != _companies(self.after):
            parts.append("a name means another company now")
        return "; ".join(parts) + f" [{', '.join(self.causes)}]"


def _way(gate: MovedGate) -> str:
    if gate.status_before is None:
        return "applies" if gate.status_after == "fired" else "may apply"
    if gate.status_after is None:
        return "is gone"
    return "is certain now" if gate.status_after == "fired" else "is no longer certain"


def _crossed(thresholds: Thresholds | None, found: Difference | None) -> str | None:
    if thresholds is None or thresholds.score is None or found is None:
        return None
    was, now = found.score.kept >= thresholds.score, found.score.now >= thresholds.score
    return None if was == now else ("up" if now else "down")


def _gate(change: GateChange) -> MovedGate:
    told = {name: getattr(change, name) for name in ("gate", "jurisdiction", "rule", "title", "citation")}
    return MovedGate(**told, status_before=change.status_kept, status_after=change.status_now)


def _responsible(changes: Iterable[RuleChange]) -> Iterable[MovedRule]:
    """The rules with a part in it."""
    for change in changes:
        if applied(change.status_kept, change.status_now):
            yield MovedRule(
                id=change.id, title=change.title, foreign_party=change.foreign_party,
                status_before=change.status_kept, status_after=change.status_now,
                points_before=change.points_kept, points_after=change.points_now,
            )  # fmt: skip


def _parts(result: Json) -> dict[str, str]:
    """What a result rests on, by the name of the cause that a change of it is."""
    versions = result["versions"]
    dataset, _, edits = versions["dataset"].partition(_EDITS)
    return {"rules": versions["rule_set"], "dataset": dataset, "edits": edits, "engine": versions["engine"]}


def _companies(result: Json) -> list[str | None]:
    return [party["company_id"] for party in result["parties"]]
