"""What a page is made from, and what it is. Enters: one request, read. Leaves: `Shown` (a template), `Sent` (a file) or `Moved`.

A `Page` only reads; a `Deed` keeps or deletes something, and is asked for by a form of the service's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from riskapi.api.access.callers import ANYBODY, Caller
from riskapi.api.frame.archive import Archive
from riskapi.api.frame.operation import Asked, Operation
from riskapi.api.frame.query import read_parameters
from riskapi.workspace import Workspace

Pairs: TypeAlias = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: the workspace it is answered from, the day, the pairs of the address without empty ones."""

    workspace: Workspace
    today: date
    pairs: Pairs
    path: Mapping[str, str] = field(default_factory=dict)
    #: Whether the page asks for a part of itself.
    is_part: bool = False
    caller: Caller = ANYBODY
    #: Where answers are kept; None where the service has no store.
    archive: Archive | None = None

    def text(self, name: str) -> str | None:
        """The last value of a parameter, None where it was not given."""
        return next((value for key, value in reversed(self.pairs) if key == name), None)

    def without(self, *names: str) -> Pairs:
        """The pairs of all other parameters."""
        return [pair for pair in self.pairs if pair[0] not in names]

    def asked(self, operation: Operation, pairs: Pairs | None = None) -> Asked:
        """The parameters as an operation of the service reads them; raises `RequestError` with every problem."""
        given = list(self.pairs if pairs is None else pairs)
        values = read_parameters(operation, self.workspace, self.path, given)
        return Asked(values=values, today=self.today, caller=self.caller, archive=self.archive)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page: its template with what the template speaks of."""

    template: str
    context: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Another address of the service, to be visited after something was done."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file to keep."""

    content: bytes
    media_type: str
    file_name: str


Page: TypeAlias = Callable[[Visit], Shown | Sent]
Deed: TypeAlias = Callable[[Visit], Shown | Moved]
