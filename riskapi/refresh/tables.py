"""The tables of a snapshot: their columns, written and read strictly like those of the datasets.

Enters: `Rows`, or the folder of a snapshot. Leaves: CSV files sorted by key, or `Rows`.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from riskapi.errors import Problem
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import EntityKind, LegalEntity, ListedEntity, Listing, ListNotice, ParentRelation, Rows
from riskapi.warehouse.countries import country_names
from riskapi.warehouse.load import capped, read_table
from riskapi.warehouse.rows import Cell, Row
from riskapi.warehouse.schema import Column, Kind, Table
from riskapi.warehouse.tables import CODE, PROVENANCE, SLUG

_SOURCE = Column(name="source", required=True, pattern=SLUG, meaning="The source that the row comes from.")
_LEI = r"[A-Z0-9]{18}[0-9]{2}"


def _country(name: str, meaning: str) -> Column:
    return Column(name=name, domain="country", meaning=meaning)


LISTED_ENTITIES = Table(
    name="listed_entities",
    meaning="Entries of official lists, one row each however many lists of one publication they stand on.",
    key=("entity_id",),
    columns=(
        Column(name="entity_id", required=True, pattern=SLUG, meaning="Id that lasts while name and list do."),
        _SOURCE,
        Column(name="name", required=True, meaning="Name as the publication writes it."),
        Column(name="kind", required=True, values=tuple(EntityKind), meaning="What the publisher says it is."),
        Column(name="aliases", kind=Kind.LIST, meaning="Other names of the publication."),
        Column(name="lists", kind=Kind.LIST, pattern=CODE, meaning="Codes of the lists."),
        _country("country", "The country of all addresses; empty where they lie in several or there is none."),
        Column(name="address_countries", kind=Kind.LIST, domain="country", meaning="Countries of the addresses."),
        Column(name="ids", kind=Kind.LIST, meaning="Identifiers as `type: number`; none for persons."),
        *PROVENANCE,
    ),
)
LIST_MEMBERSHIPS = Table(
    name="list_memberships",
    meaning="Places of listed entities on lists.",
    key=("entity_id", "list"),
    columns=(
        Column(name="entity_id", required=True, references=("listed_entities.entity_id",), meaning="The entity."),
        Column(name="list", required=True, pattern=CODE, meaning="Code of the list."),
        Column(name="listed_on", kind=Kind.DATE, meaning="First day on the list; empty where it is not told."),
        Column(name="citation", meaning="The act or notice, as the publication writes it."),
        Column(name="programmes", kind=Kind.LIST, meaning="Programmes or measures."),
        Column(name="source_url", meaning="Where the publication sends readers for more."),
        Column(name="first_seen_on", kind=Kind.DATE, meaning="Day on which a refresh met the row first."),
    ),
)
LIST_NOTICES = Table(
    name="list_notices",
    meaning="Official documents that change lists, or may.",
    key=("document_id",),
    columns=(
        Column(name="document_id", required=True, meaning="Number of the document."),
        _SOURCE,
        Column(name="title", required=True, meaning="Title of the document."),
        Column(name="kind", required=True, meaning="Rule, notice, or what else it is called."),
        Column(name="lists", kind=Kind.LIST, pattern=CODE, meaning="Lists that the title names."),
        Column(name="published_on", kind=Kind.DATE, required=True, meaning="Day of publication."),
        Column(name="effective_on", kind=Kind.DATE, meaning="First day of effect."),
        Column(name="citation", meaning="Volume and page."),
        *PROVENANCE,
    ),
)
LEGAL_ENTITIES = Table(
    name="legal_entities",
    meaning="Records of the register of legal entity identifiers.",
    key=("lei",),
    columns=(
        Column(name="lei", required=True, pattern=_LEI, check="lei", meaning="Legal entity identifier."),
        _SOURCE,
        Column(name="legal_name", required=True, meaning="Registered name."),
        Column(name="other_names", kind=Kind.LIST, meaning="Other and transliterated names."),
        _country("seat_country", "Country of the head office."),
        _country("incorporation_country", "Country of the jurisdiction."),
        Column(name="entity_status", meaning="Status of the entity, as registered."),
        Column(name="registration_status", meaning="Status of the registration."),
        *PROVENANCE,
    ),
)
PARENTS = Table(
    name="parents",
    meaning="Who consolidates a legal entity in its accounts.",
    key=("child_lei", "kind"),
    columns=(
        Column(name="child_lei", required=True, pattern=_LEI, check="lei", meaning="The entity."),
        Column(name="kind", required=True, values=("direct", "ultimate"), meaning="Which parent it is."),
        Column(name="parent_lei", required=True, pattern=_LEI, check="lei", meaning="The parent."),
        _SOURCE,
        Column(name="status", meaning="Status of the relation, as registered."),
        Column(name="valid_from", kind=Kind.DATE, meaning="First day of the relation."),
        Column(name="valid_to", kind=Kind.DATE, meaning="Last day of the relation."),
        *PROVENANCE,
    ),
)
TABLES = (LISTED_ENTITIES, LIST_MEMBERSHIPS, LIST_NOTICES, LEGAL_ENTITIES, PARENTS)

_ENTITY_FIELDS = tuple(name for name in LISTED_ENTITIES.header if name != "lists")
_LISTING_FIELDS = tuple(name for name in LIST_MEMBERSHIPS.header if name != "entity_id")


def cells_of(rows: Rows) -> Mapping[str, list[dict[str, Any]]]:
    """Table -> its rows as cells by column, sorted by key."""
    found = {
        LISTED_ENTITIES.name: [_entity_cells(entity) for entity in rows.entities],
        LIST_MEMBERSHIPS.name: [
            {"entity_id": entity.entity_id, **_cells(listing, LIST_MEMBERSHIPS.header[1:])}
            for entity in rows.entities
            for listing in entity.listings
        ],
        LIST_NOTICES.name: [_cells(row, LIST_NOTICES.header) for row in rows.notices],
        LEGAL_ENTITIES.name: [_cells(row, LEGAL_ENTITIES.header) for row in rows.legal_entities],
        PARENTS.name: [_cells(row, PARENTS.header) for row in rows.parents],
    }
    for table in TABLES:
        found[table.name].sort(key=lambda cells, key=table.key: tuple(str(cells[name]) for name in key))  # type: ignore[misc]
    return found


def _entity_cells(entity: ListedEntity) -> dict[str, Any]:
    codes = tuple(sorted({listing.list for listing in entity.listings}))
    told = _cells(entity, _ENTITY_FIELDS)
    return {name: codes if name == "lists" else told[name] for name in LISTED_ENTITIES.header}


def _cells(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def file_texts(rows: Rows) -> Mapping[str, str]:
    """File name -> the whole text of the file."""
    return {table.file: _file_text(table, cells) for table, cells in zip(TABLES, cells_of(rows).values(), strict=True)}


def _file_text(table: Table, rows: Sequence[Mapping[str, Any]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows([_text(row[name]) for name in table.header] for row in rows)
    return buffer.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "|".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def read_tables(folder: Path) -> Rows:
    """The rows of a snapshot; raises `RefreshError` where a file is missing or damaged."""
    domains = {"country": country_names()}
    read: dict[str, tuple[Row, ...]] = {}
    problems: list[Problem] = []
    for table in TABLES:
        read[table.name], found = read_table(folder / table.file, table, domains)
        problems += found
    if problems:
        raise RefreshError(capped(problems))
    return _rows(read)


def _rows(read: Mapping[str, Sequence[Row]]) -> Rows:
    listings: dict[str, list[Listing]] = defaultdict(list)
    for row in read[LIST_MEMBERSHIPS.name]:
        listings[str(row["entity_id"])].append(Listing(**_given(row, _LISTING_FIELDS)))
    return Rows(
        entities=tuple(_entity(row, listings) for row in read[LISTED_ENTITIES.name]),
        notices=tuple(ListNotice(**_given(row, LIST_NOTICES.header)) for row in read[LIST_NOTICES.name]),
        legal_entities=tuple(LegalEntity(**_given(row, LEGAL_ENTITIES.header)) for row in read[LEGAL_ENTITIES.name]),
        parents=tuple(ParentRelation(**_given(row, PARENTS.header)) for row in read[PARENTS.name]),
    )


def _entity(row: Row, listings: Mapping[str, Sequence[Listing]]) -> ListedEntity:
    given = _given(row, _ENTITY_FIELDS)
    given["kind"] = EntityKind(given["kind"])
    return ListedEntity(**given, listings=tuple(listings.get(given["entity_id"], ())))


def _given(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """The cells that are filled; an empty one is the default of its field."""
    cells: dict[str, Cell] = {name: row[name] for name in names}
    return {name: value for name, value in cells.items() if value is not None}
