from __future__ import annotations

import json
import logging
import logging.config
import sys

import pytest

from riskapi.api.telemetry.logs import FIELDS, JsonFormatter, TextFormatter, log_config

SECRET = "what a caller sent"


def record(message: str = "a line", *, failed: bool = False, **fields: object) -> logging.LogRecord:
    exc_info = None
    if failed:
        try:
            dict[str, str]()[SECRET]
        except KeyError:
            exc_info = sys.exc_info()
    made = logging.LogRecord("riskapi.x", logging.INFO, __file__, 1, message, (), exc_info)
    if fields:
        setattr(made, FIELDS, fields)
    return made


def test_a_request_is_one_json_object_with_its_fields() -> None:
    line = JsonFormatter().format(record("request", request_id="r", route="/v1/rules/{id}", status=200, ms=1.5))
    told = json.loads(line)
    assert "\n" not in line
    assert (told["request_id"], told["route"], told["status"], told["ms"]) == ("r", "/v1/rules/{id}", 200, 1.5)
    assert told["level"] == "info"
    assert told["time"].endswith("Z")


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_a_line_break_in_a_message_cannot_forge_a_line(formatter: logging.Formatter) -> None:
    assert "\n" not in formatter.format(record("first\nsecond\r\n2026-11-22 forged"))


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_a_failure_tells_kind_and_place_and_not_what_was_sent(
    formatter: logging.Formatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = formatter.format(record(failed=True))
    assert "KeyError" in text
    assert "test_logs.py" in text
    assert SECRET not in text
    monkeypatch.setenv("RISKAPI_DEBUG", "1")
    assert SECRET in formatter.format(record(failed=True))


def test_text_names_the_fields_that_are_known() -> None:
    assert "status=200 key_id=k" in TextFormatter().format(record(status=200, key_id="k", trace_id=None))


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_configuration_can_be_used(form: str) -> None:
    before = logging.getLogger().handlers[:]
    level = logging.getLogger().level
    try:
        logging.config.dictConfig(log_config(form))
        (handler,) = logging.getLogger().handlers
        assert type(handler.formatter) is (JsonFormatter if form == "json" else TextFormatter)
    finally:
        logging.getLogger().handlers[:] = before
        logging.getLogger().setLevel(level)
