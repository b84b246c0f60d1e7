"""The rows behind a company's facts, each in one plain sentence.

Enters: a `Standing` and the `Register`. Leaves: `Evidence` by leaf name of the fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeAlias, cast

from riskapi.entities.ownership import AGREEMENT, EQUITY, GOLDEN, VIE, VOTING, Edge
from riskapi.entities.records import Company, Designation, Membership, Owner, Register
from riskapi.entities.standing import ControlBasis, ListedOwners, Standing, groups_of
from riskapi.warehouse.countries import country_names

Confidence: TypeAlias = Literal["high", "medium", "low", "told", "assumed"]


#: The types of owners.csv in words.
OWNER_TYPES = {
    "state": "a state",
    "state_agency": "an agency of a state",
    "swf": "a sovereign wealth fund",
    "person": "a person",
    "family": "a family",
    "fund": "a holding or fund",
    "foundation": "a foundation",
    "investors": "a number of investors who do not act together",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One row that a fact rests on.

    `statement` says it in our words; `table` and `key` find the row; `as_of` is the date of the row's source;
    `confidence` is the row's, or `told` by the caller, or `assumed` by a default.
    """

    statement: str
    table: str
    key: str
    source_url: str | None = None
    as_of: date | None = None
    confidence: Confidence
    citation: str | None = None
    note: str | None = None


def evidence_of(register: Register, found: Standing) -> Mapping[str, tuple[Evidence, ...]]:
    """The rows behind every fact of the company on the day of `found`; a fact without rows has an empty tuple."""
    company = found.company
    seat = of_company(company, f"{company.name} has its seat in {_country(company.seat_country)}")
    law = of_company(company, f"{company.name} is organised under the law of {_country(company.incorporation_country)}")
    control = _control(register, found)
    state = _state(register, found)
    none_covered = (_nobody(company, "holder from a covered nation"),)
    none_listed = (_nobody(company, "holder on these lists"),)
    nexus = [seat] * (company.seat_country is not None) + [law] * (company.incorporation_country is not None) + control
    return {
        "name": (of_company(company, f"The company is known as {company.name}"),),
        "seat_country": (seat,) if company.seat_country else (),
        "incorporation_country": (law,) if company.incorporation_country else (),
        "control_country": tuple(control),
        "control_groups": (*_groups(register, [found.control.country], found.as_of), *control),
        "nexus_countries": tuple(dict.fromkeys(nexus)),
        "nexus_groups": (*_groups(register, found.nexus_countries or (), found.as_of), *dict.fromkeys(nexus)),
        "state_ownership": state,
        "state_share": state,
        "state_owner_country": state if found.state.country else (),
        "state_golden_share": _edges(register, found.golden),
        "cfius_government_interest": _edges(register, found.government.edges) if found.state.from_graph else state,
        "covered_nation_share": _edges(register, found.covered.total.edges) or none_covered,
        "largest_covered_nation_share": _edges(register, found.covered.largest.edges) or none_covered,
        "designations": tuple(of_designation(register, row, found.as_of) for row in found.designations),
        "former_designations": tuple(of_designation(register, row, found.as_of) for row in found.former_designations),
        "owner_designations": _owner_designations(register, found),
        "ofac_owner_share": _listed_owners(register, found.ofac_owners, found.as_of) or none_listed,
        "bis_owner_share": _listed_owners(register, found.bis_owners, found.as_of) or none_listed,
        "sectors": _sectors(register, company),
    }


def of_company(company: Company, statement: str, note: str | None = None) -> Evidence:
    """The company's own row, for what `statement` says."""
    return _row(statement, ("companies", company.company_id), company, note=note or company.note)


def _nobody(company: Company, whom: str) -> Evidence:
    """Says that nobody is recorded; no row stands behind it."""
    return Evidence(
        statement=f"No {whom} is recorded for {company.name}",
        table="ownership",
        key=f"*/{company.company_id}",
        confidence="assumed",
        note="holders whom nobody recorded do not count",
    )


def of_owner(owner: Owner) -> Evidence:
    """The row of a state, agency, person or fund: what it is and where it belongs."""
    statement = f"{owner.name} is {OWNER_TYPES[owner.type]}; its country is {_country(owner.country)}"
    return _row(statement, ("owners", owner.owner_id), owner)


def of_edge(register: Register, edge: Edge) -> Evidence:
    """A row of ownership."""
    owner, held = register.name_of(edge.owner_id), register.name_of(edge.owned_id)
    share = "a share that is not known" if edge.share_pct is None else f"{edge.share_pct:g} percent"
    statement = {
        EQUITY: f"{owner} holds {share} of the capital of {held}",
        VOTING: f"{owner} holds {share} of the votes in {held}",
        AGREEMENT: f"{owner} controls {held} by law or agreement",
        GOLDEN: f"{owner} has a golden share in {held}",
        VIE: f"{owner} controls {held} by contracts with its nominal shareholders",
    }[edge.kind]
    place = ("ownership", edge.owner_id, edge.owned_id, edge.kind, edge.valid_from)
    return _row(statement + _since(edge.valid_from), place, edge, note=edge.note)


