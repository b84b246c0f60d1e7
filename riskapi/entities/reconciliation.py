"""Names matched by the batch, in the form of the Reconciliation Service API 0.2 that OpenRefine and spreadsheets speak.

Enters: plain data of a batch of queries or of a data extension. Leaves: plain data of the answer. The specification:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from riskapi.entities.resolution import Candidate, Match, Resolution
from riskapi.entities.resolver import NameIndex
from riskapi.errors import Problem, RequestError, did_you_mean

Data: TypeAlias = dict[str, Any]
#: Value of a company's fact on a day, by (company_id, fact, day); None is not known. Raises `NotFoundError`.
FactReader: TypeAlias = Callable[[str, str, date], object]

VERSION = "0.2"
TYPE: Data = {"id": "company", "name": "Company"}
MAX_QUERIES = 500
MAX_IDS = 500
MAX_RESULTS = 20
DEFAULT_RESULTS = 5
#: What is not certain is scored below this, so that a client which goes by the score alone takes nothing for certain.
UNCERTAIN = 80.0

#: Facts that can be fetched for matched companies: id -> name to show.
PROPERTIES = {
    "country": "Country of the seat",
    "control_country": "Country of control",
    "designations": "Lists that name the company",
}
#: The fact behind each property.
FACTS = {"country": "seat_country", "control_country": "control_country", "designations": "designations"}
#: Properties of a query by which namesakes are told apart.
HINTS = ("country",)


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a batch."""

    text: str
    country: str | None
    limit: int
    wants_companies: bool


def read_batch(data: object) -> dict[str, Query]:
    """The queries of a batch; raises `RequestError` with every problem and its place."""
    if not isinstance(data, Mapping):
        raise RequestError(_wrong("/queries", "the batch is not an object", 'send {"q0": {"query": "Xiaomi"}}'))
    if len(data) > MAX_QUERIES:
        raise RequestError(_wrong("/queries", f"{len(data)} queries in one batch", f"send at most {MAX_QUERIES}"))
    problems: list[Problem] = []
    queries = {key: _query(f"/queries/{key}", item, problems) for key, item in data.items()}
    if problems:
        raise RequestError(problems)
    return queries


def _query(place: str, item: object, problems: list[Problem]) -> Query:
    entry: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    if not isinstance(item, Mapping):
        problems.append(_wrong(place, "the query is not an object", 'send {"query": "Xiaomi"}'))
    elif not isinstance(entry.get("query", ""), str):
        problems.append(_wrong(f"{place}/query", "the query is not text", "send the name of a company"))
    elif "query" not in entry and not entry.get("properties"):
        problems.append(_wrong(place, "the query has neither `query` nor `properties`", "send the name as `query`"))
    limit = entry.get("limit", DEFAULT_RESULTS)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        problems.append(_wrong(f"{place}/limit", "the limit is not a number above nought", "leave it out"))
        limit = DEFAULT_RESULTS
    text = entry.get("query", "")
    return Query(
        text=text if isinstance(text, str) else "",
        country=_hint(entry.get("properties")),
        limit=min(int(limit), MAX_RESULTS),
        wants_companies=_wants_companies(entry.get("type")),
    )


def _wants_companies(wanted: object) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    return wanted is None or TYPE["id"] in names


def _hint(properties: object) -> str | None:
    """The country that a query names: a code as text, or the id of an entity."""
    for entry in properties if isinstance(properties, list) else ():
        if isinstance(entry, Mapping) and entry.get("pid") in HINTS:
            values = entry.get("v")
            first = values[0] if isinstance(values, list) and values else values
            code = first.get("id") if isinstance(first, Mapping) else first
            if isinstance(code, str) and len(code.strip()) == 2:  # noqa: PLR2004 - ISO 3166 alpha-2
                return code.strip().upper()
    return None


def answer_batch(index: NameIndex, queries: Mapping[str, Query]) -> Data:
    """The candidates of every query, certain ones marked as a match."""
    return {key: {"result": _results(index, query)} for key, query in queries.items()}


def _results(index: NameIndex, query: Query) -> list[Data]:
    if not query.text.strip() or not query.wants_companies:
        return []
    found = index.resolve(query.text, query.country, limit=query.limit)
    results = [_result(candidate, found, is_match=is_match) for candidate, is_match in _candidates(index, found)]
    return sorted(results, key=lambda item: (not item["match"], -item["score"]))[: query.limit]


def _candidates(index: NameIndex, found: Resolution) -> Iterator[tuple[Candidate, bool]]:
    if isinstance(found, Match):
        seat = index.companies[found.company_id].seat_country
        yield Candidate(company_id=found.company_id, name=found.name, seat_country=seat, score=found.score,
                        matched_name=found.matched_name, kind=found.kind), True  # fmt: skip
    seen = {found.company_id} if isinstance(found, Match) else set()
    for candidate in (*found.candidates, *found.related):
        if candidate.company_id not in seen:
            seen.add(candidate.company_id)
            yield candidate, False


