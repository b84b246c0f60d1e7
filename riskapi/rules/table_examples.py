"""The examples of a decision table, given once for all its rows, made into examples of every row.

An example names the rows that fire and those that are undetermined; of every other row it says that it does not fire. So a
row that fires where it should not is caught, and rows that overlap by mistake, too. An example may be asked for several
days, `as_of: [2026-06-30, 2027-06-30]`: on each of them it is about the rows that are in force. Since that takes the dates
from the rows, the first and last days of rows need examples of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from riskapi.errors import Problem, did_you_mean
from riskapi.rules.source import Data, Path_, Source

ALL = "all"
LISTS = ("fires", "undetermined")
_NOT_FIRED = "not_fired"


@dataclass(frozen=True, slots=True)
class RowExamples:
    """The examples of one row, and for each the number of the one it was made of."""

    examples: Data
    made_of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """One example on one day: the rows that fire, and those that are undetermined."""

    plain: Mapping[str, Data]
    day: str
    firing: frozenset[str]
    undetermined: frozenset[str]

    def expected(self, key: str) -> str:
        """What the row with that key must say."""
        return "fired" if key in self.firing else "undetermined" if key in self.undetermined else _NOT_FIRED


class TableExamples:
    """Reads the examples of the table at `path`; `rules` are those of its rows, one for each of `keys`."""

    def __init__(self, source: Source, path: Path_, keys: Sequence[str], rules: Sequence[Data]) -> None:
        self.source, self.path = source, path
        self.rules = dict(zip(keys, rules, strict=True))
        self.edges = {
            key: frozenset(day for span in _spans(rule) for day in _edges(span)) for key, rule in self.rules.items()
        }
        self.problems: list[Problem] = []

    def of_rows(self, examples: Data) -> list[RowExamples]:
        """The examples of each row, in the order of the rows."""
        if not isinstance(examples, list):
            return [RowExamples(examples, ()) for _ in self.rules]
        asked = [(index, day) for index, example in enumerate(examples) for day in self._asked(index, example)]
        return [self._of_row(key, asked) for key in self.rules]

    def _of_row(self, key: str, asked: Sequence[tuple[int, _Named | Data]]) -> RowExamples:
        made: list[Data] = []
        made_of = []
        for index, item in asked:
            if not isinstance(item, _Named):
                made.append(item)
            elif self._is_idle(key, item):
                continue
            else:
                made.append({**item.plain, "expect": item.expected(key)})
            made_of.append(index)
        return RowExamples(made, tuple(made_of))

    def _is_idle(self, key: str, item: _Named) -> bool:
        """Whether a row is asked long before or after it is in force: that says nothing about it."""
        away = not _in_force(self.rules[key], item.day) and item.day not in self.edges[key]
        return away and bool(_spans(self.rules[key])) and item.expected(key) == _NOT_FIRED

    def _problem(self, path: Path_, code: str, detail: str, hint: str | None = None) -> None:
        self.problems.append(self.source.problem((*self.path, "examples", *path), code, detail, hint))

    def _asked(self, index: int, example: Data) -> list[_Named | Data]:
        """An example for every day that it is asked for; what is no mapping is told by the form of a rule."""
        if not isinstance(example, dict):
            return [example]
        if "expect" in example or not any(name in example for name in LISTS):
            hint = "write fires: [first-key], undetermined: [second-key], or fires: [] where no row fires"
            self._problem((index,), "table-example", "an example of a table names the rows that fire", hint)
        plain = {name: value for name, value in example.items() if name not in (*LISTS, "expect")}
        days = example.get("as_of")
        several = days if isinstance(days, list) else [days or self._checked_on()]
        firing, open_ = (self._rows(index, name, example, [str(day) for day in several]) for name in LISTS)
        for key in sorted(firing & open_):
            self._problem((index,), "table-example", f"the row `{key}` cannot both fire and be undetermined")
        if not isinstance(days, list):
            return [_Named(plain, str(several[0]), firing, open_)]
        self._check_days(index, firing | open_, [str(day) for day in days])
        return [self._on(plain, str(day), firing, open_) for day in days]

    def _on(self, plain: Mapping[str, Data], day: str, firing: frozenset[str], open_: frozenset[str]) -> _Named:
        """The example on one of its days: rows that are not in force then do not fire."""
        here = frozenset(key for key, rule in self.rules.items() if _in_force(rule, day))
        named = {**plain, "name": f"{plain.get('name')} ({day})", "as_of": day}
        return _Named(named, day, firing & here, open_ & here)

    def _check_days(self, index: int, named: frozenset[str], days: Sequence[str]) -> None:
        """A list of days takes the dates from the rows, so it may not be what holds these dates."""
        if not days:
            self._problem((index, "as_of"), "table-example", "the list of days is empty", "write as_of: 2027-01-31")
        edges = frozenset[str]().union(*self.edges.values())
        for position, day in enumerate(days):
            if day in edges:
                detail = f"on {day} or the day beside it a row starts or ends; a list of days does not test that"
                hint = "give this day an example of its own, and take another day between for the list"
                self._problem((index, "as_of", position), "table-example", detail, hint)
        for key, rule in self.rules.items():
            if key in named and days and self.edges[key] and not any(_in_force(rule, day) for day in days):
                self._problem((index,), "table-example", f"the row `{key}` is not in force on any of the days")

    def _rows(self, index: int, name: str, example: Mapping[str, Data], days: Sequence[str]) -> frozenset[str]:
        """The keys that `fires` or `undetermined` names; `all` are the rows in force on one of the days."""
        value = example.get(name)
        if value == ALL:
            return frozenset(key for key, rule in self.rules.items() if any(_in_force(rule, day) for day in days))
        named = value if isinstance(value, list) else [] if value in (None, "none") else [value]
        for position, key in enumerate(named):
            if key not in self.rules:
                hint = did_you_mean(str(key), self.rules) or "the keys stand in the column `key`; or write all"
                where: Path_ = (index, name, position) if isinstance(value, list) else (index, name)
                self._problem(where, "table-example", f"the table has no row `{str(key)[:60]}`", hint)
        return frozenset(str(key) for key in named)

    def _checked_on(self) -> Data:
        checked = self.source.data.get("checked") if isinstance(self.source.data, dict) else None
        return checked.get("on") if isinstance(checked, dict) else None


def _in_force(rule: Data, day: str) -> bool:
    """Whether the rule binds on that day, as far as its dates are well formed: ISO dates sort like text."""
    return any(str(span.get("from") or "9") <= day <= str(span.get("to") or "9") for span in _spans(rule))


def _spans(rule: Data) -> list[dict[str, Data]]:
    spans = rule.get("in_force") if isinstance(rule, dict) else None
    return [span for span in spans if isinstance(span, dict)] if isinstance(spans, list) else []


def _edges(span: Mapping[str, Data]) -> Iterator[str]:
    """The first day and the one before, the last day and the one after."""
    for name, step in (("from", -1), ("to", 1)):
        with suppress(ValueError, OverflowError):
            day = date.fromisoformat(str(span.get(name)))
            yield from (day.isoformat(), (day + timedelta(days=step)).isoformat())
