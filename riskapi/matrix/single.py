"""One pairing of a matrix by the Python engine: companies, template and day in, judged rules and a row out.

This is the way that every faster one is held against: the same assembly, evaluation and score as `Workspace.answer`,
without explanations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from riskapi.assessment.request import PartyRequest, ScoreRequest
from riskapi.engine.evaluate import evaluate
from riskapi.facts.assembly import Pairing, Party
from riskapi.facts.links import links_between
from riskapi.facts.parties import dataset_party
from riskapi.facts.vocabulary import Value
from riskapi.matrix.request import Company, Template
from riskapi.matrix.schema import MOST_DRIVERS, PILLARS
from riskapi.rules import GateKind, Status
from riskapi.scoring.score import Contribution, Judged, score
from riskapi.scoring.scorecard import Scorecard
from riskapi.workspace import Workspace

#: Decimals of a score in every answer.
DECIMALS: Final = 4
_GATES: Final = {gate: place for place, gate in enumerate(GateKind)}


class SinglePairings:
    """Pairings of companies of the datasets, one at a time; the party named first is the foreign one."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.party = lru_cache(maxsize=20_000)(self._party)

    def _party(self, company_id: str, day: date) -> Party:
        profile = self.workspace.profiles.get(company_id, day)
        return dataset_party(profile, {}, {}, self.workspace.groups, day)

    def pairing(self, foreign: str, host: str, template: Template, day: date) -> Pairing:
        """The facts of one pairing."""
        parties = (self.party(foreign, day), self.party(host, day))
        links = links_between(self.workspace.profiles.register().holders, self.workspace.ledger, parties, day)
        told = told_of(template, parties[1].control_country)
        return self.workspace.assembler.pairing(parties, told, day, links, 0)

    def judged(self, foreign: str, host: str, template: Template, day: date) -> list[Judged]:
        """Every rule that is looked at, and what it says."""
        pairing = self.pairing(foreign, host, template, day)
        outcomes, _ = evaluate(self.workspace.book, pairing.viewpoints, day)
        return [Judged(item.rule, item.status) for item in outcomes]

    def row(self, foreign: Company, host: Company, template: Template, day: date) -> dict[str, Any]:
        """The row of one pairing, by column."""
        judged = self.judged(foreign.company_id, host.company_id, template, day)
        return {
            "date": day,
            "template": template.name,
            "foreign_id": foreign.company_id,
            "foreign": foreign.name,
            "host_id": host.company_id,
            "host": host.name,
            **results_of(judged, self.workspace.card),
        }


def results_of(judged: Sequence[Judged], card: Scorecard) -> dict[str, Any]:
    """The columns of a row that the answers of rules decide."""
    found = score(judged, card)
    numbers = (round(value, DECIMALS) for value in (found.score, found.low, found.high))
    sums = dict.fromkeys(PILLARS, 0.0)
    for item in found.contributions:
        sums[f"pillar_{item.rule.pillar.value}"] += item.points
    return {
        **dict(zip(("score", "low", "high"), numbers, strict=True)),
        "band": card.band(found.score).name,
        "gates": gates_of(judged, Status.FIRED),
        "possible_gates": gates_of(judged, Status.UNDETERMINED),
        **sums,
        "drivers": drivers_of(found.contributions),
        "undetermined": sum(item.status is Status.UNDETERMINED for item in judged),
    }


def told_of(template: Template, host_country: str | None) -> Mapping[str, Value]:
    """What is told of a deal with a host that is controlled from the country."""
    if not template.at_host or host_country is None:
        return template.deal
    told = {**template.deal, "deal.activity_country": host_country}
    if told.get("deal.market_countries") is None:
        told["deal.market_countries"] = (host_country,)
    return told


def request_of(workspace: Workspace, foreign: str, host: str, template: Template, day: date) -> ScoreRequest:
    """The question of one pairing, as `Workspace.answer` takes it."""
    country = workspace.profiles.get(host, day).values["control_country"]
    return ScoreRequest(
        parties=(PartyRequest(name=foreign), PartyRequest(name=host)),
        deal=told_of(template, country if isinstance(country, str) else None),
        as_of=day,
        foreign_party=foreign,
    )


def gates_of(judged: Iterable[Judged], status: Status) -> list[str]:
    """Gates of the rules with the status, as `gate:rule_id`, the heaviest first."""
    found = [(item.rule.gate, item.rule.id) for item in judged if item.rule.gate and item.status is status]
    return [f"{gate.value}:{rule_id}" for gate, rule_id in sorted(found, key=lambda pair: (_GATES[pair[0]], pair[1]))]


def drivers_of(contributions: Iterable[Contribution]) -> list[str]:
    """The rules that raise the score most."""
    raising = sorted((-item.points, item.rule.id) for item in contributions if item.points > 0)
    return [rule_id for _, rule_id in raising[:MOST_DRIVERS]]
