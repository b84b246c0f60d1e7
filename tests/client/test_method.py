from __future__ import annotations

import inspect
from datetime import date
from typing import get_type_hints

import pytest

from riskapi.assessment.answer import Answer
from riskapi.client import AsyncClient, Client


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_a_method_is_shown_as_if_it_were_written_out(client: type[Client | AsyncClient]) -> None:
    shown = inspect.signature(client.ask)
    assert list(shown.parameters) == ["self", "data", "today"]
    assert shown.parameters["today"].kind is inspect.Parameter.KEYWORD_ONLY
    assert get_type_hints(client.ask) == {"data": object, "today": date, "return": Answer}
    assert client.ask.__name__ == "ask"
    assert "`today` is the as-of date" in (inspect.getdoc(client.ask) or "")


def test_every_method_says_what_it_gives() -> None:
    for kind in (Client, AsyncClient):
        public = [one for name, one in vars(kind).items() if not name.startswith("_") and inspect.isfunction(one)]
        assert len(public) > 30
        for one in public:
            told = str(inspect.signature(one).return_annotation)
            assert not told.startswith(("Call[", "PageCall[")), one
            assert one.__doc__, one


def test_an_argument_that_no_method_has_is_refused_before_anything_is_sent() -> None:
    with Client("http://127.0.0.1:9") as client, pytest.raises(TypeError, match="tody"):
        client.ask({}, tody=date(2026, 11, 22))  # type: ignore[call-arg]
