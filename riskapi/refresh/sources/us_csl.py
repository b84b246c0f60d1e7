"""The US Consolidated Screening List: the lists of the Departments of Commerce, State and the Treasury in one JSON file.

Enters: `consolidated.json`. Leaves: listed entities. An entry of OFAC bears OFAC's own number, which lasts; those of
other agencies bear an id that changes with their addresses, so that name and list make the id here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from riskapi.errors import Problem
from riskapi.refresh.lists import SCREENING_LIST
from riskapi.refresh.model import (
    EntityKind,
    ListedEntity,
    Listing,
    Rows,
    distinct,
    id_from_name,
    id_from_number,
    merged,
    names_of,
    only,
    plain,
)
from riskapi.refresh.places import country_code
from riskapi.refresh.source import (
    FILE_TYPES,
    JSON_TYPES,
    MEGABYTE,
    Source,
    address,
    day,
    format_changed,
    one_file,
    read_json,
    texts,
    unreadable,
)

SOURCE_ID = "us-csl"
_ABBREVIATION = re.compile(r"\(([A-Z][A-Z-]*)(?: List)?\)")
_KINDS = {
    "entity": EntityKind.ENTITY,
    "individual": EntityKind.PERSON,
    "vessel": EntityKind.VESSEL,
    "aircraft": EntityKind.AIRCRAFT,
}
#: Fields that every entry has, whatever its list.
_ALWAYS = ("name", "source")


def parse(body: bytes) -> Rows:
    """The listed entities of the whole file."""
    results = read_json(body, "results")["results"]
    if not isinstance(results, list):
        raise format_changed("`results` is not a list", "results")
    entities: list[ListedEntity] = []
    problems: list[Problem] = []
    for number, entry in enumerate(results, start=1):
        found = _entity(number, entry)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            entities.append(found)
    return Rows(entities=merged(entities), problems=tuple(problems))


def _entity(number: int, entry: object) -> ListedEntity | Problem:
    if not isinstance(entry, dict):
        return unreadable(number, "it is not an object", "results")
    for field in _ALWAYS:
        if not plain(entry.get(field)):
            return unreadable(number, f"it has no `{field}`", field)
    code = _list_code(str(entry["source"]))
    if code is None:
        return unreadable(number, f"the list `{plain(entry['source'])}` is not known", "source")
    name = plain(entry["name"])
    kind = _KINDS.get(str(entry.get("type") or "").strip().lower(), EntityKind.UNKNOWN)
    countries = _countries(entry)
    return ListedEntity(
        entity_id=_entity_id(entry, name, code),
        source=SOURCE_ID,
        name=name,
        kind=kind,
        aliases=names_of(name, texts(entry.get("alt_names"))),
        country=only(countries),
        address_countries=countries,
        ids=() if kind is EntityKind.PERSON else _ids(entry),
        listings=(_listing(entry, code),),
        source_url=address(entry.get("source_list_url")) or SOURCE.page_url,
    )


def _list_code(source: str) -> str | None:
    """`Entity List (EL) - Bureau of Industry and Security` -> `us_entity_list`."""
    found = _ABBREVIATION.search(source)
    return SCREENING_LIST.get(found[1]) if found else None


def _entity_id(entry: Mapping[str, Any], name: str, code: str) -> str:
    number = plain(entry.get("entity_number"))
    return id_from_number("us-ofac", number) if number.isdigit() else id_from_name("us-csl", name, code)


def _countries(entry: Mapping[str, Any]) -> tuple[str, ...]:
    addresses = entry.get("addresses") or ()
    written = [address.get("country") for address in addresses if isinstance(address, dict)] or [entry.get("country")]
    return distinct(code for text in written if text and (code := country_code(str(text))))


def _ids(entry: Mapping[str, Any]) -> tuple[str, ...]:
    found = (item for item in entry.get("ids") or () if isinstance(item, dict) and item.get("number"))
    return distinct(plain(f"{item.get('type') or 'number'}: {item['number']}").replace("|", "/") for item in found)


def _listing(entry: Mapping[str, Any], code: str) -> Listing:
    programmes = (plain(text).replace("|", "/") for text in texts(entry.get("programs")))
    return Listing(
        list=code,
        listed_on=day(entry.get("start_date")),
        citation=plain(entry.get("federal_register_notice")) or None,
        programmes=distinct(programmes),
        source_url=address(entry.get("source_information_url")) or address(entry.get("source_list_url")),
    )


SOURCE = Source(
    id=SOURCE_ID,
    title="US Consolidated Screening List",
    publisher="International Trade Administration, US Department of Commerce",
    page_url="https://www.trade.gov/consolidated-screening-list",
    licence="Work of the US Government, in the public domain in the United States (17 U.S.C. 105)",
    base_url="https://data.trade.gov",
    plan=one_file("/downloadable_consolidated_screening_list/v1/consolidated.json"),
    parse=parse,
    media_types=JSON_TYPES + FILE_TYPES,
    most_bytes=250 * MEGABYTE,
    at_least=10_000,
)
