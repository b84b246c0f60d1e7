"""GET /v1/companies and /v1/companies/{id}: which company a name means, and what is known of one.

Enters: a name, or an id and a day. Leaves: a resolution with candidates, or a profile with the rows behind each fact.
"""

from __future__ import annotations

from datetime import date

from riskapi.api.frame.operation import AS_OF, Asked, Example, Kind, Operation, Parameter
from riskapi.assessment.answer import FactShown
from riskapi.assessment.request import MAX_NAME
from riskapi.entities.resolver import Ambiguous, Candidate, Match
from riskapi.errors import NotFoundError
from riskapi.facts.profiles import CompanyProfile
from riskapi.records.companies import CompaniesAnswer, CompanyAnswer
from riskapi.rules.template import in_words
from riskapi.workspace import Workspace


def find_companies(workspace: Workspace, asked: Asked) -> CompaniesAnswer:
    """The resolution of a name."""
    found = workspace.resolve(asked.needed("q"), asked.text("country"), as_of=asked.given_day())
    company = None
    if isinstance(found, Match):
        company = Candidate(
            company_id=found.company_id,
            name=found.name,
            seat_country=workspace.names.companies[found.company_id].seat_country,
            matched_name=found.matched_name,
            kind=found.kind,
            score=found.score,
        )
    return CompaniesAnswer(
        query=found.query,
        status="match" if company else "ambiguous" if isinstance(found, Ambiguous) else "no_match",
        reason=found.reason,
        company=company,
        candidates=found.candidates,
        related=found.related,
        versions=workspace.versions,
    )


def show_company(workspace: Workspace, asked: Asked) -> CompanyAnswer:
    """The profile of a company; raises `NotFoundError`."""
    company_id, as_of = asked.needed("id"), asked.day()
    profile = workspace.profiles.get(company_id, as_of)
    return CompanyAnswer(
        company_id=profile.company_id,
        name=str(profile.values["name"]),
        as_of=as_of,
        valid_from=None if profile.valid_from == date.min else profile.valid_from,
        valid_to=profile.valid_to,
        facts=_facts(workspace, profile, as_of),
        versions=workspace.versions,
    )


def _facts(workspace: Workspace, profile: CompanyProfile, as_of: date) -> tuple[FactShown, ...]:
    evidence = workspace.profiles.evidence(profile.company_id, as_of)
    shown = []
    for leaf, value in profile.values.items():
        fact = workspace.vocabulary[f"foreign.{leaf}"]
        shown.append(
            FactShown(
                fact=leaf,
                value=value,
                text=in_words(fact, value, workspace.vocabulary),
                meaning=fact.meaning,
                evidence=evidence.get(leaf, ()),
            )
        )
    return tuple(shown)


OPERATIONS = (
    Operation(
        id="findCompanies",
        path="/v1/companies",
        tag="companies",
        summary="Find the company that a name means",
        description="A match, several companies that may be meant, or none with the nearest names; never a guess.",
        run=find_companies,
        answers=CompaniesAnswer,
        parameters=(
            Parameter(name="q", meaning="A name, former name, brand, ticker, id.", required=True, max_length=MAX_NAME),
            Parameter(name="country", meaning="Country of the company, to tell namesakes apart (ISO 3166).",
                      choices=lambda workspace: workspace.vocabulary.domains["country"]),
            Parameter(name="as_of", kind=Kind.DATE, meaning="The day on which the name is used; any day where not given."),
        ),
        examples=(
            Example(name="match", summary="A name that settles", values={"q": "Xiaomi"}),
            Example(name="no-match", summary="A name that is not in the tables", values={"q": "Zorblax"}),
        ),
    ),
    Operation(
        id="showCompany",
        path="/v1/companies/{id}",
        tag="companies",
        summary="Show what is known of a company on a day",
        description="Every company fact with its value in data and in words, and the rows that it rests on.",
        run=show_company,
        answers=CompanyAnswer,
        refusals=(NotFoundError.code,),
        parameters=(Parameter(name="id", meaning="The company_id.", in_path=True, required=True), AS_OF),
        examples=(
            Example(name="designated", summary="Xiaomi while it stood on a Defense Department list",
                    values={"id": "xiaomi", "as_of": "2021-03-01"}),
            Example(name="today", summary="Ford", values={"id": "ford", "as_of": "2026-11-22"}),
        ),
    ),
)  # fmt: skip
