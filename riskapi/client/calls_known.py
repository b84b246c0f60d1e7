"""Requests for what is known: companies, deals, duties, rules, facts, the service itself. Leaves: a `Call`, unsent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from riskapi.claims.record import DealShort
from riskapi.client.call import Call, Received
from riskapi.client.pages import PageCall
from riskapi.client.reading import document, read_as, reader
from riskapi.client.writing import Day, get_call, pages_call, query_of, segment
from riskapi.entities.resolution import Ambiguous, Match, NoMatch, Resolution
from riskapi.records.companies import CompaniesAnswer, CompanyAnswer
from riskapi.records.datasets import DatasetsAnswer
from riskapi.records.deals import DealAnswer
from riskapi.records.duties import DutyAnswer
from riskapi.records.facts import FactsAnswer
from riskapi.records.rules import RuleDetailAnswer, RuleFull, RuleShort
from riskapi.records.service import HealthAnswer

# Companies, deals, duties


def resolve(name: str, country: str | None = None, as_of: date | None = None) -> Call[Resolution]:
    """Which company a name means, on a day where names change: a match, several candidates, or none with near misses."""
    query = query_of(q=name, country=country, as_of=as_of)
    return Call(method="GET", path="/v1/companies", query=query, read=_resolution)


def _resolution(received: Received) -> Resolution:
    found = read_as(CompaniesAnswer, document(received))
    said: dict[str, Any] = {
        "query": found.query,
        "reason": found.reason,
        "candidates": found.candidates,
        "related": found.related,
    }
    if found.company is not None:
        one = found.company
        return Match(company_id=one.company_id, name=one.name, matched_name=one.matched_name, kind=one.kind,
                     score=one.score, **said)  # fmt: skip
    return Ambiguous(**said) if found.status == "ambiguous" else NoMatch(**said)


def company(company_id: str, *, as_of: Day = None) -> Call[CompanyAnswer]:
    """What is known of a company on a day, and the rows that it rests on."""
    return get_call(f"/v1/companies/{segment(company_id)}", CompanyAnswer, as_of=as_of)


def deals(
    *, party: str | None = None, status: str | None = None, as_of: Day = None, page_size: int | None = None
) -> PageCall[DealShort]:
    """Reported deals that were public on a day, each with its status."""
    return pages_call(
        "/v1/deals", query_of(party=party, status=status, as_of=as_of, limit=page_size), DealShort, "deals"
    )


def deal(deal_id: str, *, as_of: Day = None) -> Call[DealAnswer]:
    """A deal: who said what by the day, and what follows."""
    return get_call(f"/v1/deals/{segment(deal_id)}", DealAnswer, as_of=as_of)


def duty(  # noqa: PLR0913  # the question has that many sides
    product: str,
    origin: str,
    importer: str,
    *,
    on: Day = None,
    maker: str | None = None,
    since: Day = None,
    given: Mapping[str, bool] | None = None,
) -> Call[DutyAnswer]:
    """What a good pays at a border on a day, measure by measure; with `since` also every change since then."""
    told = ",".join(f"{name}={'yes' if holds else 'no'}" for name, holds in (given or {}).items())
    query = query_of(product=product, to=importer, on=on, maker=maker, since=since, given=told or None)
    return Call(method="GET", path="/v1/duty", query=(("from", origin), *query), read=reader(DutyAnswer))


# Rules, facts, the service


def rules(  # noqa: PLR0913  # the filters of the service
    *,
    jurisdiction: str | None = None,
    pillar: str | None = None,
    gate: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    words: str | None = None,
    as_of: Day = None,
    page_size: int | None = None,
) -> PageCall[RuleShort]:
    """The rules that pass the filters; `words` are looked for in id, title, citation, sentence and condition."""
    query = query_of(
        jurisdiction=jurisdiction, pillar=pillar, gate=gate, kind=kind, state=state, q=words, as_of=as_of,
        limit=page_size,
    )  # fmt: skip
    return pages_call("/v1/rules", query, RuleShort, "rules")


def rule(rule_id: str, *, as_of: Day = None) -> Call[RuleFull]:
    """A rule in full: condition, dates, points and why, citation, tests."""
    path = f"/v1/rules/{segment(rule_id)}"

    def read(received: Received) -> RuleFull:
        return read_as(RuleDetailAnswer, document(received)).rule

    return Call(method="GET", path=path, query=query_of(as_of=as_of), read=read)


def facts() -> Call[FactsAnswer]:
    """The facts that rules use and callers may tell, with their code lists."""
    return get_call("/v1/facts", FactsAnswer)


def datasets() -> Call[DatasetsAnswer]:
    """The tables, their sizes and their newest sources."""
    return get_call("/v1/datasets", DatasetsAnswer)


def health() -> Call[HealthAnswer]:
    """That the service lives, and its version."""
    return get_call("/health", HealthAnswer)


def get(path: str, **query: object) -> Call[Any]:
    """The JSON at any address of the service, for what this client has no method for."""
    written = quote("/" + path.lstrip("/"), safe="/%:@!$&'()*+,;=-._~")
    return Call(method="GET", path=written, query=query_of(**query), read=document)
