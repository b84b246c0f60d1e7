"""Addresses that several tests visit, and a reader of the pages that come back."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

from tests.shipped import AS_OF

VENTURE: Final = (
    ("a", "Xiaomi"),
    ("b", "Ford"),
    ("type", "joint_venture"),
    ("sector", "automotive"),
    ("activity_country", "US"),
    ("market_countries", "US"),
    ("model_year", "2028"),
)
QUERY: Final = urlencode(VENTURE)
MEXICO: Final = urlencode([*VENTURE[:4], ("activity_country", "MX"), *VENTURE[5:]])
RULE: Final = "us.icts.connected-vehicles.manufacturer-sale"
#: One address of every kind of page.
ADDRESSES: Final = {
    "home": "/",
    "home filled in": f"/?{QUERY}",
    "firm described": f"/?{QUERY}&a.seat_country=CN&a.state_share=30",
    "result": f"/deal?{QUERY}",
    "rule of a deal": f"/deal/rule?{QUERY}&rule={RULE}",
    "what-if": f"/what-if?{QUERY}",
    "variant": f"/what-if/live?{MEXICO}&{urlencode({'base': QUERY})}",
    "timeline": f"/timeline?{QUERY}&since=2024-06-01",
    "second deal": f"/compare?{urlencode({'left': QUERY})}",
    "comparison": f"/compare?{urlencode({'left': QUERY})}&{MEXICO}",
    "matrix form": "/matrix",
    "matrix": f"/matrix?{urlencode([('firms', 'Xiaomi' + chr(10) + 'Hyundai'), ('hosts', 'Ford')])}&type=joint_venture",
    "rules": "/rules?q=connected+vehicles",
    "rule": f"/rules/{RULE}",
    "companies": "/companies?q=Geely",
    "company": "/companies/volvo-cars",
    "deals": "/deals?party=Ford",
    "deal": "/deals/us-2026-ford-xiaomi-jv",
}
#: Takes a second or more.
SLOW: Final = {"ways": f"/what-if/ways?{QUERY}"}


class Reader(HTMLParser):
    """Collects the elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text with single spaces."""
        return " ".join(" ".join(self.words).split())

    def attributes(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [value for _, attributes in self.elements for key, value in attributes.items() if key == name and value]


#: The same question as the service takes it.
BODY: Final = {
    "parties": ["Xiaomi", "Ford"],
    "deal": {
        "type": "joint_venture",
        "sector": "automotive",
        "activity_country": "US",
        "market_countries": ["US"],
        "model_year": 2028,
    },
    "as_of": AS_OF.isoformat(),
}
