"""One cell of a decision table in; the condition that it stands for, in the language of rules, out.

A cell is read by the type of its column: `CN, HK`, `not CN`, `>= 25%`, `0.25..0.5`, `2027-01-01..2027-12-31`, `yes`. An
empty cell, `-` and `any` ask nothing. A cell with `?` is a condition of its own, in which `?` stands for the column.
Spellings that two readers would take for two things (`0,25`, `>= 1, < 5`) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from riskapi.facts.vocabulary import FactType

ANY = frozenset({"", "-", "any"})
YES, NO = frozenset({"yes", "true"}), frozenset({"no", "false"})

_OPERATORS = {"≥": ">=", "≤": "<=", "≠": "<>", "!=": "<>", "=<": "<=", "=>": ">="}
_COMPARISON = re.compile(r"(>=|<=|<>|!=|=<|=>|≥|≤|≠|>|<|=)\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"([\[(]?)\s*([^\[\](),]+?)\s*\.\.\s*([^\[\](),]+?)\s*([\])]?)")
_NOT = re.compile(r"not\b\s*(?:\((.*)\)|(.+))", re.DOTALL | re.IGNORECASE)
_ALL_OF = re.compile(r"all of\s+(.+)", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d,\d", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class CellError(ValueError):
    """The cell cannot be read; `hint` says what to write."""

    def __init__(self, detail: str, hint: str | None = None) -> None:
        self.detail, self.hint = detail, hint
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a column asks about: the name of a fact or of a named part, with its type and unit."""

    name: str
    type: FactType
    unit: str | None = None


_Reader: TypeAlias = "Callable[[Subject, str], str]"


def condition_of(subject: Subject, cell: str) -> str | None:
    """The condition of a cell, None where it asks nothing; raises `CellError`."""
    text = cell.strip()
    if text.casefold() in ANY:
        return None
    if "?" in _QUOTED.sub("", text):
        return f"({_with_subject(subject.name, text)})"
    return _READERS[subject.type](subject, text)


def _with_subject(name: str, text: str) -> str:
    """The text with the name for each `?` outside quotation marks."""
    pieces = re.split(r"('[^']*')", text)
    return "".join(piece if index % 2 else piece.replace("?", name) for index, piece in enumerate(pieces))


def _truth(subject: Subject, text: str) -> str:
    word = text.casefold()
    if word in YES:
        return subject.name
    if word in NO:
        return f"not {subject.name}"
    raise CellError(f"`{text[:60]}` is neither yes nor no", "write yes, no, or - where it does not matter")


def _text(subject: Subject, text: str) -> str:
    negative, items = _negated(text)
    values = [_quoted(item) for item in items]
    if len(values) == 1:
        return f"{subject.name} {'<>' if negative else '='} {values[0]}"
    return f"{subject.name} {'not in' if negative else 'in'} ({', '.join(values)})"


def _list(subject: Subject, text: str) -> str:
    if text.casefold() == "none":
        return f"len({subject.name}) = 0"
    whole = _ALL_OF.fullmatch(text)
    if whole:
        return f"list_has_all({subject.name}, [{', '.join(_quoted(item) for item in _items(whole[1]))}])"
    negative, items = _negated(text)
    values = [_quoted(item) for item in items]
    if len(values) == 1:
        return f"{values[0]} {'not in' if negative else 'in'} {subject.name}"
    return f"{'not ' if negative else ''}list_has_any({subject.name}, [{', '.join(values)}])"


def _negated(text: str) -> tuple[bool, list[str]]:
    """Whether the cell says `not` (or `<>`), and the values it names."""
    match = _NOT.fullmatch(text)
    if match:
        return True, _items(match[1] if match[1] is not None else match[2])
    comparison = _COMPARISON.fullmatch(text)
    if comparison:
        operator = _OPERATORS.get(comparison[1], comparison[1])
        if operator not in ("=", "<>"):
            raise CellError(f"`{operator}` compares numbers and dates; this column holds codes", "write CN, or not CN")
        return operator == "<>", _items(comparison[2])
    return False, _items(text)


