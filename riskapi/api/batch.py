"""POST /v1/scores/batch: several questions in, a row for each out, in the same order; a bad one fails alone.

A row is short, since a whole answer has some hundred kilobytes; with `full` a few questions get whole answers.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from riskapi.api.operations import Asked, Example, Operation
from riskapi.api.problems import TYPES, ProblemType, document
from riskapi.api.scores import DESCRIBED, XIAOMI_FORD
from riskapi.assessment.answer import Answer, GateAnswer, Versions
from riskapi.errors import Problem, RequestError, UnsettledNameError, did_you_mean
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace

MOST_QUESTIONS: Final = 50
MOST_FULL: Final = 10
#: Names of fields in a whole body of questions.
MAX_FIELDS: Final = 2_500
_KEYS: Final = ("questions", "full")

logger = logging.getLogger("riskapi.api")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """The answer to one question of several, without its reasons."""

    question: str
    as_of: date
    score: float
    low: float
    high: float
    band: str
    gates: tuple[GateAnswer, ...]
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, answer: Answer) -> ScoreRow:
        """The row of an answer."""
        return cls(
            question=answer.question, as_of=answer.as_of, score=answer.score, low=answer.low, high=answer.high,
            band=answer.band.name, gates=answer.gates, warnings=answer.warnings,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProblem:
    """Why one question has no answer: type, title and code as in problem details; pointers go into the whole body."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """What became of one question: `status` as it would be alone, and a row or a problem; `answer` where `full` is asked."""

    index: int
    status: int
    row: ScoreRow | None = None
    answer: Answer | None = None
    problem: ItemProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """All items in the order of the questions."""

    answered: int
    refused: int
    items: tuple[BatchItem, ...]
    versions: Versions


def score_many(workspace: Workspace, asked: Asked) -> BatchAnswer:
    """Answer each question of the body; raises `RequestError` where the body is no list of questions at all."""
    questions, full = _read(asked.body)
    items = tuple(_item(workspace, asked.today, index, question, full=full) for index, question in enumerate(questions))
    answered = sum(item.problem is None for item in items)
    return BatchAnswer(answered=answered, refused=len(items) - answered, items=items, versions=workspace.versions)


def _read(body: object) -> tuple[list[object], bool]:
    if not isinstance(body, dict):
        hint = 'send {"questions": [...]}'
        raise RequestError(Problem(code="wrong-type", pointer="", detail="an object is wanted", hint=hint))
    problems = [
        Problem(code="unknown-field", pointer=f"/{name[:80].replace('~', '~0').replace('/', '~1')}",
                detail="there is no such field here", hint=did_you_mean(name[:80], _KEYS) or f"known: {', '.join(_KEYS)}")
        for name in body
        if name not in _KEYS
    ]  # fmt: skip
    full, questions = body.get("full", False), body.get("questions")
    if not isinstance(full, bool):
        problems.append(Problem(code="wrong-type", pointer="/full", detail="true or false is wanted"))
    most = MOST_FULL if full is True else MOST_QUESTIONS
    if not isinstance(questions, list) or not 1 <= len(questions) <= most:
        detail = f"a list of 1 to {most} questions is wanted"
        problems.append(Problem(code="wrong-number", pointer="/questions", detail=detail, hint="send several requests"))
    if problems:
        raise RequestError(problems)
    return list(body["questions"]), full is True


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
    told = document(kind, placed, path="", ident="")
    wanted = ("type", "title", "status", "detail", "code")
    problem = ItemProblem(**{name: told[name] for name in wanted}, errors=tuple(told["errors"]))
    return BatchItem(index=index, status=kind.status, problem=problem)


def batch_schema() -> dict[str, Any]:
    """JSON Schema of the body. It says nothing of single questions: a wrong one is no wrong body."""
    question = "A question like the body of POST /v1/scores (ScoreRequest); each is checked alone."
    return {
        "type": "object",
        "required": ["questions"],
        "additionalProperties": False,
        "properties": {
            "questions": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_QUESTIONS,
                "items": {"description": question},
                "description": f"at most {MOST_QUESTIONS}, with `full` at most {MOST_FULL}",
            },
            "full": {"type": "boolean", "default": False, "description": "whether each row brings its whole answer"},
        },
    }


_MISTAKEN = {"parties": ["Xiaomi", "Frod Motors of Nowhere"], "deal": {"type": "jv"}, "as_of": "2026-11-22"}

OPERATIONS = (
    Operation(
        id="createScores",
        method="POST",
        path="/v1/scores/batch",
        tag="scores",
        summary="Score several pairings at once",
        description=f"At most {MOST_QUESTIONS} questions; each gets a status and a row or a problem of its own, in the order "
        "of the questions, and a bad one never fails the rest. Rows leave reasons out; with `full` at most "
        f"{MOST_FULL} questions bring their whole answers.",
        run=score_many,
        answers=BatchAnswer,
        takes_body=True,
        body_schema="BatchRequest",
        scope=Scope.ANALYST,
        max_fields=MAX_FIELDS,
        refusals=("json-malformed", "body-too-large", "media-type-unsupported"),
        examples=(
            Example(
                name="two", summary="One good question and one bad one", body={"questions": [XIAOMI_FORD, _MISTAKEN]}
            ),
            Example(name="full", summary="A whole answer", body={"questions": [DESCRIBED], "full": True}),
        ),
    ),
)
