"""The UK Sanctions List of the Foreign, Commonwealth and Development Office, one XML file.

Enters: `UK-Sanctions-List.xml`. Leaves: listed entities under the list's own ids, which last (`RUS0271`).
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from riskapi.errors import Problem
from riskapi.refresh.model import (
    EntityKind,
    ListedEntity,
    Listing,
    Rows,
    distinct,
    id_from_number,
    merged,
    names_of,
    only,
    plain,
)
from riskapi.refresh.places import country_code
from riskapi.refresh.safe_xml import elements, text_of
from riskapi.refresh.source import FILE_TYPES, MEGABYTE, XML_TYPES, Source, day, format_changed, one_file, unreadable

SOURCE_ID = "uk-sanctions"
_KINDS = {"entity": EntityKind.ENTITY, "individual": EntityKind.PERSON, "ship": EntityKind.VESSEL}
_NAME_PARTS = tuple(f"Name{number}" for number in range(1, 7))
_PRIMARY = "primary name"


def parse(body: bytes) -> Rows:
    """The listed entities of the whole file."""
    entities: list[ListedEntity] = []
    problems: list[Problem] = []
    for number, designation in enumerate(elements(body, root="Designations", wanted="Designation"), start=1):
        found = _entity(number, designation)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            entities.append(found)
    if not entities and not problems:
        raise format_changed("the list holds no `Designation`", "Designation")
    return Rows(entities=merged(entities), problems=tuple(problems))


def _entity(number: int, designation: Element) -> ListedEntity | Problem:
    unique_id = text_of(designation, "UniqueID")
    if not unique_id:
        return unreadable(number, "it has no `UniqueID`", "UniqueID")
    names = [(text_of(name, "NameType").lower(), _written(name)) for name in designation.findall("Names/Name")]
    names = [(kind, name) for kind, name in names if name]
    if not names:
        return unreadable(number, f"{unique_id} has no name", "Names")
    primary = next((name for kind, name in names if kind == _PRIMARY), names[0][1])
    native = [text_of(name, "NameNonLatinScript") for name in designation.findall("NonLatinNames/NonLatinName")]
    kind = _KINDS.get(text_of(designation, "IndividualEntityShip").lower(), EntityKind.UNKNOWN)
    countries = distinct(
        code
        for address in designation.findall("Addresses/Address")
        if (code := country_code(text_of(address, "AddressCountry")))
    )
    return ListedEntity(
        entity_id=id_from_number("uk", unique_id),
        source=SOURCE_ID,
        name=primary,
        kind=kind,
        aliases=names_of(primary, [*(name for _, name in names), *native]),
        country=only(countries),
        address_countries=countries,
        ids=() if kind is EntityKind.PERSON else _ids(designation),
        listings=(_listing(unique_id, designation),),
        source_url=SOURCE.page_url,
    )


def _written(name: Element) -> str:
    return plain(" ".join(text_of(name, part) for part in _NAME_PARTS))


def _ids(designation: Element) -> tuple[str, ...]:
    numbers = (plain(found.text) for found in designation.iter("BusinessRegistrationNumber"))
    return distinct(f"registration number: {number}".replace("|", "/") for number in numbers if number)


def _listing(unique_id: str, designation: Element) -> Listing:
    regime = plain(text_of(designation, "RegimeName"))
    return Listing(
        list="uk_sanctions",
        listed_on=day(text_of(designation, "DateDesignated"), "%d/%m/%Y"),
        citation=f"{regime} ({unique_id})" if regime else unique_id,
        programmes=distinct(
            plain(measure) for measure in text_of(designation, "SanctionsImposed").split("|") if measure.strip()
        ),
        source_url=SOURCE.page_url,
    )


SOURCE = Source(
    id=SOURCE_ID,
    title="UK Sanctions List",
    publisher="Foreign, Commonwealth and Development Office",
    page_url="https://www.gov.uk/government/publications/the-uk-sanctions-list",
    licence="Crown copyright; check the terms on the publication page (Open Government Licence v3.0 unless stated otherwise)",
    base_url="https://sanctionslist.fcdo.gov.uk",
    plan=one_file("/docs/UK-Sanctions-List.xml"),
    parse=parse,
    media_types=XML_TYPES + FILE_TYPES,
    most_bytes=200 * MEGABYTE,
    at_least=2_000,
)
