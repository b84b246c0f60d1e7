from __future__ import annotations

from datetime import date

import pytest

from riskapi.api.frame.query import query_pairs, read_parameters
from riskapi.errors import RequestError
from riskapi.workspace import Workspace
from tests.api.calls import operation


def test_values_are_read_by_their_kind(workspace: Workspace) -> None:
    query = query_pairs(b"jurisdiction=us&q=%20two+words%20&limit=7&as_of=2024-02-29")
    values = read_parameters(operation("listRules"), workspace, {}, query)
    assert values["jurisdiction"] == "US"
    assert values["q"] == "two words"
    assert values["limit"] == 7
    assert values["as_of"] == date(2024, 2, 29)


def test_silence_is_the_default(workspace: Workspace) -> None:
    values = read_parameters(operation("listRules"), workspace, {}, [])
    assert values["limit"] == 50
    assert values["as_of"] is None


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"limit=201", "out-of-range"),
        (b"limit=-1", "out-of-range"),
        (b"limit=1.5", "out-of-range"),
        ("limit=٣".encode().replace("٣".encode(), b"%D9%A3"), "out-of-range"),
        (b"limit=" + b"9" * 190, "out-of-range"),
        (b"as_of=1899-12-31", "out-of-range"),
        (b"as_of=20260101T00", "bad-date"),
        (b"gate=", "empty"),
        (b"gate", "empty"),
        (b"q=" + b"a" * 201, "too-long"),
        (b"q=a&q=b", "repeated-parameter"),
        (b"q=%07", "control-character"),
        (b"%00=1", "unknown-parameter"),
    ],
)
def test_what_does_not_fit_is_refused(workspace: Workspace, query: bytes, code: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_parameters(operation("listRules"), workspace, {}, query_pairs(query))
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_misspelt_value_is_told_its_neighbour(workspace: Workspace) -> None:
    with pytest.raises(RequestError, match="did you mean `prohibition`"):
        read_parameters(operation("listRules"), workspace, {}, query_pairs(b"gate=prohibitions"))
