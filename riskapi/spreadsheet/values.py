"""Cells as values of facts: what stands in a cell in, what a question says out, or why it cannot be read.

Nothing is guessed. A number in text is read in every way that people write numbers; where more than one of them could be
meant, it is refused. Codes may be written as codes or as their labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

import pycountry

from riskapi.errors import did_you_mean
from riskapi.facts.values import ValueProblemError, read_value
from riskapi.facts.vocabulary import Fact, FactType, Value, Vocabulary
from riskapi.spreadsheet.columns import folded
from riskapi.spreadsheet.grid import Cell

NOT_KNOWN: Final = "not known"
_NOT_KNOWN: Final = frozenset({"not known", "unknown", "?", "null", "n/k"})
_SPACES = re.compile(r"[\s\u00a0\u202f']+")
_GROUPED: Final = r"[+-]?[1-9]\d{0,2}(?:%s\d{3})+"
_NUMBERS: Final = (
    (re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"), "", "."),  # 1234.5
    (re.compile(r"[+-]?\d+,\d+"), "", ","),  # 1234,5
    (re.compile(_GROUPED % "," + r"(?:\.\d+)?"), ",", "."),  # 1,234.5
    (re.compile(_GROUPED % r"\." + r"(?:,\d+)?"), ".", ","),  # 1.234,5
)
_LONGEST_NUMBER: Final = 40
_DAY = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})")
_MONTHS: Final = 12


def is_not_known(cell: Cell) -> bool:
    """Whether the cell says that the value is not known; an empty one says nothing."""
    return isinstance(cell, str) and cell.strip().casefold() in _NOT_KNOWN


def fact_value(fact: Fact, cell: Cell, lexicon: Lexicon) -> Value:
    """The typed value in a cell; raises `ValueProblemError`."""
    if is_not_known(cell):
        return None
    raw: object = cell
    if isinstance(cell, time | timedelta):
        raise ValueProblemError("wrong-type", "a time of the day stands here", "change the format of the cell")
    match fact.type:
        case FactType.FLOAT | FactType.INT:
            raw = _number(fact, cell)
        case FactType.DATE:
            raw = day(cell)
        case FactType.BOOL:
            raw = _yes_no(cell)
        case FactType.LIST:
            raw = lexicon.several(fact, cell)
        case FactType.STR:
            raw = lexicon.code(fact, text(cell))
    return read_value(fact, raw, lexicon.vocabulary)


def text(cell: Cell) -> str:
    """A cell as text: a name such as 360 may be a number to a spreadsheet."""
    return cell.strip() if isinstance(cell, str) else str(cell)


def day(cell: Cell) -> date:
    """A date; raises `ValueProblemError` for what could be two of them."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        try:
            return date.fromisoformat(cell.strip())
        except ValueError:
            told = "could be read as different days" if _has_two_days(cell.strip()) else "is no date as it is read here"
            raise ValueProblemError("bad-date", f"`{cell.strip()[:40]}` {told}", "write 2027-01-31") from None
    hint = "give the cell the format of a date, or write 2027-01-31"
    raise ValueProblemError("bad-date", f"`{cell}` is a number and no date", hint)


def _has_two_days(written: str) -> bool:
    """Whether day and month could be exchanged: 03/04/2026, but not 22.11.2026 and not 2026-02-30."""
    match = _DAY.fullmatch(written)
    return match is not None and match[1] != match[2] and max(int(match[1]), int(match[2])) <= _MONTHS


def yes_no(cell: Cell) -> bool | None:
    """Yes or no; None for what is neither."""
    if isinstance(cell, bool):
        return cell
    words = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
    return words.get(text(cell).casefold())


def _yes_no(cell: Cell) -> bool:
    found = yes_no(cell)
    if found is None:
        raise ValueProblemError(
            "wrong-type", f"`{text(cell)[:60]}` is neither yes nor no", "write yes, no or not known"
        )
    return found


def _number(fact: Fact, cell: Cell) -> int | float:
    """A number of the cell's own, or the only one that its text can mean for this fact."""
    if isinstance(cell, bool | date):
        kind = "yes or no" if isinstance(cell, bool) else "a date"
        raise ValueProblemError(
            "wrong-type", f"a number is wanted, {kind} stands here", "change the format of the cell"
        )
    if isinstance(cell, int | float):
        if _fits(fact, cell):
            return cell
        raise ValueProblemError("out-of-range", _out_of_range(fact, f"{cell:.15g}"), _how_to_write(fact))
    written = text(cell)
    found = sorted({number for number in _readings(fact, written) if _fits(fact, number)})
    if len(found) == 1:
        return found[0]
    if found:
        meant = " or ".join(f"{number:,.12g}" for number in found)
        hint = "write it as a number, without a separator of thousands and with a point before decimals"
        raise ValueProblemError("ambiguous-number", f"`{written[:40]}` can mean {meant}", hint)
    if any(_readings(fact, written)):
        raise ValueProblemError("out-of-range", _out_of_range(fact, written), _how_to_write(fact))
    raise ValueProblemError("wrong-type", f"`{written[:40]}` is no number", _how_to_write(fact))


