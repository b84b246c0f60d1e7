"""Sources with numbers: addresses as they are cited in, the numbers, their cells and the sheet of sources out.

A source has the number of its first citation, so that the numbers rise with the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from riskapi.assessment.words import code_words
from riskapi.briefing.sheets import Column, Form, Link, Sheet, Table, Within
from riskapi.claims.model import Claim
from riskapi.claims.status import DealStatus
from riskapi.facts.evidence import Evidence
from riskapi.rules.book import LegalSource

SHEET: Final = "Sources"
_BETWEEN: Final = " | "  # addresses in one cell of the datasets
_REMARKS: Final = (
    "Every number in brackets on another sheet is a row here. The name of the publisher leads to the page.",
)
_HEAD_ROW: Final = len(_REMARKS) + 2
_COLUMNS: Final = (
    Column("No.", Form.COUNT, 6),
    Column("Publisher", Form.LONG, 32),
    Column("Address", Form.LONG, 70),
    Column("Read or dated", Form.DATE, 13),
    Column("Used for", Form.LONG, 60),
    Column("Cited on", Form.LONG, 24),
)


@dataclass(slots=True)
class Source:
    """One address and what it is cited for; `read_on` is the latest day on which it was read, or that it speaks of."""

    number: int
    address: str
    read_on: date | None
    used_for: str
    cited_on: dict[str, None] = field(default_factory=dict)


class Sources:
    """Everything that a workbook cites."""

    def __init__(self) -> None:
        self.by_address: dict[str, Source] = {}

    def cite(
        self, addresses: str | None, used_for: str, read_on: date | None, sheet: str, most: int | None = None
    ) -> tuple[int, ...]:
        """The numbers of the addresses in one cell of the datasets; the first `most` of them."""
        found = [address.strip() for address in (addresses or "").split(_BETWEEN) if address.strip()]
        return tuple(self._one(address, used_for, read_on, sheet) for address in found[:most])

    def evidence(self, rows: Iterable[Evidence], sheet: str) -> tuple[int, ...]:
        """The numbers of rows of evidence, each once."""
        found = (number for row in rows for number in self.cite(row.source_url, row.statement, row.as_of, sheet))
        return tuple(dict.fromkeys(found))

    def law(
        self, sources: Sequence[LegalSource], instrument: str, sheet: str, most: int | None = None
    ) -> tuple[int, ...]:
        """The numbers of the places where a law was read; the first `most` of them."""
        found = (self.cite(item.url, item.note or instrument, item.retrieved, sheet) for item in sources[:most])
        return tuple(number for numbers in found for number in numbers)

    def claims(self, status: DealStatus, sheet: str) -> tuple[int, ...]:
        """One source for each claim, each once."""
        found = (self.cite(one.source_url, claim_words(one), one.as_of, sheet, 1) for one in status.claims)
        return tuple(sorted({number for numbers in found for number in numbers}))

    def statements(self, rows: Iterable[Evidence], sheet: str) -> list[str]:
        """Each row in a sentence with its numbers, or with what stands in their place."""
        return [f"{row.statement} {self._behind(row, sheet)}".strip() for row in rows]

    def _behind(self, row: Evidence, sheet: str) -> str:
        numbers = marks(self.cite(row.source_url, row.statement, row.as_of, sheet))
        if row.confidence in ("told", "assumed"):
            return numbers  # the statement says so itself
        if not numbers:
            return "(no source on record)"
        return numbers if row.confidence == "high" else f"{numbers} ({row.confidence} confidence)"

    def _one(self, address: str, used_for: str, read_on: date | None, sheet: str) -> int:
        known = self.by_address.setdefault(address, Source(len(self.by_address) + 1, address, read_on, used_for))
        known.read_on = max(filter(None, (known.read_on, read_on)), default=None)
        known.cited_on[sheet] = None
        return known.number

    def sheet(self) -> Sheet:
        """The sheet of sources; to be made after everything that cites."""
        rows = [
            (item.number, Link(publisher(item.address), item.address), item.address, item.read_on, item.used_for,
             ", ".join(item.cited_on))
            for item in self.by_address.values()
        ]  # fmt: skip
        return Sheet(SHEET, (Table("sources", _COLUMNS, rows),), _REMARKS)


def marks(numbers: Iterable[int]) -> str:
    """Numbers as they stand in a text: `[3] [4]`."""
    return " ".join(f"[{number}]" for number in numbers)


def cell(numbers: tuple[int, ...], text: str | None = None) -> Within | str | None:
    """A cell that shows the text with the numbers, and leads to the first of them."""
    shown = " ".join(filter(None, (text, marks(numbers))))
    return Within(shown, SHEET, f"A{_HEAD_ROW + numbers[0]}") if numbers else text


def claim_words(claim: Claim) -> str:
    """Who says what, in short."""
    return f"{claim.claimant}: {code_words(claim.stance.value)}"


def publisher(address: str) -> str:
    """The host of an address."""
    try:
        return (urlsplit(address).hostname or address).removeprefix("www.")
    except ValueError:
        return address
