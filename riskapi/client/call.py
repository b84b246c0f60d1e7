"""A request before it is sent and what came back, as plain values. Nothing here sends anything."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

JSON = "application/json"
PROBLEM = "application/problem+json"
#: Bytes of one answer that are read at most.
MOST_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A whole answer; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """No whole answer; `was_sent` is false where surely nothing reached the service, `is_final` where it stays so."""

    reason: str
    was_sent: bool
    is_final: bool = False


Outcome: TypeAlias = Received | Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T_co]):
    """One request and how its answer is read.

    `may_repeat`: sending it twice does what sending it once does, since it changes nothing or bears an Idempotency-Key.
    `budget` is the time in seconds for all attempts where the policy's is too short for what is sent back.
    """

    method: str
    path: str
    read: Callable[[Received], T_co]
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = JSON
    may_repeat: bool = True
    most_bytes: int = MOST_BYTES
    budget: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send this, and give up after so many seconds."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes | None
    headers: Mapping[str, str]
    seconds: float
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for so many seconds."""

    seconds: float


#: A conversation with the service: it yields what is to be done, is sent what came of it, and returns the result.
Talk: TypeAlias = Generator[Send | Wait, Outcome | None, T]