def _readings(fact: Fact, written: str) -> Iterator[int | float]:
    compact = _SPACES.sub("", written)[:_LONGEST_NUMBER]
    is_percent = fact.unit == "share" and compact.endswith("%")
    digits = compact.removesuffix("%") if is_percent else compact
    for form, group, point in _NUMBERS:
        if form.fullmatch(digits):
            number = float((digits.replace(group, "") if group else digits).replace(point, "."))
            number = round(number / 100, 12) if is_percent else number
            yield int(number) if number.is_integer() and abs(number) < 2**53 else number


def _fits(fact: Fact, number: float) -> bool:
    is_whole = fact.type is not FactType.INT or float(number).is_integer()
    above = fact.minimum is None or number >= fact.minimum
    return is_whole and above and (fact.maximum is None or number <= fact.maximum)


def _out_of_range(fact: Fact, written: str) -> str:
    low, high = fact.minimum, fact.maximum
    whole = "a whole number" if fact.type is FactType.INT else "a number"
    span = "" if low is None else f" from {low:g} to {high:g}" if high is not None else f" of at least {low:g}"
    return f"`{written[:40]}` does not fit: {whole}{span} is wanted"


def _how_to_write(fact: Fact) -> str:
    if fact.unit == "share":
        return "shares are written 25% or 0.25"
    return "write digits only, with a point before decimals" if fact.type is FactType.FLOAT else "write digits only"


#: What people write for a country, beside its names and codes in ISO 3166.
_USUAL: Final = {"uk": "GB", "great britain": "GB", "prc": "CN", "u.s.": "US", "u.s.a.": "US", "uae": "AE"}


def _other_names(codes: Iterable[str]) -> dict[str, str]:
    """Countries by their codes of three letters, their official and their usual other names."""
    found = {folded(word): code for word, code in _USUAL.items()}
    for code in codes:
        about = pycountry.countries.get(alpha_2=code)
        for word in ("alpha_3", "name", "official_name"):
            if about is not None and hasattr(about, word):
                found[folded(getattr(about, word))] = code
    return found


@dataclass(frozen=True)
class Lexicon:
    """The codes of a vocabulary by everything that they may be called; keep one for a file."""

    vocabulary: Vocabulary
    _words: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def codes(self, fact: Fact) -> Mapping[str, str]:
        """The codes of a fact with their labels; none where any text is allowed."""
        return self.vocabulary.codes(fact) or {}

    def words(self, fact: Fact) -> Mapping[str, str]:
        """Codes by folded code and folded label; a code goes before a label that reads alike."""
        domain = fact.domain or ""
        if domain not in self._words:
            codes = self.codes(fact)
            labels = {folded(label): code for code, label in codes.items()}
            others = _other_names(codes) if domain == "country" else {}
            self._words[domain] = {**others, **labels, **{folded(code): code for code in codes}}
        return self._words[domain]

    def code(self, fact: Fact, written: str) -> str:
        """The code that a code or a label means; raises `ValueProblemError`."""
        words, labels = self.words(fact), self.codes(fact).values()
        found = words.get(folded(written)) if words else written
        if found is None:
            few = len(labels) <= 16  # noqa: PLR2004  # a list that still fits a cell
            hint = did_you_mean(written, labels) or did_you_mean(written, self.codes(fact))
            hint = hint or (
                "one of: " + ", ".join(labels) if few else "the sheet `Lists` of the template has all values"
            )
            raise ValueProblemError("unknown-code", f"`{written[:60]}` is not in the list", hint)
        return found

    def several(self, fact: Fact, cell: Cell) -> list[str]:
        """Codes parted by semicolons, bars or lines; by commas only where no label holds one."""
        written = text(cell)
        if written.casefold() in ("none", "[]"):
            return []
        words = self.words(fact)
        pieces = [piece.strip() for piece in re.split(r"[;|\n]", written.strip("[]")) if piece.strip()]
        found = []
        for piece in pieces:
            is_one = folded(piece) in words
            parts = [piece] if is_one else [part.strip() for part in piece.split(",") if part.strip()]
            found += [self.code(fact, part) for part in parts]
        return found
