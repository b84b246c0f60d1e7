"""The country codes that tables and questions may use.

Enters: ISO 3166-1 as `pycountry` carries it. Leaves: alpha-2 code -> the name people use.
"""

from __future__ import annotations

from functools import cache

import pycountry

#: Codes that the tables need and ISO 3166-1 does not assign (XK is a user-assigned code in general use).
EXTRA = {"XK": "Kosovo"}

#: Everyday names where the standard has only an inverted or formal one.
EVERYDAY = {
    "BN": "Brunei",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "FM": "Micronesia",
    "HK": "Hong Kong",
    "MO": "Macao",
    "PS": "Palestine",
    "RU": "Russia",
    "SY": "Syria",
    "TW": "Taiwan",
    "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands",
}

#: Codes that single tables allow beside countries.
EUROPEAN_UNION = "EU"
ANY = "*"


#: Jurisdiction of rules that hold in every country.
EVERYWHERE = "ANY"


def jurisdiction_name(code: str) -> str:
    """A jurisdiction in words: a country, the European Union, or every country."""
    return {EUROPEAN_UNION: "European Union", EVERYWHERE: "Any country"}.get(code) or country_names().get(code, code)


@cache
def country_names() -> dict[str, str]:
    """Every country code with its name in plain English, in the order of the codes."""
    names = {entry.alpha_2: getattr(entry, "common_name", entry.name) for entry in pycountry.countries}
    return dict(sorted({**names, **EXTRA, **EVERYDAY}.items()))
