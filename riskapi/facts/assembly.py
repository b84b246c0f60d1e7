"""Facts of one pairing as of a date: two parties and what was told of the deal in, one set of facts per viewpoint out.

A *viewpoint* is a jurisdiction and the party that is foreign to it. Facts of one side of the deal (`deal.foreign_stake`)
are told for the *lead* viewpoint, that of the activity country; from the other side each is replaced by its mirror, or is
not known where it has none. Nothing here depends on the order in which the parties were named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from riskapi.errors import Problem, RequestError
from riskapi.facts.evidence import Evidence
from riskapi.facts.screening import Found, ScreeningBook
from riskapi.facts.values import defaults
from riskapi.facts.vocabulary import DEAL_FACTS, SIDES, Fact, Value, Vocabulary, World
from riskapi.warehouse.countries import EVERYWHERE

#: Country groups of a country on a date.
GroupsOf = Callable[[str, date], tuple[str, ...]]
#: Total duty in percent (None: not known) with its rows, for product, origin, importer and day.
Duty: TypeAlias = tuple[float | None, tuple[Evidence, ...]]
DutyOf = Callable[[str, str, str, date], Duty]
IMPORT_DUTY = "jurisdiction.import_duty_pct"
#: Screening facts and duties kept, of each; when there are more, all are forgotten.
REMEMBERED = 20_000

EU = "EU"
_EU_GROUP = "eu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One party with its company facts (leaf names) on the as-of date, and the evidence behind each."""

    name: str
    company_id: str | None
    values: Mapping[str, Value]
    evidence: Mapping[str, tuple[Evidence, ...]]

    @property
    def control_country(self) -> str | None:
        """Country of the ultimate controller, None where it is not known."""
        value = self.values.get("control_country")
        return value if isinstance(value, str) else None

    @property
    def key(self) -> tuple[str, str]:
        """Sorts parties in a way that does not depend on who was named first."""
        return (self.company_id or "~", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What the datasets know of the two parties together; `existing_stakes[i]`: share of the other that party i holds."""

    existing_stakes: tuple[float | None, float | None] = (None, None)
    legislators_opposing: int = 0
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewpoint:
    """All facts as one jurisdiction sees them, with the party that is foreign to it."""

    jurisdiction: str
    foreign: int
    facts: Mapping[str, Value]
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)  # of the jurisdiction's own facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Everything the engine needs: the parties, what was told, and the viewpoints.

    `lead` is the party for which one-sided facts were told (None where that is open and nothing one-sided was told).
    """

    parties: tuple[Party, Party]
    told: Mapping[str, Value]
    as_of: date
    lead: int | None
    viewpoints: tuple[Viewpoint, ...]
    links: Links

    def party_of(self, name: str, viewpoint: Viewpoint) -> Party | None:
        """Whose fact it is, as seen from the viewpoint; None for a fact that is not of one side."""
        side = name.partition(".")[0]
        if side not in SIDES:
            return None
        return self.parties[viewpoint.foreign if side == SIDES[0] else 1 - viewpoint.foreign]

    def rows_behind(self, name: str, viewpoint: Viewpoint) -> tuple[Evidence, ...] | None:
        """The rows of the datasets behind a fact as seen from the viewpoint; None for a fact of the deal."""
        party = self.party_of(name, viewpoint)
        if party is not None:
            return party.evidence.get(name.partition(".")[2], ())
        if name in self.links.evidence:
            return self.links.evidence[name]
        return viewpoint.evidence.get(name, ()) if name.startswith("jurisdiction.") else None


@dataclass(frozen=True)
class Assembler:
    """Builds pairings; holds the vocabulary and the country groups."""

    vocabulary: Vocabulary
    groups_of: GroupsOf
    duty_of: DutyOf | None = None
    screening: ScreeningBook | None = None
    _screened: dict[tuple[object, ...], Found] = field(default_factory=dict, init=False, repr=False, compare=False)
    _duties: dict[tuple[object, ...], Duty] = field(default_factory=dict, init=False, repr=False, compare=False)

    def pairing(
        self,
        parties: tuple[Party, Party],
        told: Mapping[str, Value],
        as_of: date,
        links: Links,
        lead: int | None = None,
    ) -> Pairing:
        """Facts for every applicable viewpoint; raises `RequestError` where one-sided facts are told and it is open for whom."""
        activity = told.get("deal.activity_country")
        chosen = self._lead(parties, told, activity if isinstance(activity, str) else None, as_of, lead)
        viewpoints = [
            self._viewpoint(
                jurisdiction, foreign, self._facts(parties, told, as_of, links, chosen, jurisdiction, foreign), as_of
            )
            for jurisdiction in self.jurisdictions(parties, told, as_of)
            for foreign in (0, 1)
            if not self._is_national(parties[foreign], jurisdiction, as_of)
        ]
        viewpoints += [replace(seen, jurisdiction=EVERYWHERE) for seen in viewpoints if seen.jurisdiction == activity]
        return Pairing(parties=parties, told=told, as_of=as_of, lead=chosen, viewpoints=tuple(viewpoints), links=links)

    def _viewpoint(self, jurisdiction: str, foreign: int, facts: dict[str, Value], as_of: date) -> Viewpoint:
        facts[IMPORT_DUTY], rows = self.import_duty(facts, jurisdiction)
        values, evidence = self.screening_facts(facts, jurisdiction, as_of)
        facts.update(values)
        return Viewpoint(
            jurisdiction=jurisdiction, foreign=foreign, facts=facts, evidence={IMPORT_DUTY: rows, **evidence}
        )

    def screening_facts(self, facts: Mapping[str, Value], jurisdiction: str, as_of: date) -> Found:
        """What the jurisdiction's screening of investors and its official climate say of the deal, with their rows."""
        if self.screening is None:
            return {}, {}
        key = (as_of, *self.screening.asked(jurisdiction, facts))
        found = self._screened.get(key)
        if found is None:
            if len(self._screened) >= REMEMBERED:
                self._screened.clear()
            found = self.screening.facts(jurisdiction, facts, as_of, lambda country: self.covers(EU, country, as_of))
            self._screened[key] = found
        return found

    def import_duty(self, facts: Mapping[str, Value], jurisdiction: str) -> Duty:
        """The duty fact of one viewpoint with its rows; the day is that of the contract."""
        product, origins, day = facts["deal.product"], facts["deal.production_countries"], facts["deal.signed_on"]
        if self.duty_of is None or not (
            isinstance(product, str) and isinstance(origins, tuple) and isinstance(day, date)
        ):
            return None, ()
        key = (product, origins, jurisdiction, day)
        found = self._duties.get(key)
        if found is None:
            if len(self._duties) >= REMEMBERED:
                self._duties.clear()
            found = self._duties[key] = self._highest_duty(*key, self.duty_of)
        return found

    def _highest_duty(
        self, product: str, origins: tuple[str, ...], jurisdiction: str, day: date, duty_of: DutyOf
    ) -> Duty:
        abroad = [origin for origin in origins if not self.covers(jurisdiction, origin, day)]
        found = [duty_of(product, origin, jurisdiction, day) for origin in abroad]
        totals = [total for total, _ in found]
        if not origins or None in totals:
            return None, ()
        return max(found, key=lambda item: item[0] or 0.0, default=(0.0, ()))

    def jurisdictions(self, parties: tuple[Party, Party], told: Mapping[str, Value], as_of: date) -> tuple[str, ...]:
        """Those of the activity country, of each party's control country and of the market countries that were told."""
        countries = {party.control_country for party in parties} | {told.get("deal.activity_country")}
        markets = told.get("deal.market_countries")
        countries |= set(markets) if isinstance(markets, tuple) else set()
        known = sorted(country for country in countries if isinstance(country, str))
        in_eu = any(_EU_GROUP in self.groups_of(country, as_of) for country in known)
        return (*known, EU) if in_eu else tuple(known)

    def _is_national(self, party: Party, jurisdiction: str, as_of: date) -> bool:
        country = party.control_country
        if country is None:
            return False
        return country == jurisdiction or (jurisdiction == EU and _EU_GROUP in self.groups_of(country, as_of))

    def _lead(
        self,
        parties: tuple[Party, Party],
        told: Mapping[str, Value],
        activity: str | None,
        as_of: date,
        lead: int | None,
    ) -> int | None:
        if lead is not None:
            return lead
        foreign = [i for i in (0, 1) if activity and not self._is_national(parties[i], activity, as_of)]
        if len(foreign) == 1:
            return foreign[0]
        one_sided = [name for name in told if self.vocabulary[name].one_sided and told[name] is not None]
        if one_sided:
            names = " and ".join(sorted(party.name for party in parties))
            where = f"in {activity}" if activity else "while the activity country is not told"
            raise RequestError(
                Problem(
                    code="foreign-party-open",
                    field=one_sided[0],
                    pointer="/foreign_party",
                    detail=f"{one_sided[0]} speaks of the foreign party, but {where} it is open which of {names} that is",
                    hint="say which one: `foreign_party` in a request, --foreign NAME on the command line",
                )
            )
        return None

    def _facts(  # noqa: PLR0913  # the parts of one pairing, each once
        self,
        parties: tuple[Party, Party],
        told: Mapping[str, Value],
        as_of: date,
        links: Links,
        lead: int | None,
        jurisdiction: str,
        foreign: int,
    ) -> dict[str, Value]:
        facts = defaults(self.vocabulary, as_of)
        for side, index in zip(SIDES, (foreign, 1 - foreign), strict=True):
            for leaf, value in parties[index].values.items():
                facts[f"{side}.{leaf}"] = value
            facts[f"{side}.name"] = parties[index].name
        facts.update(self.deal_facts(told, as_of, as_lead=lead is None or lead == foreign))
        facts.update(self._pair_facts(parties, links, foreign, facts))
        facts.update(self._jurisdiction_facts(parties[1 - foreign], jurisdiction, as_of, facts))
        return facts

    def deal_facts(self, told: Mapping[str, Value], as_of: date, *, as_lead: bool) -> dict[str, Value]:
        """Deal facts with what follows from them, as the lead side or the other side sees them."""
        facts = {**self._silent(as_of), **told}
        _derive(facts)
        activity = facts["deal.activity_country"]
        if isinstance(activity, str):
            facts["deal.activity_groups"] = self.groups_of(activity, as_of)
        return facts if as_lead else self._mirrored(facts)

    def _silent(self, as_of: date) -> dict[str, Value]:
        values: dict[str, Value] = dict(_SILENT)
        values["deal.signed_on"] = as_of
        return values

    def _mirrored(self, facts: dict[str, Value]) -> dict[str, Value]:
        other = dict(facts)
        for fact in _ONE_SIDED:
            other[fact.name] = facts[fact.mirror] if fact.mirror else _default(fact)
        _derive(other)
        return other

    def _pair_facts(
        self, parties: tuple[Party, Party], links: Links, foreign: int, facts: Mapping[str, Value]
    ) -> dict[str, Value]:
        one, two = (party.control_country for party in parties)
        stake = links.existing_stakes[foreign]
        told_stake = facts.get("pair.existing_stake")
        return {
            "pair.same_control_country": None if one is None or two is None else one == two,
            "pair.existing_stake": stake if stake is not None else told_stake,
            "pair.legislators_opposing": links.legislators_opposing,
        }

    def _jurisdiction_facts(
        self, host: Party, jurisdiction: str, as_of: date, facts: Mapping[str, Value]
    ) -> dict[str, Value]:
        activity, markets = facts["deal.activity_country"], facts["deal.market_countries"]
        national = self._is_national(host, jurisdiction, as_of)
        return {
            "jurisdiction.activity_here": self.covers(jurisdiction, activity, as_of),
            "jurisdiction.market_here": None
            if not isinstance(markets, tuple)
            else any(self.covers(jurisdiction, market, as_of) for market in markets),
            "jurisdiction.host_is_national": None if host.control_country is None else national,
        }

    def covers(self, jurisdiction: str, country: Value, as_of: date) -> bool | None:
        """Whether the country lies in the jurisdiction (the EU covers its members); None where it is not known."""
        if not isinstance(country, str):
            return None
        return country == jurisdiction or (jurisdiction == EU and _EU_GROUP in self.groups_of(country, as_of))


#: Forms of a deal in which nobody takes equity unless the caller says so.
WITHOUT_EQUITY = frozenset({"licence", "supply", "distribution", "contract_manufacturing", "research"})

#: Forms of a deal whose goods are taken to be made where the venture, target or plant is, unless the caller says so.
MAKES_WHERE_IT_IS = frozenset(
    {
        "joint_venture",
        "acquisition",
        "majority_stake",
        "merger",
        "asset_purchase",
        "greenfield",
        "contract_manufacturing",
    }
)

_ONE_SIDED = tuple(fact for fact in DEAL_FACTS if fact.one_sided)


def _default(fact: Fact) -> Value:
    return fact.default if fact.world is World.CLOSED else None


_SILENT = {fact.name: _default(fact) for fact in DEAL_FACTS}


def _derive(facts: dict[str, Value]) -> None:
    """What follows from other deal facts; each line only fills what was not told, so that telling more never contradicts."""
    if facts["deal.type"] in WITHOUT_EQUITY:
        for name in ("deal.foreign_stake", "deal.host_stake"):
            facts[name] = 0.0 if facts[name] is None else facts[name]
    foreign, host = facts["deal.foreign_stake"], facts["deal.host_stake"]
    if facts["deal.type"] == "joint_venture":
        if isinstance(foreign, int | float) and host is None:
            facts["deal.host_stake"] = round(1 - foreign, 12)
        elif isinstance(host, int | float) and foreign is None:
            facts["deal.foreign_stake"] = foreign = round(1 - host, 12)
    if facts["deal.production_countries"] is None and facts["deal.type"] in MAKES_WHERE_IT_IS:
        country = facts["deal.activity_country"]
        facts["deal.production_countries"] = (country,) if isinstance(country, str) else None
    if facts["deal.foreign_control"] is None and isinstance(foreign, int | float) and foreign > 0.5:  # noqa: PLR2004
        facts["deal.foreign_control"] = True
    if facts["deal.foreign_control"] is False:
        facts["deal.foreign_control_excluded"] = True


#: How a derived deal fact came about, for the provenance shown beside it.
DERIVATIONS = {
    "deal.host_stake": "the rest of the joint venture: two holders are assumed",
    "deal.foreign_stake": "the rest of the joint venture: two holders are assumed",
    "deal.production_countries": "not told: the goods are taken to be made where the venture is",
    "deal.foreign_control": "follows from a stake above one half",
    "deal.foreign_control_excluded": "follows from foreign_control being told as false",
    "deal.activity_groups": "follows from the activity country",
    "deal.signed_on": "a proposed deal is taken as signed on the as-of date",
}
