"""Answers about companies: which one a name means, and what is known of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from riskapi.assessment.answer import FactShown, Versions
from riskapi.entities.resolution import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class CompaniesAnswer:
    """Which company a name means.

    `status` is match (then `company` is it), ambiguous or no_match; `candidates` are those that may be meant, or the
    nearest names; with a match, others that share the name less directly. `related` are companies of which the name speaks
    without meaning them: the owner of a unit, the parent of a subsidiary.
    """

    query: str
    status: str
    reason: str
    company: Candidate | None
    candidates: tuple[Candidate, ...]
    related: tuple[Candidate, ...]
    versions: Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyAnswer:
    """What is known of a company on the as-of date.

    Nothing changed from `valid_from` (null: since before records) to `valid_to` (null: still).
    """

    company_id: str
    name: str
    as_of: date
    valid_from: date | None
    valid_to: date | None
    facts: tuple[FactShown, ...]
    versions: Versions
