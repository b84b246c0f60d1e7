"""Where a company stands on a date: controller, control country, state holding, lists.

Enters: the `Register`. Leaves: a `Standing` with every conclusion beside the records that it rests on, and the days on
which any of it may change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from riskapi.entities.interests import (
    NOTHING,
    CoveredShares,
    Range,
    covered_shares_in,
    golden_shares_in,
    government_interest_in,
)
from riskapi.entities.ownership import (
    EQUITY,
    HALF,
    OWNED_KINDS,
    VOTING,
    AttributedShare,
    ControlChain,
    DesignatedOwners,
    Edge,
    StateShare,
    View,
    attributed,
    control_in,
    designated_owners_in,
    everyone_above,
    is_half,
    state_share_in,
    unrecorded,
    view_above,
)
from riskapi.entities.records import NATURAL_PERSON_TYPES, Company, Designation, Membership, Register

#: Holdings of this many percent or more are the whole: published figures leave out qualifying shares.
WHOLE = 99.5

#: The covered nations of 10 USC 4872(f), as country_groups.csv calls them.
COVERED_NATIONS = "us_covered_nation_10usc4872"
#: Owners who are added up: by the Office of Foreign Assets Control, and by the Bureau of Industry and Security.
OFAC_LISTS = ("us_sdn",)
BIS_LISTS = ("us_entity_list", "us_meu")


class ControlBasis(StrEnum):
    """What the control country was taken from."""

    OWNER = "owner"  # the country of the state, agency, person or fund at the top
    COMPANY = "company"  # the seat of the company at the top
    CONTESTED = "contested"  # several controllers by rows that contradict each other: not known
    STATE = "state"  # holdings of one state that add up to a majority
    SEAT = "seat"  # the company's own seat: nobody is recorded to control it


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The control country (None: not known) and the party it was taken from."""

    country: str | None
    basis: ControlBasis
    party_id: str
    chain: ControlChain


