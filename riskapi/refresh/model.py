"""What the publications hold, in one shape for all: listed entities, notices that change lists, legal entities, parents.

Enters: values that a source's `parse` has read. Leaves: frozen rows, and the identifiers that name them for good.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from riskapi.entities.names import LONGEST_NAME, keys_of
from riskapi.errors import Problem

#: Joiners are needed by scripts; every other invisible format character only misleads the reader.
_JOINERS = "\u200c\u200d"
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_HASH_DIGITS = 12


class EntityKind(StrEnum):
    """What the publisher says an entry is; `unknown` where it does not say."""

    ENTITY = "entity"
    PERSON = "person"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A place on one list. `listed_on` is None where the publication gives no date.

    `first_seen_on` is the day on which a refresh met it first: the listing is not younger than that.
    """

    list: str
    listed_on: date | None = None
    citation: str | None = None
    programmes: tuple[str, ...] = ()
    source_url: str | None = None
    first_seen_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntity:
    """One entry of a list, with every list of the same publication that it stands on.

    `country` is the one country of its addresses, None where there are several or none; `ids` are written `type: number`.
    """

    entity_id: str
    source: str
    name: str
    kind: EntityKind
    aliases: tuple[str, ...] = ()
    country: str | None = None
    address_countries: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    listings: tuple[Listing, ...]
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNotice:
    """An official document that changes a list, or may; `lists` is empty where its title names none."""

    document_id: str
    source: str
    title: str
    kind: str
    lists: tuple[str, ...] = ()
    published_on: date
    effective_on: date | None = None
    citation: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalEntity:
    """A record of the register of legal entity identifiers (level 1); statuses as the register writes them."""

    lei: str
    source: str
    legal_name: str
    other_names: tuple[str, ...] = ()
    seat_country: str | None = None
    incorporation_country: str | None = None
    entity_status: str | None = None
    registration_status: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentRelation:
    """Who consolidates a legal entity in its accounts (level 2); `kind` is direct or ultimate. No share is told."""

    child_lei: str
    parent_lei: str
    source: str
    kind: str
    status: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Everything read from one publication: rows by table, and the entries that could not be read."""

    entities: tuple[ListedEntity, ...] = ()
    notices: tuple[ListNotice, ...] = ()
    legal_entities: tuple[LegalEntity, ...] = ()
    parents: tuple[ParentRelation, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    def count(self) -> int:
        """Rows of all tables."""
        return len(self.entities) + len(self.notices) + len(self.legal_entities) + len(self.parents)

    def of(self, source: str) -> Rows:
        """The rows of one source."""
        return self._each(lambda row: row if row.source == source else None)

    def without(self, source: str) -> Rows:
        """The rows of all other sources."""
        return self._each(lambda row: None if row.source == source else row)

    def read_on(self, day: date) -> Rows:
        """The same rows, marked as read on `day`."""
        return self._each(lambda row: replace(row, as_of=day))

    def seen_after(self, before: Rows, day: date) -> Rows:
        """The same rows with the day on which each listing was met first: that of `before`, or `day` for a new one."""
        known = {
            (entity.entity_id, listing.list): listing.first_seen_on
            for entity in before.entities
            for listing in entity.listings
        }

        def seen(entity: ListedEntity) -> ListedEntity:
            first = (known.get((entity.entity_id, listing.list)) or day for listing in entity.listings)
            listings = zip(entity.listings, first, strict=True)
            return replace(entity, listings=tuple(replace(one, first_seen_on=on) for one, on in listings))

        return replace(self, entities=tuple(map(seen, self.entities)))

    def _each(self, change: Any) -> Rows:  # noqa: ANN401  # one function for four row types
        def kept(rows: Iterable[Any]) -> tuple[Any, ...]:
            return tuple(new for row in rows if (new := change(row)) is not None)

        return Rows(
            entities=kept(self.entities),
            notices=kept(self.notices),
            legal_entities=kept(self.legal_entities),
            parents=kept(self.parents),
            problems=self.problems,
        )


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of several pages or sources as one; entries with one id become one entry."""
    return Rows(
        entities=merged(row for part in parts for row in part.entities),
        notices=tuple({row.document_id: row for part in parts for row in part.notices}.values()),
        legal_entities=tuple({row.lei: row for part in parts for row in part.legal_entities}.values()),
        parents=tuple({(row.child_lei, row.kind): row for part in parts for row in part.parents}.values()),
        problems=tuple(problem for part in parts for problem in part.problems),
    )


