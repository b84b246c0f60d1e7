"""What is known of one company, for every span of days in which nothing changes.

Enters: the tables of an open database. Leaves: the derived table `company_profiles` (`derive`, called while the
database is built), and its rows and their evidence (`ProfileStore`, used by everything that asks of a company).

A row holds from `valid_from` to `valid_to`, the last day (null: still); the first row of a company starts with the
calendar. There is one column for each company fact of the vocabulary; null is "not known".
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import duckdb

from riskapi.entities.records import Register, load_register
from riskapi.entities.standing import Standing, change_days, fraction, groups_of, standing
from riskapi.errors import NotFoundError, Problem
from riskapi.facts.evidence import Evidence, evidence_of
from riskapi.facts.vocabulary import COMPANY_FACTS, FactType, Value
from riskapi.warehouse.database import append, create
from riskapi.warehouse.schema import Column, Kind, Table

#: The company facts that a profile carries: all but the id, which is the key.
LEAVES: tuple[str, ...] = tuple(fact.name for fact in COMPANY_FACTS if fact.name != "company_id")

#: Answers of `ProfileStore.evidence` that are kept.
EVIDENCE_KEPT = 1024

_KINDS = {FactType.STR: Kind.TEXT, FactType.FLOAT: Kind.NUMBER, FactType.LIST: Kind.LIST}

COMPANY_PROFILES = Table(
    name="company_profiles", meaning="What is known of each company, span by span.", key=("company_id", "valid_from"),
    columns=(
        Column(name="company_id", required=True, meaning="The company."),
        Column(name="valid_from", kind=Kind.DATE, required=True, meaning="First day of the span."),
        Column(name="valid_to", kind=Kind.DATE, meaning="Last day of the span; empty is still."),
        *(
            Column(name=fact.name, kind=_KINDS[fact.type], meaning=fact.meaning)
            for fact in COMPANY_FACTS
            if fact.name in LEAVES
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompanyProfile:
    """The company facts that hold from `valid_from` to `valid_to` (the last day; None: still), by leaf name."""

    company_id: str
    valid_from: date
    valid_to: date | None
    values: Mapping[str, Value]


def derive(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `company_profiles`; pass this to `warehouse.build.build`."""
    register = load_register(con)
    create(con, COMPANY_PROFILES)
    profiles = (profile for company_id in sorted(register.companies) for profile in profiles_of(register, company_id))
    append(con, COMPANY_PROFILES, (_row(profile) for profile in profiles))


def _row(profile: CompanyProfile) -> tuple[object, ...]:
    return (profile.company_id, profile.valid_from, profile.valid_to, *(profile.values[leaf] for leaf in LEAVES))


def profiles_of(register: Register, company_id: str) -> Iterator[CompanyProfile]:
    """The profiles of one company in order of time, without gaps; neighbours differ in some value."""
    start, values = date.min, values_on(register, company_id, date.min)
    for day in change_days(register, company_id):
        changed = values_on(register, company_id, day)
        if changed != values:
            yield CompanyProfile(company_id, start, day - timedelta(days=1), values)
            start, values = day, changed
    yield CompanyProfile(company_id, start, None, values)


def values_on(register: Register, company_id: str, as_of: date) -> dict[str, Value]:
    """Every company fact on one day."""
    found = standing(register, company_id, as_of)
    company, control = found.company, found.control.country
    return {
        "name": company.name,
        "seat_country": company.seat_country,
        "incorporation_country": company.incorporation_country,
        "control_country": control,
        "control_groups": None if control is None else _groups(register, (control,), as_of),
        "nexus_countries": found.nexus_countries,
        "nexus_groups": None if found.nexus_countries is None else _groups(register, found.nexus_countries, as_of),
        "state_ownership": found.state.category,
        "state_share": found.state.share,
        "state_owner_country": found.state.country,
        "state_golden_share": _sorted(register.state_owners[edge.owner_id] for edge in found.golden),
        "cfius_government_interest": found.government_share,
        "covered_nation_share": fraction(found.covered.total.exact_pct),
        "largest_covered_nation_share": fraction(found.covered.largest.exact_pct),
        **_lists(found),
        "sectors": None if company.sectors is None else tuple(sorted(company.sectors)),
    }


