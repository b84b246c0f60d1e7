"""Invented case records: no deal, no company and no outcome in them is real.

Enters: fields that a test varies. Leaves: records in the form of a case file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from riskapi.backtest.cases import Announcement, Case, CaseFile, load_cases

OUTCOMES = (
    "cleared",
    "prohibited",
    "completed_without_known_review",
    "withdrawn_after_objection",
    "cleared_with_conditions",
)
COUNTRIES = ("CN", "JP", "CN", "DE", "CN", "FR")
HOSTS = ("US", "US", "DE", "GB")
SECTORS = ("automotive", "semiconductors", "agriculture_food", "power_grid")
COUNT = 36


def record(number: int = 0, **fields: Any) -> dict[str, Any]:
    """One invented record; `foreign_party`, `host_party` and `sensitivities` are updated, other fields replaced."""
    country, host = COUNTRIES[number % 6], HOSTS[number % 4]
    made: dict[str, Any] = {
        "case_id": f"invented-{number:02}",
        "title": f"Invented deal {number}",
        "host_country": host,
        "regime": "US-CFIUS" if host == "US" else "other",
        "foreign_party": {
            "name": f"Invented Buyer {number}",
            "country": country,
            "ultimate_owner": f"Invented Owner {number}",
            "ultimate_owner_country": country,
            "state_ownership": ("none", "full", "unknown")[number % 3],
            "lists_at_announcement": [],
        },
        "host_party": {"name": f"Invented Target {number}", "country": host, "business": "made up"},
        "deal_type": "acquisition",
        "stake_pct": 100,
        "value_usd_m": 10 * (number + 1),
        "sector": SECTORS[number % 4],
        "sensitivities": {
            "critical_technology": number % 2 == 0,
            "critical_infrastructure": False,
            "sensitive_personal_data": False,
            "defence_supplier": number % 7 == 0,
            "near_military_site": None,
        },
        "announced": f"{2010 + number % 15}-03-15",
        "outcome": OUTCOMES[number % 5],
        "outcome_date": "2026-01",
        "reason": "Made up for tests.",
        "claims": [],
        "sources": ["https://example.org/invented"],
        "confidence": ("high", "medium", "low")[number % 3],
    }
    for name, value in fields.items():
        made[name] = {**made[name], **value} if isinstance(made[name], dict) and isinstance(value, dict) else value
    return made


def records() -> list[dict[str, Any]]:
    """A file's worth of invented cases."""
    return [record(number) for number in range(COUNT)]


def announcement(**fields: Any) -> Announcement:
    """What an invented record says of the day of its announcement."""
    return Announcement.model_validate(record(**fields))


def case(number: int = 0, **fields: Any) -> Case:
    """One invented case."""
    made = record(number, **fields)
    return Case.model_validate({**made, "announcement": Announcement.model_validate(made)})


def write(path: Path, *made: Any) -> Path:
    """A case file; text is written as it stands."""
    lines = [item if isinstance(item, str) else json.dumps(item) for item in made]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def invented_file(folder: Path) -> CaseFile:
    """The invented cases, written and read."""
    return load_cases(write(folder / "invented.jsonl", *records()))
