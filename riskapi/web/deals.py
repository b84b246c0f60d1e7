"""Reported deals: filters in, a list out; and the page of one: who said what, and what follows. Reads as GET /v1/deals does."""

from __future__ import annotations

from typing import Final

from riskapi.api.operations import deals
from riskapi.claims.status import LABELS
from riskapi.records.deals import DealAnswer
from riskapi.web.question import Question
from riskapi.web.result import status_shown
from riskapi.web.visit import Shown, Visit

_LIST, _ONE = deals.OPERATIONS
PER_PAGE: Final = "50"


def show_deals(visit: Visit) -> Shown:
    """The deals that pass the filters, a page at a time."""
    found = deals.list_deals(visit.workspace, visit.asked(_LIST, [("limit", PER_PAGE), *visit.without("limit")]))
    context = {
        "found": found,
        "given": dict(visit.pairs),
        "labels": {status.value: label for status, label in LABELS.items() if status.value != "no_report"},
        "country": visit.workspace.vocabulary.domains["country"],
        "types": visit.workspace.vocabulary.domains["deal_type"],
        "next": [*visit.without("cursor"), ("cursor", found.next_cursor)] if found.next_cursor else None,
    }
    return Shown(template="deals.html", context=context)


def show_deal(visit: Visit) -> Shown:
    """One deal on a day; raises `NotFoundError`."""
    found = deals.show_deal(visit.workspace, visit.asked(_ONE))
    context = {
        "found": found,
        "status": status_shown(found.status),
        "query": _question_of(found),
        "country": visit.workspace.vocabulary.domains["country"],
        "types": visit.workspace.vocabulary.domains["deal_type"],
        "sectors": visit.workspace.vocabulary.domains["sector"],
    }
    return Shown(template="deal.html", context=context)


def _question_of(found: DealAnswer) -> str | None:
    """The address of the question that the deal puts, None where a party is not on record."""
    deal = found.deal
    if deal is None or not (deal.foreign_company_id and deal.host_company_id):
        return None
    told = {
        "type": deal.deal_type,
        "sector": deal.sector,
        "activity_country": deal.activity_country,
        "foreign_stake": None if deal.foreign_share is None else f"{deal.foreign_share:g}",
    }
    question = Question(
        first=deal.foreign_company_id,
        second=deal.host_company_id,
        foreign=deal.foreign_company_id,
        as_of=found.as_of.isoformat(),
        deal={name: value for name, value in told.items() if value},
    )
    return question.query()
