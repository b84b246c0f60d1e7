"""POST /v1/scores/batch: several questions in, a row for each out, in the same order; a bad one fails alone.

Questions come as JSON, or as the rows of a CSV file or a workbook (`riskapi.api.operations.batch_files`).

A row is short, since a whole answer has some hundred kilobytes; with `full` a few questions get whole answers.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from riskapi.api.frame.operation import AS_OF, JSON, Asked, Example, Operation, Reply
from riskapi.api.http.problems import TYPES, ProblemType, document
from riskapi.api.operations.batch_files import (
    CSV_EXAMPLE,
    ENDINGS,
    MAX_BYTES,
    MOST_ROWS,
    XLSX,
    as_file,
    items_of,
    scored_upload,
    template_reply,
    wanted_form,
)
from riskapi.api.operations.scores import DESCRIBED, MISTAKEN, XIAOMI_FORD
from riskapi.errors import Problem, RequestError, UnsettledNameError, unknown_fields, wanted_object
from riskapi.records.scores import BatchAnswer, BatchItem, ItemProblem, ScoreRow
from riskapi.spreadsheet.results import ScoredFile
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace

MOST_QUESTIONS: Final = 50
MOST_FULL: Final = 10
#: Names of fields in a whole body of questions.
MAX_FIELDS: Final = 2_500
_KEYS: Final = ("questions", "full")

logger = logging.getLogger("riskapi.api")


def score_many(workspace: Workspace, asked: Asked) -> BatchAnswer | Reply:
    """Answer each question of the body; raises `RequestError` where the body is no list of questions at all."""
    form = wanted_form(asked)
    if asked.upload is not None:
        scored = scored_upload(workspace, asked, asked.upload)
        return as_file(workspace, scored, form) if form != JSON else _summed(workspace, _file_items(scored))
    questions, full = _read(asked.body)
    day = asked.day()
    return _summed(workspace, [_item(workspace, day, index, item, full=full) for index, item in enumerate(questions)])


def _file_items(scored: ScoredFile) -> Iterator[BatchItem]:
    kind = TYPES[RequestError.code]
    return items_of(
        scored,
        lambda index, row: BatchItem(index=index, status=200, row=ScoreRow.of(row.answer) if row.answer else None),
        lambda index, problems: BatchItem(index=index, status=kind.status, problem=_problem(kind, problems)),
    )


def _summed(workspace: Workspace, found: Iterable[BatchItem]) -> BatchAnswer:
    items = tuple(found)
    answered = sum(item.problem is None for item in items)
    return BatchAnswer(answered=answered, refused=len(items) - answered, items=items, versions=workspace.versions)


def _read(body: object) -> tuple[list[object], bool]:
    asked = wanted_object(body, 'send {"questions": [...]}')
    problems = unknown_fields(asked, _KEYS)
    full, questions = asked.get("full", False), asked.get("questions")
    if not isinstance(full, bool):
        problems.append(Problem(code="wrong-type", pointer="/full", detail="true or false is wanted"))
    most = MOST_FULL if full is True else MOST_QUESTIONS
    if not isinstance(questions, list) or not 1 <= len(questions) <= most:
        detail = f"a list of 1 to {most} questions is wanted"
        problems.append(Problem(code="wrong-number", pointer="/questions", detail=detail, hint="send several requests"))
    if problems:
        raise RequestError(problems)
    return list(asked["questions"]), full is True


def _item(workspace: Workspace, today: date, index: int, question: object, *, full: bool) -> BatchItem:
    try:
        answer = workspace.ask(question, today=today)
    except UnsettledNameError as error:
        return _refused(index, TYPES[error.code], error.problems)
    except RequestError as error:
        return _refused(index, TYPES[RequestError.code], error.problems)
    except Exception as error:  # noqa: BLE001  # one bad question must not fail the rest
        return _failed(index, error)
    return BatchItem(index=index, status=200, row=ScoreRow.of(answer), answer=answer if full else None)


def _failed(index: int, error: Exception) -> BatchItem:
    incident = uuid.uuid4().hex[:12]
    logger.error("incident %s, question %d of a batch", incident, index, exc_info=error)
    kind = TYPES["internal-error"]
    detail = f"an error of the service, noted as incident {incident}"
    return _refused(index, kind, [Problem(code=kind.code, detail=detail, hint=kind.advice)])


def _refused(index: int, kind: ProblemType, problems: Iterable[Problem]) -> BatchItem:
    placed = [replace(item, pointer=f"/questions/{index}{item.pointer or ''}", field=None) for item in problems]
    return BatchItem(index=index, status=kind.status, problem=_problem(kind, placed))


def _problem(kind: ProblemType, problems: Iterable[Problem]) -> ItemProblem:
    told = document(kind, problems, path="", ident="")
    wanted = ("type", "title", "status", "detail", "code")
    return ItemProblem(**{name: told[name] for name in wanted}, errors=tuple(told["errors"]))


def questions_schema(most: int, told: str, **others: object) -> dict[str, Any]:
    """JSON Schema of a body of questions. It says nothing of single questions: a wrong one is no wrong body."""
    question = "A question like the body of POST /v1/scores (ScoreRequest); each is checked alone."
    return {
        "type": "object",
        "required": ["questions"],
        "additionalProperties": False,
        "properties": {
            "questions": {
                "type": "array",
                "minItems": 1,
                "maxItems": most,
                "items": {"description": question},
                "description": told,
            },
            **others,
        },
    }


def batch_schema() -> dict[str, Any]:
    """JSON Schema of the body of POST /v1/scores/batch."""
    full = {"type": "boolean", "default": False, "description": "whether each row brings its whole answer"}
    return questions_schema(MOST_QUESTIONS, f"at most {MOST_QUESTIONS}, with `full` at most {MOST_FULL}", full=full)


OPERATIONS = (
    Operation(
        id="createScores",
        method="POST",
        path="/v1/scores/batch",
        tag="scores",
        summary="Score several pairings at once",
        description=f"At most {MOST_QUESTIONS} questions; each gets a status and a row or a problem of its own, in the order "
        "of the questions, and a bad one never fails the rest. Rows leave reasons out; with `full` at most "
        f"{MOST_FULL} questions bring their whole answers. A CSV file or an Excel workbook with at most {MOST_ROWS} rows "
        "is taken as well, in the form of GET /v1/scores/template.xlsx, and answered as JSON, or with Accept as the same "
        "file with the answers in columns of its own, each error beside its cell; `index` then counts the rows below the "
        "headings. More at once: POST /v1/jobs/scores.",
        run=score_many,
        answers=BatchAnswer,
        takes_body=True,
        body_schema="BatchRequest",
        scope=Scope.ANALYST,
        max_fields=MAX_FIELDS,
        produces=(JSON, *ENDINGS),
        takes=tuple(ENDINGS),
        text_example=CSV_EXAMPLE,
        max_bytes=MAX_BYTES,
        parameters=(AS_OF,),
        refusals=("json-malformed", "body-too-large", "media-type-unsupported", "not-acceptable"),
        examples=(
            Example(
                name="two", summary="One good question and one bad one", body={"questions": [XIAOMI_FORD, MISTAKEN]}
            ),
            Example(name="full", summary="A whole answer", body={"questions": [DESCRIBED], "full": True}),
        ),
    ),
    Operation(
        id="showTemplate",
        path="/v1/scores/template.xlsx",
        tag="scores",
        summary="The workbook to fill in with pairings",
        description="One pairing in each row, with drop-downs and explanations: for POST /v1/scores/batch, and for "
        "`riskapi score --file`.",
        run=template_reply,
        sample=template_reply,
        answers=bytes,
        produces=(XLSX,),
        examples=(Example(name="template", summary="The workbook"),),
    ),
)
