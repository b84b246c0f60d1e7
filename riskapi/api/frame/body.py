"""JSON bodies, read with care: a request in, plain data out, or a refusal that names the place.

Bounded in bytes, depth and digits; repeated keys, NaN, infinite numbers and control characters are refused.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from litestar import Request
from litestar.exceptions import InternalServerException

from riskapi.api.frame.operation import JSON, MAX_ELEMENTS, MAX_FIELDS, Upload
from riskapi.api.http.problems import RefusedError
from riskapi.api.http.text import can_be_shown, shown
from riskapi.errors import Problem, pointer_part

MAX_DEPTH = 32
#: More digits than any number of a deal needs; the conversion of long numbers takes quadratic time.
MAX_DIGITS = 40
#: Far more than a name, an id or a line of text.
MAX_TEXT = 10_000

#: Strings as a whole (also one that never ends) and brackets. Possessive, so that no input makes it go back.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


async def read_bytes(request: Request[Any, Any, Any], takes: Sequence[str] = ()) -> Upload:
    """The whole body, not yet parsed: JSON, or one of the media types that the operation takes beside it.

    Raises `RefusedError` (400, 415); one that announces or sends too many bytes is refused by the framework
    (`request_max_body_size`), in the first case before any of it is read.
    """
    given = request.headers.get("content-type"), request.headers.get("content-encoding")
    media_type = check_media_type(*given, takes)
    try:
        return Upload(b"".join([chunk async for chunk in request.stream()]), media_type)
    except InternalServerException as error:
        raise _malformed("the connection ended before the body did") from error


def check_media_type(content_type: str | None, content_encoding: str | None, takes: Sequence[str] = ()) -> str:
    """The media type; everything but uncompressed JSON, or what is taken beside it, in UTF-8 is refused."""
    media_type, _, rest = (content_type or "").partition(";")
    media_type = media_type.strip()
    charset = re.search(r'charset\s*=\s*"?([^\s;"]+)', rest, re.IGNORECASE)
    if media_type.lower() not in (JSON, *takes):
        given = f"`{shown(media_type)}`" if media_type else "not told"
        _refuse_media(f"the content type must be {' or '.join((JSON, *takes))}, it is {given}")
    if charset and charset.group(1).lower() not in ("utf-8", "utf8", "us-ascii"):
        _refuse_media("JSON and text are written in UTF-8, not in another charset")
    if (content_encoding or "identity").strip().lower() != "identity":
        _refuse_media("compressed bodies are not taken")
    return media_type.lower()


def _refuse_media(detail: str) -> NoReturn:
    problem = Problem(
        code="media-type-unsupported",
        detail=detail,
        field="Content-Type",
        hint="send `Content-Type: application/json` and the body in UTF-8, uncompressed",
    )
    raise RefusedError("media-type-unsupported", problem, headers={"accept": "application/json"})


def parse_json(raw: bytes, max_fields: int = MAX_FIELDS, max_elements: int = MAX_ELEMENTS) -> object:
    """Plain data from JSON text; raises `RefusedError` with type `json-malformed`."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start + 1} is not UTF-8", "write the body in UTF-8") from None
    if not text.strip():
        raise _malformed("the body is empty", 'send a JSON object such as {"parties": ["Xiaomi", "Ford"]}')
    _check_depth(text)
    try:
        data = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_number
        )
    except json.JSONDecodeError as error:
        raise _malformed(f"line {error.lineno}, column {error.colno}: {error.msg}", code="json-syntax") from None
    if _fields(data) > max_fields:
        raise _malformed(f"the body has more than {max_fields:,} fields", code="json-too-many")
    _check_lists(data, max_elements)
    _check_texts(data)
    return data


def _check_depth(text: str) -> None:
    """Done on the text, since the parser would run out of stack before it could tell."""
    depth = 0
    for token in _TOKENS.finditer(text):
        sign = token.group()
        depth += sign in "[{"
        depth -= sign in "]}"
        if depth > MAX_DEPTH:
            place = _place(text, token.start())
            raise _malformed(f"{place}: nested more than {MAX_DEPTH} deep", code="json-too-deep")


def _place(text: str, position: int) -> str:
    return f"line {text.count(chr(10), 0, position) + 1}, column {position - text.rfind(chr(10), 0, position)}"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        (repeated, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise _malformed(f"the key {repeated[:60]!r} stands twice in one object", "keep one", "json-duplicate-key")
    return data


def _constant(name: str) -> NoReturn:
    raise _malformed(f"{name} is not a number of JSON", "write null for what is not known", "json-not-finite")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _malformed(f"the number {digits[:12]}... has more than {MAX_DIGITS} digits", code="json-number")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits) if len(digits) <= 10 * MAX_DIGITS else math.inf
    if not math.isfinite(number):
        raise _malformed(f"the number {digits[:12]} is too large", code="json-not-finite")
    return number


def _fields(data: object) -> int:
    if isinstance(data, dict):
        return len(data) + sum(map(_fields, data.values()))
    return sum(map(_fields, data)) if isinstance(data, list) else 0


def _check_lists(data: object, most: int) -> None:
    if isinstance(data, list) and len(data) > most:
        raise _malformed(f"a list has more than {most:,} elements", "send several requests", "json-too-many")
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _check_lists(item, most)


def _check_texts(data: object) -> None:
    """Refuse texts that are too long or cannot be shown."""
    problems = [
        Problem(code=code, pointer=pointer, detail=detail)
        for pointer, text in _texts(data, "")
        for code, detail in _text_problems(text)
    ]
    if problems:
        raise RefusedError("json-malformed", problems[:20])


def _text_problems(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > MAX_TEXT:
        yield "too-long", f"the text has more than {MAX_TEXT:,} characters"
    elif not can_be_shown(text):
        yield "control-character", "the text has characters that cannot be shown"


def _texts(data: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield pointer, data
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _texts(item, f"{pointer}/{index}")
    elif isinstance(data, dict):
        for key, value in data.items():
            place = f"{pointer}/{pointer_part(shown(key))}"
            yield place, key
            yield from _texts(value, place)


def _malformed(detail: str, hint: str | None = None, code: str = "json-malformed") -> RefusedError:
    return RefusedError("json-malformed", Problem(code=code, detail=detail, pointer="", hint=hint))
