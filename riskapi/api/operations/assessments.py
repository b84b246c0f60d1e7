"""/v1/assessments: questions whose answers are kept. Enters: a question, or the id of a kept one. Leaves: what was kept.

The answer inside a response is the kept bytes, so that its SHA-256 is the `content_hash`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from riskapi.api.frame.archive import CREATED
from riskapi.api.frame.keeping import archive_of, attempt_of, repeated
from riskapi.api.frame.operation import Asked, Example, Kind, Operation, Parameter, Reply, adapter_of
from riskapi.api.frame.paging import CURSOR, LIMIT
from riskapi.api.operations.reruns import verified
from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.assessment.answer import Answer, to_json
from riskapi.assessment.difference import difference_of
from riskapi.assessment.request import MAX_NAME, read_as_of
from riskapi.errors import NotFoundError, Problem, RequestError, UnsettledNameError, unknown_fields, wanted_object
from riskapi.facts.values import ValueProblemError
from riskapi.records.assessments import (
    AssessmentAnswer,
    AssessmentHead,
    AssessmentsAnswer,
    DeletedAnswer,
    RerunAnswer,
    Verification,
)
from riskapi.store.assessments import NewAssessment, Stored
from riskapi.store.canonical import canonical_json, sha256_of
from riskapi.store.idempotency import Attempt
from riskapi.store.keys import Scope
from riskapi.store.listing import Filter
from riskapi.store.shown import AssessmentRecord
from riskapi.workspace import Workspace

PATH: Final = "/v1/assessments"
_YES_NO: Final = ("false", "true")


# What the operations do


def create(workspace: Workspace, asked: Asked) -> Reply:
    """Answer the question in the body and keep both."""
    archive = archive_of(asked)
    if archive.stores_nothing(asked.caller.tenant):
        answer, inputs = _answered(workspace, asked)
        archive.count(asked.caller, "createAssessment")
        return Reply(content=_written(None, inputs, to_json(answer)))

    def make() -> NewAssessment:
        answer, inputs = _answered(workspace, asked)
        made.update(inputs=inputs, body=to_json(answer))
        signed, label = asked.caller.signed, asked.text("label")
        return NewAssessment.of(answer, inputs, created_by=signed, label=label, body=made["body"])

    made: dict[str, Any] = {}
    kept, is_repeat = archive.keep(asked.caller, make, _attempt(asked))
    if isinstance(kept, AssessmentRecord):
        return _created(kept, made["inputs"], made["body"])
    stored, _ = archive.get(asked.caller, kept)
    return _created(stored.summary, stored.inputs, stored.body, repeated(is_repeated=is_repeat))


def show(workspace: Workspace, asked: Asked) -> Reply:
    """One assessment as it was kept; with `verify`, whether it would be the same today."""
    stored, logged = archive_of(asked).get(asked.caller, asked.needed("id"))
    verification = verified(workspace, stored, logged) if asked.text("verify") == "true" else None
    return Reply(content=_written(stored.summary, stored.inputs, stored.body, verification))


def list_kept(_: Workspace, asked: Asked) -> AssessmentsAnswer:
    """A page of the caller's assessments, the newest first."""
    found = archive_of(asked).page(
        asked.caller, _filter(asked), limit=asked.number("limit"), cursor=asked.text("cursor")
    )
    return AssessmentsAnswer(assessments=found.items, total=found.total, next_cursor=found.next_cursor)


def rerun(workspace: Workspace, asked: Asked) -> RerunAnswer:
    """Put the question of a kept assessment to the rules and datasets of now."""
    day = _rerun_day(asked.body)
    stored, _ = archive_of(asked).get(asked.caller, asked.needed("id"))
    return _rerun(workspace, stored, day)


def remove(_: Workspace, asked: Asked) -> DeletedAnswer:
    """Delete a kept assessment."""
    archive_of(asked).remove(asked.caller, asked.needed("id"))
    return DeletedAnswer(deleted=asked.needed("id"))


# Parts


def _answered(workspace: Workspace, asked: Asked) -> tuple[Answer, dict[str, Any]]:
    """The answer, and the question with its day filled in: put again, it is the same question.

    It is put in the form in which it is kept, so that not even the order of its fields can make a difference later.
    """
    body = json.loads(canonical_json(asked.body))
    answer = workspace.ask(body, today=asked.today)
    return answer, {**body, "as_of": answer.as_of.isoformat()}


def _written(
    summary: AssessmentRecord | None, inputs: Mapping[str, Any], body: bytes, verification: Verification | None = None
) -> bytes:
    """The response around the bytes of an answer, which stay as they are."""
    head = adapter_of(AssessmentHead).dump_json(
        AssessmentHead(assessment=summary, inputs=dict(inputs), verification=verification)
    )
    return b'%s,"answer":%s}' % (head[:-1], body)