def merged(entities: Iterable[ListedEntity]) -> tuple[ListedEntity, ...]:
    """One entry for each id: publications repeat an entry for each list, and for each country of its addresses."""
    found: dict[str, ListedEntity] = {}
    for entity in entities:
        earlier = found.get(entity.entity_id)
        found[entity.entity_id] = entity if earlier is None else _together(earlier, entity)
    return tuple(found.values())


def _together(one: ListedEntity, other: ListedEntity) -> ListedEntity:
    countries = distinct((*one.address_countries, *other.address_countries))
    told = distinct([country for country in (one.country, other.country) if country])
    names = distinct((*one.aliases, other.name, *other.aliases))
    return replace(
        one,
        kind=one.kind if one.kind is not EntityKind.UNKNOWN else other.kind,
        aliases=tuple(name for name in names if name != one.name),
        address_countries=countries,
        country=only(countries or told),
        ids=distinct((*one.ids, *other.ids)),
        listings=one_for_each_list((*one.listings, *other.listings)),
    )


def one_for_each_list(listings: Iterable[Listing]) -> tuple[Listing, ...]:
    """One listing for each list: the earliest date that is known, and the programmes of all, in the order of the lists."""
    found: dict[str, Listing] = {}
    for listing in listings:
        earlier = found.get(listing.list)
        if earlier is None:
            found[listing.list] = listing
            continue
        first = min((day for day in (earlier.listed_on, listing.listed_on) if day), default=None)
        keep = listing if listing.listed_on and first != earlier.listed_on else earlier
        seen = min((day for day in (earlier.first_seen_on, listing.first_seen_on) if day), default=None)
        programmes = distinct((*earlier.programmes, *listing.programmes))
        found[listing.list] = replace(keep, listed_on=first, first_seen_on=seen, programmes=programmes)
    return tuple(found[code] for code in sorted(found))


def plain(value: object) -> str:
    """The text on one line, without invisible characters; empty for None."""
    text = "" if value is None else str(value)
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, text))
    return " ".join(text.split())


def _visible(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cf", "Cs", "Co") and sign not in _JOINERS else sign


def names_of(primary: str, others: Iterable[object]) -> tuple[str, ...]:
    """The other names, clean and distinct, without the primary one and without texts too long to be names."""
    found = distinct(plain(other).replace("|", "/") for other in others)
    return tuple(name for name in found if name and name != primary and len(name) <= LONGEST_NAME)


def distinct(items: Iterable[str]) -> tuple[str, ...]:
    """The items once each, in order."""
    return tuple(dict.fromkeys(items))


def only(items: Sequence[str]) -> str | None:
    """The item, where there is exactly one."""
    return items[0] if len(items) == 1 else None


def id_from_number(prefix: str, number: str) -> str:
    """An id from the publisher's own number (`uk`, `RUS0271` -> `uk-rus0271`)."""
    slug = _NOT_SLUG.sub("-", number.lower()).strip("-")
    return f"{prefix}-{slug}" if slug else id_from_name(prefix, number, "")


def id_from_name(prefix: str, name: str, list_code: str) -> str:
    """An id where the publisher gives none that lasts: it changes with the name or the list only."""
    key = keys_of(name).full or name
    digest = hashlib.sha256(f"{list_code}\n{key}".encode()).hexdigest()
    return f"{prefix}-{digest[:_HASH_DIGITS]}"
