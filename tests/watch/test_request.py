"""Bodies of watchlists and webhooks: everything that is wrong is told at once, with its place."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from riskapi.errors import RequestError
from riskapi.watch.request import MOST_NEW, read_items, read_list, read_webhook, schemas
from riskapi.watch.targets import Policy

QUESTION = {"parties": ["a", "b"]}


def problems(read: Any, body: object) -> list[tuple[str, str | None]]:
    with pytest.raises(RequestError) as raised:
        read(body)
    return [(problem.code, problem.pointer) for problem in raised.value.problems]


def webhook(body: object) -> Any:
    return read_webhook(body, Policy())


def test_a_good_list_is_read() -> None:
    body = {"name": " cars ", "items": [{"question": QUESTION, "label": "one", "thresholds": {"score": 50}}]}
    found = read_list(body)
    assert found.name == "cars"
    (item,) = found.items
    assert (item.question, item.label, item.thresholds) == (QUESTION, "one", {"score": 50.0})
    Draft202012Validator(schemas()["WatchlistRequest"]).validate(body)


def test_every_problem_of_a_list_is_told_with_its_place() -> None:
    body = {
        "name": "",
        "nmae": 1,
        "items": [
            {"question": {**QUESTION, "as_of": "2026-01-01"}},
            {"question": [], "label": "a\nb", "thresholds": {"score": 101, "moves_by": True, "x": 1}},
            3,
            {"question": QUESTION},
            {"question": QUESTION},
        ],
    }
    assert set(problems(read_list, body)) == {
        ("unknown-field", "/nmae"),
        ("wrong-type", "/name"),
        ("unknown-field", "/items/0/question/as_of"),
        ("wrong-type", "/items/1/question"),
        ("control-character", "/items/1/label"),
        ("wrong-type", "/items/1/thresholds/score"),
        ("wrong-type", "/items/1/thresholds/moves_by"),
        ("unknown-field", "/items/1/thresholds/x"),
        ("wrong-type", "/items/2"),
        ("question-twice", "/items/4"),
    }


@pytest.mark.parametrize("body", [None, [], "x", 3, {"items": []}, {"items": {}}, {"items": [{}] * (MOST_NEW + 1)}])
def test_what_is_no_list_of_items_is_refused(body: object) -> None:
    assert problems(read_items, body)


def test_a_change_must_say_which_items_there_shall_be() -> None:
    with pytest.raises(RequestError):
        read_list({"name": "cars"}, needs_items=True)
    assert read_list({"name": "cars", "items": []}, needs_items=True).items == ()


def test_a_good_webhook_wants_everything_unless_it_says_less() -> None:
    everything = webhook({"url": "https://hooks.example.org/x"})
    assert (everything.events, everything.watchlists) == (("watchlist.alert", "watchlist.changed"), None)
    less = webhook({"url": "https://hooks.example.org/x", "events": ["watchlist.alert"], "watchlists": ["a", "a"]})
    assert (less.events, less.watchlists) == (("watchlist.alert",), ("a",))


def test_every_problem_of_a_webhook_is_told_with_its_place() -> None:
    body = {
        "url": "https://10.0.0.1/",
        "events": ["watchlist.alert", "all"],
        "watchlists": [],
        "secret": "x",
        "label": 3,
    }
    assert set(problems(webhook, body)) == {
        ("unknown-field", "/secret"),
        ("url-forbidden", "/url"),
        ("value-unknown", "/events/1"),
        ("wrong-type", "/watchlists"),
        ("wrong-type", "/label"),
    }


def test_a_webhook_cannot_ask_for_tests_as_if_they_were_changes() -> None:
    assert problems(webhook, {"url": "https://a.example/", "events": ["webhook.test"]}) == [
        ("value-unknown", "/events/0")
    ]
