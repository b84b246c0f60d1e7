"""What is wrong with the form of a file, in words for people who know no types: errors of pydantic in, problems out.

Every problem names the field, the rule that it stands in, what was found and what belongs there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from riskapi.errors import Problem, did_you_mean
from riskapi.rules.source import Path_, Source

#: What pydantic puts into the place of an error besides names of fields: the alternatives that it tried.
_NOT_FIELDS = ("function-", "dict[", "list[", "constrained-", "[key]")
_DAY = "a day, written as 2027-01-31"
_CONDITION = "a condition on facts, such as deal.foreign_stake >= 0.25"
#: What belongs into a field, by its name.
WANTED: Mapping[str, str] = {
    "instrument": "the id of the law: the country in small letters, then words with dots, as in us.cfius.jurisdiction",
    "id": "the id of the rule: that of its instrument, a dot and a word, as in us.cfius.jurisdiction.acquisition",
    "title": "a short text that names it",
    "jurisdiction": "two capital letters, as in US, or EU",
    "authority": "the authority that applies the law",
    "citation": "where the law says so, down to the paragraph",
    "url": "an address that starts with https://",
    "retrieved": _DAY,
    "on": _DAY,
    "how": "what was read, and what was not",
    "confidence": "high, medium or low",
    "kind": "aggravating, mitigating or information",
    "from": _DAY,
    "to": _DAY,
    "published": _DAY,
    "as_of": _DAY,
    "when": _CONDITION,
    "where": f"names, each with {_CONDITION}",
    "unless": f"{_CONDITION}, or names with one each",
    "pillar": "threat, vulnerability, consequence, trade, technology_control or political",
    "points": "a number: above 0 for aggravating rules, below 0 for mitigating ones, 0 for information",
    "why": "one line: why so many points",
    "gate": "a legal consequence, such as mandatory_filing; leave the field out if there is none",
    "group": "a word in small letters that rules about the same thing share",
    "clock": "statutory periods: [{step: review, days: 45}]",
    "step": "the name of the period",
    "days": "a whole number of days",
    "if_unknown": "caution or ignore",
    "because": "a sentence for the reader; facts stand in braces, as in {foreign.name}",
    "in_force": "spans of days: [{from: 2027-01-31}]",
    "sources": "a list of texts that were read: [{url: ..., retrieved: ...}]",
    "checked": "the day of the check and how it was done: {on: 2027-01-31, how: ...}",
    "examples": "a list of examples, each with a name, given and expect",
    "given": "facts with their values: {deal.foreign_stake: 0.25}",
    "expect": "fired, not_fired or undetermined",
    "name": "a short name",
    "note": "a short text; leave the field out if there is nothing to say",
    "notes": "a text; leave the field out if there is nothing to say",
    "no_undetermined": "why the rule can never be undetermined; leave the field out if it can",
    "effect": "fields: pillar, points and why, and a gate or a group where there is one",
    "rules": "a list of rules",
}
_MAPPING = "lines of the form `name: value`"
_LIST = "a list: [a, b], or lines that start with `- `"
_CHOICES = frozenset({"enum", "literal_error"})


def form_problems(source: Source, error: ValidationError, fields: Iterable[str]) -> list[Problem]:
    """A problem for each error that is not only the consequence of another; `fields` are those that there are."""
    known = tuple(fields)
    return [_problem(source, item, known) for item in _causes(error)]


def _causes(error: ValidationError) -> list[Mapping[str, Any]]:
    """Its errors without those that only follow: a list whose element is wrong also counts as too short."""
    found: list[dict[str, Any]] = [dict(item) for item in error.errors()]
    first = {_fields(item): item for item in reversed(found)}
    return [
        item
        for item in found
        if first[_fields(item)] is item and (item["type"] != "too_short" or not _has_inner(item, found))
    ]


def _has_inner(item: Mapping[str, Any], found: Iterable[Mapping[str, Any]]) -> bool:
    place = item["loc"]
    return any(len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in found)


def _fields(item: Mapping[str, Any]) -> Path_:
    return tuple(part for part in item["loc"] if part != "str" and not str(part).startswith(_NOT_FIELDS))


def _problem(source: Source, item: Mapping[str, Any], known: tuple[str, ...]) -> Problem:
    path = _fields(item)
    name, kind = str(path[-1]) if path else "", str(item["type"])
    if kind == "missing":
        return source.problem(path, "missing-field", f"`{name}` is missing", _belongs(path))
    if kind == "extra_forbidden":
        return source.problem(path, "unknown-field", f"there is no field `{name}` here", field_hint(name, known))
    if item.get("input") is None and "input" in item:
        return source.problem(path, "empty-field", f"`{_shown(path)}`{_owner(source, path)} is empty", _belongs(path))
    detail, hint = _worded(kind, item, path)
    return source.problem(path, "bad-value", detail, hint)


def field_hint(name: str, known: Iterable[str]) -> str | None:
    """What may have been meant by a field that does not exist."""
    if " " in name:
        return "inside { } a comma ends the value: put quotation marks around text that has one"
    return did_you_mean(name, known)


def _belongs(path: Path_) -> str | None:
    """What belongs into a field; one that an author named himself, below `where`, has what that has."""
    above = [str(part) for part in path[-2:]]
    if above[:1] in (["where"], ["unless"]):
        return f"here belongs {_CONDITION}"
    name = above[-1] if above else ""
    return f"here belongs {WANTED[name]}" if name in WANTED else None


def _shown(path: Path_) -> str:
    """The field as people speak of it, from inside its rule: `effect.points`, `in_force.from`."""
    inside = path[2:] if path[:1] == ("rules",) else path
    return ".".join(str(part) for part in inside if not isinstance(part, int)) or "the value"


def _owner(source: Source, path: Path_) -> str:
    """The rule that the field stands in, by its id."""
    data: Any = source.data
    if len(path) > 2 and path[0] == "rules" and isinstance(data, dict):  # noqa: PLR2004  # rules, number, field
        rules, index = data.get("rules"), path[1]
        if isinstance(rules, list) and isinstance(index, int) and isinstance(rules[index], dict):
            name = rules[index].get("id")
            return f" in {name}" if isinstance(name, str) else ""
    return ""


def _worded(kind: str, item: Mapping[str, Any], path: Path_) -> tuple[str, str | None]:
    """What was found, and what to write."""
    name, belongs = str(path[-1]) if path else "", _belongs(path)
    raw = item.get("input")
    found = f"`{str(raw)[:60]}`" if not isinstance(raw, dict | list | tuple) else "a list or a block of fields"
    limits = item.get("ctx") or {}
    simple = {
        "float_parsing": (f"{found} is not a number", "write it in digits: 10, -6 or 2.5"),
        "int_parsing": (f"{found} is not a whole number", "write it in digits: 45"),
        "finite_number": (f"{found} is not a number that can be counted with", "write it in digits: 10"),
        "greater_than_equal": (f"{found} is less than {limits.get('ge')}", None),
        "less_than_equal": (f"{found} is more than {limits.get('le')}", None),
        "string_too_short": ("the text is empty", belongs),
        "string_too_long": (f"the text has more than {limits.get('max_length')} characters", None),
        "too_short": (f"`{name}` is an empty list; at least one entry is wanted", belongs),
        "string_pattern_mismatch": (f"{found} is not of the form that is wanted", belongs),
    }
    if kind in simple:
        return simple[kind]
    if kind in _CHOICES:
        return _choice(str(raw), str(limits.get("expected", "")))
    if kind.startswith("date"):
        return f"{found} is not a day of the calendar", "days are written as 2027-01-31"
    if kind.endswith("_type"):
        return _misplaced(kind, found), belongs
    message = str(item["msg"]).removeprefix("Value error, ")
    return (message if isinstance(raw, dict | list | tuple) else f"{message} (found {found})"), None


def _choice(raw: str, expected: str) -> tuple[str, str | None]:
    """`expected` is the list as pydantic writes it: 'a', 'b' or 'c'."""
    choices = list(_quoted(expected))
    known = ", ".join(choices)
    near = did_you_mean(raw.casefold(), choices)
    return f"`{raw[:60]}` is not one of {known}", near or f"choose one of {known}"


def _quoted(text: str) -> Iterator[str]:
    yield from text.split("'")[1::2]


def _misplaced(kind: str, found: str) -> str:
    """Text where a list belongs, a list where text belongs, and the like."""
    wanted = "text"
    if kind in ("tuple_type", "list_type"):
        wanted = _LIST
    elif kind.startswith(("model", "dict")):
        wanted = _MAPPING
    return f"{found} stands where {wanted} is wanted"
