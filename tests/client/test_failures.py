"""Refusals become the errors of the one tree, with everything that the service told."""

from __future__ import annotations

import httpx
import pytest

from riskapi.client import errors
from riskapi.client.errors import RemoteError
from riskapi.errors import NotFoundError, RequestError, RiskapiError, UnsettledNameError
from tests.client.scripted import Script, problem

ONCE = [
    (400, "json-malformed", errors.RefusedRequestError, RequestError),
    (401, "key-missing", errors.AccessError, RiskapiError),
    (403, "scope-too-low", errors.AccessError, RiskapiError),
    (404, "not-found", errors.MissingError, NotFoundError),
    (409, "conflict", errors.RemoteConflictError, RequestError),
    (412, "precondition-failed", errors.RemoteConflictError, RequestError),
    (413, "body-too-large", errors.RefusedRequestError, RequestError),
    (422, "request-invalid", errors.RefusedRequestError, RequestError),
    (422, "party-unsettled", errors.RefusedNameError, UnsettledNameError),
    (422, "a-code-of-later", errors.RefusedRequestError, RequestError),
    (500, "internal-error", errors.ServiceError, RiskapiError),
    (503, "took-too-long", errors.TooBusyError, errors.ServiceError),
]


def told(step: httpx.Response) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        Script([step]).client().rule("a")
    return caught.value


@pytest.mark.parametrize(("status", "code", "kind", "base"), ONCE)
def test_a_refusal_is_an_error_of_its_kind(status: int, code: str, kind: type, base: type) -> None:
    error = told(problem(status, code))
    assert type(error) is kind
    assert isinstance(error, base)
    assert (error.status, error.told.code, error.request_id) == (status, code, "of-the-service")
    for part in (code, "what was found", "what to do", f"HTTP {status}", "of-the-service"):
        assert part in str(error)


def test_every_problem_is_told_with_its_place_and_candidates() -> None:
    entries = [
        {"code": "unknown-fact", "detail": "no such fact", "pointer": "/deal/x", "hint": "see the list"},
        {"code": "bad-date", "detail": "no date", "parameter": "as_of"},
        {"code": "name-unknown", "detail": "?", "pointer": "/parties/0", "candidates": [{"company_id": "ford"}]},
    ]
    error = told(problem(422, "request-invalid", errors=entries))
    assert [(item.code, item.pointer, item.field) for item in error.problems] == [
        ("unknown-fact", "/deal/x", None),
        ("bad-date", None, "as_of"),
        ("name-unknown", "/parties/0", None),
    ]
    assert error.problems[2].candidates == ({"company_id": "ford"},)


@pytest.mark.parametrize("entries", [None, [], "text", [1, 2], [{}], [{"code": 5, "detail": None, "candidates": 3}]])
def test_odd_problem_details_are_told_as_far_as_they_can_be_read(entries: object) -> None:
    error = told(problem(422, "request-invalid", errors=entries))
    assert isinstance(error, RequestError)
    assert error.problems


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"null"])
def test_what_says_that_it_is_problem_details_and_is_not_is_a_failure(body: bytes) -> None:
    step = httpx.Response(404, content=body, headers={"content-type": "application/problem+json"})
    assert type(told(step)) is errors.ServiceError


def test_a_page_of_something_else_is_not_taken_for_an_answer_of_the_service() -> None:
    error = told(httpx.Response(404, text="<h1>nginx</h1>\nsecret", headers={"content-type": "text/html"}))
    assert not isinstance(error, NotFoundError)
    assert "nginx" in str(error)
    assert "secret" not in str(error)
    assert "not that of a riskapi service" in str(error)
