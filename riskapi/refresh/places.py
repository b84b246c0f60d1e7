"""Countries as publications write them. Enters: a name or code. Leaves: the alpha-2 code, None where it is not certain."""

from __future__ import annotations

from functools import cache

import pycountry

from riskapi.entities.names import normalise
from riskapi.warehouse.countries import country_names

#: Names that publications use and ISO 3166 does not, as `normalise` writes them.
_OTHER_NAMES = {
    "bosnia": "BA",
    "britain": "GB",
    "great britain": "GB",
    "burma": "MM",
    "cape verde": "CV",
    "china prc": "CN",
    "china mainland": "CN",
    "peoples republic of china": "CN",
    "peoples republic of china prc": "CN",
    "congo democratic republic": "CD",
    "congo democratic republic of": "CD",
    "democratic republic of congo": "CD",
    "congo republic": "CG",
    "congo republic of": "CG",
    "cote divoire": "CI",
    "cyprus northern": "CY",
    "czech republic": "CZ",
    "east timor": "TL",
    "hong kong china": "HK",
    "hong kong sar": "HK",
    "ivory coast": "CI",
    "korea south": "KR",
    "south korea": "KR",
    "republic of korea": "KR",
    "korea north": "KP",
    "north korea": "KP",
    "north korea dprk": "KP",
    "dprk": "KP",
    "democratic peoples republic of korea": "KP",
    "macau": "MO",
    "macau sar": "MO",
    "macedonia": "MK",
    "palestine": "PS",
    "palestinian": "PS",
    "russian federation": "RU",
    "st kitts and nevis": "KN",
    "st vincent and the grenadines": "VC",
    "swaziland": "SZ",
    "the bahamas": "BS",
    "the gambia": "GM",
    "turkey": "TR",
    "turkey turkiye": "TR",
    "turkiye": "TR",
    "uae": "AE",
    "uk": "GB",
    "united states of america": "US",
    "usa": "US",
    "vatican city": "VA",
    "virgin islands british": "VG",
}
#: Written where an address has no country; EU files use `00`.
_NO_COUNTRY = {"00", "EU"}


@cache
def _by_name() -> dict[str, str]:
    names = {normalise(name): code for code, name in country_names().items()}
    for entry in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            if text := getattr(entry, attribute, None):
                names.setdefault(normalise(text), entry.alpha_2)
        names.setdefault(entry.alpha_3.casefold(), entry.alpha_2)
    return {**names, **_OTHER_NAMES}


@cache
def country_code(text: str) -> str | None:
    """The code of a country; None for a region, a disputed territory under another name, or an unknown word."""
    written = text.strip()
    if written.upper() in _NO_COUNTRY:
        return None
    if len(written) == 2 and written.upper() in country_names():  # noqa: PLR2004  # alpha-2
        return written.upper()
    return _by_name().get(normalise(written))