def _created(
    summary: AssessmentRecord, inputs: Mapping[str, Any], body: bytes, more: Mapping[str, str] | None = None
) -> Reply:
    headers = {"location": f"{PATH}/{summary.id}", **(more or {})}
    return Reply(content=_written(summary, inputs, body), status=CREATED, headers=headers)


def _attempt(asked: Asked) -> Attempt | None:
    """The request under its key: the same question under the same label is the same request."""
    return attempt_of(asked, "createAssessment", {"body": asked.body, "label": asked.text("label")})


def _filter(asked: Asked) -> Filter:
    days = {name: asked.values.get(name) for name in ("as_of_from", "as_of_to", "created_from", "created_to")}
    created_from, created_to = days.pop("created_from"), days.pop("created_to")
    return Filter(
        party=asked.text("party"),
        label=asked.text("label"),
        band=asked.text("band"),
        created_from=datetime.combine(created_from, time.min, UTC) if isinstance(created_from, date) else None,
        created_to=datetime.combine(created_to, time.max, UTC) if isinstance(created_to, date) else None,
        oldest_first=asked.text("order") == "oldest",
        **days,  # type: ignore[arg-type]  # parameters of kind date
    )


def _rerun_day(body: object) -> date | None:
    """The day that the body asks for; None for that of the kept question. Raises `RequestError`."""
    asked = wanted_object(body, "send {} for the same day")
    problems = unknown_fields(asked, ("as_of",))
    day = None
    if asked.get("as_of") is not None:
        try:
            day = read_as_of(asked["as_of"])
        except ValueProblemError as error:
            problems.append(Problem(code=error.code, pointer="/as_of", detail=error.detail, hint=error.hint))
    if problems:
        raise RequestError(problems)
    return day


def _rerun(workspace: Workspace, stored: Stored, day: date | None) -> RerunAnswer:
    inputs = {**stored.inputs, "as_of": (day or stored.summary.as_of).isoformat()}
    answer = workspace.ask(inputs, today=stored.summary.as_of)
    return RerunAnswer(
        assessment=stored.summary,
        as_of=answer.as_of,
        difference=difference_of(json.loads(stored.body), json.loads(to_json(answer))),
        answer=answer,
    )


# What the document shows: the real answer to a question, under an id and a time that do not change

SAMPLE_ID: Final = "019aabb0-8c00-7000-8000-0123456789ab"
_SAMPLE_AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def _sample(workspace: Workspace) -> Stored:
    answer = workspace.ask(XIAOMI_FORD, today=date.max)
    body = to_json(answer)
    summary = AssessmentRecord(
        id=SAMPLE_ID, created_at=_SAMPLE_AT, created_by="Anna, trade desk (5d1f0c1e9a0b7c3d)", label="brief of November",
        question=answer.question, as_of=answer.as_of, band=answer.band.name, score=answer.score, low=answer.low,
        high=answer.high, versions=answer.versions, content_hash=sha256_of(body),
    )  # fmt: skip
    return Stored(summary=summary, inputs=XIAOMI_FORD, body=body)


def _sample_created(workspace: Workspace, _: Asked) -> Reply:
    stored = _sample(workspace)
    return _created(stored.summary, stored.inputs, stored.body)


def _sample_shown(workspace: Workspace, asked: Asked) -> Reply:
    stored = _sample(workspace)
    logged = stored.summary.content_hash
    verification = verified(workspace, stored, logged) if asked.text("verify") == "true" else None
    return Reply(content=_written(stored.summary, stored.inputs, stored.body, verification))


def _sample_list(workspace: Workspace, _: Asked) -> AssessmentsAnswer:
    record = _sample(workspace).summary
    return AssessmentsAnswer(assessments=(record,), total=1, next_cursor=None)


def _sample_rerun(workspace: Workspace, asked: Asked) -> RerunAnswer:
    return _rerun(workspace, _sample(workspace), _rerun_day(asked.body))


def _sample_removed(_: Workspace, asked: Asked) -> DeletedAnswer:
    return DeletedAnswer(deleted=asked.needed("id"))


_ID = Parameter(name="id", meaning="The id of an assessment.", in_path=True, required=True)
_LABEL_MEANING = "A name of your own, for example of the file that it belongs to."
_BODY_REFUSALS = ("json-malformed", "body-too-large", "media-type-unsupported", UnsettledNameError.code)
_XIAOMI = {"id": SAMPLE_ID}


