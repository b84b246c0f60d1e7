"""Lays listed companies over the datasets, so that each can be scored by name.

Enters: checked datasets and the companies of a snapshot. Leaves: the datasets with more rows, and an account of what was
joined, added and left out. The datasets win: none of their rows is changed. A listed company is one of theirs by its
identifier, or by exact name and country, never by likeness; where that leaves a doubt it is reported and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from riskapi.refresh.known import KnownCompanies, identity_of, known_companies
from riskapi.refresh.listed import ListedCompany
from riskapi.refresh.lists import TITLES
from riskapi.refresh.model import Listing
from riskapi.warehouse.load import Dataset
from riskapi.warehouse.rows import Cell, Row
from riskapi.warehouse.schema import Table
from riskapi.warehouse.tables import CODES, COMPANIES, DESIGNATIONS, NAMES

#: A row that stands in no file.
NO_LINE = 0
LIST_DOMAIN = "designation_list"
#: An abbreviation up to this length counts only in the very letters of the list.
_LONGEST_ACRONYM = 5
_SHORT_NAME = re.compile(r"\s*\([A-Z][A-Z&]+\)$")
_NO_DATE = "the publication gives no date of listing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A listed company that is a company of the datasets, and by what."""

    entity_id: str
    company_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A listed company that may be one of the datasets' companies; the reader decides."""

    entity_id: str
    name: str
    candidates: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """The datasets with the listed companies, and what became of each.

    `doubts` were left out. `namesakes` were added although a company of the datasets bears the name with another legal
    form, in another country, or as one of its other names. `dropped_names` counts other names that companies of the
    datasets bear.
    """

    dataset: Dataset
    joined: tuple[Joined, ...]
    added: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    namesakes: tuple[Doubt, ...]
    designations_added: int
    dropped_names: int


@dataclass(slots=True)
class _Draft:
    companies: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)
    designations: list[Row] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    namesakes: list[Doubt] = field(default_factory=list)
    dropped_names: int = 0


def overlay(dataset: Dataset, listed: Sequence[ListedCompany]) -> Overlaid:
    """The datasets and, after their own rows, those of the listed companies."""
    known = known_companies(dataset.rows[COMPANIES.name], dataset.rows[NAMES.name])
    taken = {*known.companies, *(str(row["owner_id"]) for row in dataset.rows.get("owners", ()))}
    places = _Places(dataset.rows[DESIGNATIONS.name])
    draft = _Draft()
    for company in listed:
        owner = _place(company, known, taken, draft)
        if owner is not None:
            draft.designations += places.new_rows(owner, company)
    return Overlaid(
        dataset=_with(dataset, draft),
        joined=tuple(draft.joined),
        added=tuple(str(row["company_id"]) for row in draft.companies),
        doubts=tuple(draft.doubts),
        namesakes=tuple(draft.namesakes),
        designations_added=len(draft.designations),
        dropped_names=draft.dropped_names,
    )


def _place(company: ListedCompany, known: KnownCompanies, taken: set[str], draft: _Draft) -> str | None:
    """The id under which the listed company goes from now on; None where it is left out."""
    candidates = known.named(company.name) | known.named(_without_short_name(company.name))
    judged = _judged(company, candidates, known)
    if judged is None and company.company_id in taken:
        judged = _doubt(company, {company.company_id}, "the id is taken")
    if isinstance(judged, Joined):
        draft.joined.append(judged)
        return judged.company_id
    if isinstance(judged, Doubt):
        draft.doubts.append(judged)
        return None
    _add(company, known, draft)
    if namesakes := candidates | known.sharing_core(company.name):
        why = "the name is the same but for the legal form or the country"
        draft.namesakes.append(_doubt(company, namesakes, why))
    elif namesakes := _by_other_names(company, known):
        draft.namesakes.append(_doubt(company, namesakes, "another name of it is that of a company of the datasets"))
    return company.company_id


def _judged(company: ListedCompany, candidates: set[str], known: KnownCompanies) -> Joined | Doubt | None:
    """Whether it is a company of the datasets; None where it is none."""
    if company.lei and company.lei in known.by_lei:
        return Joined(entity_id=company.company_id, company_id=known.by_lei[company.lei], by="identifier")
    here = {found for found in candidates if known.companies[found].countries & set(company.countries)}
    if len(here) == 1:
        return Joined(entity_id=company.company_id, company_id=next(iter(here)), by="name and country")
    if here:
        return _doubt(company, here, "several companies of the datasets have this name in this country")
    unsure = {found for found in candidates if not company.countries or not known.companies[found].countries}
    if unsure:
        return _doubt(company, unsure, "the name is the same, and one of the countries is not known")
    if not identity_of(company.name).is_telling and (bearers := known.sharing_core(company.name)):
        return _doubt(company, bearers, "the name is one word that companies of the datasets go by")
    return None