@dataclass(frozen=True, slots=True, kw_only=True)
class StateHolding:
    """State ownership: category, share (0 to 1) and state, each None where not known.

    `from_graph` tells whether they come from ownership rows or from the company's own row.
    """

    category: str | None
    share: float | None
    country: str | None
    from_graph: bool
    found: StateShare


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOwners:
    """What owners on certain lists hold together, in percent, with the rows of these lists."""

    held: AttributedShare
    rows: tuple[Designation, ...]

    @property
    def share(self) -> float | None:
        """Share (0 to 1) for certain; None where unknown shares leave open whether it reaches one half."""
        open_half = is_half(self.held.most_pct) and not is_half(self.held.share_pct)
        return None if open_half else fraction(self.held.share_pct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything concluded on one company for one day."""

    company: Company
    as_of: date
    control: Control
    state: StateHolding
    designations: tuple[Designation, ...]
    former_designations: tuple[Designation, ...]
    designated_owners: DesignatedOwners
    owner_designations: tuple[Designation, ...]  # rows of owners on the lists of `designated_owners`
    ofac_owners: ListedOwners
    bis_owners: ListedOwners
    government: Range  # as 31 CFR 800.244 counts it
    covered: CoveredShares
    golden: tuple[Edge, ...]

    @property
    def government_share(self) -> float | None:
        """Share (0 to 1) of `government`; from the company's own row where no row of ownership speaks of a state."""
        if not self.state.from_graph:
            return self.state.share
        settled = self.state.share is not None or self.government.least_pct >= WHOLE
        return fraction(self.government.exact_pct) if settled else None

    @property
    def nexus_countries(self) -> tuple[str, ...] | None:
        """Seat, incorporation and control country, sorted; None where none of them is known."""
        countries = {self.company.seat_country, self.company.incorporation_country, self.control.country} - {None}
        return tuple(sorted(str(country) for country in countries)) or None


def standing(register: Register, company_id: str, as_of: date) -> Standing:
    """Conclude where a known company stands on `as_of`."""
    company = register.companies[company_id]
    view = view_above(register.holders, company_id, as_of)
    found = state_share_in(view, register.state_owners)
    rows = register.designations.get(company_id, ())
    listed = tuple(row for row in rows if row.holds_on(as_of))
    on_now = {row.list for row in listed}
    owned_by, owner_rows = _designated_owners(register, view)
    control = _control(register, company, control_in(view, register.bystanders), found, as_of)
    return Standing(
        company=company,
        as_of=as_of,
        control=control,
        state=state_holding(company, found, unrecorded(view)),
        designations=listed,
        former_designations=tuple(row for row in rows if row.is_over_on(as_of) and row.list not in on_now),
        designated_owners=owned_by,
        owner_designations=owner_rows,
        ofac_owners=_listed_owners(register, view, OFAC_LISTS),
        bis_owners=_listed_owners(register, view, BIS_LISTS),
        government=government_interest_in(view, register.state_owners),
        covered=_covered(register, view),
        golden=golden_shares_in(view, register.state_owners, [link.owner_id for link in control.chain.path]),
    )


def fraction(percent: float | None) -> float | None:
    """A percentage as a share from 0 to 1; None stays None."""
    return None if percent is None else round(percent / 100, 6)


def _control(register: Register, company: Company, chain: ControlChain, found: StateShare, as_of: date) -> Control:
    if chain.controller_id is None:
        return _of_company(register, company.company_id, chain, found, ControlBasis.SEAT)
    if chain.rivals:
        return Control(country=None, basis=ControlBasis.CONTESTED, party_id=chain.controller_id, chain=chain)
    owner = register.owners.get(chain.controller_id)
    if owner is not None and owner.type in NATURAL_PERSON_TYPES and chain.path[-1].basis not in (EQUITY, VOTING):
        # Somebody who directs by agreement only does not carry the company to the country of a passport.
        below = chain.path[-1].owned_id
        basis = ControlBasis.SEAT if below == company.company_id else ControlBasis.COMPANY
        return _of_company(register, below, chain, None, basis)
    if owner is not None:
        return Control(country=owner.country, basis=ControlBasis.OWNER, party_id=owner.owner_id, chain=chain)
    above = state_share_in(view_above(register.holders, chain.controller_id, as_of), register.state_owners)
    return _of_company(register, chain.controller_id, chain, above, ControlBasis.COMPANY)


def _of_company(
    register: Register, party: str, chain: ControlChain, found: StateShare | None, otherwise: ControlBasis
) -> Control:
    """The state that holds most of `party` through several agencies; else the seat of `party`."""
    if found is not None and found.share_pct > HALF:
        return Control(country=found.country, basis=ControlBasis.STATE, party_id=party, chain=chain)
    top = register.companies.get(party)
    owner = register.owners.get(party)
    country = top.seat_country if top else owner.country if owner else None
    return Control(country=country, basis=otherwise, party_id=party, chain=chain)


def state_holding(company: Company, found: StateShare, unrecorded_pct: float) -> StateHolding:
    """Join what ownership rows say of a state with the company's own row.

    Rows win where the two contradict each other. They do not where the company's row says more than the rows add up to
    and the capital that no row speaks of (`unrecorded_pct`) leaves room for it: then the category is the company's, and
    the share is not known.
    """
    told = company.state_ownership
    if found.country is None:
        share = {"none": 0.0, "full": 1.0}.get(told or "")
        return StateHolding(category=told, share=share, country=None, from_graph=False, found=found)
    at_least, at_most = _category(found.share_pct, told), _category(found.most_pct, told)
    category = at_least if at_least == at_most else None
    if told in _between(at_least, _category(min(100.0, found.most_pct + unrecorded_pct), told)):
        category = told
    is_certain = found.is_complete and category == at_least
    share = round(found.share_pct / 100, 6) if is_certain else None
    return StateHolding(category=category, share=share, country=found.country, from_graph=True, found=found)


_LEVELS = ("none", "minority", "majority", "full")


def _category(share_pct: float, told: str | None) -> str:
    if share_pct >= WHOLE:
        return "full"
    # Published figures round "50 percent and one share" down; the company's row then tells.
    if share_pct > HALF or (share_pct == HALF and told == "majority"):
        return "majority"
    return "minority" if share_pct > 0 else "none"


def _between(low: str, high: str) -> tuple[str, ...]:
    return _LEVELS[_LEVELS.index(low) : _LEVELS.index(high) + 1]


def _designated_owners(register: Register, view: View) -> tuple[DesignatedOwners, tuple[Designation, ...]]:
    by_list: dict[str, set[str]] = defaultdict(set)
    rows = [
        row
        for owner in sorted(view.owners())
        for row in register.designations.get(owner, ())
        if row.holds_on(view.as_of)
    ]
    for row in rows:
        by_list[row.list].add(row.company_id)
    found = designated_owners_in(view, by_list)
    return found, tuple(row for row in rows if row.list in found.lists)


def _listed_owners(register: Register, view: View, lists: Sequence[str]) -> ListedOwners:
    rows = tuple(
        row
        for owner in sorted(view.owners())
        for row in register.designations.get(owner, ())
        if row.list in lists and row.holds_on(view.as_of)
    )
    held = attributed(view, {row.company_id for row in rows}, OWNED_KINDS, is_half) if rows else NOBODY
    return ListedOwners(held=held, rows=rows)


NOBODY = AttributedShare(0.0, 0.0, ())


def _covered(register: Register, view: View) -> CoveredShares:
    owners = view.owners()
    nations = {
        country
        for country in {country for owner in owners for country in register.countries_of(owner)}
        if any(row.group == COVERED_NATIONS for row in groups_of(register, country, view.as_of))
    }
    if not nations:
        return CoveredShares(NOTHING, NOTHING)
    covered = [owner for owner in owners if nations.intersection(register.countries_of(owner))]
    return covered_shares_in(view, covered, register.states.values(), register.bystanders)


def groups_of(register: Register, country: str, as_of: date) -> tuple[Membership, ...]:
    """The country groups that `country` is in on `as_of`."""
    return tuple(row for row in register.memberships.get(country, ()) if row.holds_on(as_of))


def change_days(register: Register, company_id: str) -> list[date]:
    """Every day on which something concluded on the company may differ from the day before, sorted."""
    return sorted(day for day in set(_days(register, company_id)) if day > date.min)


def _days(register: Register, company_id: str) -> Iterator[date]:
    everyone = everyone_above(register.holders, company_id)
    for party in everyone:
        for edge in register.holders.get(party, ()):
            yield from _span_days(edge.valid_from, edge.valid_to)
        for row in register.designations.get(party, ()):
            yield row.counts_from or date.min
            yield row.delisted_on or date.min
    for country in _countries(register, everyone):
        for membership in register.memberships.get(country, ()):
            yield from _span_days(membership.valid_from, membership.valid_to)


def _span_days(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + timedelta(days=1)


def _countries(register: Register, everyone: set[str]) -> set[str]:
    return {country for party in everyone for country in register.countries_of(party)}
