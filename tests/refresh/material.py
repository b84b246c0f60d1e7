"""What the tests of the refresh share: the fixture files, and rows built by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from riskapi.refresh.model import EntityKind, ListedEntity, Listing, Rows
from riskapi.refresh.source import JSON_TYPES, Source, one_file

DATA = Path(__file__).parent / "data"
READ_ON = date(2026, 11, 22)


def fixture(name: str) -> bytes:
    """The bytes of a fixture file."""
    return (DATA / name).read_bytes()


def entity(entity_id: str, name: str = "", list_code: str = "us_sdn", **fields: Any) -> ListedEntity:
    """A listed entity with one listing."""
    given: dict[str, Any] = {
        "entity_id": entity_id,
        "source": "us-csl",
        "name": name or entity_id,
        "kind": EntityKind.ENTITY,
        "listings": (Listing(list=list_code, source_url="https://example.org/list"),),
        "source_url": "https://example.org/list",
        "as_of": READ_ON,
        **fields,
    }
    if given.get("country") and "address_countries" not in fields:
        given["address_countries"] = (given["country"],)
    return ListedEntity(**given)


def entities(count: int, **fields: Any) -> Rows:
    """So many entities with different names."""
    return Rows(
        entities=tuple(entity(f"us-ofac-{number}", f"Example {number} Ltd", **fields) for number in range(count))
    )


def a_source(base_url: str = "https://example.org", **fields: Any) -> Source:
    """A source of one JSON file whose entries are names."""
    return replace(_PLAIN, base_url=base_url, **fields)


def _names(body: bytes) -> Rows:
    from riskapi.refresh.source import read_json

    names = read_json(body, "names")["names"]
    return Rows(entities=tuple(entity(f"us-ofac-{name.lower()}", name, as_of=None) for name in names))


_PLAIN = Source(
    id="us-csl",
    title="Names",
    publisher="Nobody",
    page_url="https://example.org/names",
    licence="none",
    base_url="https://example.org",
    plan=one_file("/names.json"),
    parse=_names,
    media_types=JSON_TYPES,
    most_bytes=100_000,
    at_least=1,
)
