"""Values of facts as people write them (text of a rule file or command line, JSON of a request) made into typed values.

Enters: a fact and a raw value. Leaves: the typed value, or a `ValueProblemError` that says what was wrong and what to write.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from riskapi.errors import did_you_mean
from riskapi.facts.vocabulary import Fact, FactType, Value, Vocabulary, World

#: More elements than any list of countries or technologies needs; a longer list is refused.
MAX_LIST = 300
MAX_TEXT = 300

_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
_UNKNOWN = {"", "unknown", "null", "?"}
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_LARGEST_INT = 2**53


class ValueProblemError(ValueError):
    """The raw value does not fit the fact; `code` names the kind of problem."""

    def __init__(self, code: str, detail: str, hint: str | None = None) -> None:
        self.code, self.detail, self.hint = code, detail, hint
        super().__init__(detail)


def read_value(fact: Fact, raw: object, vocabulary: Vocabulary) -> Value:
    """The typed value; `unknown`, `null` and empty text give None (an empty list is written `[]` or `none`)."""
    if raw is None or (isinstance(raw, str) and raw.strip().casefold() in _UNKNOWN):
        return None
    readers: dict[FactType, Callable[[Fact, object], Value]] = {
        FactType.BOOL: _bool,
        FactType.INT: _int,
        FactType.FLOAT: _float,
        FactType.STR: _str,
        FactType.DATE: _date,
        FactType.LIST: _list,
    }
    value = readers[fact.type](fact, raw)
    _check_range(fact, value)
    return _checked_codes(fact, value, vocabulary)


def defaults(vocabulary: Vocabulary, as_of: date) -> dict[str, Value]:
    """Every fact with what silence means: None, or the closed-world default (a proposed deal is signed on `as_of`)."""
    values: dict[str, Value] = {fact.name: fact.default if fact.world is World.CLOSED else None for fact in vocabulary}
    values["deal.signed_on"] = as_of
    return values


def _wrong(fact: Fact, raw: object, wanted: str, hint: str | None = None) -> ValueProblemError:
    return ValueProblemError("wrong-type", f"{fact.name} needs {wanted}, not `{str(raw)[:60]}`", hint)


def _bool(fact: Fact, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold() if isinstance(raw, str) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _wrong(fact, raw, "true or false")


def _int(fact: Fact, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    elif (isinstance(raw, float) and raw.is_integer()) or (isinstance(raw, str) and _WHOLE.fullmatch(raw.strip())):
        number = int(raw)
    else:
        raise _wrong(fact, raw, "a whole number")
    if abs(number) > _LARGEST_INT:
        raise _wrong(fact, raw, "a smaller number")
    return number


def _float(fact: Fact, raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise _wrong(fact, raw, "a number")
    text = str(raw).strip()
    percent = isinstance(raw, str) and fact.unit == "share" and text.endswith("%")
    try:
        number = float(text.removesuffix("%")) if percent else float(raw)
    except (ValueError, OverflowError):
        raise _wrong(fact, raw, "a number") from None
    if not math.isfinite(number):
        raise _wrong(fact, raw, "a finite number")
    return (round(number / 100, 12) if percent else number) + 0.0  # one zero, whatever its sign


def _str(fact: Fact, raw: object) -> str:
    if not isinstance(raw, str):
        raise _wrong(fact, raw, "text")
    if len(raw) > MAX_TEXT:
        raise ValueProblemError("too-long", f"{fact.name} may have at most {MAX_TEXT} characters")
    return raw.strip()


def _date(fact: Fact, raw: object) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError:
        raise _wrong(fact, raw, "a date", "write dates as 2027-01-31") from None


def _list(fact: Fact, raw: object) -> tuple[str, ...]:
    items: list[Any]
    if isinstance(raw, str):
        items = [] if raw.strip() in ("[]", "none") else raw.strip().strip("[]").replace("|", ",").split(",")
    elif isinstance(raw, list | tuple):
        items = list(raw)
    else:
        raise _wrong(fact, raw, "a list")
    if len(items) > MAX_LIST:
        raise ValueProblemError("too-long", f"{fact.name} may have at most {MAX_LIST} elements")
    if not all(isinstance(item, str) and item.strip() for item in items):
        raise _wrong(fact, raw, "a list of text values without empty ones")
    return tuple(dict.fromkeys(item.strip() for item in items))


def _check_range(fact: Fact, value: Value) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    low, high = fact.minimum, fact.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        hint = "shares are fractions: write 0.25 or 25%" if fact.unit == "share" else None
        span = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        raise ValueProblemError("out-of-range", f"{fact.name} must be {span}, not {value:g}", hint)


def _checked_codes(fact: Fact, value: Value, vocabulary: Vocabulary) -> Value:
    codes = vocabulary.codes(fact)
    if codes is None or not isinstance(value, str | tuple):
        return value
    by_folded = {code.casefold(): code for code in codes}
    result = [by_folded.get(item.casefold()) for item in ((value,) if isinstance(value, str) else value)]
    for given, found in zip((value,) if isinstance(value, str) else value, result, strict=True):
        if found is None:
            few = len(codes) <= 45  # noqa: PLR2004  # a list that still fits a message
            hint = did_you_mean(given, codes) or ("one of: " + ", ".join(codes) if few else None)
            raise ValueProblemError("unknown-code", f"`{given[:60]}` is not a value of {fact.name}", hint)
    read = tuple(item for item in result if item is not None)
    return read[0] if isinstance(value, str) else read
