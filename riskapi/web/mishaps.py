"""Problems as pages: an error and the address that met it in, a page with what to do out.

A name that fits several companies becomes a choice: each company is a link to the same question with the name settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from riskapi.api.http.problems import TYPES, RefusedError
from riskapi.api.http.text import shown
from riskapi.errors import NotFoundError, Problem, RequestError, RiskapiError
from riskapi.web.question import PARTIES
from riskapi.web.visit import Pairs, Shown

_UNSETTLED: Final = ("name-ambiguous", "name-unknown")
SHARES: Final = "here shares are told in per cent, from 0 to 100"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A company that a name may mean, with the address that settles on it."""

    name: str
    country: str | None
    company_id: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """One thing that is wrong, and the companies to choose from; `describe` is where a firm can be described instead."""

    detail: str
    hint: str | None
    choices: tuple[Choice, ...]
    describe: str | None = None


def mishap(error: RiskapiError, raw: bytes, *, is_part: bool) -> Shown | None:
    """The page of an error that the reader can mend, or the part of one; None for errors of the service itself."""
    if isinstance(error, RefusedError):
        status, title = error.type.status, error.type.title
    elif isinstance(error, RequestError | NotFoundError):
        status, title = TYPES[error.code].status, TYPES[error.code].title
    else:
        return None
    pairs = _pairs(raw)
    context = {"title": title, "mishaps": [_mishap(item, pairs) for item in error.problems], "query": urlencode(pairs)}
    return Shown(template="parts/mishaps.html" if is_part else "mishap.html", context=context, status=status)


def _pairs(raw: bytes) -> Pairs:
    """The address as far as it can be read."""
    found = parse_qsl(raw.decode("latin-1"), errors="replace")
    return [(shown(name), shown(value)) for name, value in found]


def _mishap(problem: Problem, pairs: Pairs) -> Mishap:
    index = {"/parties/0": 0, "/parties/1": 1}.get(problem.pointer or "")
    choices = () if index is None else tuple(_choice(item, PARTIES[index], pairs) for item in problem.candidates)
    hint = None if choices else _hint(problem.hint)
    describe = None
    if index is not None and problem.code in _UNSETTLED:
        describe = f"/?{urlencode(pairs)}#describe-{PARTIES[index]}"
        hint = None
    return Mishap(detail=problem.detail, hint=hint, choices=choices, describe=describe)


def _hint(hint: str | None) -> str | None:
    """What to do, as it is done in these forms."""
    return SHARES if hint and hint.startswith("shares are fractions") else hint


def _choice(candidate: dict[str, object], party: str, pairs: Pairs) -> Choice:
    company_id = str(candidate["company_id"])
    settled = [(name, company_id if name == party else value) for name, value in pairs]
    country = candidate.get("country")
    return Choice(
        name=str(candidate["name"]),
        country=None if country is None else str(country),
        company_id=company_id,
        query=urlencode(settled),
    )
