"""The kind `scores`: many questions, a row for each in the same order; a bad one fails alone.

Enters: `{"questions": [...]}`, each like the body of POST /v1/scores. Leaves: rows; `status` is what a question would get alone.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from riskapi.assessment.answer import Answer
from riskapi.errors import Problem, RequestError, UnsettledNameError, unknown_fields, wanted_object
from riskapi.jobs.kind import GoesOn, JobKind, Part, Wanted
from riskapi.jobs.limits import JobLimits
from riskapi.workspace import Workspace

logger = logging.getLogger("riskapi.jobs")

#: Questions of a part: some 10 ms each.
TOGETHER: Final = 50
ANSWERED, REFUSED, FAULT = 200, 422, 500
_KEYS: Final = ("questions",)
_LIST: Final = pl.List(pl.String())
SCHEMA: Final[Mapping[str, pl.DataType]] = {
    "index": pl.Int64(),
    "status": pl.Int32(),
    "question": pl.String(),
    "as_of": pl.Date(),
    "score": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "band": pl.String(),
    "gates": _LIST,
    "possible_gates": _LIST,
    "warnings": _LIST,
    "code": pl.String(),
    "problem": _LIST,
    "errors": pl.String(),
}


@dataclass(frozen=True, slots=True)
class _Questions:
    questions: list[object]
    workspace: Workspace
    today: date

    @property
    def total(self) -> int:
        return len(self.questions)

    def parts(self, done: int, goes_on: GoesOn) -> Iterator[Part]:
        rows: list[dict[str, object]] = []
        for index in range(done, self.total):
            rows.append(row_of(self.workspace, self.questions[index], index, self.today))
            if not goes_on() or len(rows) == TOGETHER:
                yield Part(frame=pl.DataFrame(rows, schema=SCHEMA, orient="row"), items=len(rows))
                rows = []
        if rows:
            yield Part(frame=pl.DataFrame(rows, schema=SCHEMA, orient="row"), items=len(rows))


def read(body: object, _: Workspace, today: date, limits: JobLimits) -> Wanted:
    """A list of questions; whether each can be answered is told in its row."""
    asked = wanted_object(body, 'send {"questions": [...]}')
    problems = unknown_fields(asked, _KEYS)
    questions = asked.get("questions")
    if not isinstance(questions, list) or not questions:
        problems.append(Problem(code="wrong-type", pointer="/questions", detail="a list of questions is wanted"))
    elif len(questions) > limits.questions:
        detail = f"{len(questions):,} questions are asked, at most {limits.questions:,} are taken"
        hint = "ask them in several jobs"
        problems.append(Problem(code="too-many", pointer="/questions", detail=detail, hint=hint))
    if problems:
        raise RequestError(problems)
    return Wanted(inputs={"questions": questions}, as_of=today, total=len(asked["questions"]))


def begin(inputs: Mapping[str, Any], workspace: Workspace, today: date) -> _Questions:
    """The questions; `today` is the day of those that name none."""
    return _Questions(list(inputs["questions"]), workspace, today)


def row_of(workspace: Workspace, question: object, index: int, today: date) -> dict[str, object]:
    """The row of one question; never raises."""
    empty: dict[str, object] = dict.fromkeys(SCHEMA)
    try:
        answer = workspace.ask(question, today=today)
    except RequestError as error:
        code = error.code if isinstance(error, UnsettledNameError) else RequestError.code
        told = _refusal(code, error.problems, index)
        return {**empty, "index": index, "status": REFUSED, **told}
    except Exception:  # one bad question must not fail the rest
        incident = uuid.uuid4().hex[:12]
        logger.exception("incident %s, question %d of a job", incident, index)
        detail = f"an error of the service, noted as incident {incident}"
        told = _refusal("internal-error", [Problem(code="internal-error", detail=detail)], index)
        return {**empty, "index": index, "status": FAULT, **told}
    return {**empty, "index": index, "status": ANSWERED, **_answered(answer)}


def _answered(answer: Answer) -> dict[str, object]:
    return {
        "question": answer.question,
        "as_of": answer.as_of,
        "score": answer.score,
        "low": answer.low,
        "high": answer.high,
        "band": answer.band.name,
        "gates": [f"{gate.gate}:{gate.rule}" for gate in answer.gates if gate.status == "fired"],
        "possible_gates": [f"{gate.gate}:{gate.rule}" for gate in answer.gates if gate.status != "fired"],
        "warnings": list(answer.warnings),
    }


def _refusal(code: str, problems: Iterable[Problem], index: int) -> dict[str, object]:
    placed = [replace(item, pointer=f"/questions/{index}{item.pointer or ''}") for item in problems]
    errors = [
        {"code": item.code, "pointer": item.pointer, "detail": item.detail, "hint": item.hint,
         "candidates": list(item.candidates)}
        for item in placed
    ]  # fmt: skip
    told = [". ".join(filter(None, (item.detail, item.hint))) for item in placed]
    return {"code": code, "problem": told, "errors": json.dumps(errors, ensure_ascii=False)}


SCORES: Final = JobKind(
    name="scores", item="questions", schema=SCHEMA, read=read, begin=begin, as_json=frozenset({"errors"})
)
