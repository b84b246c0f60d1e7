"""What a request tells, read: the bytes of an address or of a form in, pairs of text out."""

from __future__ import annotations

from typing import Final

from riskapi.api.frame.query import query_pairs
from riskapi.api.http.text import can_be_shown
from riskapi.errors import Problem, RequestError

MAX_VALUE: Final = 4_000


def read_pairs(raw: bytes) -> list[tuple[str, str]]:
    """The pairs of the address; a field that was left empty says nothing."""
    pairs = [(name, value) for name, value in query_pairs(raw) if value.strip()]
    wrong = [name for name, value in pairs if len(value) > MAX_VALUE or not can_be_shown(_one_line(name + value))]
    if wrong:
        detail = "a value is too long or has characters that cannot be shown"
        raise RequestError(Problem(code="bad-value", field=wrong[0][:40], detail=detail, hint="type it again"))
    return pairs


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
