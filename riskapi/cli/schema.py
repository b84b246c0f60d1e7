"""`riskapi schema`: the JSON Schema of a question or an answer. Enters: which one. Leaves: JSON."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class Which(StrEnum):
    """What the schema describes."""

    REQUEST = "request"
    ANSWER = "answer"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("schema")(schema)


def schema(
    which: Annotated[Which, typer.Argument(metavar="request|answer", help="What the schema describes.")],
) -> None:
    """Print the JSON Schema of a request body or of the answer."""
    if which is Which.ANSWER:
        from riskapi.assessment.answer import answer_schema

        described = answer_schema()
    else:
        from riskapi.assessment.request import request_schema
        from riskapi.cli.facts import shipped_vocabulary

        described = request_schema(shipped_vocabulary())
    typer.echo(json.dumps(described, indent=2, ensure_ascii=False))
