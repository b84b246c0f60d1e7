"""What callers send about watchlists and webhooks. Enters: JSON. Leaves: checked requests, or one error with every problem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from riskapi.errors import RequestError, RequestReader, did_you_mean
from riskapi.store.canonical import canonical_json
from riskapi.store.texts import LIMITS, check_texts
from riskapi.store.watchlists import MOST_ITEMS
from riskapi.store.webhooks import NewWebhook
from riskapi.watch.model import Event
from riskapi.watch.targets import MOST_CHARACTERS, Policy, read_target

#: Questions that one request may add: each is answered before it is kept.
MOST_NEW: Final = 50
SUBSCRIBABLE: Final = (Event.ALERT.value, Event.CHANGED.value)
_LIST: Final = ("name", "items")
_ITEM: Final = ("question", "label", "thresholds")
_THRESHOLDS: Final = ("score", "moves_by")
_WEBHOOK: Final = ("url", "events", "watchlists", "label")
_SCORES: Final = (0, 100)
_MOST_WATCHLISTS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedItem:
    """A question to watch, not answered yet; `pointer` is its place in the body."""

    question: Mapping[str, Any]
    label: str | None
    thresholds: Mapping[str, float] | None
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedList:
    """A list to keep."""

    name: str
    items: tuple[WantedItem, ...]


class _Reader(RequestReader):
    """Reads parts of a body and collects what is wrong with them."""

    def record(self, raw: object, known: tuple[str, ...], pointer: str) -> Mapping[str, Any]:
        """An object with known fields; an empty one where it is none."""
        if not isinstance(raw, dict):
            self.problem(pointer, "wrong-type", "an object is wanted", f"known fields: {', '.join(known)}")
            return {}
        self.only(raw, known, pointer)
        return raw

    def text(self, raw: object, field: str, pointer: str, *, needed: bool = False) -> str | None:
        """A text without spaces around it; None where it is not given."""
        if raw is None and not needed:
            return None
        if not isinstance(raw, str) or not raw.strip():
            self.problem(pointer, "wrong-type", "a text is wanted", f"at most {LIMITS.get(field, 200)} characters")
            return None
        try:
            check_texts(**{field: raw.strip()})
        except RequestError as error:
            for found in error.problems:
                self.problem(pointer, found.code, found.detail, found.hint)
        return raw.strip()

    def items(self, raw: object, *, fewest: int, most: int) -> tuple[WantedItem, ...]:
        """The items of a list."""
        if not isinstance(raw, list) or not fewest <= len(raw) <= most:
            self.problem(
                "/items", "wrong-number", f"a list of {fewest} to {most} items is wanted", "send several requests"
            )
            return ()
        found = tuple(self.item(item, f"/items/{index}") for index, item in enumerate(raw))
        seen: set[str] = set()
        for item in found:
            key = canonical_json(item.question)
            if item.question and key in seen:
                self.problem(item.pointer, "question-twice", "the question stands in the list before", "leave it out")
            seen.add(key)
        return found

    def item(self, raw: object, pointer: str) -> WantedItem:
        """One item; its question is checked where it is answered."""
        data = self.record(raw, _ITEM, pointer)
        question = data.get("question")
        if data and not isinstance(question, dict):
            self.problem(f"{pointer}/question", "wrong-type", "a question like the body of POST /v1/scores is wanted")
        if isinstance(question, dict) and "as_of" in question:
            detail = "a watched question has no day of its own"
            hint = "leave it out: the question is put as of each day"
            self.problem(f"{pointer}/question/as_of", "unknown-field", detail, hint)
        return WantedItem(
            question=question if isinstance(question, dict) else {},
            label=self.text(data.get("label"), "label", f"{pointer}/label"),
            thresholds=self.thresholds(data.get("thresholds"), f"{pointer}/thresholds"),
            pointer=pointer,
        )

    def thresholds(self, raw: object, pointer: str) -> Mapping[str, float] | None:
        """Thresholds that were given; None where none was."""
        if raw is None:
            return None
        data = self.record(raw, _THRESHOLDS, pointer)
        found = {
            name: self.score(data[name], f"{pointer}/{name}") for name in _THRESHOLDS if data.get(name) is not None
        }
        return {name: value for name, value in found.items() if value is not None} or None

    def score(self, raw: object, pointer: str) -> float | None:
        """A number on the scale of scores."""
        low, high = _SCORES
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not low <= raw <= high:
            self.problem(pointer, "wrong-type", f"a number from {low} to {high} is wanted")
            return None
        return float(raw)

    def choices(self, raw: object, known: Iterable[str] | None, pointer: str, most: int) -> tuple[str, ...]:
        """A list of texts without repetitions; `known` None takes any."""
        if not isinstance(raw, list) or not 1 <= len(raw) <= most or not all(isinstance(item, str) for item in raw):
            self.problem(pointer, "wrong-type", f"a list of 1 to {most} texts is wanted")
            return ()
        allowed = None if known is None else tuple(known)
        for index, item in enumerate(raw):
            if allowed is not None and item not in allowed:
                hint = did_you_mean(item[:80], allowed) or f"known: {', '.join(allowed)}"
                self.problem(f"{pointer}/{index}", "value-unknown", "there is no such value", hint)
        return tuple(dict.fromkeys(raw))

    def end(self) -> None:
        """Raise what was collected."""
        if self.problems:
            raise RequestError(self.problems[:50])


def read_list(body: object, *, most_items: int = MOST_NEW, needs_items: bool = False) -> WantedList:
    """A list with its items, which may be none; with `needs_items` that must be said. Raises `RequestError`."""
    reader = _Reader()
    data = reader.record(body, _LIST, "")
    name = reader.text(data.get("name"), "name", "/name", needed=True)
    items = reader.items(data.get("items", None if needs_items else []), fewest=0, most=most_items)
    reader.end()
    return WantedList(name=name or "", items=items)


def read_items(body: object) -> tuple[WantedItem, ...]:
    """Items to add; raises `RequestError`."""
    reader = _Reader()
    data = reader.record(body, ("items",), "")
    items = reader.items(data.get("items"), fewest=1, most=MOST_NEW)
    reader.end()
    return items


def read_webhook(body: object, policy: Policy) -> NewWebhook:
    """A webhook whose address may be called, as far as its text tells; raises `RequestError`."""
    reader = _Reader()
    data = reader.record(body, _WEBHOOK, "")
    url = data.get("url")
    try:
        if isinstance(url, str):
            read_target(url, policy)
        else:
            reader.problem("/url", "wrong-type", "an address is wanted", "https://...")
    except RequestError as error:
        reader.problems += error.problems
    events, lists = data.get("events", list(SUBSCRIBABLE)), data.get("watchlists")
    new = NewWebhook(
        url=url if isinstance(url, str) else "",
        events=reader.choices(events, SUBSCRIBABLE, "/events", len(SUBSCRIBABLE)),
        watchlists=None if lists is None else reader.choices(lists, None, "/watchlists", _MOST_WATCHLISTS),
        label=reader.text(data.get("label"), "label", "/label"),
    )
    reader.end()
    return new


# Schemas

_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 200}
_SCORE: Final = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 100}, {"type": "null"}]}


def _record(properties: Mapping[str, object], *needed: str) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return told | ({"required": list(needed)} if needed else {})


def _item_schema() -> dict[str, Any]:
    thresholds = _record({"score": _SCORE, "moves_by": _SCORE})
    thresholds["description"] = (
        "a change is an alert where the score crosses `score` or moves by `moves_by`; default: always"
    )
    question = {"type": "object", "description": "like the body of POST /v1/scores (ScoreRequest), without as_of"}
    label = {"anyOf": [_TEXT, {"type": "null"}], "description": "a name of your own"}
    properties = {"question": question, "label": label, "thresholds": {"anyOf": [thresholds, {"type": "null"}]}}
    return _record(properties, "question")


def schemas() -> dict[str, Any]:
    """JSON Schemas of the bodies, by name."""
    items = {"type": "array", "items": _item_schema()}
    name = {**_TEXT, "maxLength": LIMITS["name"]}
    events = {"type": "array", "minItems": 1, "maxItems": len(SUBSCRIBABLE), "items": {"enum": list(SUBSCRIBABLE)}}
    lists = {"type": "array", "minItems": 1, "maxItems": _MOST_WATCHLISTS, "items": {"type": "string"}}
    url = {"type": "string", "maxLength": MOST_CHARACTERS, "description": "https address at a public host"}
    return {
        "WatchlistRequest": _record({"name": name, "items": {**items, "maxItems": MOST_NEW}}, "name"),
        "WatchlistChange": _record({"name": name, "items": {**items, "maxItems": MOST_ITEMS}}, "name", "items"),
        "WatchItemsRequest": _record({"items": {**items, "minItems": 1, "maxItems": MOST_NEW}}, "items"),
        "WebhookRequest": _record(
            {
                "url": url,
                "events": {**events, "description": "default: both"},
                "watchlists": {"anyOf": [lists, {"type": "null"}], "description": "ids; default: all, later ones too"},
                "label": {"anyOf": [_TEXT, {"type": "null"}]},
            },
            "url",
        ),
    }
