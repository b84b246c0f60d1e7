"""The cases of the datasets: rows of deals.csv and cases.csv of an open database in, a `CaseFile` out."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import duckdb

from riskapi.backtest.cases import VERSION_LENGTH, Announcement, Case, CaseFile

_QUERY = """
    SELECT d.deal_id, d.title, c.regime, c.reviewed_by, d.foreign_name, d.foreign_country, c.ultimate_owner,
           c.ultimate_owner_country, c.state_ownership, c.lists, d.host_name, d.host_country, c.business, d.deal_type,
           d.foreign_share, d.value_usd_m, d.sector, c.critical_technology, c.critical_infrastructure,
           c.sensitive_personal_data, c.defence_supplier, c.near_military_site, d.announced_on, d.outcome, d.confidence
    FROM cases c JOIN deals d USING (deal_id) ORDER BY d.deal_id
"""

_TOLD = {"true": True, "false": False, None: None}
_SENSITIVITIES = (
    "critical_technology",
    "critical_infrastructure",
    "sensitive_personal_data",
    "defence_supplier",
    "near_military_site",
)


def shipped_cases(con: duckdb.DuckDBPyConnection) -> CaseFile:
    """Every case of the datasets; the tables were checked when the database was built."""
    cursor = con.execute(_QUERY)
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    text = json.dumps(rows, default=str, sort_keys=True)
    return CaseFile(
        cases=tuple(map(_case, rows)), problems=(), version=sha256(text.encode()).hexdigest()[:VERSION_LENGTH]
    )


def _case(row: dict[str, Any]) -> Case:
    announcement = Announcement.model_validate(
        {
            "host_country": row["reviewed_by"],
            "foreign_party": {
                "name": row["foreign_name"],
                "country": row["foreign_country"],
                "ultimate_owner": row["ultimate_owner"],
                "ultimate_owner_country": row["ultimate_owner_country"],
                "state_ownership": row["state_ownership"],
                "lists_at_announcement": row["lists"] or (),
            },
            "host_party": {"name": row["host_name"], "country": row["host_country"], "business": row["business"]},
            "deal_type": row["deal_type"],
            "stake_pct": row["foreign_share"],
            "value_usd_m": row["value_usd_m"],
            "sector": row["sector"],
            "sensitivities": {name: _TOLD[row[name]] for name in _SENSITIVITIES},
            "announced": row["announced_on"],
        }
    )
    return Case(
        case_id=row["deal_id"],
        title=row["title"],
        regime=row["regime"],
        announcement=announcement,
        outcome=row["outcome"],
        confidence=row["confidence"],
    )
