"""The European Union's consolidated list of financial sanctions, one XML file (format 1.1).

Enters: `xmlFullSanctionsList_1_1`. Leaves: listed entities under the list's own reference numbers (`EU.27.28`).
Only the Official Journal is authentic; this file is the Commission's compilation of it.
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
from riskapi.refresh.source import (
    FILE_TYPES,
    MEGABYTE,
    XML_TYPES,
    Source,
    address,
    day,
    format_changed,
    one_file,
    unreadable,
)

SOURCE_ID = "eu-sanctions"
_KINDS = {"P": EntityKind.PERSON, "E": EntityKind.ENTITY}


def parse(body: bytes) -> Rows:
    """The listed entities of the whole file."""
    entities: list[ListedEntity] = []
    problems: list[Problem] = []
    for number, entry in enumerate(elements(body, root="export", wanted="sanctionEntity"), start=1):
        found = _entity(number, entry)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            entities.append(found)
    if not entities and not problems:
        raise format_changed("the list holds no `sanctionEntity`", "sanctionEntity")
    return Rows(entities=merged(entities), problems=tuple(problems))


def _entity(number: int, entry: Element) -> ListedEntity | Problem:
    reference = entry.get("euReferenceNumber", "").strip() or entry.get("logicalId", "").strip()
    if not reference:
        return unreadable(number, "it has neither `euReferenceNumber` nor `logicalId`", "euReferenceNumber")
    names = [(alias.get("strong") == "true", plain(alias.get("wholeName"))) for alias in entry.findall("nameAlias")]
    names = [(strong, name) for strong, name in names if name]
    if not names:
        return unreadable(number, f"{reference} has no name", "nameAlias")
    primary = next((name for strong, name in names if strong), names[0][1])
    subject = entry.find("subjectType")
    kind = _KINDS.get(subject.get("classificationCode", "") if subject is not None else "", EntityKind.UNKNOWN)
    countries = distinct(
        code for address in entry.findall("address") if (code := country_code(address.get("countryIso2Code", "")))
    )
    return ListedEntity(
        entity_id=id_from_number("eu", reference.removeprefix("EU.")),
        source=SOURCE_ID,
        name=primary,
        kind=kind,
        # A name that the list itself calls weak is not enough to tell an entity by.
        aliases=names_of(primary, (name for strong, name in names if strong)),
        country=only(countries),
        address_countries=countries,
        ids=() if kind is EntityKind.PERSON else _ids(entry),
        listings=(_listing(reference, entry),),
        source_url=SOURCE.page_url,
    )


def _ids(entry: Element) -> tuple[str, ...]:
    found = (
        (item.get("identificationTypeCode") or "number", plain(item.get("number")))
        for item in entry.findall("identification")
    )
    return distinct(f"{kind}: {number}".replace("|", "/") for kind, number in found if number)


def _listing(reference: str, entry: Element) -> Listing:
    """The act is the one in force, which may have amended an older one: its date is not the date of the listing."""
    regulation = entry.find("regulation")
    act = plain(regulation.get("numberTitle")) if regulation is not None else ""
    programme = plain(regulation.get("programme")) if regulation is not None else ""
    url = text_of(regulation, "publicationUrl") if regulation is not None else ""
    return Listing(
        list="eu_sanctions",
        listed_on=day(entry.get("designationDate")),
        citation=f"{act} ({reference})" if act else reference,
        programmes=(programme.replace("|", "/"),) if programme else (),
        source_url=address(url) or SOURCE.page_url,
    )


SOURCE = Source(
    id=SOURCE_ID,
    title="EU consolidated list of financial sanctions",
    publisher="European Commission (DG FISMA)",
    page_url="https://data.europa.eu/data/datasets/consolidated-list-of-persons-groups-and-entities-subject-to-eu-financial-sanctions",
    licence="European Union, reuse under the terms on the publication page; only the Official Journal is authentic",
    base_url="https://webgate.ec.europa.eu",
    # The token is part of the address that the Commission publishes for everybody.
    plan=one_file("/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw"),
    parse=parse,
    media_types=XML_TYPES + FILE_TYPES,
    most_bytes=200 * MEGABYTE,
    at_least=2_000,
)
