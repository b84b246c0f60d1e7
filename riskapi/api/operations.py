"""What an operation of the service is: one value that both answers requests and documents itself.

Enters: nothing. Leaves: `Operation`, of which `app` makes a route and `openapi` the description, so that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias, cast

from pydantic import TypeAdapter

from riskapi.workspace import Workspace

MAX_TEXT = 200

ParameterValue: TypeAlias = str | int | date | None


class Kind(StrEnum):
    """How the text of a parameter is read."""

    TEXT = "text"
    DATE = "date"
    INTEGER = "integer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of the query or the path; `choices` gives its allowed values, `default` what silence means."""

    name: str
    meaning: str
    kind: Kind = Kind.TEXT
    in_path: bool = False
    required: bool = False
    default: ParameterValue = None
    choices: Callable[[Workspace], Iterable[str]] | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = MAX_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was read and checked; `today` stands for a date that was not given."""

    values: Mapping[str, ParameterValue]
    today: date
    body: object = None

    def text(self, name: str) -> str | None:
        """A text parameter, or None where it was not given."""
        return cast("str | None", self.values.get(name))

    def needed(self, name: str) -> str:
        """A text parameter that is required."""
        return cast(str, self.values[name])

    def number(self, name: str) -> int:
        """A number that is required or has a default."""
        return cast(int, self.values[name])

    def day(self, name: str = "as_of") -> date:
        """A date, or today."""
        return cast("date | None", self.values.get(name)) or self.today


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request that works on the shipped rules and datasets; the document shows its real answer."""

    name: str
    summary: str
    values: Mapping[str, str] = field(default_factory=dict)
    body: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that the service does.

    `run` gives an object of the class `answers`; `refusals` are the problem types that it may end with, besides those
    that every operation may end with. `in_thread` is false only where it takes no time and must answer while all threads
    are busy.
    """

    id: str
    summary: str
    description: str
    tag: str
    path: str
    run: Callable[[Workspace, Asked], object]
    answers: type
    examples: tuple[Example, ...]
    method: str = "GET"
    parameters: tuple[Parameter, ...] = ()
    takes_body: bool = False
    in_thread: bool = True
    refusals: tuple[str, ...] = ()

    def answer(self, workspace: Workspace, asked: Asked) -> bytes:
        """The answer as JSON."""
        return adapter_of(self.answers).dump_json(self.run(workspace, asked))


@lru_cache(maxsize=64)
def adapter_of(answers: type) -> TypeAdapter[Any]:
    """Writes and describes objects of a class of answers."""
    return TypeAdapter(answers)


AS_OF = Parameter(name="as_of", kind=Kind.DATE, meaning="The day on which the question is put; today where not given.")
