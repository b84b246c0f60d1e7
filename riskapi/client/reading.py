"""Answers of the service as the objects that they were. Enters: JSON and a class. Leaves: an object of that class.

Fields that this version does not know are passed over, so that a newer service can be asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from pydantic import TypeAdapter

from riskapi.client.call import JSON, Received
from riskapi.facts.vocabulary import COMPANY_FACTS, DEAL_FACTS, JURISDICTION_FACTS, PAIR_FACTS, FactType

T = TypeVar("T")

#: The media types of files by their forms.
FILES: Final = {
    "csv": "text/csv",
    "html": "text/html",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: Facts whose values are dates. In JSON a date is a text, and only the name of the fact tells them apart.
DATE_FACTS: Final = frozenset(
    name
    for fact in (*DEAL_FACTS, *COMPANY_FACTS, *PAIR_FACTS, *JURISDICTION_FACTS)
    if fact.type is FactType.DATE
    for name in (fact.name, f"deal.{fact.name}", f"foreign.{fact.name}", f"host.{fact.name}")
)
#: Where objects that name a fact hold its value, themselves or in objects below them.
_VALUES: Final = ("value", "now", "before", "assumed")
#: Fields that hold values by the names of their facts.
_BY_FACT: Final = ("facts", "values", "given")


def reader(kind: type[T]) -> Callable[[Received], T]:
    """What reads an answer of that class; raises `ValueError` where it is none."""

    def read(received: Received) -> T:
        return read_as(kind, document(received))

    return read


def is_repeat(received: Received) -> bool:
    """Whether an earlier request with the same Idempotency-Key had done what this one asked."""
    return received.headers.get("idempotency-replayed") == "true"


def file_reader(media_type: str) -> Callable[[Received], bytes]:
    """What reads a file of that type; raises `ValueError` for another, such as the page of a proxy that wants a login."""

    def read(received: Received) -> bytes:
        if received.media_type != media_type:
            raise ValueError(f"it is {received.media_type or 'of no type'}, not {media_type}")
        return received.body

    return read


def document(received: Received) -> Any:  # noqa: ANN401  # any JSON
    """The JSON of an answer, with the values of facts that are dates as dates."""
    if received.media_type != JSON:
        raise ValueError(f"it is {received.media_type or 'of no type'}, not JSON")
    return json.loads(received.body, object_hook=_with_dates)


def acknowledged(received: Received) -> None:
    """Nothing, where the service said that it was done; raises `ValueError` where something else answered."""
    document(received)


def read_as(kind: type[T], data: object) -> T:
    """Plain data as an object of that class; raises `ValueError`."""
    adapter: TypeAdapter[T] = _adapter(cast(Hashable, kind))
    return adapter.validate_python(data, extra="ignore")


@lru_cache(maxsize=64)
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def _with_dates(item: dict[str, Any]) -> dict[str, Any]:
    """Called for each object, those inside before those around them."""
    for name in _BY_FACT:
        values = item.get(name)
        if isinstance(values, dict):
            values.update({fact: _as_date(values[fact]) for fact in DATE_FACTS & values.keys()})
    fact = item.get("fact")
    if isinstance(fact, str) and fact in DATE_FACTS:
        _date_values(item)
    return item


def _date_values(item: dict[str, Any]) -> None:
    for name, value in item.items():
        if name in _VALUES:
            item[name] = _as_date(value)
        for inner in value if isinstance(value, list) else (value,):
            if isinstance(inner, dict) and "fact" not in inner:
                _date_values(inner)


def _as_date(value: object) -> object:
    if isinstance(value, list):
        return [_as_date(one) for one in value]
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
