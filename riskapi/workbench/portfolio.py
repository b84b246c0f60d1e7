"""The pairings that a change of rules is held against: a workspace (and a file of the caller) in, pairings out.

By default every deal of the datasets whose two parties are known, and a matrix of relevant companies: up to 200 from
outside the United States and the European Union with up to 200 from inside, each pair with one of a hundred deal shapes in
turn, so that thresholds of stakes have pairings on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from riskapi.claims.model import ReportedDeal
from riskapi.facts.assembly import Links, Party
from riskapi.facts.links import links_between
from riskapi.facts.parties import dataset_party
from riskapi.facts.values import ValueProblemError, read_value
from riskapi.facts.vocabulary import Value
from riskapi.workspace import Workspace

MATRIX_SIDE = 200
#: Share of the matrix's guests that are controlled from China; the rest come from other third countries.
CHINESE = 0.7
EU = "eu"

#: Sectors of the matrix, the most relevant first: what is made in a venture that builds cars.
SECTORS = (
    "automotive",
    "ev_battery",
    "connected_vehicle_components",
    "autonomous_driving",
    "lidar_sensors",
    "critical_minerals_mining",
    "semiconductors",
    "robotics_machinery",
    "software_ai",
    "consumer_electronics",
    "telecom_equipment",
    "drones",
)

#: Deal shapes of the matrix; stakes lie on, beside and between the usual thresholds.
SHAPES: tuple[Mapping[str, str], ...] = (
    {"deal.type": "joint_venture", "deal.foreign_stake": "0.5"},
    {"deal.type": "joint_venture", "deal.foreign_stake": "0.25"},
    {"deal.type": "joint_venture", "deal.foreign_stake": "0.249"},
    {"deal.type": "joint_venture", "deal.foreign_stake": "0.3"},
    {"deal.type": "joint_venture"},
    {"deal.type": "minority_stake", "deal.foreign_stake": "0.099"},
    {"deal.type": "minority_stake", "deal.foreign_stake": "0.15"},
    {"deal.type": "minority_stake", "deal.foreign_stake": "0.25"},
    {"deal.type": "minority_stake", "deal.foreign_stake": "0.49"},
    {"deal.type": "majority_stake", "deal.foreign_stake": "0.51"},
    {"deal.type": "acquisition", "deal.foreign_stake": "1"},
    {"deal.type": "licence", "deal.foreign_supplies_technology": "true"},
    {"deal.type": "supply", "deal.production_countries": "CN"},
)

#: What more is told of a deal; their number shares no divisor with that of the shapes, so that each meets each.
DETAILS: tuple[Mapping[str, str], ...] = (
    {},
    {"deal.model_year": "2028", "deal.product": "ev_car"},
    {"deal.model_year": "2027", "deal.foreign_board_seat": "true"},
    {"deal.model_year": "2026", "deal.foreign_control": "false"},
    {"deal.critical_technology": "true", "deal.foreign_technical_access": "true", "deal.export_licence_needed": "true"},
    {"deal.technologies": "battery_cell", "deal.foreign_supplies_technology": "true"},
    {"deal.sensitive_personal_data": "true", "deal.foreign_bulk_data_access": "true"},
    {"deal.value_usd": "500000000", "deal.host_contributes_business": "true"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One pairing to be scored: where it comes from, the parties, what is told, and who is foreign where that is said."""

    label: str
    origin: str
    parties: tuple[Party, Party]
    told: Mapping[str, Value]
    as_of: date
    links: Links
    lead: int | None = None


