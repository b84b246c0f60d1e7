"""The registry of facts: everything that a rule may mention, a caller may tell, and a screen may show.

Enters: the code lists of the datasets (`codes.csv`) and ISO 3166. Leaves: a `Vocabulary`, from which the rule checker,
the request models, the JSON Schema, the reference page and the SQL column types are all made.

To add a fact: one entry below, and the line in `profiles.py` or `assembly.py` that computes it (facts that callers tell
need no line at all).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from riskapi.errors import did_you_mean


class FactType(StrEnum):
    """The value types of the rule language."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STR = "str"
    DATE = "date"
    LIST = "list"  # of str; order and repeats mean nothing


class World(StrEnum):
    """What silence means: `open`, not told is not known; `closed`, not told is the stated default."""

    OPEN = "open"
    CLOSED = "closed"


class Origin(StrEnum):
    """Whose fact it is."""

    COMPANY = "company"
    PAIR = "pair"
    DEAL = "deal"
    JURISDICTION = "jurisdiction"


Value: TypeAlias = bool | int | float | str | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One entry of the vocabulary.

    `domain` names the code list that its values come from; `mirror` names the fact that takes its place when the same
    deal is looked at with the parties' roles exchanged (a fact of one side without a mirror is then not known);
    `default` is the value of a closed-world fact that nobody told; `told` is true where a caller may give it.
    """

    name: str
    type: FactType
    meaning: str
    origin: Origin
    source: str
    unit: str | None = None
    domain: str | None = None
    world: World = World.OPEN
    default: Value = None
    mirror: str | None = None
    one_sided: bool = False
    told: bool = True
    in_conditions: bool = True
    question: str | None = None
    minimum: float | None = None
    maximum: float | None = None


B, N, F, S, D, L = FactType.BOOL, FactType.INT, FactType.FLOAT, FactType.STR, FactType.DATE, FactType.LIST
CLOSED = World.CLOSED

# One entry reads as one row of a table.
# fmt: off
#: What is known of one company on the as-of date. Each appears twice: as `foreign.…` and as `host.…`.
COMPANY_FACTS: tuple[Fact, ...] = (
    Fact(name="name", type=S, origin=Origin.COMPANY, source="companies.csv", in_conditions=False,
         meaning="Name of the party; for sentences only, since no rule may name a company."),
    Fact(name="company_id", type=S, origin=Origin.COMPANY, source="companies.csv", in_conditions=False, told=False,
         meaning="Identifier in the datasets; empty for a party described by the caller."),
    Fact(name="seat_country", type=S, domain="country", origin=Origin.COMPANY, source="companies.csv",
         meaning="Country of the head office or principal place of business.",
         question="Where is the head office?"),
    Fact(name="incorporation_country", type=S, domain="country", origin=Origin.COMPANY, source="companies.csv",
         meaning="Country under whose law the company is organised.",
         question="Under which country's law is the company organised?"),
    Fact(name="control_country", type=S, domain="country", origin=Origin.COMPANY, source="ownership.csv, companies.csv",
         meaning="Country of the ultimate controller: the top of the chain of majority owners, or the seat where nobody holds a majority.",
         question="Who ultimately controls the company, and from which country?"),
    Fact(name="control_groups", type=L, domain="country_group", origin=Origin.COMPANY, source="country_groups.csv",
         meaning="Country groups of the control country on the as-of date."),
    Fact(name="nexus_countries", type=L, domain="country", origin=Origin.COMPANY, source="companies.csv, ownership.csv",
         meaning="Countries that can claim the company: its seat, its place of incorporation and its control country."),
    Fact(name="nexus_groups", type=L, domain="country_group", origin=Origin.COMPANY, source="country_groups.csv",
         meaning="Country groups of any nexus country: for rules on persons owned by, controlled by, or subject to the jurisdiction of a country."),
    Fact(name="state_ownership", type=S, domain="state_ownership", origin=Origin.COMPANY, source="companies.csv, ownership.csv",
         meaning="How much of the company any state holds: none, minority, majority or full.",
         question="Does a government hold shares, and how much?"),
    Fact(name="state_share", type=F, unit="share", minimum=0, maximum=1, origin=Origin.COMPANY, source="ownership.csv",
         meaning="Largest share (0 to 1) that one state holds directly or through majority-held companies.",
         question="What share does the largest state owner hold?"),
    Fact(name="state_owner_country", type=S, domain="country", origin=Origin.COMPANY, source="ownership.csv",
         meaning="Country of the largest state owner.",
         question="Which state is the largest state owner?"),
    Fact(name="state_golden_share", type=L, domain="country", world=CLOSED, default=(), origin=Origin.COMPANY, source="ownership.csv",
         meaning="Countries whose state has a golden share (special rights with little or no capital) in the company or in one above that controls it; none recorded means none known.",
         question="Which states have a golden share in the company?"),
    Fact(name="cfius_government_interest", type=F, unit="share", minimum=0, maximum=1, origin=Origin.COMPANY, source="ownership.csv, companies.csv",
         meaning="Largest voting interest (0 to 1) of one state's governments as 31 CFR 800.244 counts it: multiplied along the chain, where a holder of half of the votes or more counts as holding the whole.",
         question="What voting interest do the governments of one state hold, directly or indirectly?"),
    Fact(name="covered_nation_share", type=F, unit="share", minimum=0, maximum=1, world=CLOSED, default=0.0, origin=Origin.COMPANY, source="ownership.csv, companies.csv, owners.csv",
         meaning="Share (0 to 1, by votes or by value, the larger) that recorded holders from covered nations (10 USC 4872(f)) hold together: states, citizens, companies seated or organised there or held by them for more than half (26 USC 7701(a)(51)); not known where the share of one of them is not.",
         question="What share do holders from China, Russia, Iran and North Korea hold together?"),
    Fact(name="largest_covered_nation_share", type=F, unit="share", minimum=0, maximum=1, world=CLOSED, default=0.0, origin=Origin.COMPANY, source="ownership.csv, companies.csv, owners.csv",
         meaning="Largest share (0 to 1) that a single recorded holder from a covered nation has with the companies it holds for more than half, counted as in `covered_nation_share`; a state and its agencies are one.",
         question="What is the largest share that one holder from China, Russia, Iran or North Korea has?"),
    Fact(name="designations", type=L, domain="designation_list", world=CLOSED, default=(), origin=Origin.COMPANY, source="designations.csv",
         meaning="Official lists that name the company itself on the as-of date; on no list means none, not unknown."),
    Fact(name="former_designations", type=L, domain="designation_list", world=CLOSED, default=(), origin=Origin.COMPANY, source="designations.csv",
         meaning="Official lists that named the company before the as-of date and no longer do."),
    Fact(name="owner_designations", type=L, domain="designation_list", world=CLOSED, default=(), origin=Origin.COMPANY, source="designations.csv, ownership.csv",
         meaning="Official lists that name owners who together hold 50 % or more of the company, directly or through companies held so."),
    Fact(name="ofac_owner_share", type=F, unit="share", minimum=0, maximum=1, world=CLOSED, default=0.0, origin=Origin.COMPANY, source="designations.csv, ownership.csv",
         meaning="Share (0 to 1) that recorded blocked owners (SDN list) hold together, directly or through companies held so for 50 % or more (OFAC guidance of 2014-08-13); not known where unknown shares leave open whether it reaches one half.",
         question="What share do blocked persons hold together?"),
    Fact(name="bis_owner_share", type=F, unit="share", minimum=0, maximum=1, world=CLOSED, default=0.0, origin=Origin.COMPANY, source="designations.csv, ownership.csv",
         meaning="Share (0 to 1) that recorded owners on the Entity List or the Military End-User List hold together, directly or through companies held so for 50 % or more (90 FR 47201); not known where unknown shares leave open whether it reaches one half.",
         question="What share do parties on the Entity List or the Military End-User List hold together?"),
    Fact(name="sectors", type=L, domain="sector", origin=Origin.COMPANY, source="companies.csv",
         meaning="Sectors the company works in.",
         question="Which sectors does the company work in?"),
)

#: What links the two parties on the as-of date.
PAIR_FACTS: tuple[Fact, ...] = (
    Fact(name="pair.same_control_country", type=B, origin=Origin.PAIR, source="ownership.csv, companies.csv", told=False,
         meaning="Both parties are controlled from one country."),
    Fact(name="pair.existing_stake", type=F, unit="share", minimum=0, maximum=1, world=CLOSED, default=0.0, one_sided=True, origin=Origin.PAIR, source="ownership.csv",
         meaning="Share of the host party that the foreign party already holds directly; none recorded means none known."),
    Fact(name="pair.legislators_opposing", type=N, unit="statements", minimum=0, world=CLOSED, default=0, told=False, origin=Origin.PAIR, source="claims.csv",
         meaning="Statements by legislators against a reported deal between these two parties, made by the as-of date."),
)

#: What the caller tells of the deal. Facts of one side are told for the side that is foreign in the activity country.
DEAL_FACTS: tuple[Fact, ...] = (
    Fact(name="deal.type", type=S, domain="deal_type", origin=Origin.DEAL, source="told by the caller",
         meaning="Legal form of the deal.",
         question="Which form does the deal take?"),
    Fact(name="deal.sector", type=S, domain="sector", origin=Origin.DEAL, source="told by the caller",
         meaning="Sector of the venture, target or licensed business.",
         question="In which sector is the venture or target?"),
    Fact(name="deal.product", type=S, domain="product_group", origin=Origin.DEAL, source="told by the caller",
         meaning="Tariff product group of what the deal makes or sells.",
         question="What is made or sold, in tariff terms?"),
    Fact(name="deal.activity_country", type=S, domain="country", origin=Origin.DEAL, source="told by the caller",
         meaning="Country in which the venture, target, plant or site is.",
         question="In which country is the venture or target?"),
    Fact(name="deal.activity_subdivision", type=S, origin=Origin.DEAL, source="told by the caller",
         meaning="State or province in which the venture, target, plant or site is, as an ISO 3166-2 code such as US-MI.",
         question="In which state or province is the site?"),
    Fact(name="deal.activity_groups", type=L, domain="country_group", origin=Origin.DEAL, source="country_groups.csv", told=False,
         meaning="Country groups of the activity country on the as-of date."),
    Fact(name="deal.market_countries", type=L, domain="country", origin=Origin.DEAL, source="told by the caller",
         meaning="Countries where the products or services are sold.",
         question="In which countries will the product be sold?"),
    Fact(name="deal.production_countries", type=L, domain="country", origin=Origin.DEAL, source="told by the caller",
         meaning="Countries in which the goods that are sold are made (customs origin); of a venture, takeover or plant, its own country unless told.",
         question="Where are the goods made?"),
    Fact(name="deal.technologies", type=L, domain="technology", origin=Origin.DEAL, source="told by the caller",
         meaning="Technologies that the deal uses, develops or transfers.",
         question="Which technologies does the deal use or transfer?"),
    Fact(name="deal.signed_on", type=D, origin=Origin.DEAL, source="told by the caller", world=CLOSED,
         meaning="Date of the contract; a proposed deal is taken as signed on the as-of date."),
    Fact(name="deal.value_usd", type=F, unit="USD", minimum=0, origin=Origin.DEAL, source="told by the caller",
         meaning="Value of the deal in United States dollars.",
         question="What is the deal worth?"),
    Fact(name="deal.model_year", type=N, unit="year", minimum=1990, maximum=2100, origin=Origin.DEAL, source="told by the caller",
         meaning="First vehicle model year that the deal produces or sells.",
         question="From which model year on are the vehicles?"),
    Fact(name="deal.heavy_vehicles", type=B, world=CLOSED, default=False, origin=Origin.DEAL, source="told by the caller",
         meaning="All vehicles of the deal weigh 10,001 lb (4,536 kg) gross or more; taken as no unless told."),
    Fact(name="deal.foreign_stake", type=F, unit="share", minimum=0, maximum=1, one_sided=True, mirror="deal.host_stake", origin=Origin.DEAL, source="told by the caller",
         meaning="Share (0 to 1) of the equity of the venture or target that the foreign party holds after the deal.",
         question="What share does the foreign party hold after the deal?"),
    Fact(name="deal.host_stake", type=F, unit="share", minimum=0, maximum=1, one_sided=True, mirror="deal.foreign_stake", origin=Origin.DEAL, source="told by the caller",
         meaning="Share (0 to 1) of the equity of the venture or target that the host party holds after the deal; in a joint venture, the rest of the foreign stake unless told.",
         question="What share does the host party hold after the deal?"),
    Fact(name="deal.foreign_control", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party can decide important matters of the venture or target: majority, dominant minority, special share, contract or acting in concert.",
         question="Can the foreign party decide important matters, alone or in concert?"),
    Fact(name="deal.foreign_control_excluded", type=B, one_sided=True, world=CLOSED, default=False, origin=Origin.DEAL, source="told by the caller",
         meaning="It is established that the foreign party has no control of any kind; true when `deal.foreign_control` is told as false, taken as no unless told."),
    Fact(name="deal.foreign_board_seat", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party may sit on the board, observe it, or nominate or appoint to it.",
         question="Does the foreign party get a board seat, an observer or a nomination right?"),
    Fact(name="deal.foreign_veto_rights", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party can block decisions beyond the usual protections of a minority.",
         question="Does the foreign party get vetoes beyond the usual minority protections?"),
    Fact(name="deal.foreign_technical_access", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party gets access to material non-public technical information of the host party's business.",
         question="Does the foreign party get non-public technical information?"),
    Fact(name="deal.foreign_decision_role", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="Beyond voting shares, the foreign party takes part in substantive decisions on critical technology, critical infrastructure or sensitive personal data.",
         question="Does the foreign party take part in decisions on technology, infrastructure or personal data?"),
    Fact(name="deal.foreign_debt_share", type=F, unit="share", minimum=0, maximum=1, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="Share (0 to 1) of the venture's or target's debt, at issue, that the foreign party holds.",
         question="What share of the debt does the foreign party hold?"),
    Fact(name="deal.effective_control_terms", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="A licence, supply or service contract lets the foreign party choose inputs, direct operations, limit use of the technology, keep know-how back, or draw royalties beyond ten years.",
         question="Does a contract give the foreign party a say over inputs, operations, know-how or long royalties?"),
    Fact(name="deal.foreign_supplies_technology", type=B, one_sided=True, mirror="deal.host_supplies_technology", origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party brings technology into the deal.",
         question="Does the foreign party bring the technology?"),
    Fact(name="deal.host_supplies_technology", type=B, one_sided=True, mirror="deal.foreign_supplies_technology", origin=Origin.DEAL, source="told by the caller",
         meaning="The host party brings technology into the deal.",
         question="Does the host party bring the technology?"),
    Fact(name="deal.host_contributes_business", type=B, one_sided=True, mirror="deal.foreign_contributes_business", origin=Origin.DEAL, source="told by the caller",
         meaning="The host party brings an operating business (staff, contracts, technology), not only land, equipment or money.",
         question="Does the host party contribute an operating business, or only land, equipment or money?"),
    Fact(name="deal.foreign_contributes_business", type=B, one_sided=True, mirror="deal.host_contributes_business", origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party brings an operating business (staff, contracts, technology), not only land, equipment or money.",
         question="Does the foreign party contribute an operating business?"),
    Fact(name="deal.critical_technology", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="The business that the deal is about designs, makes or develops critical (export-controlled) technology.",
         question="Does the business make or develop export-controlled technology?"),
    Fact(name="deal.export_licence_needed", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="Exporting that critical technology to the foreign party would need the host government's licence.",
         question="Would exporting the technology to the foreign party need a licence?"),
    Fact(name="deal.critical_infrastructure", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="The business that the deal is about owns, operates, makes for or supplies critical infrastructure.",
         question="Does the business run or supply critical infrastructure?"),
    Fact(name="deal.sensitive_personal_data", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="The business that the deal is about holds or collects sensitive personal data of the host country's citizens.",
         question="Does the business hold sensitive personal data?"),
    Fact(name="deal.foreign_bulk_data_access", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party gets access to bulk sensitive personal data (28 CFR 202.205 amounts) or government-related data.",
         question="Does the foreign party get access to bulk personal data?"),
    Fact(name="deal.defence_supplier", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="The business that the deal is about supplies the host country's armed forces.",
         question="Does the business supply the armed forces?"),
    Fact(name="deal.federal_contracts", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="Products of the deal are sold to the host country's government (civil or defence), directly or through contractors.",
         question="Are the products sold to the government?"),
    Fact(name="deal.federal_funding", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="The project takes grants, loans or similar public money of the host country.",
         question="Does the project take public money?"),
    Fact(name="deal.near_military_site", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="A site of the deal lies near a military installation or another sensitive government site.",
         question="Is a site near a military or other sensitive government site?"),
    Fact(name="deal.covered_software_origins", type=L, domain="country", origin=Origin.DEAL, source="told by the caller",
         meaning="Countries that own, control or have jurisdiction over the developers of the vehicle-connectivity and automated-driving software.",
         question="Who develops the connectivity and automated-driving software?"),
    Fact(name="deal.vcs_hardware_origins", type=L, domain="country", origin=Origin.DEAL, source="told by the caller",
         meaning="Countries that own, control or have jurisdiction over the makers of the vehicle-connectivity hardware.",
         question="Who makes the vehicle-connectivity hardware?"),
    Fact(name="deal.data_broker", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="The host party sells or licenses personal data that it did not collect itself from the individuals.",
         question="Does the host party trade in personal data that it did not collect itself?"),
    Fact(name="deal.defence_articles", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="The deal involves defence articles, technical data or defence services on the host country's munitions list (in the United States, the USML).",
         question="Does the deal involve goods, data or services on the munitions list?"),
    Fact(name="deal.ai_training_operations", type=F, unit="operations", minimum=0, origin=Origin.DEAL, source="told by the caller",
         meaning="Computing operations used to train the largest artificial-intelligence system that the business develops.",
         question="How much computing (operations) trained the largest AI system?"),
    Fact(name="deal.ai_military_use", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="An artificial-intelligence system of the business is only or by intention for military, government-intelligence or mass-surveillance use.",
         question="Is the AI system meant for military, intelligence or mass-surveillance use?"),
    Fact(name="deal.ai_security_or_robot_use", type=B, origin=Origin.DEAL, source="told by the caller",
         meaning="An artificial-intelligence system of the business is intended for cybersecurity, digital forensics, penetration testing or the control of robotic systems.",
         question="Is the AI system meant for cybersecurity, forensics, penetration testing or the control of robots?"),
    Fact(name="deal.has_specific_authorization", type=B, world=CLOSED, default=False, origin=Origin.DEAL, source="told by the caller",
         meaning="The authority that could prohibit the deal has granted a specific authorization or licence for it; none unless told."),
    Fact(name="deal.other_covered_nation_stake", type=F, unit="share", minimum=0, maximum=1, world=CLOSED, default=0.0, origin=Origin.DEAL, source="told by the caller",
         meaning="Share (0 to 1) of the venture's equity that further parties from China, Russia, Iran or North Korea hold besides the parties of the deal; none unless told."),
    Fact(name="deal.material_assistance_ratio", type=F, unit="share", minimum=0, maximum=1, origin=Origin.DEAL, source="told by the caller",
         meaning="Material assistance cost ratio (26 USC 7701(a)(52)): share (0 to 1) of the direct material cost of the product that does not come from prohibited foreign entities.",
         question="What share of the direct material cost comes from others than prohibited foreign entities?"),
    Fact(name="deal.tax_credits_forgone", type=B, world=CLOSED, default=False, origin=Origin.DEAL, source="told by the caller",
         meaning="No energy or manufacturing tax credit is claimed for the project; taken as no unless told."),
    Fact(name="deal.foreign_excepted_investor", type=B, one_sided=True, origin=Origin.DEAL, source="told by the caller",
         meaning="The foreign party passes every test of an excepted investor (31 CFR 800.219, 802.215): its parents, seat, board, holders and record.",
         question="Does the foreign party, with its parents, board and holders, qualify as an excepted investor?"),
)

JURISDICTION_FACTS: tuple[Fact, ...] = (
    Fact(name="jurisdiction.activity_here", type=B, origin=Origin.JURISDICTION, source="deal.activity_country", told=False,
         meaning="The venture, target or site is in the jurisdiction that examines the deal."),
    Fact(name="jurisdiction.market_here", type=B, origin=Origin.JURISDICTION, source="deal.market_countries", told=False,
         meaning="Products or services of the deal are sold in the jurisdiction that examines it."),
    Fact(name="jurisdiction.import_duty_pct", type=F, unit="percent", minimum=0, origin=Origin.JURISDICTION, source="tariffs.csv", told=False,
         meaning="Total duty in percent of the customs value on the product, from where it is made into the jurisdiction (highest of several origins); 0 for goods made there; not known unless product and origin are."),
    Fact(name="jurisdiction.climate", type=N, minimum=1, maximum=5, origin=Origin.JURISDICTION, source="scrutiny_climate.csv", told=False,
         meaning="Official attitude of the jurisdiction towards investors of the foreign party's control country, by dated acts: 1 invited, 2 ordinary, 3 watched, 4 restricted by policy, 5 shut out; not known where no row speaks of the country."),
    Fact(name="jurisdiction.screening_filing", type=S, domain="screening_filing", origin=Origin.JURISDICTION, source="screening_regimes.csv", told=False,
         meaning="Heaviest filing duty of any investment-screening regime of the jurisdiction in force that day, whether or not it reaches this deal."),
    Fact(name="jurisdiction.screening_names_business", type=B, origin=Origin.JURISDICTION, source="screening_regimes.csv", told=False,
         meaning="A screening regime in force names the business of the deal (its sector, or what was told of technology, infrastructure, data and defence) among its subjects."),
    Fact(name="jurisdiction.screening_reaches", type=B, origin=Origin.JURISDICTION, source="screening_regimes.csv", told=False,
         meaning="A screening regime in force has a power over this deal, by the buyer's origin, the form of the deal, the share and the business; value thresholds are not looked at."),
    Fact(name="jurisdiction.host_is_national", type=B, origin=Origin.JURISDICTION, source="ownership.csv, companies.csv", told=False,
         meaning="The host party is controlled from the jurisdiction that examines the deal."),
)

# fmt: on

SIDES = ("foreign", "host")


def all_facts() -> tuple[Fact, ...]:
    """Every entry in reading order, company facts once for each side."""
    company = tuple(
        replace(fact, name=f"{side}.{fact.name}", mirror=f"{SIDES[1 - index]}.{fact.name}")
        for index, side in enumerate(SIDES)
        for fact in COMPANY_FACTS
    )
    return company + PAIR_FACTS + DEAL_FACTS + JURISDICTION_FACTS


@dataclass(frozen=True)
class Vocabulary:
    """The facts with the code lists that their values come from."""

    facts: Mapping[str, Fact]
    domains: Mapping[str, Mapping[str, str]]  # domain -> code -> label

    def __hash__(self) -> int:
        return hash((len(self.facts), *sorted(self.domains)))

    def __getitem__(self, name: str) -> Fact:
        return self.facts[name]

    def __contains__(self, name: object) -> bool:
        return name in self.facts

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def codes(self, fact: Fact) -> Mapping[str, str] | None:
        """The allowed values of `fact` with their labels, or None where any value of its type is allowed."""
        return None if fact.domain is None else self.domains[fact.domain]

    def suggest(self, name: str) -> str | None:
        """A sentence that names facts near to a misspelt one."""
        by_leaf = [fact for fact in self.facts if fact.rsplit(".", 1)[-1] == name.rsplit(".", 1)[-1]]
        if by_leaf and name not in by_leaf:
            return "did you mean " + " or ".join(f"`{fact}`" for fact in by_leaf) + "?"
        return did_you_mean(name, self.facts)

    @cached_property
    def tellable(self) -> tuple[Fact, ...]:
        """The deal facts that a caller may give."""
        return tuple(fact for fact in self if fact.told and fact.origin in (Origin.DEAL, Origin.PAIR))


def load_vocabulary(domains: Mapping[str, Mapping[str, str]]) -> Vocabulary:
    """Join the registry with `domains` (code list name -> code -> label); every domain that a fact names must be there."""
    facts = {fact.name: fact for fact in all_facts()}
    missing = sorted({fact.domain for fact in facts.values() if fact.domain} - set(domains))
    if missing:
        raise ValueError(f"code lists missing: {', '.join(missing)}")
    return Vocabulary(facts=facts, domains=domains)
