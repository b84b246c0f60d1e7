"""The real list files beside the checkout, in the shape of the Consolidated Screening List. None of them is copied here.

Enters: the folder `shared/data` beside the checkout. Leaves: bytes for `us_csl.parse`, or None where there is no such folder.
The files hold no kinds of entries and, but for the Entity List and the other lists of one folder, no countries.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SNAPSHOT = SHARED / "us_screening_snapshot_2026-07-16" / "snapshot.json"
LISTS = SHARED / "us_restricted_lists_2026-07"

_SOURCES = {
    "sdn": "Specially Designated Nationals (SDN) - Treasury Department",
    "el": "Entity List (EL) - Bureau of Industry and Security",
    "dpl": "Denied Persons List (DPL) - Bureau of Industry and Security",
    "dtc": "AECA Debarred List (DTC) - State Department",
    "isn": "Nonproliferation Sanctions (ISN) - State Department",
    "uflpa": "UFLPA Entity List (UFLPA) - Department of Homeland Security",
    "meu": "Military End User (MEU) List - Bureau of Industry and Security",
    "cmic": "Non-SDN Chinese Military-Industrial Complex Companies List (CMIC) - Treasury Department",
}
_WITH_COUNTRIES = {
    "el": "bis_entity_list.json",
    "meu": "bis_meu.json",
    "uflpa": "dhs_uflpa.json",
    "cmic": "ofac_nscmic.json",
}


def screening_list() -> bytes | None:
    """The snapshot as `consolidated.json`, with the countries that the other files give."""
    if not SNAPSHOT.is_file():
        return None
    entries = json.loads(SNAPSHOT.read_text(encoding="utf-8"))["entries"]
    countries = {key: country for code in _WITH_COUNTRIES for key, country in _countries(code).items()}
    results = [_entry(entry, countries) for entry in entries if entry["l"] in _SOURCES]
    return json.dumps({"total": len(results), "results": results}).encode()


def _countries(code: str) -> dict[tuple[str, str], str]:
    entities = json.loads((LISTS / _WITH_COUNTRIES[code]).read_text(encoding="utf-8"))["entities"]
    return {(code, entity["name"].strip()): entity["country"] for entity in entities if entity["country"]}


def _entry(entry: dict[str, Any], countries: dict[tuple[str, str], str]) -> dict[str, Any]:
    country = countries.get((entry["l"], entry["n"].strip()))
    return {
        "name": entry["n"],
        "alt_names": entry["a"],
        "source": _SOURCES[entry["l"]],
        "addresses": [{"country": country}] if country else [],
    }
