"""The claim ledger: which deals between two companies were public on a date, and who had said what by then.

Enters: the rows of the tables `deals` and `claims` (mappings, or a DuckDB connection that has the tables).
Leaves: `ReportedDeal`s cut to an as-of date. Rows that cannot be read are reported together as one `DataError`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import duckdb

from riskapi.claims.model import Claim, Edited, ReportedDeal, Role, Stance
from riskapi.errors import DataError, NotFoundError, Problem, did_you_mean

Row = Mapping[str, Any]
T = TypeVar("T")

PRECISIONS = ("day", "month", "year")

#: The tables store a date known to the month or year as its first day and say so in words: taken as a day, it would
#: let a statement count before it can have been made.
_KNOWN_TO = re.compile(r"\s*\([^()]*date known (?:only )?to the (month|year)[^()]*\)", re.IGNORECASE)

#: Forms of address before a legislator's name; the same person is recorded with and without them.
_TITLES = re.compile(
    r"^(?:(?:u\.?s\.?|state|the|hon|honou?rable|house|senate|chair(?:man|woman)?|rep|representative|sen|senator"
    r"|congress(?:man|woman)|mp|mep|mr|mrs|ms|dr|lord|sir|baroness)\.?\s+)+"
)


class DealLedger:
    """All deals and claims of the datasets, ready to be asked as of any date. Immutable once built."""

    def __init__(self, deals: Iterable[ReportedDeal]) -> None:
        self._by_id = {deal.deal_id: deal for deal in sorted(deals, key=lambda deal: deal.deal_id)}
        by_pair: defaultdict[frozenset[str], list[ReportedDeal]] = defaultdict(list)
        for deal in self._by_id.values():
            if deal.foreign_company_id and deal.host_company_id:
                by_pair[frozenset((deal.foreign_company_id, deal.host_company_id))].append(deal)
        self._by_pair = dict(by_pair)

    @classmethod
    def from_rows(cls, deals: Iterable[Row], claims: Iterable[Row]) -> DealLedger:
        """Build from rows of the two tables; raise `DataError` with every problem found in them."""
        reader = _Reader()
        by_deal: defaultdict[str, list[Claim]] = defaultdict(list)
        for number, row in enumerate(claims, start=1):
            if claim := reader.claim(row, number):
                by_deal[claim.deal_id].append(claim)
        found = [deal for number, row in enumerate(deals, start=1) if (deal := reader.deal(row, number, by_deal))]
        reader.refuse_orphans(by_deal, {deal.deal_id for deal in found})
        if reader.problems:
            raise DataError(reader.problems)
        return cls(found)

    @classmethod
    def from_connection(cls, connection: duckdb.DuckDBPyConnection) -> DealLedger:
        """Build from a connection that has the tables `deals` and `claims`; columns not known here are ignored."""
        return cls.from_rows(_rows(connection, "deals"), _rows(connection, "claims"))

    def __len__(self) -> int:
        return len(self._by_id)

    def deals(self) -> tuple[ReportedDeal, ...]:
        """Every deal by id, uncut: it may hold claims and outcomes of any date."""
        return tuple(self._by_id.values())

    def get(self, deal_id: str) -> ReportedDeal:
        """The deal with that id, uncut; raise `NotFoundError` where there is none."""
        if deal := self._by_id.get(deal_id):
            return deal
        hint = did_you_mean(deal_id, self._by_id) or "list the deals to see their ids"
        detail = f"no deal has the id {deal_id!r}"
        raise NotFoundError(Problem(code="not-found", detail=detail, field="deal_id", hint=hint))

    def between(self, company_id_a: str, company_id_b: str, as_of: date) -> tuple[ReportedDeal, ...]:
        """Deals between the two companies, in either order, as they were known on `as_of`; the latest first."""
        pair = frozenset((company_id_a, company_id_b))
        known = (deal.known_on(as_of) for deal in self._by_pair.get(pair, ()))
        found = [deal for deal in known if deal is not None]
        return tuple(sorted(found, key=lambda deal: (deal.known_from or date.min, deal.deal_id), reverse=True))

    def legislators_opposing(self, company_id_a: str, company_id_b: str, as_of: date) -> int:
        """How many different legislators had spoken against a public deal between the two companies by `as_of`.

        A joint letter recorded as one claimant counts once.
        """
        deals = self.between(company_id_a, company_id_b, as_of)
        return count_legislators(claim for deal in deals for claim in deal.opposition)


def read_claim(row: Row, edited: Edited | None = None) -> Claim:
    """The claim of one row; raises `DataError` with everything that cannot be read."""
    reader = _Reader()
    claim = reader.claim(row, 1)
    if claim is None:
        raise DataError(reader.problems)
    return replace(claim, edited=edited)


def read_deal(row: Row, edited: Edited | None = None) -> ReportedDeal:
    """The deal of one row, without claims; raises `DataError` with everything that cannot be read."""
    reader = _Reader()
    deal = reader.deal(row, 1, {})
    if deal is None:
        raise DataError(reader.problems)
    return replace(deal, edited=edited)


def count_legislators(claims: Iterable[Claim]) -> int:
    """How many different legislators made the claims."""
    return len({speaker_key(claim.claimant) for claim in claims if claim.role is Role.LEGISLATOR})


def speaker_key(claimant: str) -> str:
    """One key for one speaker: case, spacing, forms of address and what stands in brackets do not count."""
    name = re.sub(r"\s*\([^)]*\)", " ", claimant).casefold()
    return _TITLES.sub("", " ".join(name.split()))


class _Reader:
    """Turns rows into claims and deals and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._seen: set[tuple[str, str]] = set()

    def claim(self, row: Row, number: int) -> Claim | None:
        """The claim of a row, or None with the reasons noted."""
        take = _Fields(row, "claims", number, self.problems)
        values: dict[str, Any] = {
            "claim_id": take.key("claim_id", self._seen),
            "deal_id": take.required("deal_id", str),
            "made_on": take.required("made_on", _as_date),
            "made_precision": take.precision("made_precision", "note"),
            "claimant": take.required("claimant", str),
            "role": take.required("role", Role),
            "stance": take.required("stance", Stance),
            "anonymous_sources": take.optional("anonymous_sources", int),
            "as_of": take.optional("as_of", _as_date),
            "note": take.optional("note", _without_remark),
            **{name: take.optional(name, str) for name in ("source_url", "confidence")},
        }
        return None if take.failed else Claim(**values)

    def deal(self, row: Row, number: int, claims: Mapping[str, list[Claim]]) -> ReportedDeal | None:
        """The deal of a row with its claims in order, or None with the reasons noted."""
        take = _Fields(row, "deals", number, self.problems)
        values: dict[str, Any] = {
            "deal_id": take.key("deal_id", self._seen),
            "title": take.required("title", str),
            "announced_precision": take.precision("announced_precision", None),
            "outcome_precision": take.precision("outcome_precision", "summary"),
            **{name: take.optional(name, _as_date) for name in ("announced_on", "outcome_on", "as_of")},
            **{name: take.optional(name, float) for name in ("foreign_share", "value_usd_m")},
            **{name: take.optional(name, str) for name in _DEAL_TEXTS},
        }
        if take.failed:
            return None
        said = sorted(claims.get(values["deal_id"], ()), key=lambda claim: claim.order)
        return ReportedDeal(**values, claims=tuple(said))

    def refuse_orphans(self, claims: Mapping[str, list[Claim]], known: set[str]) -> None:
        """Note each claim about a deal that is not in the table."""
        for deal_id in sorted(set(claims) - known):
            hint = did_you_mean(deal_id, known) or "add the deal, or correct the id"
            for claim in claims[deal_id]:
                detail = f"claim {claim.claim_id!r} is about deal {deal_id!r}, which does not exist"
                problem = Problem(code="data-invalid", detail=detail, file="claims", field="deal_id", hint=hint)
                self.problems.append(problem)


