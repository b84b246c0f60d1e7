from __future__ import annotations

import pytest

from riskapi.errors import RequestError, RequestReader, unknown_fields, wanted_object


def test_every_field_that_is_not_known_is_told_with_its_place() -> None:
    found = unknown_fields({"nmae": 1, "items": 2, "a/b~c": 3}, ("name", "items"), "/list")
    assert [(problem.code, problem.pointer) for problem in found] == [
        ("unknown-field", "/list/nmae"), ("unknown-field", "/list/a~1b~0c"),
    ]  # fmt: skip
    assert [problem.hint for problem in found] == ["did you mean `name`?", "known: name, items"]
    assert "`nmae`" in found[0].detail


def test_a_long_name_of_a_field_is_cut() -> None:
    (problem,) = unknown_fields(["x" * 5_000], ("name",))
    assert len(str(problem)) < 300


def test_a_name_that_is_no_text_is_no_field() -> None:
    (problem,) = unknown_fields({1: "one"}, ("name",))
    assert problem.pointer == "/1"


def test_a_reader_goes_on_after_a_problem() -> None:
    reader = RequestReader()
    reader.only({"x": 1}, ("name",), "")
    reader.problem("/name", "missing-field", "a name is wanted")
    assert [problem.pointer for problem in reader.problems] == ["/x", "/name"]


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_a_body_that_is_no_object_is_refused_with_what_to_send(body: object) -> None:
    with pytest.raises(RequestError) as caught:
        wanted_object(body, "send {}")
    assert [(problem.code, problem.hint) for problem in caught.value.problems] == [("wrong-type", "send {}")]


def test_an_object_is_taken_as_it_is() -> None:
    assert wanted_object({"a": 1}, "send {}") == {"a": 1}
