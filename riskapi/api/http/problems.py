"""Every error as one shape: exceptions in, `application/problem+json` (RFC 9457) out.

The table `TYPES` maps codes to statuses and fixed titles; the error tree itself knows nothing of HTTP.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException

from riskapi.api.http.headers import request_id
from riskapi.errors import NotFoundError, Problem, RequestError, RiskapiError, UnsettledNameError
from riskapi.store.errors import ConflictError, KeyRefusedError, StoreBusyError, StoreError
from riskapi.store.idempotency import InProgressError, KeyReusedError
from riskapi.store.jobs import LATE, JobOpenError, QueueFullError

MEDIA_TYPE = "application/problem+json"
SERVER_ERROR = 500
MAX_PATH = 200
#: Problems that are told one by one; of more only the number is.
MOST_TOLD = 100
#: When to ask again after the store has failed.
STORE_SECONDS = 5

logger = logging.getLogger("riskapi.api")


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of error: `title` never varies, `advice` says what the caller can do."""

    code: str
    status: int
    title: str
    advice: str

    @property
    def uri(self) -> str:
        """Relative address of its page."""
        return f"/problems/{self.code}"


TYPES: Mapping[str, ProblemType] = {
    item.code: item
    for item in (
        ProblemType("bad-request", 400, "The request is not proper HTTP",
                    "Mend the request line, the Host header or the framing of the body."),
        ProblemType("json-malformed", 400, "The body is not acceptable JSON",
                    "Mend the JSON at the place that is named. Repeated keys, NaN, infinite numbers, control "
                    "characters, more than 500 fields, nesting of more than 32 levels, texts of more than 10,000 "
                    "characters and lists of more than 5,000 elements are refused."),
        ProblemType("key-missing", 401, "An API key is needed",
                    "Send `Authorization: Bearer rk_...` or `X-API-Key: rk_...`. Whoever runs the service makes keys, and "
                    "says whether it takes bearer tokens of your organisation."),
        ProblemType(KeyRefusedError.code, 401, KeyRefusedError.title,
                    "See that the key was copied whole; ask an administrator for a new one where it has ended."),
        ProblemType("token-refused", 401, "The bearer token is not accepted",
                    "Get a new token from your identity provider, for the audience of this service."),
        ProblemType("scope-too-low", 403, "The API key does not allow this",
                    "Ask an administrator for a key of the scope that the problem names."),
        ProblemType(NotFoundError.code, 404, NotFoundError.title,
                    "Look up the id in the list that the hint names; /docs lists the addresses of the service."),
        ProblemType("method-not-allowed", 405, "The address does not take this method",
                    "Use one of the methods in the Allow header."),
        ProblemType("not-acceptable", 406, "No form of the answer is acceptable to the caller",
                    "Leave out the Accept header, or name the type that the problem tells."),
        ProblemType("body-too-slow", 408, "The body did not arrive in time", "Send the body without pauses."),
        ProblemType(ConflictError.code, 409, ConflictError.title,
                    "Every entry of `errors` says what it contradicts. What is stored stays as it is."),
        ProblemType(InProgressError.code, 409, InProgressError.title,
                    "Wait as many seconds as Retry-After says, then send the same request again."),
        ProblemType(JobOpenError.code, 409, JobOpenError.title,
                    "Wait as many seconds as Retry-After says, then ask for the result again."),
        ProblemType("precondition-failed", 412, "What is stored is not what the caller has seen",
                    "Read it again, make the change there, and send the new ETag in If-Match."),
        ProblemType("body-too-large", 413, "The body is too large", "Send at most 1,000,000 bytes."),
        ProblemType("media-type-unsupported", 415, "The body is of an unsupported type",
                    "Send JSON in UTF-8, uncompressed, with Content-Type: application/json."),
        ProblemType(RequestError.code, 422, RequestError.title,
                    "Mend every entry of `errors`: `pointer` finds it in the body, `parameter` in the address."),
        ProblemType(UnsettledNameError.code, 422, UnsettledNameError.title,
                    "Send the company_id of one of the candidates, or describe the company with `inline` and `facts`."),
        ProblemType("precondition-required", 428, "The change does not say what it follows",
                    "Send If-Match with the ETag that reading gave, so that nobody overwrites what he has not seen."),
        ProblemType(KeyReusedError.code, 422, KeyReusedError.title, "Make a new Idempotency-Key for each new request."),
        ProblemType("too-many-requests", 429, "The caller asks too often",
                    "Wait as many seconds as Retry-After says; RateLimit-Policy and RateLimit tell what is left."),
        ProblemType(QueueFullError.code, 429, QueueFullError.title,
                    "Wait until a job has ended, or cancel one: GET /v1/jobs lists them."),
        ProblemType("internal-error", 500, "The service failed",
                    "Nothing is wrong with the request. Report the incident number to whoever runs the service."),
        ProblemType("overloaded", 503, "The service has more to do than it can",
                    "Wait as many seconds as Retry-After says. Nothing was done; the same request may be sent again."),
        ProblemType("took-too-long", 503, "The answer was not made in time", "Ask for less at once."),
        ProblemType(StoreBusyError.code, 503, StoreBusyError.title,
                    "Wait as many seconds as Retry-After says, then send the same request again."),
        ProblemType(StoreError.code, 503, StoreError.title,
                    "Nothing of what was asked was kept. Tell whoever runs the service."),
        ProblemType("identity-unavailable", 503, "The keys of the identity provider cannot be read",
                    "Wait as many seconds as Retry-After says, then send the same request again. API keys go on."),
        ProblemType("not-ready", 503, "The service is not ready", "Every entry of `errors` names a reason. Ask again later."),
    )
}  # fmt: skip

