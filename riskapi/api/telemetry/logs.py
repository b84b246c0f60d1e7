"""The log: one line a request, as text or JSON. Enters: log records. Leaves: lines, and the configuration of `logging`.

Bodies, queries, names and keys never reach the log: of a request it shows the route, not the address. Of a failure it shows
where, not the message, which may repeat what a caller sent; RISKAPI_DEBUG=1 shows it all.
"""

from __future__ import annotations

import json
import logging
import os
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

ACCESS: Final = "riskapi.access"
#: The attribute of a log record that holds the fields of a request.
FIELDS: Final = "riskapi_fields"
_COLOURS: Final = re.compile("\x1b\\[[0-9;]*m")


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level and message; then the fields of a request, or where a failure was."""
        line: dict[str, Any] = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name}
        given = getattr(record, FIELDS, None)
        line |= given or {"message": _COLOURS.sub("", record.getMessage())}
        if record.exc_info:
            line["failure"] = failure_text(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=str)


class TextFormatter(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message; the fields of a request as `name=value`."""
        given: Mapping[str, Any] | None = getattr(record, FIELDS, None)
        message = record.getMessage()
        if given:
            message = " ".join(f"{name}={value}" for name, value in given.items() if value is not None)
        text = f"{_time(record)} {record.levelname:7} {_one_line(message)}"
        failure = failure_text(record.exc_info[1]) if record.exc_info else ""
        return f"{text}\n{failure.rstrip()}" if failure else text


def failure_text(error: BaseException | None) -> str:
    """The kind of a failure and the lines of code that led to it."""
    if error is None:
        return ""
    if os.environ.get("RISKAPI_DEBUG") == "1":
        return "".join(traceback.format_exception(error))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return "".join(traceback.format_tb(error.__traceback__)) + kind


def log_config(form: str) -> dict[str, Any]:
    """The configuration of `logging` for the server and its workers; `form` is text or json."""
    formatter = JsonFormatter if form == "json" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"}},
        "root": {"level": "WARNING", "handlers": ["out"]},
        "loggers": {name: {"level": "INFO"} for name in ("riskapi", "uvicorn", "uvicorn.error")},
    }


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(text: str) -> str:
    return _COLOURS.sub("", text).replace("\r", "\\r").replace("\n", "\\n")
