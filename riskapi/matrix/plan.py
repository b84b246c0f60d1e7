"""What a matrix will be made of: a settled request in; its pairings in order, their number and its identity out.

The order of rows is fixed: day, then template, then foreign company, then host, each in the order of the request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

from riskapi.assessment.answer import Versions
from riskapi.matrix.request import Company, MatrixRequest, Template

_UNTOLD: Final = ("deal.type", "deal.activity_country", "deal.market_countries")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One day with one template: the rows from `start` (of the whole matrix) to before `stop`."""

    day: date
    template: Template
    start: int
    stop: int


@dataclass(frozen=True)
class Plan:
    """A matrix to be made, from these versions of rules and datasets."""

    request: MatrixRequest
    versions: Versions

    @property
    def foreign(self) -> tuple[Company, ...]:
        """The foreign side, in the order of rows."""
        return self.request.foreign

    @property
    def hosts(self) -> tuple[Company, ...]:
        """The host side, in the order of rows."""
        return self.request.hosts

    @property
    def templates(self) -> tuple[Template, ...]:
        """The kinds of deal."""
        return self.request.templates

    @property
    def dates(self) -> tuple[date, ...]:
        """The as-of dates."""
        return self.request.dates

    @cached_property
    def pairings(self) -> int:
        """Rows of the whole result."""
        return self.request.pairings

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """The parts of the result in order, one for each day and template."""
        size = self.offsets[-1]
        pairs = [(day, template) for day in self.dates for template in self.templates]
        return tuple(Sheet(day, template, size * n, size * (n + 1)) for n, (day, template) in enumerate(pairs))

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Rows of one sheet before each foreign company; last, all rows of one sheet."""
        hosts = {item.company_id for item in self.hosts}
        sizes = (len(self.hosts) - (item.company_id in hosts) for item in self.foreign)
        return tuple(accumulate(sizes, initial=0))

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What the reader should know of the question itself."""
        found = list(self.request.warnings)
        for template in self.templates:
            told = {name for name, value in template.deal.items() if value is not None}
            told |= set(_UNTOLD[1:]) if template.at_host else set()
            found += [f"template `{template.name}`: {name} is not told" for name in _UNTOLD if name not in told]
        return tuple(found)

    @cached_property
    def identity(self) -> str:
        """A hash of the settled question and of all versions: equal identities give equal rows."""
        content = {
            "foreign": [[item.company_id, item.name] for item in self.foreign],
            "hosts": [[item.company_id, item.name] for item in self.hosts],
            "templates": [
                [item.name, item.at_host, {name: _plain(item.deal[name]) for name in sorted(item.deal)}]
                for item in self.templates
            ],
            "dates": [day.isoformat() for day in self.dates],
            "versions": [self.versions.engine, self.versions.rule_set, self.versions.dataset],
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def cells(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Foreign and host of the rows from `first` to before `last` of one sheet, as places in their sides."""
        places = {item.company_id: place for place, item in enumerate(self.hosts)}
        for index, item in enumerate(self.foreign):
            offset, end = self.offsets[index], self.offsets[index + 1]
            if end <= first or offset >= last:
                continue
            own = places.get(item.company_id)
            columns = [column for column in range(len(self.hosts)) if column != own]
            for column in columns[max(first - offset, 0) : max(last - offset, 0)]:
                yield index, column


def _plain(value: Any) -> Any:  # noqa: ANN401  # values of facts
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
