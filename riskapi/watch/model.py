"""What callers see of watchlists: results, thresholds and changes. Enters: plain JSON. Leaves: frozen dataclasses.

A change is kept as the JSON of its class, and read again into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from riskapi.assessment.answer import Versions


class Event(StrEnum):
    """What a message tells: a change that meets the item's thresholds, any other change, or a test."""

    ALERT = "watchlist.alert"
    CHANGED = "watchlist.changed"
    TEST = "webhook.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When a change is an alert: the score crosses `score`, or moves by at least `moves_by`; null does not count.

    Gates that come or go, and questions that cannot be answered any more, are alerts in any case; without thresholds every
    change is.
    """

    score: float | None = None
    moves_by: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedGate:
    """A legal consequence; `status` is fired (it applies) or undetermined (it may apply)."""

    gate: str
    status: str
    jurisdiction: str
    rule: str
    title: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedParty:
    """A party as it was settled; `company_id` null where the caller describes it."""

    name: str
    company_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedResult:
    """A result without its reasons: how it stood on `as_of`, by these versions."""

    question: str
    as_of: date
    score: float
    low: float
    high: float
    band: str
    gates: tuple[WatchedGate, ...]
    parties: tuple[WatchedParty, ...]
    versions: Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedGate:
    """A gate that came (`status_before` null), went (`status_after` null), or applies where it only might, or the reverse."""

    gate: str
    jurisdiction: str
    rule: str
    title: str
    citation: str
    status_before: str | None
    status_after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRule:
    """A rule that says something else or counts other points; null where one of the results does not have it."""

    id: str
    title: str
    foreign_party: str
    status_before: str | None
    status_after: str | None
    points_before: float | None
    points_after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the change feed; `seq` rises by time within an organisation.

    `kind`: `moved`; `failed`, the question cannot be answered any more, which `failure` explains; `answered`, it can again.
    `causes` are rules, dataset, edits (what editors wrote of deals), engine and calendar (rules or facts that begin or end
    on a day). Where versions and day are both others, those that alone would have changed nothing are left out. `before`
    and `after` are results; after a failure there is none. `crossed` is up or down where the score crossed the item's
    threshold, `is_alert` whether the change meets its thresholds, `delta` the score's way. `says` is a sentence for people.
    """

    seq: int
    at: datetime
    kind: str
    watchlist: str
    watchlist_name: str
    item: str
    label: str | None
    says: str
    is_alert: bool
    crossed: str | None
    causes: tuple[str, ...]
    delta: float | None
    before: WatchedResult
    after: WatchedResult | None
    gates_gained: tuple[MovedGate, ...]
    gates_lost: tuple[MovedGate, ...]
    gates_altered: tuple[MovedGate, ...]
    rules: tuple[MovedRule, ...]
    failure: str | None


@lru_cache(maxsize=8)
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401  # a class
    return TypeAdapter(kind)


def plain(value: Any) -> Any:  # noqa: ANN401  # JSON
    """The JSON of a value of these classes."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json")


def read_change(body: str) -> Change:
    """The change of its JSON."""
    change: Change = _adapter(Change).validate_json(body)
    return change


def read_result(result: Mapping[str, Any]) -> WatchedResult:
    """What callers see of a kept result."""
    shown: WatchedResult = _adapter(WatchedResult).validate_python(
        {name: result[name] for name in WatchedResult.__dataclass_fields__} | {"band": result["band"]["name"]}
    )
    return shown


def read_thresholds(thresholds: Mapping[str, Any] | None) -> Thresholds | None:
    """Thresholds as they are kept."""
    return Thresholds(**thresholds) if thresholds else None
