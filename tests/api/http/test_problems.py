from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi import errors
from riskapi.api.http.problems import TYPES, RefusedError, document
from riskapi.errors import DataError, Problem, RiskapiError, RuleError, SettingsError
from riskapi.workspace import Workspace

INVALID = TYPES["request-invalid"]


def test_one_problem_is_the_detail_and_several_are_counted() -> None:
    one, other = Problem(code="a", detail="first"), Problem(code="b", detail="second")
    assert document(INVALID, [one], path="/", ident="x")["detail"] == "first"
    assert document(INVALID, [one, other], path="/", ident="x")["detail"] == "2 things are wrong, first: first"


def test_a_place_is_a_pointer_or_a_parameter_and_what_is_not_known_is_left_out() -> None:
    problems = [
        Problem(code="a", detail="in the body", pointer="", field="deal"),
        Problem(code="b", detail="in the query", field="limit", hint="less"),
        Problem(code="c", detail="nowhere"),
    ]
    assert document(INVALID, problems, path="/", ident="x")["errors"] == [
        {"code": "a", "detail": "in the body", "pointer": ""},
        {"code": "b", "detail": "in the query", "parameter": "limit", "hint": "less"},
        {"code": "c", "detail": "nowhere"},
    ]


@pytest.mark.parametrize("path", ["/小米 a\nb", "/" + "x" * 900, "/\ud800", '/"><script>'])
def test_the_instance_is_a_proper_reference_whatever_was_asked(path: str) -> None:
    instance = document(INVALID, [Problem(code="a", detail="b")], path=path, ident="i#d/1")["instance"]
    assert instance.isascii()
    assert instance.isprintable()
    assert instance.endswith("#i%23d%2F1")
    assert len(instance) < 1000
    assert not set(instance) & set(' "<>')


@pytest.mark.parametrize("kind", [RuleError, DataError, SettingsError, RiskapiError])
def test_a_fault_of_ours_is_no_fault_of_the_caller(
    client: TestClient[Any], monkeypatch: pytest.MonkeyPatch, kind: type[RiskapiError]
) -> None:
    def fault(*_: object, **__: object) -> None:
        raise kind(Problem(code="inside", detail="a secret place", file="/srv/secret.csv", line=3))

    monkeypatch.setattr(Workspace, "ask_json", fault)
    response = client.post("/v1/scores", json={})
    assert response.status_code == 500
    assert "secret" not in response.text


def test_every_error_that_a_caller_can_mend_has_a_type() -> None:
    callers = (errors.RequestError, errors.UnsettledNameError, errors.NotFoundError)
    for kind in callers:
        assert TYPES[kind.code].title == kind.title
        assert 400 <= TYPES[kind.code].status < 500


def test_a_refusal_must_be_of_a_known_type() -> None:
    with pytest.raises(KeyError):
        RefusedError("made-up", Problem(code="a", detail="b"))