@dataclass(frozen=True)
class Portfolio:
    """Makes proposals from a workspace, all as of one day."""

    workspace: Workspace
    as_of: date
    side: int = MATRIX_SIDE

    def default(self) -> list[Proposal]:
        """Every deal with both parties known, then the matrix."""
        return [*self.deals(), *self.matrix()]

    def deals(self) -> Iterator[Proposal]:
        """The deals of the datasets, as if each were proposed on the day."""
        for deal in self.workspace.ledger.deals():
            one, two = deal.foreign_company_id, deal.host_company_id
            if one is None or two is None or one == two or not {one, two} <= self._companies:
                continue
            parties = (self.party(one), self.party(two))
            yield Proposal(
                label=f"{deal.title} ({deal.deal_id})",
                origin="deals",
                parties=parties,
                told=self._told_of(deal),
                as_of=self.as_of,
                links=self.links(parties),
                lead=0,
            )

    def matrix(self) -> Iterator[Proposal]:
        """Relevant companies of third countries with those of the United States and the European Union."""
        guests, hosts = self._sides
        for row, guest in enumerate(guests):
            for column, host in enumerate(hosts):
                shape = (row + 3 * column) % (len(SHAPES) * len(DETAILS))
                sector = sector_of(guest) or sector_of(host)
                yield Proposal(
                    label=f"{guest.name} and {host.name}",
                    origin="matrix",
                    parties=(guest, host),
                    told=self._told_shape(shape, host.control_country or "", sector),
                    as_of=self.as_of,
                    links=self.links((guest, host)),
                    lead=0,
                )

    def party(self, company_id: str) -> Party:
        """The company on the day; the same object each time."""
        found = self._parties.get(company_id)
        if found is None:
            profile = self.workspace.profiles.get(company_id, self.as_of)
            found = dataset_party(profile, {}, {}, self.workspace.groups, self.as_of)
            self._parties[company_id] = found
        return found

    def links(self, parties: tuple[Party, Party]) -> Links:
        """What the datasets know of the two together."""
        return links_between(self.workspace.profiles.register().holders, self.workspace.ledger, parties, self.as_of)

    @cached_property
    def _parties(self) -> dict[str, Party]:
        return {}

    @cached_property
    def _companies(self) -> frozenset[str]:
        return frozenset(self.workspace.profiles.register().companies)

    @cached_property
    def _sides(self) -> tuple[list[Party], list[Party]]:
        ranked = []
        for company_id in self._companies:
            party = self.party(company_id)
            rank = min((SECTORS.index(code) for code in _sectors(party) if code in SECTORS), default=None)
            if rank is not None and party.control_country is not None:
                ranked.append((rank, company_id, party))
        ranked.sort(key=lambda item: item[:2])
        hosts = [party for _, _, party in ranked if self._is_host(party)]
        guests = [party for _, _, party in ranked if not self._is_host(party)]
        chinese = [party for party in guests if party.control_country == "CN"][: round(self.side * CHINESE)]
        others = [party for party in guests if party.control_country != "CN"]
        return [*chinese, *others][: self.side], hosts[: self.side]

    def _is_host(self, party: Party) -> bool:
        country = party.control_country or ""
        return country == "US" or EU in self.workspace.groups.groups_of(country, self.as_of)

    def _told_shape(self, shape: int, country: str, sector: str | None) -> Mapping[str, Value]:
        key = (shape, country, sector)
        if key not in self._told:
            raw = {
                **DETAILS[shape % len(DETAILS)],
                **SHAPES[shape % len(SHAPES)],
                "deal.activity_country": country,
                "deal.market_countries": country,
            }
            self._told[key] = self.read_told({**raw, **({"deal.sector": sector} if sector else {})})
        return self._told[key]

    @cached_property
    def _told(self) -> dict[tuple[int, str, str | None], Mapping[str, Value]]:
        return {}

    def _told_of(self, deal: ReportedDeal) -> Mapping[str, Value]:
        raw = {
            "deal.type": deal.deal_type,
            "deal.sector": deal.sector,
            "deal.activity_country": deal.activity_country,
            "deal.foreign_stake": None if deal.foreign_share is None else str(round(deal.foreign_share / 100, 12)),
            "deal.value_usd": None if deal.value_usd_m is None else str(deal.value_usd_m * 1_000_000),
        }
        return self.read_told({name: value for name, value in raw.items() if value is not None})

    def read_told(self, raw: Mapping[str, str]) -> Mapping[str, Value]:
        """The typed facts; a fact or code that these datasets do not have is left untold."""
        told: dict[str, Value] = {}
        for name, value in raw.items():
            if name in self.workspace.vocabulary:
                try:
                    told[name] = read_value(self.workspace.vocabulary[name], value, self.workspace.vocabulary)
                except ValueProblemError:
                    continue
        return told


def _sectors(party: Party) -> tuple[str, ...]:
    found = party.values.get("sectors")
    return found if isinstance(found, tuple) else ()


def sector_of(party: Party) -> str | None:
    """The most relevant sector of a company, None where it has none of `SECTORS`."""
    known = [code for code in SECTORS if code in _sectors(party)]
    return known[0] if known else None
