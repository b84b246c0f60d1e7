"""What an operation of the service is: one value that both answers requests and documents itself.

Enters: nothing. Leaves: `Operation`, of which `app` makes a route and `openapi` the description, so that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, BinaryIO, TypeAlias, cast

from pydantic import TypeAdapter

from riskapi.api.access.callers import ANYBODY, Caller
from riskapi.api.frame.archive import Archive
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace

MAX_TEXT = 200
#: Names of fields in a whole body: several times what a question can use. Each unknown one is compared with all known.
MAX_FIELDS = 500
MAX_BYTES = 1_000_000
#: Elements of a list: far more than any list of a question has.
MAX_ELEMENTS = 5_000
JSON = "application/json"

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


@dataclass(frozen=True, slots=True)
class Upload:
    """A body as it was sent."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was read and checked; `today` stands for a date that was not given, `upload` for a body that is no JSON.

    `archive` is where operations that keep something keep it; None where the service has no store.
    """

    values: Mapping[str, ParameterValue]
    today: date
    body: object = None
    upload: Upload | None = None
    caller: Caller = ANYBODY
    archive: Archive | None = None
    repeat_key: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    accept: str | None = None

    def text(self, name: str) -> str | None:
        """A text parameter, or None where it was not given."""
        return cast("str | None", self.values.get(name))

    def needed(self, name: str) -> str:
        """A text parameter that is required."""
        return cast(str, self.values[name])

    def number(self, name: str) -> int:
        """A number that is required or has a default."""
        return cast(int, self.values[name])

    def given_day(self, name: str = "as_of") -> date | None:
        """A date, or None where it was not given."""
        return cast("date | None", self.values.get(name))

    def day(self, name: str = "as_of") -> date:
        """A date, or today."""
        return self.given_day(name) or self.today


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer whose bytes are made already, with its status and headers of its own.

    `file`, where there is one, is sent in place of `content`, piece by piece, and closed.
    """

    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON
    file: BinaryIO | None = None


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

    `run` gives an object of the class `answers`, or a `Reply` with its JSON; `body_schema` names the schema of the body;
    `refusals` are the problem types that it may end with, besides those that every operation may end with. `in_thread` is
    false only where it takes no time and must answer while all threads are busy. `scope` is what a key must allow; None
    is for probes, which need no key. `statuses` are those of success. `sample` gives what the document shows where the
    real answer depends on what is kept; `takes_key` says that Idempotency-Key is honoured, `takes_match` that If-Match is;
    `is_tagged` that answers bear an ETag of their own and If-None-Match is honoured; `max_fields`, `max_elements` (of
    a list) and `max_bytes` bound the body. `produces` are the media types of which the caller gets one, JSON first; `takes`
    are those of bodies beside JSON, of which `text_example` is one.
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
    body_schema: str = "ScoreRequest"
    in_thread: bool = True
    refusals: tuple[str, ...] = ()
    scope: Scope | None = Scope.VIEWER
    statuses: tuple[int, ...] = (200,)
    sample: Callable[[Workspace, Asked], object] | None = None
    takes_key: bool = False
    takes_match: bool = False
    is_tagged: bool = False
    max_fields: int = MAX_FIELDS
    max_elements: int = MAX_ELEMENTS
    max_bytes: int = MAX_BYTES
    produces: tuple[str, ...] = (JSON,)
    takes: tuple[str, ...] = ()
    text_example: str | None = None

    def reply(self, workspace: Workspace, asked: Asked) -> Reply:
        """The answer as JSON, with status and headers."""
        return self._written(self.run(workspace, asked))

    def answer(self, workspace: Workspace, asked: Asked) -> bytes:
        """The answer as JSON, as the document shows it."""
        return self._written((self.sample or self.run)(workspace, asked)).content

    def _written(self, found: object) -> Reply:
        return found if isinstance(found, Reply) else Reply(content=adapter_of(self.answers).dump_json(found))


@lru_cache(maxsize=64)
def adapter_of(answers: type) -> TypeAdapter[Any]:
    """Writes and describes objects of a class of answers."""
    return TypeAdapter(answers)


AS_OF = Parameter(name="as_of", kind=Kind.DATE, meaning="The day on which the question is put; today where not given.")
