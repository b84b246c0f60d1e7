"""Companies for what has been typed so far, in any script: the start of a name in, options of a list out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from riskapi.entities.resolver import Candidate, Match
from riskapi.web.visit import Shown, Visit
from riskapi.workspace import Workspace

MOST: Final = 8
LONGEST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A company as the list shows it; `value` is what the field holds once it is chosen, and means this company only."""

    value: str
    name: str
    country: str | None
    matched: str | None


def show_suggestions(visit: Visit) -> Shown:
    """The options for the field that asks."""
    typed = (visit.text("q") or "")[:LONGEST]
    return Shown(template="parts/options.html", context={"options": tuple(options(visit.workspace, typed))})


def options(workspace: Workspace, typed: str) -> Iterator[Option]:
    """Companies whose names start with the text, after the one that the text means as it stands."""
    seen: set[str] = set()
    for item in _candidates(workspace, typed):
        if item.company_id not in seen and len(seen) < MOST:
            seen.add(item.company_id)
            yield _option(workspace, item)


def _candidates(workspace: Workspace, typed: str) -> Iterator[Candidate]:
    found = workspace.resolve(typed)
    if isinstance(found, Match):
        company = workspace.names.companies[found.company_id]
        yield Candidate(
            company_id=found.company_id, name=found.name, seat_country=company.seat_country,
            matched_name=found.matched_name, kind=found.kind, score=found.score,
        )  # fmt: skip
    yield from workspace.names.starting_with(typed, MOST)
    yield from found.candidates


def _option(workspace: Workspace, item: Candidate) -> Option:
    settled = workspace.resolve(item.name)
    is_clear = isinstance(settled, Match) and settled.company_id == item.company_id
    matched = item.matched_name if item.matched_name.casefold() != item.name.casefold() else None
    return Option(
        value=item.name if is_clear else item.company_id,
        name=item.name,
        country=item.seat_country,
        matched=matched,
    )