#: Problem types that any operation may end with.
ANYWHERE = (
    "not-acceptable",
    RequestError.code,
    "too-many-requests",
    "internal-error",
    "overloaded",
    "took-too-long",
)
#: Problem types of operations that need a key, where the service wants keys.
WITH_KEY = (
    "key-missing",
    KeyRefusedError.code,
    "token-refused",
    "scope-too-low",
    StoreBusyError.code,
    StoreError.code,
    "identity-unavailable",
)
#: Problem types of operations that honour Idempotency-Key.
WITH_REPEATS = (ConflictError.code, InProgressError.code, KeyReusedError.code)
#: Problem types of operations that honour If-Match.
WITH_MATCH = ("precondition-failed", "precondition-required")
#: Problem types that any operation with a body may end with.
WITH_BODY = ("body-too-slow", "body-too-large")

_BY_STATUS = {
    404: (NotFoundError.code, "there is nothing at this address", "see /docs for the addresses of this service"),
    405: ("method-not-allowed", "this address does not take this method", "use a method of the Allow header"),
    413: ("body-too-large", "the body has more than 1,000,000 bytes", "send less, for example one question at a time"),
}


class RefusedError(RiskapiError):
    """A request that is refused before the core sees it, with its type of problem."""

    code = "refused"

    def __init__(
        self, type_code: str, problems: Problem | Iterable[Problem], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(problems)
        self.type = TYPES[type_code]
        self.headers = dict(headers or {})


def refusal_of(error: RiskapiError) -> RefusedError | None:
    """What the store refuses, as a refusal of the service; None for every other error."""
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, StoreError):
        logger.error("the store: %s", error.problems[0])
        # What the driver says may hold addresses: it is for the log alone.
        told = [Problem(code=item.code, detail=error.title, hint=TYPES[error.code].advice) for item in error.problems]
        return RefusedError(error.code, told, headers={"retry-after": str(STORE_SECONDS)})
    if isinstance(error, ConflictError | KeyRefusedError):
        wait = {"retry-after": "1"} if isinstance(error, InProgressError) else None
        if isinstance(error, JobOpenError):
            wait = {"retry-after": str(error.retry_after)}
        return RefusedError(error.code, error.problems, headers=wait)
    if isinstance(error, QueueFullError):
        return RefusedError(error.code, error.problems, headers={"retry-after": str(LATE)})
    return None


