"""Requests written: what a program gives as paths, queries and bodies. Enters: Python values. Leaves: a `Call`, unsent."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import quote

from riskapi.client.call import Call, Received
from riskapi.client.pages import Page, PageCall, page_reader
from riskapi.client.reading import FILES, acknowledged, file_reader, reader
from riskapi.errors import Problem, RequestError

T = TypeVar("T")

#: What a day may be given as: a date, a text such as 2027-01-31, or None for the day of the service.
Day: TypeAlias = date | str | None

_KEY: Final = re.compile(r"[!-~]{1,255}")


def stored(path: str, data: object, label: str | None, key: str | None, read: Callable[[Received], T]) -> Call[T]:
    """What stores, under a key: the caller's, or one of its own."""
    key = key or str(uuid.uuid4())
    if not _KEY.fullmatch(key):
        hint = "give 1 to 255 visible ASCII characters, for example a UUID, or leave it out"
        detail = "this cannot be the key of a request"
        raise RequestError(Problem(code="key-malformed", field="idempotency_key", detail=detail, hint=hint))
    return Call(
        method="POST",
        path=path,
        query=query_of(label=label),
        body=as_json(data),
        headers={"idempotency-key": key},
        read=read,
    )


def as_json(data: object) -> bytes:
    """A request body; raises `RequestError` where JSON has no such value. Dates are texts in it, tuples lists."""
    try:
        return json.dumps(data, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:  # UnicodeEncodeError is a ValueError: a text of half a character
        detail = f"this cannot be sent as JSON: {str(error)[:200]}"
        hint = "send texts, numbers, dates, true, false, None, and lists and dicts of them"
        raise RequestError(Problem(code="wrong-type", pointer="", detail=detail, hint=hint)) from None


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def dated(data: object, today: date) -> object:
    """The question with its day, so that the service and the caller mean the same one."""
    return {**data, "as_of": today} if isinstance(data, Mapping) and data.get("as_of") is None else data


def get_call(path: str, kind: type[Any], **query: object) -> Call[Any]:
    """A call that reads an answer of that class."""
    return Call(method="GET", path=path, query=query_of(**query), read=reader(kind))


def post_call(path: str, data: object, kind: type[Any]) -> Call[Any]:
    """A call that asks with a body and changes nothing in the service."""
    return Call(method="POST", path=path, body=as_json(data), read=reader(kind))


def delete_call(path: str, headers: Mapping[str, str] | None = None) -> Call[None]:
    """A call that deletes. It may not be repeated: the second attempt would find nothing, and say so."""
    return Call(method="DELETE", path=path, headers=headers or {}, read=acknowledged, may_repeat=False)


def file_call(path: str, form: str, **query: object) -> Call[bytes]:
    """A call that reads a file of that form. Raises `RequestError` for a form that is none."""
    media_type = media_type_of(form)
    return Call(method="GET", path=path, query=query_of(**query), accept=media_type, read=file_reader(media_type))


def media_type_of(form: str) -> str:
    """The media type of files of a form; raises `RequestError`."""
    if form not in FILES:
        detail, hint = f"`{form[:20]}` is no form of a file", f"one of: {', '.join(FILES)}"
        raise RequestError(Problem(code="unknown-code", detail=detail, hint=hint))
    return FILES[form]


def pages_call(path: str, query: tuple[tuple[str, str], ...], kind: type[Any], items: str) -> PageCall[Any]:
    """A call for each page of a list whose entries stand under `items`."""
    read = page_reader(kind, items)

    def call(cursor: str | None) -> Call[Page[Any]]:
        return Call(method="GET", path=path, query=(*query, *query_of(cursor=cursor)), read=read)

    return call


def query_of(**values: object) -> tuple[tuple[str, str], ...]:
    """Parameters of an address; None is left out."""
    return tuple(
        (name, value.isoformat() if isinstance(value, date) else str(value))
        for name, value in values.items()
        if value is not None
    )


def segment(ident: str) -> str:
    """An id as one part of a path; raises `RequestError` for what would mean another address."""
    if ident.strip() in {"", ".", ".."}:
        hint = "ids are in the lists of the service"
        raise RequestError(Problem(code="empty", detail="this is no id", hint=hint))
    return quote(ident, safe="")