def _lists(found: Standing) -> dict[str, Value]:
    return {
        "designations": _sorted(row.list for row in found.designations),
        "former_designations": _sorted(row.list for row in found.former_designations),
        "owner_designations": _sorted(found.designated_owners.lists),
        "ofac_owner_share": found.ofac_owners.share,
        "bis_owner_share": found.bis_owners.share,
    }


def _groups(register: Register, countries: tuple[str, ...], as_of: date) -> tuple[str, ...]:
    return _sorted(row.group for country in countries for row in groups_of(register, country, as_of))


def _sorted(codes: Iterator[str] | Mapping[str, object]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))


_COLUMNS = ", ".join(f'"{leaf}"' for leaf in LEAVES)
_SPANS = f"SELECT company_id, valid_from, valid_to, {_COLUMNS} FROM company_profiles"
#: Companies that are read one by one before all are read at once.
READ_ALL_AFTER = 4


class ProfileStore:
    """Profiles and their evidence from an open database.

    A company's rows are read at its first use and kept; afterwards a look-up costs microseconds. Safe for threads: each
    read has its own cursor, and the caches only ever gain entries.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._spans: dict[str, tuple[list[date], list[CompanyProfile]]] = {}
        self._all_rows: Mapping[str, Sequence[tuple[Any, ...]]] | None = None
        self._register: Register | None = None
        # By day and not by span: the rows behind a value may change while the value stays.
        self._evidence = lru_cache(maxsize=EVIDENCE_KEPT)(self._find_evidence)

    def get(self, company_id: str, as_of: date) -> CompanyProfile:
        """The profile that holds on `as_of`; raises `NotFoundError` for an unknown company."""
        starts, profiles = self._spans.get(company_id) or self._load(company_id)
        return profiles[bisect_right(starts, as_of) - 1]

    def history(self, company_id: str) -> tuple[CompanyProfile, ...]:
        """All profiles of a company in order of time; raises `NotFoundError` for an unknown company."""
        return tuple((self._spans.get(company_id) or self._load(company_id))[1])

    def evidence(self, company_id: str, as_of: date) -> Mapping[str, tuple[Evidence, ...]]:
        """The rows behind each fact of the profile on `as_of`, by leaf name; the newest answers are kept.

        Raises `NotFoundError` for an unknown company. The first call reads all records, some 50 ms.
        """
        self.get(company_id, as_of)
        return self._evidence(company_id, as_of)

    def _find_evidence(self, company_id: str, as_of: date) -> Mapping[str, tuple[Evidence, ...]]:
        return evidence_of(self.register(), standing(self.register(), company_id, as_of))

    def _load(self, company_id: str) -> tuple[list[date], list[CompanyProfile]]:
        rows = self._rows_of(company_id)
        if not rows:
            raise NotFoundError(
                Problem(
                    code="company-unknown",
                    detail=f"no company has the id `{company_id}`",
                    hint="look the name up with `riskapi resolve`",
                )
            )
        profiles = [CompanyProfile(company_id, row[1], row[2], _values(row[3:])) for row in rows]
        self._spans[company_id] = ([profile.valid_from for profile in profiles], profiles)
        return self._spans[company_id]

    def _rows_of(self, company_id: str) -> Sequence[tuple[Any, ...]]:
        """Rows of one company. A query costs milliseconds, so after a few companies all rows are read at once."""
        if self._all_rows is None and len(self._spans) >= READ_ALL_AFTER:
            found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
            for row in self._con.cursor().execute(f"{_SPANS} ORDER BY company_id, valid_from").fetchall():
                found[row[0]].append(row)
            self._all_rows = found
        if self._all_rows is not None:
            return self._all_rows.get(company_id, ())
        return self._con.cursor().execute(f"{_SPANS} WHERE company_id = ? ORDER BY valid_from", [company_id]).fetchall()

    def register(self) -> Register:
        """All records behind the profiles; read at first use."""
        if self._register is None:
            self._register = load_register(self._con.cursor())
        return self._register


def _values(cells: tuple[object, ...]) -> dict[str, Value]:
    values = (tuple(cell) if isinstance(cell, list) else cell for cell in cells)
    return dict(zip(LEAVES, values, strict=True))  # type: ignore[arg-type]