def _result(candidate: Candidate, found: Resolution, *, is_match: bool) -> Data:
    score = candidate.score if is_match else min(candidate.score, UNCERTAIN)
    told = f"{candidate.seat_country or 'seat not known'}; {candidate.kind} `{candidate.matched_name}`"
    return {
        "id": candidate.company_id,
        "name": candidate.name,
        "description": f"{told}; {found.reason}",
        "type": [TYPE],
        "score": score,
        "match": is_match,
        "features": [{"id": "likeness", "value": candidate.score}],
    }


def suggest_entities(index: NameIndex, prefix: str, limit: int = 10) -> Data:
    """Companies whose names start with the text."""
    return {
        "result": [
            {"id": item.company_id, "name": item.name, "notable": [TYPE],
             "description": f"{item.seat_country or 'seat not known'}; {item.kind} `{item.matched_name}`"}
            for item in index.starting_with(prefix, limit)
        ]
    }  # fmt: skip


def suggest_properties(prefix: str) -> Data:
    """Properties whose id or name has the text in it."""
    wanted = prefix.casefold()
    return {
        "result": [
            {"id": ident, "name": name}
            for ident, name in PROPERTIES.items()
            if wanted in ident.casefold() or wanted in name.casefold()
        ]
    }


def propose_properties(kind: str, limit: int | None) -> Data:
    """The properties that can be fetched for a type."""
    known = [{"id": ident, "name": name} for ident, name in PROPERTIES.items()] if kind == TYPE["id"] else []
    return {"type": kind, "properties": known[:limit]}


def read_extension(data: object) -> tuple[Sequence[str], Sequence[tuple[str, date | None]]]:
    """The ids and properties of a data extension; raises `RequestError` with every problem."""
    if not isinstance(data, Mapping):
        raise RequestError(_wrong("/extend", "the request is not an object", "send `ids` and `properties`"))
    ids, wanted = data.get("ids"), data.get("properties")
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids) or len(ids) > MAX_IDS:
        raise RequestError(_wrong("/extend/ids", "`ids` is not a list of texts", f"send at most {MAX_IDS} ids"))
    if not isinstance(wanted, list):
        raise RequestError(_wrong("/extend/properties", "`properties` is not a list", 'send [{"id": "country"}]'))
    problems: list[Problem] = []
    properties = [_property(f"/extend/properties/{number}", item, problems) for number, item in enumerate(wanted)]
    if problems:
        raise RequestError(problems)
    return ids, properties


def _property(place: str, item: object, problems: list[Problem]) -> tuple[str, date | None]:
    ident = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(ident, str) or ident not in PROPERTIES:
        hint = (
            did_you_mean(ident, PROPERTIES) if isinstance(ident, str) else None
        ) or f"known: {', '.join(PROPERTIES)}"
        problems.append(_wrong(f"{place}/id", f"there is no property `{str(ident)[:60]}`", hint))
        return "", None
    settings = item.get("settings") if isinstance(item, Mapping) else None
    day = settings.get("as_of") if isinstance(settings, Mapping) else None
    try:
        return ident, date.fromisoformat(day) if day else None
    except (TypeError, ValueError):
        problems.append(_wrong(f"{place}/settings/as_of", "this is not a date", "write YYYY-MM-DD"))
        return ident, None


def answer_extension(
    known: Mapping[str, object], read: FactReader, ids: Sequence[str], properties: Sequence[tuple[str, date | None]],
    today: date,
) -> Data:  # fmt: skip
    """The values of the properties for every id; what is not known, and an unknown id, has no values."""
    return {
        "meta": [{"id": ident, "name": PROPERTIES[ident]} for ident, _ in properties],
        "rows": {
            company: {
                ident: _cells(read(company, FACTS[ident], day or today)) if company in known else []
                for ident, day in properties
            }
            for company in ids
        },
    }


def _cells(value: object) -> list[Data]:
    if value is None:
        return []
    values = value if isinstance(value, tuple | list) else [value]
    return [{"str": str(item)} for item in values]


def manifest(base: str, version: str, path: str = "/reconcile") -> Data:
    """What the service offers; `base` is its address, without a slash at the end, `path` the way to here."""
    service = {"service_url": f"{base}{path}"}
    as_of = {"type": "text", "name": "as_of", "label": "As of", "default": "",
             "help_text": "Day for which the value holds, YYYY-MM-DD; today where empty."}  # fmt: skip
    return {
        "versions": [VERSION],
        "name": "riskapi companies",
        "identifierSpace": f"{base}/v1/companies/",
        "schemaSpace": f"{base}/v1/facts",
        "documentation": f"{base}/docs",
        "serviceVersion": version,
        "defaultTypes": [TYPE],
        "view": {"url": f"{base}/v1/companies/{{{{id}}}}"},
        "suggest": {
            "entity": {**service, "service_path": "/suggest/entity"},
            "property": {**service, "service_path": "/suggest/property"},
        },
        "extend": {"propose_properties": {**service, "service_path": "/properties"}, "property_settings": [as_of]},
    }


def _wrong(place: str, detail: str, hint: str) -> Problem:
    return Problem(code="reconcile-malformed", pointer=place, detail=detail, hint=hint)
