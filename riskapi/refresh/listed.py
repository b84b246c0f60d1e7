"""Listed entities as companies: one company for entries that are the same by exact name, legal form and country.

Enters: the rows of a snapshot. Leaves: `ListedCompany`s. Persons, vessels and aircraft are no companies. Entries without a
country are never joined with another: a wrong join would put a company on a list that it is not on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from riskapi.refresh.known import identity_of
from riskapi.refresh.model import EntityKind, ListedEntity, Listing, Rows, distinct, one_for_each_list, only
from riskapi.warehouse.identifiers import is_lei

#: Lists that name people above all, without saying so: their entries count as companies if a legal form shows it.
_LISTS_OF_PEOPLE = frozenset({"us_denied_persons", "us_aeca_debarred"})
_LEI_PREFIXES = ("legal entity number: ", "lei: ", "legal entity identifier: ")
_LEI_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCompany:
    """A company that lists speak of; `entries` are theirs, and the first one gives name and id."""

    company_id: str
    name: str
    aliases: tuple[str, ...]
    countries: tuple[str, ...]
    lei: str | None
    listings: tuple[Listing, ...]
    entries: tuple[ListedEntity, ...]

    @property
    def country(self) -> str | None:
        """The country of all its addresses; None where they lie in several or there is none."""
        return only(self.countries)


@dataclass(slots=True)
class _Group:
    entries: list[ListedEntity] = field(default_factory=list)


def listed_companies(rows: Rows) -> tuple[ListedCompany, ...]:
    """The companies of the snapshot, sorted by id."""
    groups: list[_Group] = []
    by_key: dict[object, _Group] = {}
    for entity in sorted(filter(_is_company, rows.entities), key=lambda entity: entity.entity_id):
        keys = tuple(_keys(entity))
        group = next((by_key[key] for key in keys if key in by_key), None)
        if group is None:
            group = _Group()
            groups.append(group)
        group.entries.append(entity)
        for key in keys:
            by_key.setdefault(key, group)
    return tuple(sorted((_company(group.entries) for group in groups), key=lambda company: company.company_id))


def _is_company(entity: ListedEntity) -> bool:
    if entity.kind is EntityKind.UNKNOWN and {listing.list for listing in entity.listings} <= _LISTS_OF_PEOPLE:
        return bool(identity_of(entity.name).forms)
    return entity.kind in (EntityKind.ENTITY, EntityKind.UNKNOWN)


def _keys(entity: ListedEntity) -> Iterator[object]:
    """What two entries of one company have in common."""
    if lei := lei_of(entity):
        yield lei
    identity = identity_of(entity.name)
    if identity.core:
        yield from ((identity.core, identity.forms, country) for country in _countries(entity))


def _countries(entity: ListedEntity) -> tuple[str, ...]:
    return distinct((*entity.address_countries, *filter(None, [entity.country])))


def lei_of(entity: ListedEntity) -> str | None:
    """The legal entity identifier among the ids, where its check digits are right."""
    for written in entity.ids:
        kind, _, number = written.lower().partition(": ")
        if f"{kind}: " in _LEI_PREFIXES:
            lei = number.strip().upper()
            if len(lei) == _LEI_LENGTH and lei.isascii() and lei.isalnum() and is_lei(lei):
                return lei
    return None


def _company(entries: list[ListedEntity]) -> ListedCompany:
    first = entries[0]
    names = distinct(chain.from_iterable((entry.name, *entry.aliases) for entry in entries))
    leis = distinct(lei for entry in entries if (lei := lei_of(entry)))
    return ListedCompany(
        company_id=first.entity_id,
        name=first.name,
        aliases=tuple(name for name in names if name != first.name),
        countries=distinct(chain.from_iterable(map(_countries, entries))),
        lei=only(leis),
        listings=one_for_each_list(_sourced(entries)),
        entries=tuple(entries),
    )


def _sourced(entries: Iterable[ListedEntity]) -> Iterator[Listing]:
    for entry in entries:
        yield from entry.listings
