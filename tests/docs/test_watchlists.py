"""The receiver on the page does what the page says."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from riskapi.watch.delivering import DELAYS
from riskapi.watch.request import read_list, read_webhook
from riskapi.watch.signature import sign
from riskapi.watch.targets import Policy

PAGE = Path(__file__).parents[2] / "docs" / "watchlists.md"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


def blocks(kind: str) -> list[str]:
    return [part.split("```", 1)[0] for part in PAGE.read_text(encoding="utf-8").split(f"```{kind}\n")[1:]]


def test_the_receiver_of_the_page_takes_good_messages_once_and_refuses_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names: dict[str, Any] = {}
    (program,) = blocks("python")
    exec(program, names)  # noqa: S102  # the program that readers copy
    receive = names["receive"]
    body = json.dumps({"type": "watchlist.alert", "data": {"says": "score 50 to 60"}}).encode()
    headers = sign([SECRET], "msg_1", int(time.time()), body)
    assert receive(SECRET, headers, body + b" ") == 400
    assert capsys.readouterr().out == ""
    assert (receive(SECRET, headers, body), capsys.readouterr().out) == (204, "score 50 to 60\n")
    assert (receive(SECRET, headers, body), capsys.readouterr().out) == (204, "")
    late = sign([SECRET], "msg_2", int(time.time()) - 600, body)
    assert receive(SECRET, late, body) == 400


def test_the_bodies_of_the_page_are_good() -> None:
    first, second = (json.loads(block.split("-d '", 1)[1].rsplit("'", 1)[0]) for block in blocks("sh")[:2])
    assert read_list(first).items[0].thresholds == {"score": 50.0, "moves_by": 5.0}
    assert read_webhook(second, Policy()).events == ("watchlist.alert",)


def test_the_delays_are_those_of_the_page() -> None:
    assert DELAYS[:3] == (5, 20, 80)
    assert len(DELAYS) + 1 == 10
    assert "ten times within a day" in " ".join(PAGE.read_text(encoding="utf-8").split())