def _bands(workspace: Workspace) -> tuple[str, ...]:
    return tuple(band.name for band in workspace.card.bands)


def _day(name: str, meaning: str) -> Parameter:
    return Parameter(name=name, kind=Kind.DATE, meaning=meaning)


OPERATIONS = (
    Operation(
        id="createAssessment",
        method="POST",
        path=PATH,
        tag="assessments",
        summary="Score a pairing and keep the answer",
        description="Answers like POST /v1/scores, and keeps question, answer, day and versions under an id. Where the "
        "tenant keeps nothing, the answer comes with status 200 and no id.",
        run=create,
        sample=_sample_created,
        answers=AssessmentAnswer,
        takes_body=True,
        takes_key=True,
        scope=Scope.ANALYST,
        statuses=(CREATED, 200),
        refusals=_BODY_REFUSALS,
        parameters=(Parameter(name="label", meaning=_LABEL_MEANING),),
        examples=(
            Example(name="xiaomi-ford", summary="Xiaomi and Ford, kept under a label", body=XIAOMI_FORD,
                    values={"label": "brief of November"}),
        ),
    ),
    Operation(
        id="listAssessments",
        path=PATH,
        tag="assessments",
        summary="List the kept assessments",
        description="Those of the caller's tenant, the newest first. The list is that of the moment of its first page: what is "
        "kept later moves nothing.",
        run=list_kept,
        sample=_sample_list,
        answers=AssessmentsAnswer,
        parameters=(
            Parameter(name="party", meaning="Id or name of a party, as it was asked for or as it is known.", max_length=MAX_NAME),
            Parameter(name="label", meaning="The label, exactly."),
            Parameter(name="band", meaning="The band of the score.", choices=_bands),
            _day("as_of_from", "The earliest as-of date."),
            _day("as_of_to", "The latest as-of date."),
            _day("created_from", "The first day (UTC) on which it was kept."),
            _day("created_to", "The last day (UTC) on which it was kept."),
            Parameter(name="order", meaning="Which come first.", default="newest", choices=lambda _: ("newest", "oldest")),
            LIMIT,
            CURSOR,
        ),
        examples=(Example(name="ford", summary="Those with Ford", values={"party": "Ford", "limit": "10"}),),
    ),
    Operation(
        id="showAssessment",
        path=f"{PATH}/{{id}}",
        tag="assessments",
        summary="Show a kept assessment, and verify it",
        description="The answer as it was kept, byte for byte. With `verify=true` the question is answered again and the "
        "response says whether the bytes are the same, and if not, which version has changed since.",
        run=show,
        sample=_sample_shown,
        answers=AssessmentAnswer,
        refusals=(NotFoundError.code,),
        parameters=(
            _ID,
            Parameter(name="verify", meaning="Whether to answer the question again and compare.", default="false",
                      choices=lambda _: _YES_NO),
        ),
        examples=(
            Example(name="kept", summary="As it was kept", values=_XIAOMI),
            Example(name="verified", summary="With verification", values={**_XIAOMI, "verify": "true"}),
        ),
    ),
    Operation(
        id="rerunAssessment",
        method="POST",
        path=f"{PATH}/{{id}}/rerun",
        tag="assessments",
        summary="Put a kept question again, and compare",
        description="Answers the kept question with the rules and datasets of now, on its own as-of date or another one, and "
        "says what differs: score, gates, and each rule whose status or points changed. Nothing is kept of it.",
        run=rerun,
        sample=_sample_rerun,
        answers=RerunAnswer,
        takes_body=True,
        body_schema="RerunRequest",
        scope=Scope.ANALYST,
        refusals=(*_BODY_REFUSALS, NotFoundError.code),
        parameters=(_ID,),
        examples=(
            Example(name="today", summary="The same day, the rules of now", values=_XIAOMI, body={}),
            Example(name="earlier", summary="As of another day", values=_XIAOMI, body={"as_of": "2020-06-30"}),
        ),
    ),
    Operation(
        id="deleteAssessment",
        method="DELETE",
        path=f"{PATH}/{{id}}",
        tag="assessments",
        summary="Delete a kept assessment",
        description="Question and answer are gone. The audit log keeps that there was one, and who deleted it.",
        run=remove,
        sample=_sample_removed,
        answers=DeletedAnswer,
        scope=Scope.ADMIN,
        refusals=(NotFoundError.code,),
        parameters=(_ID,),
        examples=(Example(name="deleted", summary="One assessment", values=_XIAOMI),),
    ),
)  # fmt: skip

RERUN_REQUEST: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "as_of": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
            "description": "default: the as-of date of the kept question",
        }
    },
}