def too_large(most: int) -> RefusedError:
    """The refusal of a body of more than so many bytes; the rest of it is not wanted."""
    code, _, hint = _BY_STATUS[413]
    detail = f"the body has more than {most:,} bytes"
    return RefusedError(code, Problem(code=code, detail=detail, hint=hint), headers={"connection": "close"})


def document(
    kind: ProblemType, problems: Iterable[Problem], *, path: str, ident: str, incident: str | None = None
) -> dict[str, Any]:
    """The problem details as plain data; the only place where they are put together."""
    found = list(problems)
    errors = [_entry(problem) for problem in found[:MOST_TOLD]]
    first = errors[0]["detail"]
    if len(found) > MOST_TOLD:
        detail = f"and {len(found) - MOST_TOLD:,} more problems"
        errors.append({"code": "more-problems", "detail": detail, "hint": "mend these and send it again"})
    return {
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": first if len(errors) == 1 else f"{len(found)} things are wrong, first: {first}",
        "instance": f"{quote(path[:MAX_PATH], errors='replace')}#{quote(ident, safe='')}",
        "code": kind.code,
        "request_id": ident,
        "errors": errors,
    } | ({"incident": incident} if incident else {})


def _entry(problem: Problem) -> dict[str, Any]:
    """One entry of `errors`; what is not known is left out."""
    told = {
        "code": problem.code,
        "detail": problem.detail,
        "pointer": problem.pointer,
        "parameter": problem.field or None if problem.pointer is None else None,  # a name may be empty
        "hint": problem.hint,
        "candidates": list(problem.candidates) or None,
    }
    return {key: value for key, value in told.items() if value is not None}


def respond(
    request: Request[Any, Any, Any],
    kind: ProblemType,
    problems: Iterable[Problem],
    *,
    headers: Mapping[str, str] | None = None,
    incident: str | None = None,
) -> Response[dict[str, Any]]:
    """The response for a problem."""
    content = document(kind, problems, path=request.scope["path"], ident=request_id(request.scope), incident=incident)
    return Response(
        content,
        status_code=kind.status,
        media_type=MEDIA_TYPE,
        headers={"content-language": "en", "cache-control": "no-store", **(headers or {})},
    )


def on_riskapi_error(request: Request[Any, Any, Any], error: RiskapiError) -> Response[dict[str, Any]]:
    """Errors that were raised on purpose; those that the caller cannot mend count as failures of the service."""
    refusal = refusal_of(error)
    if refusal is not None:
        return respond(request, refusal.type, refusal.problems, headers=refusal.headers)
    if isinstance(error, NotFoundError):
        return respond(request, TYPES[error.code], _placed(request, error.problems))
    if isinstance(error, RequestError):
        return respond(request, TYPES[error.code], error.problems)
    return on_failure(request, error)


def _placed(request: Request[Any, Any, Any], problems: Iterable[Problem]) -> list[Problem]:
    """What was not found is named by the one parameter of the path."""
    name = next(iter(request.path_params), None)
    return [
        Problem(code=item.code, detail=item.detail, hint=item.hint, field=name, candidates=item.candidates)
        for item in problems
    ]


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """Refusals of the framework: no such address, wrong method, too large, not HTTP."""
    if error.status_code >= SERVER_ERROR:
        return on_failure(request, error)
    code, detail, hint = _BY_STATUS.get(error.status_code, ("bad-request", "the request cannot be read", None))
    headers = {key.lower(): value for key, value in (error.headers or {}).items() if key.lower() == "allow"}
    if code == "body-too-large":
        headers["connection"] = "close"  # the rest of the body is not wanted
    return respond(request, TYPES[code], [Problem(code=code, detail=detail, hint=hint)], headers=headers)


def on_failure(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """What nobody foresaw: the cause goes into the log under an incident number, and nowhere else."""
    incident = uuid.uuid4().hex[:12]
    route = request.scope.get("path_template") or "?"
    logger.error(
        "incident %s, request %s, %s %s", incident, request_id(request.scope), request.method, route, exc_info=error
    )
    kind = TYPES["internal-error"]
    detail = f"an error of the service, noted as incident {incident}"
    return respond(request, kind, [Problem(code=kind.code, detail=detail, hint=kind.advice)], incident=incident)