_DEAL_TEXTS = (
    "foreign_name", "foreign_company_id", "foreign_country", "host_name", "host_company_id", "host_country",
    "activity_country", "deal_type", "sector", "outcome", "summary", "source_url", "confidence",
)  # fmt: skip


class _Fields:
    """The fields of one row; a field that cannot be read adds a problem and fails the row."""

    def __init__(self, row: Row, table: str, number: int, problems: list[Problem]) -> None:
        self._row, self._table, self._number, self._problems = row, table, number, problems
        self.failed = False

    def optional(self, name: str, convert: Callable[[Any], T]) -> T | None:
        """The value, or None where the cell is empty."""
        raw = self._row.get(name)
        if raw is None or raw == "":
            return None
        try:
            return convert(raw)
        except (ValueError, TypeError) as error:
            self._fail(name, f"cannot read {raw!r}: {error}", "correct the cell, or leave it empty if not known")
            return None

    def required(self, name: str, convert: Callable[[Any], T]) -> T | None:
        """The value; an empty cell fails the row."""
        before = len(self._problems)
        value = self.optional(name, convert)
        if value is None and len(self._problems) == before:
            self._fail(name, "is empty", "every row needs this value")
        return value

    def precision(self, name: str, remark: str | None) -> str:
        """`day`, `month` or `year`: from its own column, else from the remark that a text column ends with."""
        if told := self.optional(name, _as_precision):
            return told
        found = _KNOWN_TO.search(str(self._row.get(remark) or "")) if remark else None
        return found.group(1) if found else "day"

    def key(self, name: str, seen: set[tuple[str, str]]) -> str | None:
        """The row's id, which no other row of the table may have."""
        value = self.required(name, str)
        if value is not None and (self._table, value) in seen:
            self._fail(name, f"{value!r} is used by an earlier row", "give each row its own id")
        seen.add((self._table, value or ""))
        return value

    def _fail(self, name: str, detail: str, hint: str) -> None:
        self.failed = True
        self._problems.append(
            Problem(code="data-invalid", detail=detail, hint=hint, file=self._table, line=self._number, field=name)
        )


def _as_date(raw: object) -> date:
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw))


def _without_remark(raw: object) -> str:
    return _KNOWN_TO.sub("", str(raw))


def _as_precision(raw: object) -> str:
    if raw not in PRECISIONS:
        raise ValueError(f"expected one of {', '.join(PRECISIONS)}")
    return str(raw)


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    cursor = connection.table(table)
    return [dict(zip(cursor.columns, values, strict=True)) for values in cursor.fetchall()]
