"""What the tables hold on companies, their owners, lists and country groups, as typed records.

Enters: an open database. Leaves: a `Register`, indexed by company; nothing is concluded here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb

from riskapi.entities.ownership import Edge, Holders, index_edges

#: Owners through which a state itself holds.
STATE_TYPES = ("state", "state_agency", "swf")
#: Several unrelated holders in one row: they do not act together and so control nothing.
UNCONNECTED_TYPES = ("investors",)
#: Owners that are people.
NATURAL_PERSON_TYPES = ("person", "family")


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A row of companies.csv, without the identifiers of other registers."""

    company_id: str
    name: str
    legal_name: str | None = None
    seat_country: str | None = None
    incorporation_country: str | None = None
    state_ownership: str | None = None
    sectors: tuple[str, ...] | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "low"
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A row of owners.csv: a state, agency, person or fund."""

    owner_id: str
    name: str
    type: str
    country: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """A row of designations.csv; `delisted_on` is the first day no longer listed, `listed_on` None is not known."""

    company_id: str
    list: str
    listed_on: date | None = None
    delisted_on: date | None = None
    citation: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "low"
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the company is on the list that day; a listing of unknown date counts from the day it was seen there."""
        start = self.counts_from
        return (start is None or start <= day) and (self.delisted_on is None or day < self.delisted_on)

    @property
    def counts_from(self) -> date | None:
        """First day on which the listing is certain: an earlier one would put what was learned later into the past."""
        return self.listed_on or self.as_of

    def is_over_on(self, day: date) -> bool:
        """Whether the listing ended by that day."""
        return self.delisted_on is not None and self.delisted_on <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A row of country_groups.csv; `valid_to` is the last day."""

    country: str
    group: str
    valid_from: date | None = None
    valid_to: date | None = None
    citation: str | None = None
    source_url: str | None = None
    as_of: date | None = None
    confidence: str = "low"

    def holds_on(self, day: date) -> bool:
        """Whether the country is in the group that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, kw_only=True)
class Register:
    """All records, indexed."""

    companies: Mapping[str, Company]
    owners: Mapping[str, Owner]
    holders: Holders
    designations: Mapping[str, Sequence[Designation]]
    memberships: Mapping[str, Sequence[Membership]]
    labels: Mapping[tuple[str, str], str]  # (code list, code) -> label

    @cached_property
    def state_owners(self) -> dict[str, str]:
        """States and agencies with their country."""
        return {
            owner.owner_id: owner.country
            for owner in self.owners.values()
            if owner.type in STATE_TYPES and owner.country
        }

    @cached_property
    def states(self) -> dict[str, set[str]]:
        """Each country's state with its agencies and funds."""
        found: dict[str, set[str]] = defaultdict(set)
        for owner, country in self.state_owners.items():
            found[country].add(owner)
        return dict(found)

    def countries_of(self, party: str) -> tuple[str, ...]:
        """Countries that a party belongs to: of a company its seat and its law, of an owner its country; known ones only."""
        company, owner = self.companies.get(party), self.owners.get(party)
        countries = (company.seat_country, company.incorporation_country) if company else ()
        return tuple(country for country in (*countries, owner.country if owner else None) if country)

    @cached_property
    def bystanders(self) -> frozenset[str]:
        """Owners that never control."""
        return frozenset(owner.owner_id for owner in self.owners.values() if owner.type in UNCONNECTED_TYPES)

    def name_of(self, party: str) -> str:
        """Name of a company or owner; its id where the tables do not know it."""
        record = self.companies.get(party) or self.owners.get(party)
        return record.name if record else party

    def label(self, domain: str, code: str) -> str:
        """A code in words."""
        return self.labels.get((domain, code), code)


def load_register(con: duckdb.DuckDBPyConnection) -> Register:
    """Read everything once; 5,000 rows take some 30 ms."""
    companies = [_company(row) for row in _rows(con, _COMPANIES)]
    return Register(
        companies={company.company_id: company for company in companies},
        owners={row[0]: _owner(row) for row in _rows(con, _OWNERS)},
        holders=index_edges(_edge(row) for row in _rows(con, _EDGES)),
        designations=_grouped([_designation(row) for row in _rows(con, _DESIGNATIONS)]),
        memberships=_by_country([_membership(row) for row in _rows(con, _MEMBERSHIPS)]),
        labels={(domain, code): label for domain, code, label in _rows(con, "SELECT domain, code, label FROM codes")},
    )


_COMPANIES = """
SELECT company_id, name, legal_name, seat_country, incorporation_country, state_ownership, sectors,
       source_url, as_of, confidence, note
FROM companies ORDER BY company_id"""
_OWNERS = "SELECT owner_id, name, type, country, source_url, as_of, confidence FROM owners ORDER BY owner_id"
_EDGES = """
SELECT owner_id, owned_id, kind, share_pct, "from", "to", confidence, source_url, as_of, note
FROM ownership ORDER BY owner_id, owned_id, kind, "from" NULLS FIRST"""
_DESIGNATIONS = """
SELECT company_id, list, listed_on, delisted_on, citation, source_url, as_of, confidence, note
FROM designations ORDER BY company_id, list, listed_on NULLS FIRST"""
_MEMBERSHIPS = """
SELECT country, "group", "from", "to", citation, source_url, as_of, confidence
FROM country_groups ORDER BY country, "group", "from" NULLS FIRST"""


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:  # type: ignore[type-arg]
    return con.execute(query).fetchall()


def _company(row: tuple) -> Company:  # type: ignore[type-arg]
    return Company(
        company_id=row[0], name=row[1], legal_name=row[2], seat_country=row[3], incorporation_country=row[4],
        state_ownership=row[5], sectors=None if row[6] is None else tuple(row[6]), source_url=row[7], as_of=row[8],
        confidence=row[9], note=row[10],
    )  # fmt: skip


def _owner(row: tuple) -> Owner:  # type: ignore[type-arg]
    return Owner(
        owner_id=row[0], name=row[1], type=row[2], country=row[3], source_url=row[4], as_of=row[5], confidence=row[6]
    )


def _edge(row: tuple) -> Edge:  # type: ignore[type-arg]
    return Edge(
        owner_id=row[0], owned_id=row[1], kind=row[2], share_pct=row[3], valid_from=row[4], valid_to=row[5],
        confidence=row[6], source_url=row[7], as_of=row[8], note=row[9],
    )  # fmt: skip


def _designation(row: tuple) -> Designation:  # type: ignore[type-arg]
    return Designation(
        company_id=row[0], list=row[1], listed_on=row[2], delisted_on=row[3], citation=row[4], source_url=row[5],
        as_of=row[6], confidence=row[7], note=row[8],
    )  # fmt: skip


def _membership(row: tuple) -> Membership:  # type: ignore[type-arg]
    return Membership(
        country=row[0], group=row[1], valid_from=row[2], valid_to=row[3], citation=row[4], source_url=row[5],
        as_of=row[6], confidence=row[7],
    )  # fmt: skip


def _grouped(rows: Sequence[Designation]) -> dict[str, list[Designation]]:
    found: dict[str, list[Designation]] = defaultdict(list)
    for row in rows:
        found[row.company_id].append(row)
    return found


def _by_country(rows: Sequence[Membership]) -> dict[str, list[Membership]]:
    found: dict[str, list[Membership]] = defaultdict(list)
    for row in rows:
        found[row.country].append(row)
    return found
