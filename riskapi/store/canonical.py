"""One way to write a JSON value, so that equal values have equal hashes.

Enters: JSON-ready values. Leaves: text with sorted keys, without spaces, every character beyond ASCII written as itself,
and its SHA-256. The same text comes out of `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

from riskapi.errors import Problem, RequestError


def canonical_json(value: object) -> str:
    """The canonical text; dates are written in ISO 8601. Raises `RequestError` for what JSON cannot hold."""
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_written
        )
        text.encode()
    except (ValueError, TypeError, RecursionError) as error:
        hint = "use finite numbers, Unicode text and plain lists and objects"
        detail = f"the value cannot be kept as JSON ({type(error).__name__})"
        raise RequestError(Problem(code="not-json", detail=detail, hint=hint)) from error
    return text


def _written(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def sha256_of(content: str | bytes) -> str:
    """SHA-256 as 64 hexadecimal digits; text is taken as UTF-8."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
