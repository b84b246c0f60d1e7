"""Answers about reported deals: a page of them, and one with all that was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from riskapi.assessment.answer import Versions
from riskapi.claims.record import DealShort, DealShown


@dataclass(frozen=True, slots=True, kw_only=True)
class DealsAnswer:
    """A page of the deals that were public on the as-of date, in the order of their ids."""

    as_of: date
    deals: tuple[DealShort, ...]
    total: int
    next_cursor: str | None
    versions: Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class DealAnswer(DealShown):
    """One deal: what was on record on the as-of date (`deal` is null where it was not public), and its status."""

    versions: Versions