def _by_other_names(company: ListedCompany, known: KnownCompanies) -> set[str]:
    """Lists give the names of daughter companies as other names: those prove nothing."""
    return {found for alias in company.aliases for found in known.named(alias, strictly=True)}


def _without_short_name(name: str) -> str:
    """`Example Works Corporation (EWC)` -> `Example Works Corporation`."""
    return _SHORT_NAME.sub("", name)


def _doubt(company: ListedCompany, candidates: Iterable[str], why: str) -> Doubt:
    return Doubt(entity_id=company.company_id, name=company.name, candidates=tuple(sorted(candidates)), why=why)


def _add(company: ListedCompany, known: KnownCompanies, draft: _Draft) -> None:
    first = company.entries[0]
    others = [entry.entity_id for entry in company.entries[1:]]
    provenance = {"source_url": first.source_url, "as_of": first.as_of, "confidence": "medium"}
    draft.companies.append(
        _row(
            COMPANIES,
            company_id=company.company_id,
            name=company.name,
            seat_country=company.country,
            lei=company.lei,
            note="entry of an official list" + (f", with {', '.join(others)}" if others else ""),
            **provenance,
        )
    )
    for alias in company.aliases:
        if known.sharing_core(alias) or not identity_of(alias).core:
            draft.dropped_names += 1
            continue
        kind = "acronym" if _is_acronym(alias) else "alias"
        draft.names.append(_row(NAMES, company_id=company.company_id, name=alias, kind=kind, **provenance))


def _is_acronym(name: str) -> bool:
    return len(name) <= _LONGEST_ACRONYM and name.isascii() and name.isupper() and name.isalnum()


class _Places:
    """The designations of the datasets: a list is added to a company only where they do not speak of it."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            self._rows.setdefault((str(row["company_id"]), str(row["list"])), []).append(row)
        self._given: set[tuple[str, str]] = set()

    def new_rows(self, company_id: str, company: ListedCompany) -> list[Row]:
        """One row for each list that the company is not known to be on."""
        return [
            _designation(company_id, company, listing)
            for listing in company.listings
            if self._is_new(company_id, listing)
        ]

    def _is_new(self, company_id: str, listing: Listing) -> bool:
        key = (company_id, listing.list)
        if key in self._given:
            return False
        ends = [row["delisted_on"] for row in self._rows.get(key, ())]
        starts_later = listing.listed_on is not None and all(
            isinstance(end, date) and end <= listing.listed_on for end in ends
        )
        if ends and not starts_later:
            return False
        self._given.add(key)
        return True


def _designation(company_id: str, company: ListedCompany, listing: Listing) -> Row:
    first = company.entries[0]
    return _row(
        DESIGNATIONS,
        company_id=company_id,
        list=listing.list,
        listed_on=listing.listed_on,
        citation=listing.citation,
        source_url=listing.source_url or first.source_url,
        # Where the list gives no date, the row speaks of the day on which the entry was seen first, not last.
        as_of=first.as_of if listing.listed_on else listing.first_seen_on or first.as_of,
        confidence="high" if listing.listed_on else "medium",
        note=None if listing.listed_on else _NO_DATE,
    )


def _row(table: Table, **cells: Cell) -> Row:
    return Row(NO_LINE, {name: cells.get(name) for name in table.header})


def _with(dataset: Dataset, draft: _Draft) -> Dataset:
    codes = {str(row["code"]) for row in dataset.rows[CODES.name] if row["domain"] == LIST_DOMAIN}
    wanted = sorted({str(row["list"]) for row in draft.designations} - codes)
    new_codes = [_row(CODES, domain=LIST_DOMAIN, code=code, label=TITLES.get(code, code)) for code in wanted]
    more: Mapping[str, Sequence[Row]] = {
        CODES.name: new_codes,
        COMPANIES.name: draft.companies,
        NAMES.name: draft.names,
        DESIGNATIONS.name: draft.designations,
    }
    rows = {name: (*found, *more.get(name, ())) for name, found in dataset.rows.items()}
    labels = {**dataset.domains.get(LIST_DOMAIN, {}), **{code: TITLES.get(code, code) for code in wanted}}
    return Dataset(rows=rows, domains={**dataset.domains, LIST_DOMAIN: labels})