def _items(text: str) -> list[str]:
    """The values between commas; those in quotation marks may hold commas."""
    found = re.findall(r"\s*('[^']*'|\"[^\"]*\"|[^,]*?)\s*(?:,|$)", text)
    items = [item[1:-1] if item[:1] in "'\"" and len(item) > 1 else item for item in found[: text.count(",") + 1]]
    while items and not items[-1]:
        items.pop()
    if not items or not all(items):
        raise CellError(f"`{text[:60]}` has an empty value between two commas", "write CN, HK")
    if any("'" in item for item in items):
        raise CellError(
            f"`{text[:60]}` has a quotation mark that does not close", "write codes without quotation marks"
        )
    return items


def _quoted(item: str) -> str:
    return f"'{item}'"


def _number(subject: Subject, text: str) -> str:
    return _ordered(subject, text, _numeral)


def _day(subject: Subject, text: str) -> str:
    return _ordered(subject, text, _date)


def _ordered(subject: Subject, text: str, constant: _Reader) -> str:
    span = _RANGE.fullmatch(text)
    if span:
        return _span(subject, span, constant)
    if ".." in text:
        raise CellError(
            f"`{text[:60]}` is no range",
            "write 0.25..0.5 with both ends included; [0.25..0.5) is without the upper end",
        )
    negative = _NOT.fullmatch(text)
    if negative:
        inner = _ordered(subject, (negative[1] if negative[1] is not None else negative[2]).strip(), constant)
        return f"not ({inner})"
    match = _COMPARISON.fullmatch(text)
    if match:
        _refuse_two_tests(match[2], text)
        return f"{subject.name} {_OPERATORS.get(match[1], match[1])} {constant(subject, match[2].strip())}"
    return _one_of(subject, text, constant)


def _span(subject: Subject, match: re.Match[str], constant: _Reader) -> str:
    low, high = constant(subject, match[2].strip()), constant(subject, match[3].strip())
    if bool(match[1]) is not bool(match[4]):
        raise CellError(f"`{match[0][:60]}` has a bracket on one side only", "write [0.25..0.5)")
    if _key(low) > _key(high):
        raise CellError(f"the range `{match[0][:60]}` starts above its end", "write the smaller value first")
    if match[1] != "(" and match[4] != ")":
        return f"{subject.name} between {low} and {high}"
    lower, upper = ">" if match[1] == "(" else ">=", "<" if match[4] == ")" else "<="
    return f"{subject.name} {lower} {low} and {subject.name} {upper} {high}"


def _key(constant: str) -> tuple[float, str]:
    return (0, constant) if constant.startswith("date") else (float(constant), "")


def _refuse_two_tests(rest: str, text: str) -> None:
    if "," in rest and not _DECIMAL_COMMA.search(rest):
        raise CellError(
            f"`{text[:60]}` holds two tests, and a comma does not say whether both or one must hold",
            "write a range such as [0.25..0.5), or `? >= 0.25 and ? < 0.5`",
        )


def _one_of(subject: Subject, text: str, constant: _Reader) -> str:
    if _DECIMAL_COMMA.search(text):
        constant(subject, text)  # raises, with what to write
    values = [constant(subject, item.strip()) for item in _items(text)]
    return f"{subject.name} = {values[0]}" if len(values) == 1 else f"{subject.name} in ({', '.join(values)})"


def _numeral(subject: Subject, text: str) -> str:
    percent = text.endswith("%")
    bare = text.removesuffix("%").strip()
    if not _NUMBER.fullmatch(bare):
        comma = "write a point before decimals (0.25), no commas; between several values put a comma and a space"
        hint = comma if _DECIMAL_COMMA.search(bare) else "write >= 0.25, 0.25..0.5, or a number"
        raise CellError(f"`{text[:60]}` is not a number", hint)
    if not percent:
        return bare.removeprefix("+")
    if subject.unit == "percent":
        return bare
    if subject.unit != "share":
        raise CellError(f"`{text[:60]}`: {subject.name} is no share", "write the number without %")
    return repr(round(float(bare) / 100, 12))


def _date(_subject: Subject, text: str) -> str:
    day = None
    if _ISO_DAY.fullmatch(text):
        with suppress(ValueError):
            day = date.fromisoformat(text)
    if day is None:
        raise CellError(f"`{text[:60]}` is not a day", "write dates as 2027-01-31")
    return f"date '{day.isoformat()}'"


_READERS: Mapping[FactType, _Reader] = {
    FactType.BOOL: _truth,
    FactType.STR: _text,
    FactType.LIST: _list,
    FactType.INT: _number,
    FactType.FLOAT: _number,
    FactType.DATE: _day,
}
