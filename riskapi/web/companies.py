"""Companies: a name in, those that it may mean out; and the page of one: facts with their rows, owners, lists, deals."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from riskapi.api.operations import companies
from riskapi.api.operations.deals import OPERATIONS as DEAL_OPERATIONS
from riskapi.api.operations.deals import list_deals
from riskapi.briefing.ownership import holdings
from riskapi.entities.resolver import Candidate
from riskapi.web.owners import graph
from riskapi.web.suggest import options
from riskapi.web.visit import Shown, Visit

_FIND, _ONE = companies.OPERATIONS
_LISTS: Final = ("designations", "owner_designations", "former_designations")
MOST_DEALS: Final = "20"


def show_companies(visit: Visit) -> Shown:
    """The companies that a name may mean."""
    typed = visit.text("q")
    found = None if typed is None else companies.find_companies(visit.workspace, visit.asked(_FIND))
    near: list[Candidate] = []
    if found is not None:
        near = [*([found.company] if found.company else []), *found.candidates, *found.related]
    context = {
        "q": typed or "",
        "found": found,
        "near": list({item.company_id: item for item in near}.values()),
        "starting": list(options(visit.workspace, typed)) if typed else [],
        "country": visit.workspace.vocabulary.domains["country"],
        "count": len(visit.workspace.names.companies),
    }
    return Shown(template="companies.html", context=context)


def show_company(visit: Visit) -> Shown:
    """One company on a day; raises `NotFoundError`."""
    found = companies.show_company(visit.workspace, visit.asked(_ONE))
    held = holdings(visit.workspace.profiles.register(), [(found.name, found.company_id)], found.as_of)
    asked = [("party", found.company_id), ("as_of", found.as_of.isoformat()), ("limit", MOST_DEALS)]
    deals = list_deals(visit.workspace, visit_for_deals(visit).asked(DEAL_OPERATIONS[0], asked))
    context = {
        "company": found,
        "facts": [fact for fact in found.facts if fact.fact not in (*_LISTS, "name", "company_id")],
        "lists": [fact for fact in found.facts if fact.fact in _LISTS],
        "holdings": held,
        "graph": graph(found.name, held),
        "deals": deals,
        "history": history(visit, found.company_id),
    }
    return Shown(template="company.html", context=context)


def visit_for_deals(visit: Visit) -> Visit:
    """The same visit without the id in its path, which is that of the company."""
    return Visit(workspace=visit.workspace, today=visit.today, pairs=())


def history(visit: Visit, company_id: str) -> list[tuple[str, ...]]:
    """Days on which something known of the company changed: the day and the facts."""
    profiles = visit.workspace.profiles.history(company_id)
    found = []
    for earlier, later in pairwise(profiles):
        changed = [name for name, value in later.values.items() if earlier.values.get(name) != value]
        found.append((later.valid_from.isoformat(), *changed))
    return found
