"""Documents of the US Federal Register that change lists: rules on 15 CFR part 744, notices on section 1260H and the UFLPA.

Enters: pages of the search of the Federal Register's interface. Leaves: notices, with the lists that their titles name.
The documents are not read for names: a notice says that a list has changed and where; an expert reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from riskapi.errors import Problem
from riskapi.refresh.model import ListNotice, Rows, plain
from riskapi.refresh.source import (
    JSON_TYPES,
    MEGABYTE,
    Needs,
    Resource,
    Source,
    address,
    day,
    format_changed,
    read_json,
    unreadable,
)

SOURCE_ID = "us-federal-register"
_SEARCH = "/api/v1/documents.json"
_FIELDS = ("document_number", "title", "type", "publication_date", "effective_on", "citation", "html_url")
_PER_PAGE = 100

#: The searches: conditions of the interface, apart from the date.
_SEARCHES: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("conditions[agencies][]", "industry-and-security-bureau"),
        ("conditions[type][]", "RULE"),
        ("conditions[cfr][title]", "15"),
        ("conditions[cfr][part]", "744"),
    ),
    (
        ("conditions[agencies][]", "defense-department"),
        ("conditions[type][]", "NOTICE"),
        ("conditions[term]", '"Chinese military companies"'),
    ),
    (
        ("conditions[agencies][]", "homeland-security-department"),
        ("conditions[type][]", "NOTICE"),
        ("conditions[term]", '"Uyghur Forced Labor Prevention Act Entity List"'),
    ),
)

#: Words of a title -> list. The first group is looked at first: the UFLPA's list is called an entity list too.
_WORDS = (
    (re.compile(r"uyghur forced labor|uflpa", re.IGNORECASE), "us_uflpa"),
    (re.compile(r"chinese military compan|1260H", re.IGNORECASE), "us_1260h"),
)
_BIS_WORDS = (
    (re.compile(r"entity list", re.IGNORECASE), "us_entity_list"),
    (re.compile(r"unverified list", re.IGNORECASE), "us_uvl"),
    (re.compile(r"military end[- ]users?\b", re.IGNORECASE), "us_meu"),
)


def plan(needs: Needs) -> Sequence[Resource]:
    """The first page of each search."""
    return tuple(Resource(f"{_SEARCH}?{_query(conditions, needs.notices_since)}") for conditions in _SEARCHES)


def _query(conditions: Sequence[tuple[str, str]], since: date) -> str:
    fields = [("fields[]", name) for name in _FIELDS]
    shown = [
        ("conditions[publication_date][gte]", since.isoformat()),
        ("order", "oldest"),
        ("per_page", str(_PER_PAGE)),
    ]
    return urlencode([*conditions, *shown, *fields])


def follow(body: bytes) -> Sequence[Resource]:
    """The next page, where there is one."""
    url = read_json(body).get("next_page_url")
    if not url:
        return ()
    parts = urlsplit(str(url))
    return (Resource(f"{parts.path}?{parts.query}"),)


def parse(body: bytes) -> Rows:
    """The notices of one page; a search without a hit has no `results`."""
    page = read_json(body, "count")
    results = page.get("results", [])
    if not isinstance(results, list) or (page["count"] and not results):
        raise format_changed("a search with hits has no list of `results`", "results")
    notices: list[ListNotice] = []
    problems: list[Problem] = []
    for number, entry in enumerate(results, start=1):
        found = _notice(number, entry)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            notices.append(found)
    return Rows(notices=tuple(notices), problems=tuple(problems))


def _notice(number: int, entry: Any) -> ListNotice | Problem:  # noqa: ANN401  # a value out of JSON
    if not isinstance(entry, dict):
        return unreadable(number, "it is not an object", "results")
    for field in ("document_number", "title"):
        if not plain(entry.get(field)):
            return unreadable(number, f"it has no `{field}`", field)
    published = day(entry.get("publication_date"))
    if published is None:
        return unreadable(number, "it has no `publication_date`", "publication_date")
    title = plain(entry["title"])
    return ListNotice(
        document_id=plain(entry["document_number"]),
        source=SOURCE_ID,
        title=title,
        kind=plain(entry.get("type")).lower() or "document",
        lists=lists_named(title),
        published_on=published,
        effective_on=day(entry.get("effective_on")),
        citation=plain(entry.get("citation")) or None,
        source_url=address(entry.get("html_url")) or SOURCE.page_url,
    )


def lists_named(title: str) -> tuple[str, ...]:
    """The lists that a title names, sorted."""
    found = {code for words, code in _WORDS if words.search(title)}
    return tuple(sorted(found or {code for words, code in _BIS_WORDS if words.search(title)}))


SOURCE = Source(
    id=SOURCE_ID,
    title="US Federal Register: documents that change lists",
    publisher="Office of the Federal Register, National Archives and Records Administration",
    page_url="https://www.federalregister.gov/developers/documentation/api/v1",
    licence="Work of the US Government, in the public domain in the United States (17 U.S.C. 105)",
    base_url="https://www.federalregister.gov",
    plan=plan,
    follow=follow,
    parse=parse,
    media_types=JSON_TYPES,
    most_bytes=20 * MEGABYTE,
    most_requests=60,
    at_least=50,
    pace=0.5,
)
