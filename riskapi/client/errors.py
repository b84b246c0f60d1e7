"""What can go wrong between a program and a service, in the one error tree.

    RiskapiError
    └── RemoteError              all of these; `told` has status, request id and number of attempts
        ├── RefusedRequestError  a RequestError: the caller mends the request
        │   ├── RefusedNameError     also an UnsettledNameError, with candidates
        │   └── RemoteConflictError  what is stored contradicts the request
        ├── MissingError         a NotFoundError
        ├── AccessError          no key, a wrong one, or one that does not allow it
        └── ServiceError         nobody's request is at fault
            ├── TooBusyError         ask again later
            ├── UnreachableError     no whole answer came
            ├── UnreadableError      an answer came that is none of this service
            └── UnfinishedError      a job takes longer than one would wait

Code that was written for `riskapi.Workspace` and catches `RequestError`, `UnsettledNameError` or `NotFoundError` works with a
client as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from riskapi.errors import NotFoundError, Problem, RequestError, RiskapiError, UnsettledNameError


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of a request that failed.

    `status` and `code` are those of the answer, None where none came; `request_id` finds the request in the log of the
    service; `retry_after` is in seconds; `incident` names what the service noted in its log.
    """

    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    attempts: int = 1
    retry_after: float | None = None
    incident: str | None = None

    def __str__(self) -> str:
        parts = (
            f"HTTP {self.status}" if self.status else None,
            f"request {self.request_id}" if self.request_id else None,
            f"after {self.attempts} attempts" if self.attempts > 1 else None,
        )
        return ", ".join(part for part in parts if part)


class RemoteError(RiskapiError):
    """A request to a service that did not succeed."""

    def __init__(self, problems: Problem | Iterable[Problem] | str, told: Told | None = None) -> None:
        super().__init__(problems)
        self.told = told or Told()

    @property
    def request_id(self) -> str | None:
        """What finds the request in the log of the service."""
        return self.told.request_id

    @property
    def status(self) -> int | None:
        """The HTTP status; None where no answer came."""
        return self.told.status

    def __str__(self) -> str:
        footer = str(self.told)
        return f"{super().__str__()}\n    ({footer})" if footer else super().__str__()

    def __reduce__(self) -> tuple[Any, ...]:
        # Programs send questions out from several processes; what cannot be unpickled hangs their pool.
        return type(self), (self.problems, self.told)


class RefusedRequestError(RemoteError, RequestError):
    """The service cannot answer the request as it was put."""


class RefusedNameError(RefusedRequestError, UnsettledNameError):
    """A party's name does not settle; the problems carry the candidates."""


class RemoteConflictError(RefusedRequestError):
    """The request contradicts what is stored."""


class MissingError(RemoteError, NotFoundError):
    """The service has nothing of that id."""


class AccessError(RemoteError):
    """The service wants a key, or one that allows more."""

    code = "access-refused"
    title = "The service does not let the caller in"


class ServiceError(RemoteError):
    """The service failed; the request may be right."""

    code = "service-failed"
    title = "The service failed"


class TooBusyError(ServiceError):
    """The service has too much to do, or the caller asks too often; `told.retry_after` says when to ask again."""

    code = "service-busy"
    title = "The service is busy"


class UnreachableError(ServiceError):
    """No whole answer came. Where `was_sent` is true the service may have done what was asked."""

    code = "service-unreachable"
    title = "The service does not answer"

    def __init__(
        self, problems: Problem | Iterable[Problem] | str, told: Told | None = None, *, was_sent: bool = True
    ) -> None:
        super().__init__(problems, told)
        self.was_sent = was_sent

    def __reduce__(self) -> tuple[Any, ...]:
        return _unreachable, (self.problems, self.told, self.was_sent)


class UnreadableError(ServiceError):
    """What came is no answer of this service, or of a version that this client cannot read."""

    code = "answer-unreadable"
    title = "The answer cannot be read"


class UnfinishedError(ServiceError):
    """A job has not ended in the time that one would wait; it goes on."""

    code = "job-unfinished"
    title = "The job has not ended"


def _unreachable(problems: Iterable[Problem], told: Told, was_sent: bool) -> UnreachableError:  # noqa: FBT001  # unpickling
    return UnreachableError(problems, told, was_sent=was_sent)
