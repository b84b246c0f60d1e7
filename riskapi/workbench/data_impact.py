"""What other datasets move: two open workspaces and questions in; companies whose facts change, and answers that move, out.

The rules are the same on both sides, so a question whose facts are the same is not scored. How many are looked at and how
many are scored is bounded; what is left out is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from riskapi.assessment.answer import Versions
from riskapi.assessment.request import PartyRequest, ScoreRequest
from riskapi.errors import RequestError
from riskapi.facts.assembly import Pairing, Party
from riskapi.facts.vocabulary import Value
from riskapi.matrix.behind import Asked, company_changes, explained, has_same_facts
from riskapi.matrix.moved import FactChange
from riskapi.workbench.diff_impact import Impact, Moved
from riskapi.workbench.portfolio import Portfolio, Proposal, sector_of
from riskapi.workspace import Workspace

#: Questions that are looked at, and those that are scored in both worlds because a fact differs: a minute in all.
MOST_ASKED: Final = 20_000
MOST_SCORED: Final = 1_500
#: Kinds of deal that each company with other facts is looked at with, at home of the other company and in its own sector.
FORMS: Final[tuple[Mapping[str, str], ...]] = (
    {"deal.type": "joint_venture", "deal.foreign_stake": "0.5"},
    {"deal.type": "minority_stake", "deal.foreign_stake": "0.25"},
    {"deal.type": "licence", "deal.foreign_supplies_technology": "true"},
    {"deal.type": "supply"},
)
#: The other companies, see `hosts_on_record`.
HOSTS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to put to both worlds; `origin` says where it comes from."""

    label: str
    origin: str
    request: ScoreRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Companies:
    """Companies by what becomes of them, id to name: `changed` are in both worlds with other facts on the day."""

    changed: Mapping[str, str]
    gone: Mapping[str, str]
    new: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """A question that is not the same in both worlds: why it has no answer, or whom its names mean."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataImpact:
    """What other datasets move. `scored` of the questions that were looked at had other facts; `left_out` were not looked at."""

    as_of: date
    versions: tuple[Versions, Versions]
    companies: Companies
    facts: tuple[FactChange, ...]
    impact: Impact
    scored: int
    left_out: int
    unlike: tuple[Unlike, ...]


def data_impact(
    before: Workspace, after: Workspace, as_of: date, questions: Sequence[Question] | None = None
) -> DataImpact:
    """What moves; without questions, deals on record of the companies that change, and `FORMS` of deals with them."""
    companies = companies_between(before, after, as_of)
    facts = tuple(change for key in companies.changed for change in company_changes(before, after, key, as_of))
    put = default_questions(after, companies, facts, as_of) if questions is None else list(questions)
    found = _Look(before, after)
    for question in put[:MOST_ASKED]:
        found.at(question)
    return DataImpact(
        as_of=as_of,
        versions=(before.versions, after.versions),
        companies=companies,
        facts=facts,
        impact=Impact(found.total, tuple(found.moved)),
        scored=found.scored,
        left_out=found.left_out + len(put[MOST_ASKED:]),
        unlike=tuple(found.unlike),
    )


def companies_between(before: Workspace, after: Workspace, as_of: date) -> Companies:
    """Which companies come, go, or have other facts on the day, each in the order of the ids."""
    then, now = (sorted(world.profiles.register().companies) for world in (before, after))
    old, new = set(then), set(now)

    def name(world: Workspace, key: str) -> str:
        return str(world.profiles.get(key, as_of).values["name"])

    return Companies(
        changed={
            key: name(after, key)
            for key in now
            if key in old and before.profiles.get(key, as_of).values != after.profiles.get(key, as_of).values
        },
        gone={key: name(before, key) for key in then if key not in new},
        new={key: name(after, key) for key in now if key not in old},
    )


class _Look:
    """Puts questions to both worlds and keeps what moves."""

    def __init__(self, before: Workspace, after: Workspace) -> None:
        self.worlds = (before, after)
        self.total: Counter[str] = Counter()
        self.moved: list[Moved] = []
        self.unlike: list[Unlike] = []
        self.scored = self.left_out = 0

    def at(self, question: Question) -> None:
        """Look at one question."""
        one, two = (Asked(world, question.request) for world in self.worlds)
        called = [_called(side) for side in (one, two)]
        if called[0] != called[1] or not called[0].is_answered:
            self.total[question.origin] += 1
            self.unlike.append(Unlike(label=question.label, before=called[0].text, after=called[1].text))
        elif has_same_facts(one, two):
            self.total[question.origin] += 1
        elif self.scored == MOST_SCORED:
            self.left_out += 1
        else:
            self.total[question.origin] += 1
            self.scored += 1
            movement = explained(one, two)
            if movement.is_real:
                self.moved.append(Moved(_proposal(question, two.pairing), movement))


@dataclass(frozen=True, slots=True)
class _Called:
    is_answered: bool
    text: str


def _called(side: Asked) -> _Called:
    """Whom the names of a question mean, or why there is no answer."""
    try:
        parties = side.pairing.parties
    except RequestError as error:
        return _Called(is_answered=False, text=error.problems[0].detail)
    return _Called(is_answered=True, text=" and ".join(party.company_id or party.name for party in parties))


def _proposal(question: Question, pairing: Pairing) -> Proposal:
    return Proposal(
        label=question.label,
        origin=question.origin,
        parties=pairing.parties,
        told=pairing.told,
        as_of=pairing.as_of,
        links=pairing.links,
        lead=pairing.lead,
    )


# Questions


def default_questions(
    workspace: Workspace, companies: Companies, facts: Iterable[FactChange], as_of: date
) -> list[Question]:
    """Deals on record with a company that changes; then every such company with each host, form by form."""
    portfolio = Portfolio(workspace, as_of)
    found = [
        _question(item.label, "deals", item.parties, item.told, as_of)
        for item in portfolio.deals()
        if any(party.company_id in companies.changed for party in item.parties)
    ]
    hosts = hosts_on_record(workspace, companies, {change.fact for change in facts}, as_of)
    return [*found, *_forms(portfolio, list(companies.changed), hosts)]


def hosts_on_record(workspace: Workspace, companies: Companies, facts: Collection[str], as_of: date) -> list[str]:
    """One host for each of the jurisdictions with the most rules in force that read one of the facts (leaf names).

    It is the one with the most deals on record among those that both worlds know and that are controlled from there.
    """
    read = {f"foreign.{leaf}" for leaf in facts}
    rules = Counter(rule.jurisdiction for rule in workspace.book.rules if rule.facts & read and rule.is_in_force(as_of))
    known = set(workspace.profiles.register().companies) - set(companies.new)
    deals = Counter(deal.host_company_id for deal in workspace.ledger.deals() if deal.host_company_id in known)
    ranked = [str(key) for key, _ in sorted(deals.items(), key=lambda item: (-item[1], str(item[0])))]
    found: dict[str, None] = {}
    for jurisdiction, _ in sorted(rules.items(), key=lambda item: (-item[1], item[0])):
        controls = ((key, workspace.profiles.get(key, as_of).values["control_country"]) for key in ranked)
        here = (key for key, country in controls if workspace.assembler.covers(jurisdiction, country, as_of))
        found |= dict.fromkeys(key for key in [next(here, None)] if key is not None)
    return list(found)[:HOSTS]


def _forms(portfolio: Portfolio, companies: Sequence[str], hosts: Sequence[str]) -> Iterator[Question]:
    """Companies vary fastest: where not all is looked at, each has been looked at as often as any other."""
    for form in FORMS:
        for host in map(portfolio.party, hosts):
            for party in map(portfolio.party, companies):
                country = host.control_country
                if party.company_id == host.company_id or party.control_country == country:
                    continue
                sector = sector_of(party) or sector_of(host)
                places = {"deal.activity_country": country, "deal.market_countries": country}
                raw = {**form, **places, "deal.sector": sector}
                told = portfolio.read_told({name: value for name, value in raw.items() if value})
                label = f"{party.name} and {host.name}"
                yield _question(label, "companies that change", (party, host), told, portfolio.as_of)


def asked(request: ScoreRequest, origin: str, label: str | None = None) -> Question:
    """A question of somebody, under its label or the names as they were written."""
    names = " and ".join(party.name for party in request.parties)
    return Question(label=label or names, origin=origin, request=request)


def _question(
    label: str, origin: str, parties: tuple[Party, Party], told: Mapping[str, Value], as_of: date
) -> Question:
    first, second = (str(party.company_id) for party in parties)
    request = ScoreRequest(
        parties=(PartyRequest(name=first), PartyRequest(name=second)), deal=told, as_of=as_of, foreign_party=first
    )
    return asked(request, origin, label)
