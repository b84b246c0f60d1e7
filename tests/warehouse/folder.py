"""A small datasets folder for one test: every table with its header, and the rows that the test names."""

from __future__ import annotations

import csv
from pathlib import Path

from riskapi.warehouse.tables import TABLES

CODES = [
    {"domain": "sector", "code": "automotive", "label": "Automotive"},
    {"domain": "screening_filing", "code": "none", "label": "No filing"},
    {"domain": "state_ownership", "code": "none", "label": "No state holding"},
    {"domain": "state_ownership", "code": "minority", "label": "State minority holding"},
    {"domain": "state_ownership", "code": "majority", "label": "State majority holding"},
    {"domain": "state_ownership", "code": "full", "label": "Wholly state-owned"},
    {"domain": "designation_list", "code": "us_1260h", "label": "Section 1260H list"},
    {"domain": "designation_list", "code": "us_sdn", "label": "SDN list"},
    {"domain": "country_group", "code": "adversary", "label": "Adversaries"},
    {"domain": "country_group", "code": "nato", "label": "NATO"},
    {"domain": "product_group", "code": "ev_car", "label": "Battery-electric car"},
    {"domain": "deal_type", "code": "joint_venture", "label": "Joint venture"},
]
PROVENANCE = {"as_of": "2026-11-22", "confidence": "low"}

Rows = list[dict[str, str]]


def write_datasets(folder: Path, **tables: Rows) -> Path:
    """Writes every table into `folder`; missing cells are empty, provenance is low and without a source, codes sorted."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        rows = tables.get(table.name, CODES if table.name == "codes" else [])
        if table.name == "codes":
            rows = sorted(rows, key=lambda row: (row["domain"], row["code"]))
        given = PROVENANCE if table.has_provenance() else {}
        with (folder / table.file).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table.header, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows({**given, **row} for row in rows)
    return folder


def company(company_id: str, **cells: str) -> dict[str, str]:
    """A row of companies.csv."""
    return {"company_id": company_id, "name": company_id.title(), **cells}


def owner(owner_id: str, kind: str, country: str = "") -> dict[str, str]:
    """A row of owners.csv."""
    return {"owner_id": owner_id, "name": owner_id.title(), "type": kind, "country": country}


def holding(owner_id: str, owned_id: str, share: str = "", kind: str = "equity", **cells: str) -> dict[str, str]:
    """A row of ownership.csv."""
    return {"owner_id": owner_id, "owned_id": owned_id, "share_pct": share, "kind": kind, **cells}