def of_designation(register: Register, row: Designation, as_of: date) -> Evidence:
    """A place on an official list, as seen on `as_of`: a removal that is still to come is not told."""
    who, what = register.name_of(row.company_id), register.label("designation_list", row.list)
    if row.is_over_on(as_of):
        start = f" from {row.listed_on}" if row.listed_on else ""
        statement = f"{who} was listed on the {what}{start} and taken off it on {row.delisted_on}"
    else:
        since = _since(row.listed_on) or ", since a day that the source does not tell"
        statement = f"{who} is listed on the {what}{since}"
    place = ("designations", row.company_id, row.list, row.listed_on)
    return _row(statement, place, row, citation=row.citation, note=row.note)


def of_membership(register: Register, row: Membership) -> Evidence:
    """A country's place in a group."""
    label = register.label("country_group", row.group)
    statement = f"{_country(row.country)} is in the group: {label}{_since(row.valid_from)}"
    place = ("country_groups", row.country, row.group, row.valid_from)
    return _row(statement, place, row, citation=row.citation)


class _Sourced(Protocol):
    @property
    def source_url(self) -> str | None: ...
    @property
    def as_of(self) -> date | None: ...
    @property
    def confidence(self) -> str: ...


def _row(
    statement: str,
    place: tuple[str | date | None, ...],
    source: _Sourced,
    *,
    citation: str | None = None,
    note: str | None = None,
) -> Evidence:
    """The evidence of a row; `place` is its table and the parts of its key."""
    table, *key = place
    return Evidence(
        statement=statement,
        table=str(table),
        key="/".join("" if part is None else str(part) for part in key),
        source_url=source.source_url,
        as_of=source.as_of,
        confidence=cast(Confidence, source.confidence),
        citation=citation,
        note=note,
    )


def _control(register: Register, found: Standing) -> list[Evidence]:
    control = found.control
    rows = [of_edge(register, edge) for link in control.chain.path for edge in link.edges]
    if control.basis is ControlBasis.CONTESTED:
        return rows
    if control.basis is ControlBasis.OWNER:
        return [*rows, of_owner(register.owners[control.party_id])]
    if control.basis is ControlBasis.STATE and control.party_id == found.company.company_id:
        return [of_edge(register, edge) for edge in found.state.found.edges]
    top = register.companies.get(control.party_id)
    if top is None:
        return rows
    note = "no majority owner of it is recorded; its seat stands for its control"
    if control.chain.is_circular:
        note = "its owners are recorded as owning each other; its seat stands for its control"
    return [*rows, of_company(top, f"{top.name} has its seat in {_country(top.seat_country)}", note)]


def _state(register: Register, found: Standing) -> tuple[Evidence, ...]:
    if found.state.from_graph:
        share = found.state.found
        return tuple(of_edge(register, edge) for edge in (*share.edges, *share.via))
    if found.state.category is None:
        return ()
    label = register.label("state_ownership", found.state.category)
    return (of_company(found.company, f"State ownership of {found.company.name}: {label.lower()}"),)


def _owner_designations(register: Register, found: Standing) -> tuple[Evidence, ...]:
    rows = [of_designation(register, row, found.as_of) for row in found.owner_designations]
    shares = found.designated_owners.lists.values()
    edges = [edge for share in shares for edge in (*share.edges, *share.via)]
    return tuple(dict.fromkeys([*rows, *(of_edge(register, edge) for edge in edges)]))


def _listed_owners(register: Register, owners: ListedOwners, as_of: date) -> tuple[Evidence, ...]:
    rows = [of_designation(register, row, as_of) for row in owners.rows]
    return tuple(dict.fromkeys([*rows, *_edges(register, (*owners.held.edges, *owners.held.via))]))


def _edges(register: Register, edges: Iterable[Edge]) -> tuple[Evidence, ...]:
    return tuple(of_edge(register, edge) for edge in edges)


def _groups(register: Register, countries: Iterable[str | None], as_of: date) -> list[Evidence]:
    return [
        of_membership(register, row) for country in countries if country for row in groups_of(register, country, as_of)
    ]


def _sectors(register: Register, company: Company) -> tuple[Evidence, ...]:
    if company.sectors is None:
        return ()
    labels = ", ".join(register.label("sector", sector).lower() for sector in company.sectors)
    return (of_company(company, f"{company.name} works in: {labels}"),)


def _country(code: str | None) -> str:
    return "a country that is not known" if code is None else country_names().get(code, code)


def _since(day: date | None) -> str:
    return f" since {day}" if day else ""
