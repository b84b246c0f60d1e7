"""A case as a question: what was known when the deal was announced in, the request of the day before out.

Both parties are described by the record alone. The datasets know more of many of them, but also what came later (the
deal, its outcome, what was said of it), so nothing is looked up by name.

The deal is asked about in the country whose government reviewed it: there the business is, and there it sells. The
European Union is no place for a business; where it reviewed, the deal is asked about in the country of the host party.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from riskapi.assessment.request import ScoreRequest, read_request
from riskapi.backtest.cases import Announcement, ForeignParty
from riskapi.facts.assembly import EU
from riskapi.facts.groups import GroupIndex
from riskapi.facts.vocabulary import Vocabulary

#: How case records write the lists, in small letters and without what stands in brackets.
LISTS = {
    "us entity list": "us_entity_list",
    "us military end-user list": "us_meu",
    "us meu": "us_meu",
    "us unverified list": "us_uvl",
    "us uvl": "us_uvl",
    "us 1260h": "us_1260h",
    "us dod 1260h": "us_1260h",
    "us dod 1237 list": "us_ccmc_1237",
    "us 1237": "us_ccmc_1237",
    "us ndaa 889": "us_ndaa_889",
    "us ndaa 154": "us_ndaa_154_battery",
    "us ns-cmic": "us_ns_cmic",
    "us sdn": "us_sdn",
    "us ssi": "us_ssi",
    "us uflpa": "us_uflpa",
    "us biosecure": "us_biosecure",
    "fcc covered list": "us_fcc_covered",
    "us fcc covered list": "us_fcc_covered",
    "eu sanctions": "eu_sanctions",
    "uk sanctions": "uk_sanctions",
    "taiwan entity list": "tw_entity_list",
    "china unreliable entity list": "cn_unreliable_entity",
    "china export control list": "cn_export_control_list",
}
_BRACKETS = re.compile(r"\s*\(([^)]*)\)\s*$")
_PARENT = ("parent", "owner", "owners")
_STATE_CONTROL = ("majority", "full")
_COVERED_NATION = "us_covered_nation_10usc4872"
_EU_GROUP = "eu"

GroupsOf = Callable[[str, date], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """A checked request, and what the record says that the vocabulary has no word for (`field: value`)."""

    request: ScoreRequest
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Questioner:
    """Makes questions of cases; holds the code lists and the country groups."""

    vocabulary: Vocabulary
    groups: GroupIndex

    def question(self, known: Announcement) -> Question:
        """The question as of the day before the announcement."""
        writer = _Writer(known, self.vocabulary.domains, self.groups.groups_of)
        data = {
            "parties": [writer.foreign(), writer.host()],
            "deal": writer.deal(),
            "as_of": known.as_of,
            "foreign_party": known.foreign_party.name,
        }
        return Question(read_request(data, self.vocabulary, known.as_of), tuple(writer.unread))


class _Writer:
    """Writes one announcement in the words of the vocabulary."""

    def __init__(self, known: Announcement, domains: Mapping[str, Mapping[str, str]], groups_of: GroupsOf) -> None:
        self.known, self.domains, self.groups_of = known, domains, groups_of
        self.unread: list[str] = []

    def code(self, domain: str, value: str | None, field: str) -> str | None:
        """The value where its code list has it; otherwise not known, and noted."""
        if value is None or value in self.domains[domain]:
            return value
        self.unread.append(f"{field}: {value}")
        return None

    def foreign(self) -> dict[str, Any]:
        """The foreign party, described by the record."""
        party = self.known.foreign_party
        own, above = self.lists(party)
        facts = {
            "seat_country": self.code("country", party.country, "foreign_party.country"),
            "control_country": self.code("country", party.ultimate_owner_country, "ultimate_owner_country"),
            "designations": own,
            "owner_designations": above,
        }
        facts |= self.state(party) | self.holders(party)
        told = {leaf: value for leaf, value in facts.items() if value is not None or leaf in _HOLDERS}
        return {"name": party.name, "inline": True, "facts": told}

    def host(self) -> dict[str, Any]:
        """The host party, described by the record."""
        country = self.code("country", self.known.host_party.country, "host_party.country")
        return {"name": self.known.host_party.name, "inline": True, "facts": {"seat_country": country}}

    def state(self, party: ForeignParty) -> dict[str, Any]:
        """What follows from the state's holding; shares only where the word fixes them."""
        held = party.state_ownership
        if held is None:
            return {}
        held = self.code("state_ownership", held, "foreign_party.state_ownership")
        facts: dict[str, Any] = {"state_ownership": held}
        if held in _STATE_CONTROL:
            facts["state_owner_country"] = self.code("country", party.ultimate_owner_country, "ultimate_owner_country")
        if held in ("none", "full"):
            facts["state_share"] = 1.0 if held == "full" else 0.0
        elif held == "majority":
            # More than half: told as one half, the least that the word means. No threshold of 31 CFR 800.244 is higher.
            facts["cfius_government_interest"] = 0.5
        return facts

    def holders(self, party: ForeignParty) -> dict[str, Any]:
        """Silence on holders means none in the datasets; a record of a Chinese owner that is silent does not mean that."""
        countries = {party.country, party.ultimate_owner_country} - {None}
        covered = any(_COVERED_NATION in self.groups_of(str(country), self.known.as_of) for country in countries)
        return dict.fromkeys(_HOLDERS) if covered else {}

    def lists(self, party: ForeignParty) -> tuple[list[str], list[str]]:
        """Lists that name the party itself, and lists that name its owner."""
        own: list[str] = []
        above: list[str] = []
        for text in party.lists_at_announcement:
            code, of_owner = self.listed(text, party)
            if code is None:
                self.unread.append(f"lists_at_announcement: {text}")
            else:
                (above if of_owner else own).append(code)
        return own, above

    def listed(self, text: str, party: ForeignParty) -> tuple[str | None, bool]:
        """The code of a list, and whether it names the owner in place of the party."""
        found = _BRACKETS.search(text)
        aside = found.group(1).strip().casefold() if found else ""
        name = _BRACKETS.sub("", text).strip().casefold()
        code = LISTS.get(name, name if name in self.domains["designation_list"] else None)
        of_owner = aside in _PARENT or (aside != "" and aside in (party.ultimate_owner or "").casefold())
        # Other firms of the group are listed, not this one.
        return (None, False) if "subsidiar" in aside else (code, of_owner)

    def deal(self) -> dict[str, Any]:
        """The deal, where the reviewing government sees it."""
        known = self.known
        place, markets = self.place()
        facts: dict[str, Any] = {
            "deal.type": self.code("deal_type", known.deal_type, "deal_type"),
            "deal.sector": self.code("sector", known.sector, "sector"),
            "deal.activity_country": place,
            "deal.market_countries": markets,
            "deal.foreign_stake": None if known.stake_pct is None else known.stake_pct / 100,
            "deal.value_usd": None if known.value_usd_m is None else known.value_usd_m * 1e6,
        }
        facts |= {f"deal.{leaf}": value for leaf, value in known.sensitivities.model_dump().items()}
        return {name: value for name, value in facts.items() if value is not None}

    def place(self) -> tuple[str | None, list[str] | None]:
        """Country of the business, and where it sells."""
        host = self.known.host_country
        if host != EU:
            country = self.code("country", host, "host_country")
            return country, [country] if country else None
        country = self.code("country", self.known.host_party.country, "host_party.country")
        if country is None or _EU_GROUP in self.groups_of(country, self.known.as_of):
            return country, [country] if country else None
        # A business outside the Union was reviewed for what it sells there.
        members = [code for code in self.domains["country"] if _EU_GROUP in self.groups_of(code, self.known.as_of)]
        return country, members or None


_HOLDERS = ("covered_nation_share", "largest_covered_nation_share")
