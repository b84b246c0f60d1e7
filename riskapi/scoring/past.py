"""Past deals as the rules saw them on the day of their announcement.

Enters: a row of `deals.csv`. Leaves: its comparable facts and what the rules say of it, both as of the announcement and
from what the row tells: nothing of the outcome, and no claim that was made later, is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from riskapi.claims.ledger import DealLedger
from riskapi.claims.model import ReportedDeal
from riskapi.engine.evaluate import Outcome, evaluate
from riskapi.facts.assembly import Assembler, Pairing, Party
from riskapi.facts.groups import GroupIndex
from riskapi.facts.links import links_between
from riskapi.facts.parties import dataset_party, inline_party
from riskapi.facts.profiles import ProfileStore
from riskapi.facts.vocabulary import Value
from riskapi.rules import RuleBook, Status
from riskapi.scoring.comparables import facts_of
from riskapi.scoring.likeness import NOTHING_TOLD, ComparableFacts, FiredRule, Place, RuleProfile
from riskapi.scoring.score import Judged, Score, score
from riskapi.scoring.scorecard import Scorecard

#: In the rows the foreign party comes first, and shares are its shares.
FOREIGN = 0
#: Decimals of scores, as in the answer.
DECIMALS = 4


@dataclass(frozen=True)
class PastReader:
    """Reads past deals as of their announcement; each reading takes about a millisecond."""

    book: RuleBook
    card: Scorecard
    assembler: Assembler
    profiles: ProfileStore
    groups: GroupIndex
    ledger: DealLedger

    def facts(self, deal: ReportedDeal) -> ComparableFacts:
        """The facts that are compared, with country groups and state ownership as of the announcement."""
        day = deal.announced_on
        if day is None:
            return facts_of(deal)
        return replace(
            facts_of(deal),
            foreign_country=self._place(deal.foreign_country, day),
            activity_country=self._place(deal.activity_country, day),
            state_ownership=self._state_ownership(deal.foreign_company_id, day),
        )

    def rules(self, deal: ReportedDeal) -> RuleProfile:
        """What the rules in force on the day of the announcement say."""
        day = deal.announced_on or date.max
        parties = (
            self._party(deal.foreign_company_id, deal.foreign_name, deal.foreign_country, day),
            self._party(deal.host_company_id, deal.host_name, deal.host_country or deal.activity_country, day),
        )
        links = links_between(self.profiles.register().holders, self.ledger, parties, day)
        pairing = self.assembler.pairing(parties, self._told(deal), day, links, FOREIGN)
        outcomes, _ = evaluate(self.book, pairing.viewpoints, day)
        return rule_profile(outcomes, score((Judged(item.rule, item.status) for item in outcomes), self.card))

    def asked(self, pairing: Pairing) -> ComparableFacts:
        """The facts of a pairing that are compared with those of past deals."""
        told, day = pairing.told, pairing.as_of
        foreign = pairing.parties[pairing.lead if pairing.lead is not None else FOREIGN]
        stake = told.get("deal.foreign_stake")
        return ComparableFacts(
            foreign_country=self._place(foreign.control_country, day),
            activity_country=self._place(_text(told.get("deal.activity_country")), day),
            deal_type=_text(told.get("deal.type")),
            sector=_text(told.get("deal.sector")),
            state_ownership=_text(foreign.values.get("state_ownership")),
            foreign_stake=stake if isinstance(stake, float) else None,
        )

    def _place(self, country: str | None, day: date) -> Place | None:
        return Place(country, frozenset(self.groups.groups_of(country, day))) if country else None

    def _state_ownership(self, company_id: str | None, day: date) -> str | None:
        return _text(self.profiles.get(company_id, day).values["state_ownership"]) if company_id else None

    def _party(self, company_id: str | None, name: str | None, country: str | None, day: date) -> Party:
        """Without evidence, which nobody is shown."""
        if company_id:
            return dataset_party(self.profiles.get(company_id, day), {}, {}, self.groups, day)
        told: dict[str, Value] = {"seat_country": country} if country else {}
        return inline_party(name or "a party that is not named", told, self.groups, day)

    def _told(self, deal: ReportedDeal) -> dict[str, Value]:
        told: dict[str, Value] = {
            "deal.type": deal.deal_type,
            "deal.sector": deal.sector,
            "deal.activity_country": deal.activity_country,
            "deal.foreign_stake": None if deal.foreign_share is None else deal.foreign_share / 100,
            "deal.value_usd": None if deal.value_usd_m is None else deal.value_usd_m * 1_000_000,
        }
        return {name: value for name, value in told.items() if value not in NOTHING_TOLD}


def rule_profile(outcomes: Sequence[Outcome], result: Score) -> RuleProfile:
    """What is compared of the outcomes of one deal."""
    fired = (item.rule for item in outcomes if item.status is Status.FIRED and item.rule.points)
    return RuleProfile(
        fired={rule.id: FiredRule(id=rule.id, title=rule.title, points=rule.points) for rule in fired},
        may_fire=frozenset(item.rule.id for item in outcomes if item.status is Status.UNDETERMINED),
        low=round(result.low, DECIMALS),
        score=round(result.score, DECIMALS),
        high=round(result.high, DECIMALS),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
