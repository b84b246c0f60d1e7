"""The register of legal entity identifiers (GLEIF): records of known identifiers (level 1), and their parents (level 2).

Enters: pages of GLEIF's interface. Leaves: legal entities and parent relations. The interface and not the concatenated
files: those hold millions of records in hundreds of megabytes, and a few hundred are wanted. A parent is asked for only
where the record says that there is one and does not give a reason for having none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from riskapi.errors import Problem
from riskapi.refresh.model import LegalEntity, ParentRelation, Rows, distinct, names_of, plain
from riskapi.refresh.places import country_code
from riskapi.refresh.source import (
    JSON_TYPES,
    MEGABYTE,
    Needs,
    Resource,
    Source,
    day,
    format_changed,
    read_json,
    unreadable,
)
from riskapi.warehouse.identifiers import is_lei

SOURCE_ID = "gleif"
_RECORDS = "/api/v1/lei-records"
#: Keeps an address below the length that servers take, and the answer on one page.
_LEIS_A_PAGE = 100
_SHAPE = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_KINDS = {"IS_DIRECTLY_CONSOLIDATED_BY": "direct", "IS_ULTIMATELY_CONSOLIDATED_BY": "ultimate"}


def plan(needs: Needs) -> Sequence[Resource]:
    """Pages of records, so many identifiers each; nothing where none is known."""
    leis = sorted({lei for lei in needs.leis if _SHAPE.fullmatch(lei)})
    pages = [leis[start : start + _LEIS_A_PAGE] for start in range(0, len(leis), _LEIS_A_PAGE)]
    return tuple(
        Resource(f"{_RECORDS}?{urlencode({'filter[lei]': ','.join(page), 'page[size]': _LEIS_A_PAGE})}")
        for page in pages
    )


def follow(body: bytes) -> Sequence[Resource]:
    """The relationship records of the entities that have a parent."""
    data = read_json(body, "data")["data"]
    if not isinstance(data, list):
        return ()
    return tuple(
        Resource(f"{_RECORDS}/{record['id']}/{kind}-parent-relationship", optional=True)
        for record in data
        if isinstance(record, dict) and _SHAPE.fullmatch(str(record.get("id")))
        for kind in ("direct", "ultimate")
        if _has_parent(record, kind)
    )


def _has_parent(record: Mapping[str, Any], kind: str) -> bool:
    links = _below(record, "relationships", f"{kind}-parent", "links")
    return isinstance(links, dict) and bool(links) and "reporting-exception" not in links


def parse(body: bytes) -> Rows:
    """The rows of one page: a list of records, or one relationship record."""
    data = read_json(body, "data")["data"]
    if isinstance(data, dict):
        found = _parent(data)
        return Rows(problems=(found,)) if isinstance(found, Problem) else Rows(parents=(found,))
    if not isinstance(data, list):
        raise format_changed("`data` is neither a list nor a record", "data")
    entities: list[LegalEntity] = []
    problems: list[Problem] = []
    for number, record in enumerate(data, start=1):
        entity = _entity(number, record)
        if isinstance(entity, Problem):
            problems.append(entity)
        else:
            entities.append(entity)
    return Rows(legal_entities=tuple(entities), problems=tuple(problems))


def _entity(number: int, record: Any) -> LegalEntity | Problem:  # noqa: ANN401  # a value out of JSON
    lei = plain(_below(record, "id"))
    if not _is_sound(lei):
        return unreadable(number, f"`{lei}` is not a legal entity identifier", "id")
    entity = _below(record, "attributes", "entity")
    legal_name = plain(_below(entity, "legalName", "name"))
    if not legal_name:
        return unreadable(number, f"{lei} has no legal name", "attributes.entity.legalName")
    others = [
        _below(name, "name")
        for field in ("otherNames", "transliteratedOtherNames")
        for name in (_below(entity, field) or ())
    ]
    return LegalEntity(
        lei=lei,
        source=SOURCE_ID,
        legal_name=legal_name,
        other_names=names_of(legal_name, others),
        seat_country=country_code(plain(_below(entity, "headquartersAddress", "country"))),
        # A jurisdiction may be a part of a country (`US-DE`).
        incorporation_country=country_code(plain(_below(entity, "jurisdiction")).partition("-")[0]),
        entity_status=plain(_below(entity, "status")) or None,
        registration_status=plain(_below(record, "attributes", "registration", "status")) or None,
        source_url=f"{SOURCE.base_url}{_RECORDS}/{lei}",
    )


def _parent(record: Mapping[str, Any]) -> ParentRelation | Problem:
    relation = _below(record, "attributes", "relationship")
    child, parent = plain(_below(relation, "startNode", "id")), plain(_below(relation, "endNode", "id"))
    kind = _KINDS.get(plain(_below(relation, "type")))
    if not (_is_sound(child) and _is_sound(parent) and kind):
        return unreadable(1, f"`{child}` and `{parent}` are not joined as child and parent", "attributes.relationship")
    periods = _below(relation, "periods") or ()
    span = next((one for one in periods if _below(one, "type") == "RELATIONSHIP_PERIOD"), None)
    return ParentRelation(
        child_lei=child,
        parent_lei=parent,
        source=SOURCE_ID,
        kind=kind,
        status=plain(_below(relation, "status")) or None,
        valid_from=day(_below(span, "startDate")),
        valid_to=day(_below(span, "endDate")),
        source_url=f"{SOURCE.base_url}{_RECORDS}/{child}/{kind}-parent-relationship",
    )


def _is_sound(lei: str) -> bool:
    return bool(_SHAPE.fullmatch(lei)) and is_lei(lei)


def _below(value: Any, *path: str) -> Any:  # noqa: ANN401  # a value out of JSON
    """The value below `path`; None where any part of the path is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def leis_of(values: Sequence[object]) -> tuple[str, ...]:
    """The sound identifiers among cells of the datasets, distinct."""
    return distinct(str(value) for value in values if value and _is_sound(str(value)))


SOURCE = Source(
    id=SOURCE_ID,
    title="GLEIF: legal entities and their parents",
    publisher="Global Legal Entity Identifier Foundation",
    page_url="https://www.gleif.org/en/lei-data/gleif-api",
    licence="Creative Commons Zero (CC0)",
    base_url="https://api.gleif.org",
    plan=plan,
    follow=follow,
    parse=parse,
    media_types=JSON_TYPES,
    most_bytes=20 * MEGABYTE,
    most_requests=3_000,
    at_least=1,
    pace=1.05,  # the interface takes sixty requests a minute
)
