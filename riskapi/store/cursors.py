"""Cursors of lists that go by time: where a page begins, and which rows belonged to the list when it was begun.

Enters: positions. Leaves: short opaque texts, and positions again. A cursor is not signed: it holds nothing secret, and one
that was made up only shows its maker other pages of his own list. It belongs to one set of filters.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from riskapi.errors import Problem, RequestError
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.texts import is_storable

_FIELDS = 6
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a row in a list that goes by time, then id."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """`newest` is the first row of the first page: later rows are not part of the list. `last` was shown last."""

    newest: Position
    last: Position
    total: int


def digest_of(filters: object) -> str:
    """What ties a cursor to its filters."""
    return sha256_of(json.dumps(filters, sort_keys=True))[:12]  # not canonical: any text may be asked for


def write_cursor(cursor: Cursor, digest: str) -> str:
    """The cursor as text."""
    fields = [
        digest, cursor.total, cursor.newest.at.isoformat(), cursor.newest.id, cursor.last.at.isoformat(), cursor.last.id
    ]  # fmt: skip
    return urlsafe_b64encode(canonical_json(fields).encode()).decode().rstrip("=")


def read_cursor(text: str, digest: str) -> Cursor:
    """The cursor of a text; raises `RequestError` where it was not made here, or for other filters."""
    try:
        found, cursor = _decoded(text)
    except (ValueError, TypeError, RecursionError):
        raise _refused("this is not a cursor of this list") from None
    if found != digest:
        raise _refused("the cursor belongs to a list with other filters")
    return cursor


def _decoded(text: str) -> tuple[object, Cursor]:
    """The digest and the cursor; raises `ValueError` or `TypeError` for anything that was not made here."""
    if len(text) > _LONGEST:
        raise ValueError
    fields = json.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    if not isinstance(fields, list) or len(fields) != _FIELDS:
        raise ValueError
    found, total, newest_at, newest_id, last_at, last_id = fields
    return found, Cursor(newest=_position(newest_at, newest_id), last=_position(last_at, last_id), total=_count(total))


def _position(at: object, ident: object) -> Position:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else None
    if moment is None or moment.tzinfo is None or not isinstance(ident, str) or not is_storable(ident):
        raise ValueError
    return Position(moment, ident)


def _count(total: object) -> int:
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise ValueError
    return total


def _refused(detail: str) -> RequestError:
    hint = "take `next_cursor` of the page before, or leave it out to begin anew"
    return RequestError(Problem(code="bad-cursor", field="cursor", detail=detail, hint=hint))
