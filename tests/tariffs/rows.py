"""Measures for tests: an electric car from China into the United States, unless the test says otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

from riskapi.tariffs import Action, DutyBook, Measure

DAY = date(2026, 11, 22)


def measure(
    measure_id: str = "us.mfn", rate_pct: float | None = 2.5, action: str = "ordinary", **fields: Any
) -> Measure:
    """A measure in force on every day."""
    about = {"importer": "US", "origin": "CN", "product_group": "ev_car", "confidence": "high"}
    return Measure(measure_id=measure_id, rate_pct=rate_pct, action=Action(action), **{**about, **fields})


def book(*measures: Measure, **fields: Any) -> DutyBook:
    """A book of these measures."""
    return DutyBook.of(measures, **fields)
