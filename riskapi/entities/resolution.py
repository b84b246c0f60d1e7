"""What is said of a name: a match, several companies it may mean, or none. Plain records; nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypeAlias

#: Names that are a company's own.
OWN_KINDS = frozenset({"name", "legal", "short", "native", "transliteration"})
CODE_KINDS = frozenset({"ticker", "acronym"})
#: Names that elsewhere may be another company's: a brand is often the name of a daughter company or of a namesake.
LENT_KINDS = CODE_KINDS | {"brand"}
FORMER = "former"
#: The name of a part of a company, or of a daughter that has no row of its own: it never means the company.
UNIT = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """One name of one company; `kind` as in names.csv, or `name` for the one in companies.csv.

    `valid_to` is the last day of use; None is still, or not known.
    """

    company_id: str
    name: str
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the name was in use that day, as far as known."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCompany:
    """What the resolver tells of a company."""

    company_id: str
    name: str
    seat_country: str | None = None
    incorporation_country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A company that a query may mean, by which of its names, and how alike they are (0 to 100)."""

    company_id: str
    name: str
    seat_country: str | None
    matched_name: str
    kind: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The query means this company. `candidates` are others that share the name less directly."""

    query: str
    company_id: str
    name: str
    matched_name: str
    kind: str
    score: float
    reason: str
    candidates: tuple[Candidate, ...] = ()
    related: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """The query means one of several companies."""

    query: str
    reason: str
    candidates: tuple[Candidate, ...]
    related: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMatch:
    """The query means no company of the tables.

    `candidates` are the nearest names; `related` are companies whose name is part of the query or that own what it
    names: a parent, or a mere namesake.
    """

    query: str
    reason: str
    candidates: tuple[Candidate, ...] = ()
    related: tuple[Candidate, ...] = ()


Resolution: TypeAlias = Match | Ambiguous | NoMatch


def status_of(resolution: Resolution) -> str:
    """match, ambiguous or no_match."""
    return {Match: "match", Ambiguous: "ambiguous", NoMatch: "no_match"}[type(resolution)]


def as_mapping(resolution: Resolution) -> Mapping[str, object]:
    """The resolution as plain values, for screens and files."""
    return {"status": status_of(resolution), **asdict(resolution)}
