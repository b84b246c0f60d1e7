"""Which word was meant: a misspelt word and the known ones in, the only near one out; dates and shares in their usual form.

Nothing is guessed: where two known words are near, or numbers differ, there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from rapidfuzz.distance import OSA

#: Words up to this length are codes in which every letter counts.
_SHORT = 3
_LONG = 8
_FIRST_MONTHS = 12
#: Below this, a number for a share may be a slip of the decimal point and not a percentage.
_LEAST_PERCENT = Decimal(5)
_MOST_PERCENT = Decimal(100)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), 1)
    for name in names.split()
}  # fmt: skip
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})(\d\d)(\d\d)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([a-z]+)\.?,? (\d{4})", re.ASCII | re.IGNORECASE)
_MONTH_DAY = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII | re.IGNORECASE)


def only_near(word: str, known: Iterable[str]) -> str | None:
    """The one known word that was meant, or None where that is open."""
    words = list(dict.fromkeys(known))
    same = [item for item in words if _folded(item) == _folded(word)]
    if same:
        return same[0] if len(same) == 1 else None
    if len(word) <= _SHORT:
        return None
    slips = 1 if len(word) < _LONG else 2
    near = [item for item in words if OSA.distance(word.casefold(), item.casefold()) <= slips]
    return near[0] if len(near) == 1 and _digits(near[0]) == _digits(word) else None


def _folded(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", word.strip()).casefold()


def _digits(word: str) -> list[str]:
    return re.findall(r"\d+", word)


def as_day(text: str) -> str | None:
    """A date in its usual form (2025-03-15), or None where day and month might be exchanged."""
    text = " ".join(text.split())
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (part for part in match.groups() if part)
        return _iso(year, month, day)
    if match := _YEAR_LAST.fullmatch(text):
        first, _, second, year = match.groups()
        if int(second) > _FIRST_MONTHS:
            first, second = second, first
        open_order = first != second and int(first) <= _FIRST_MONTHS
        return None if open_order else _iso(year, second, first)
    if match := _DAY_MONTH.fullmatch(text):
        return _named(match[3], match[2], match[1])
    if match := _MONTH_DAY.fullmatch(text):
        return _named(match[3], match[1], match[2])
    return None


def _named(year: str, month: str, day: str) -> str | None:
    number = _MONTHS.get(month.casefold())
    return None if number is None else _iso(year, str(number), day)


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def as_share(number: str, *, with_sign: bool = False) -> str | None:
    """A percentage as a fraction (25 → 0.25), or None where it may be something else; `with_sign`: `%` stands behind it."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        return None
    if not (Decimal(0) if with_sign else _LEAST_PERCENT) <= value <= _MOST_PERCENT:
        return None
    return f"{(value / 100).normalize():f}"
