"""GET /v1/deals and /v1/deals/{id}: reported deals as they were known on a day.

Enters: a day, an id. Leaves: records and their status.
"""

from __future__ import annotations

from dataclasses import fields

from riskapi.api.frame.operation import AS_OF, Asked, Example, Operation, Parameter
from riskapi.api.frame.paging import CURSOR, LIMIT, page_of
from riskapi.assessment.request import MAX_NAME
from riskapi.claims.record import LISTED_STATUSES, DealShown, deal_on, deals_on
from riskapi.errors import NotFoundError, UnsettledNameError
from riskapi.records.deals import DealAnswer, DealsAnswer
from riskapi.workspace import Workspace


def list_deals(workspace: Workspace, asked: Asked) -> DealsAnswer:
    """The deals that were public by the day and pass the filters; raises `UnsettledNameError` for an unknown party."""
    as_of, name = asked.day(), asked.text("party")
    party = None if name is None else workspace.party_of_deals(name)
    found = list(deals_on(workspace.ledger, as_of, party, asked.text("status")))
    page = page_of(found, lambda shown: shown.deal.deal_id, asked)
    return DealsAnswer(
        as_of=as_of,
        deals=page.items,
        total=page.total,
        next_cursor=page.next_cursor,
        versions=workspace.versions,
    )


def show_deal(workspace: Workspace, asked: Asked) -> DealAnswer:
    """One deal with the claims made by the day; raises `NotFoundError` with near ids."""
    shown = deal_on(workspace.ledger, asked.needed("id"), asked.day())
    values = {field.name: getattr(shown, field.name) for field in fields(DealShown)}
    return DealAnswer(**values, versions=workspace.versions)


OPERATIONS = (
    Operation(
        id="listDeals",
        path="/v1/deals",
        tag="deals",
        summary="List the reported deals",
        description="Deals that were public on the as-of date, each with its status on that date; all, or those of a party or"
        " a status. What editors of your tenant wrote lies over the datasets and bears `edited`.",
        run=list_deals,
        answers=DealsAnswer,
        refusals=(UnsettledNameError.code,),
        parameters=(
            Parameter(name="party", meaning="Name or id of a party.", max_length=MAX_NAME),
            Parameter(name="status", meaning="The status on the as-of date.", choices=lambda _: LISTED_STATUSES),
            AS_OF,
            LIMIT,
            CURSOR,
        ),
        examples=(
            Example(name="first-page", summary="The first two", values={"limit": "2", "as_of": "2026-11-22"}),
            Example(name="ford", summary="Deals of Ford", values={"party": "Ford", "limit": "2", "as_of": "2026-11-22"}),
            Example(name="earlier", summary="As known in 2019", values={"limit": "2", "as_of": "2019-12-31"}),
        ),
    ),
    Operation(
        id="showDeal",
        path="/v1/deals/{id}",
        tag="deals",
        summary="Show a deal: who said what, and what follows",
        description="The record, the claims by the as-of date with their grades, the positions and contradictions. What editors "
        "of your tenant wrote bears `edited`: the version, by whom, when and why.",
        run=show_deal,
        answers=DealAnswer,
        refusals=(NotFoundError.code,),
        parameters=(Parameter(name="id", meaning="The deal_id.", in_path=True, required=True), AS_OF),
        examples=(
            Example(name="xiaomi-ford", summary="The reported venture of Xiaomi and Ford",
                    values={"id": "us-2026-ford-xiaomi-jv", "as_of": "2026-11-22"}),
            Example(name="before-the-report", summary="The same, before anything was public",
                    values={"id": "us-2026-ford-xiaomi-jv", "as_of": "2026-01-01"}),
        ),
    ),
)  # fmt: skip
