"""Templates made into responses. Enters: a page's template and context, or problems. Leaves: HTML with strict headers.

Everything is escaped by the template engine; nothing here marks text as safe. Pages run our own script only and load nothing
from elsewhere, so the policy allows neither inline script nor inline style.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response

from riskapi.api.frame.negotiation import HTML
from riskapi.assessment.words import (
    CONTROL,
    RULE_STATUS,
    STANDING,
    STATES,
    amount,
    code_words,
    fact_words,
    gate_words,
    plural,
    points,
)
from riskapi.briefing.cells import web_address
from riskapi.briefing.sources import publisher
from riskapi.facts.vocabulary import Value
from riskapi.web import scales, static_files
from riskapi.web.places import place

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def html(template: str, context: Mapping[str, Any], status: int = 200) -> Response[bytes]:
    """The template as a response."""
    body = environment().get_template(template).render(context).encode()
    headers = {"content-security-policy": POLICY, "content-type": f"{HTML}; charset=utf-8", "cache-control": "no-store"}
    return Response(body, status_code=status, media_type=HTML, headers=headers)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; a name that a page forgot to give is an error and no empty text."""
    found = Environment(
        loader=PackageLoader("riskapi.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    found.filters |= {
        "amount": amount,
        "points": points,
        "gate": gate_words,
        "words": code_words,
        "fact_words": fact_words,
        "day": spoken_day,
        "span": spoken_span,
        "share": share,
        "addresses": addresses,
        "publisher": publisher,
        "query": urlencode,
        "segment": lambda text: quote(str(text), safe=""),
        "plural": plural,
        "value": value_words,
    }
    found.globals |= {
        "static": static_files.address,
        "x_of": scales.x_of,
        "place": place,
        "STATUS": RULE_STATUS,
        "STATES": STATES,
        "CONTROL": CONTROL,
        "STANDING": STANDING,
    }
    return found


def spoken_day(value: date | None, none: str = "date not known") -> str:
    """A date as readers say it: 22 November 2026."""
    return f"{value.day} {value:%B %Y}" if value else none


def spoken_span(start: date | None, end: date | None) -> str:
    """Days from and to, both included."""
    return f"{spoken_day(start)} to {spoken_day(end)}" if end else f"since {spoken_day(start)}"


def share(value: float | None) -> str:
    """A fraction in per cent."""
    return "share not known" if value is None else f"{100 * value:.4g} %"


def addresses(raw: str | None) -> list[str]:
    """The web addresses of a source column; whatever is no address of the web is never made a link."""
    found = (web_address(part.strip()) for part in (raw or "").split(" | "))
    return [address for address in found if address]


def value_words(value: Value) -> str:
    """A value of a fact as it is: codes stay codes."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "none" if isinstance(value, list | tuple) else str(value)
