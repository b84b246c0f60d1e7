"""The command line as tests run it: in this process, with standard output and standard error apart."""

from __future__ import annotations

import re

from typer.testing import CliRunner, Result

from riskapi.cli.main import app

#: The demonstration of the project, as its Makefile runs it.
DEMO = (
    *("score", "Xiaomi", "Ford", "--type", "joint_venture", "--sector", "automotive", "--in", "US"),
    *("--set", "deal.market_countries=US", "--set", "deal.model_year=2028", "--as-of", "2026-11-22"),
)
SETTINGS = ("RISKAPI_DEBUG", "FORCE_COLOR", "NO_COLOR")


def run(*arguments: str, **environment: str) -> Result:
    """What the command prints, and its exit code."""
    blank: dict[str, str | None] = dict.fromkeys(SETTINGS)
    return CliRunner().invoke(app, list(arguments), env={**blank, "COLUMNS": "110", **environment})


def flat(text: str) -> str:
    """The text on one line: what is said, wherever the lines break."""
    return re.sub(r"\s+", " ", text)
