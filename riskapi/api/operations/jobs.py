"""/v1/jobs: long work. Enters: what is to be done, later the id of the job. Leaves: how far it is, and its result.

A job is on the disk before its id is told. `riskapi.jobs` does the work, in this process or in another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final

from sqlalchemy.orm import Session

from riskapi.api.frame.archive import Archive
from riskapi.api.frame.keeping import archive_of, once, signature_of
from riskapi.api.frame.negotiation import preferred
from riskapi.api.frame.operation import JSON, Asked, Example, Kind, Operation, Parameter, Reply, adapter_of
from riskapi.api.frame.paging import CURSOR, LIMIT, next_row, row_of
from riskapi.api.operations.batch import questions_schema
from riskapi.api.operations.job_answers import PATH, job_answer
from riskapi.api.operations.job_samples import (
    SAMPLE_BODY,
    SAMPLE_ID,
    sample_cancelled,
    sample_created,
    sample_list,
    sample_removed,
    sample_result,
    sample_shown,
)
from riskapi.errors import NotFoundError, Problem
from riskapi.jobs import result
from riskapi.jobs.desk import Desk
from riskapi.jobs.kind import JobKind
from riskapi.jobs.kinds import KINDS
from riskapi.jobs.limits import JobLimits
from riskapi.jobs.scores import SCORES
from riskapi.records.jobs import JobAnswer, JobDeletedAnswer, JobsAnswer, ResultAnswer
from riskapi.store import job_listing, jobs
from riskapi.store.errors import ConflictError, StoreError
from riskapi.store.idempotency import Replay
from riskapi.store.job_listing import JobFilter
from riskapi.store.jobs import Job, JobOpenError, NewJob, QueueFullError
from riskapi.store.keys import Scope
from riskapi.store.shown import State
from riskapi.workspace import Workspace

ACCEPTED: Final = 202
#: Names of fields in a whole body of questions, and its questions.
MAX_FIELDS: Final = 120_000
MAX_ELEMENTS: Final = 10_000
MAX_BYTES: Final = 3_000_000
MOST_ROWS: Final = 1_000
#: What `format` may say, and the media type of each.
FORMATS: Final = {
    "json": JSON,
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_REFUSALS: Final = ("json-malformed", "body-too-large", "media-type-unsupported", QueueFullError.code)


# What the operations do


def create(kind: JobKind) -> Callable[[Workspace, Asked], Reply]:
    """The operation that takes in jobs of a kind."""

    def take_in(workspace: Workspace, asked: Asked) -> Reply:
        archive, desk = archive_of(asked), desk_of(asked)
        _refuse_where_nothing_is_kept(archive, asked)
        wanted = kind.read(asked.body, workspace, asked.today, desk.limits)
        label = asked.text("label")
        new = NewJob(kind=kind.name, inputs=wanted.inputs, as_of=wanted.as_of, total=wanted.total,
                     created_by=asked.caller.signed, label=label, notes=wanted.notes)  # fmt: skip

        def work(session: Session) -> Replay:
            job = jobs.add(session, asked.caller.tenant, new, archive.now(), most_open=desk.limits.open_jobs)
            return _accepted(job_answer(job, desk.limits))

        replay, again = once(asked, f"createJob:{kind.name}", {"body": asked.body, "label": label}, work)
        desk.wake()
        return Reply(content=replay.body, status=replay.status, headers={**replay.headers, **again})

    return take_in


def list_kept(_: Workspace, asked: Asked) -> JobsAnswer:
    """A page of the tenant's jobs, the newest first."""
    wanted = JobFilter(state=asked.text("state"), kind=asked.text("kind"), label=asked.text("label"))
    limit, cursor = asked.number("limit"), asked.text("cursor")
    with archive_of(asked).store.read() as session:
        found = job_listing.page(session, asked.caller.tenant, wanted, limit=limit, cursor=cursor)
    items = tuple(job_answer(job, desk_of(asked).limits) for job in found.items)
    return JobsAnswer(jobs=items, total=found.total, next_cursor=found.next_cursor)


def show(_: Workspace, asked: Asked) -> Reply:
    """One job."""
    return _shown(_job(asked), desk_of(asked).limits)


def cancel(_: Workspace, asked: Asked) -> Reply:
    """Ask that a job ends: 200 where it has ended by that, 202 where its worker ends it in a moment."""
    archive, tenant, ident = archive_of(asked), asked.caller.tenant, asked.needed("id")
    signature = signature_of(asked)
    job = archive.write(lambda session: jobs.cancel(session, tenant, ident, signature))
    return _shown(job, desk_of(asked).limits, status=ACCEPTED if job.is_open else 200)


def remove(_: Workspace, asked: Asked) -> JobDeletedAnswer:
    """Delete a job with its result."""
    archive, tenant, ident = archive_of(asked), asked.caller.tenant, asked.needed("id")
    signature = signature_of(asked)
    archive.write(lambda session: jobs.remove(session, tenant, ident, signature))
    return JobDeletedAnswer(deleted=ident)


def show_result(workspace: Workspace, asked: Asked) -> Reply:
    """The rows of a job that is done."""
    job, store, tenant = _job(asked), archive_of(asked).store, asked.caller.tenant
    if job.is_open:
        raise JobOpenError(job)
    if job.state is not State.DONE:
        reason = f": {job.problems[0]['detail']}" if job.problems else ""
        hint = "put the same body again; the job tells every problem"
        raise ConflictError(
            Problem(code="job-without-result", field="id", detail=f"the job is {job.state}{reason}", hint=hint)
        )
    form = asked.text("format") or _format_of(preferred(asked.accept, tuple(FORMATS.values())))
    if form == "json":
        return Reply(content=adapter_of(ResultAnswer).dump_json(_page(asked, job)), headers=_versions(job))
    made: dict[str, Callable[[], BinaryIO]] = {
        "csv": lambda: result.csv_file(store, tenant, job),
        "parquet": lambda: result.parquet_file(store, tenant, job),
        "xlsx": lambda: result.xlsx_file(store, tenant, job, workspace),
    }
    headers = {
        "content-disposition": f'attachment; filename="{job.kind}-{job.as_of}-{job.id[:8]}.{form}"',
        **_versions(job),
    }
    return Reply(content=b"", headers=headers, media_type=FORMATS[form], file=made[form]())


# Parts


def desk_of(asked: Asked) -> Desk:
    """Where the service takes jobs in; raises `StoreError` where it has no store."""
    desk = archive_of(asked).desk
    if desk is None:
        raise StoreError("this service was started without jobs")
    return desk


def _refuse_where_nothing_is_kept(archive: Archive, asked: Asked) -> None:
    if archive.stores_nothing(asked.caller.tenant):
        hint = "use POST /v1/scores/batch, which keeps nothing; or have retention changed"
        detail = "nothing is kept here, and a job has to keep what it was asked"
        raise ConflictError(Problem(code="nothing-kept", detail=detail, hint=hint))


def _job(asked: Asked) -> Job:
    with archive_of(asked).store.read() as session:
        return jobs.get(session, asked.caller.tenant, asked.needed("id"))


def _shown(job: Job, limits: JobLimits, status: int = 200) -> Reply:
    headers = {"retry-after": str(jobs.retry_after(job))} if job.is_open else {}
    return Reply(content=adapter_of(JobAnswer).dump_json(job_answer(job, limits)), status=status, headers=headers)


def _versions(job: Job) -> dict[str, str]:
    """What the rows were made from: not what the service answers from now."""
    made_from = job.versions
    return {"riskapi-rule-set": made_from.rule_set, "riskapi-dataset": made_from.dataset} if made_from else {}


def _accepted(answer: JobAnswer) -> Replay:
    headers = {"location": answer.links.job, "retry-after": str(jobs.SOON)}
    return Replay(status=ACCEPTED, headers=headers, body=adapter_of(JobAnswer).dump_json(answer))


def _page(asked: Asked, job: Job) -> ResultAnswer:
    store, tenant, limits = archive_of(asked).store, asked.caller.tenant, desk_of(asked).limits
    first, most = row_of(asked, job.id), asked.number("limit")
    rows = result.rows_of(store, tenant, job, first, most)
    following = next_row(job.id, first + len(rows)) if rows and first + len(rows) < job.rows else None
    return ResultAnswer(job=job_answer(job, limits), rows=tuple(rows), total=job.rows, next_cursor=following)


def _format_of(media_type: str) -> str:
    return next(name for name, known in FORMATS.items() if known == media_type)


def scores_schema() -> dict[str, Any]:
    """JSON Schema of the body of POST /v1/jobs/scores."""
    return questions_schema(MAX_ELEMENTS, "at most so many as the service is set to take")


# Operations

_ID = Parameter(name="id", meaning="The id of a job.", in_path=True, required=True)
_SAMPLE_VALUES: Final[Mapping[str, str]] = {"id": SAMPLE_ID}
LABEL = Parameter(name="label", meaning="A name of your own, for example of the file that it belongs to.")


def creating(
    ident: str,
    path: str,
    kind: JobKind,
    schema: str,
    examples: tuple[Example, ...],
    **told: Any,  # noqa: ANN401  # fields of `Operation`
) -> Operation:
    """The operation that takes in jobs of a kind."""
    return Operation(
        id=ident, method="POST", path=path, tag="jobs", run=create(kind), answers=JobAnswer, takes_body=True, takes_key=True,
        body_schema=schema, scope=Scope.ANALYST, statuses=(ACCEPTED,), refusals=(*_REFUSALS, ConflictError.code),
        parameters=(LABEL,), examples=examples, **told,
    )  # fmt: skip


OPERATIONS = (
    creating(
        "createScoresJob", f"{PATH}/scores", SCORES, "ScoresJobRequest",
        (Example(name="two", summary="One good question and one bad one", body=SAMPLE_BODY,
                 values={"label": "screening of November"}),),
        summary="Score many pairings as a job",
        description="Takes what POST /v1/scores/batch takes, and far more of it; a bad question fails alone. The answer comes "
        "at once and names the job; its rows are in the result, in the order of the questions.",
        sample=sample_created(SCORES, 2), max_fields=MAX_FIELDS, max_elements=MAX_ELEMENTS, max_bytes=MAX_BYTES,
    ),
    Operation(
        id="listJobs",
        path=PATH,
        tag="jobs",
        summary="List the jobs",
        description="Those of the caller's tenant, the newest first. The list is that of the moment of its first page: jobs that "
        "are added later are not part of it.",
        run=list_kept,
        sample=sample_list,
        answers=JobsAnswer,
        parameters=(
            Parameter(name="state", meaning="The state of the job.", choices=lambda _: tuple(State)),
            Parameter(name="kind", meaning="The kind of the job.", choices=lambda _: tuple(KINDS)),
            Parameter(name="label", meaning="The label, exactly."),
            LIMIT,
            CURSOR,
        ),
        examples=(Example(name="running", summary="Those that run", values={"state": "running", "limit": "10"}),),
    ),
    Operation(
        id="showJob",
        path=f"{PATH}/{{id}}",
        tag="jobs",
        summary="Show how far a job is",
        description="State, progress, and what went wrong. While it goes on, Retry-After says when it is worth to ask again. A "
        "job that goes on with other rules or datasets than it began with begins anew, and says so in `notes`.",
        run=show,
        sample=sample_shown,
        answers=JobAnswer,
        refusals=(NotFoundError.code,),
        parameters=(_ID,),
        examples=(Example(name="running", summary="A job that runs", values=_SAMPLE_VALUES),),
    ),
    Operation(
        id="cancelJob",
        method="POST",
        path=f"{PATH}/{{id}}/cancel",
        tag="jobs",
        summary="Cancel a job",
        description="200 where it has ended by that, 202 where its worker ends it in a moment. Rows that were computed are gone. "
        "One that has ended before is refused (409).",
        run=cancel,
        sample=sample_cancelled,
        answers=JobAnswer,
        scope=Scope.ANALYST,
        statuses=(200, ACCEPTED),
        refusals=(NotFoundError.code, ConflictError.code),
        parameters=(_ID,),
        examples=(Example(name="cancelled", summary="A job that waited", values=_SAMPLE_VALUES),),
    ),
    Operation(
        id="deleteJob",
        method="DELETE",
        path=f"{PATH}/{{id}}",
        tag="jobs",
        summary="Delete a job with its result",
        description="Whatever it is doing. The audit log keeps that there was one, and who deleted it.",
        run=remove,
        sample=sample_removed,
        answers=JobDeletedAnswer,
        scope=Scope.ANALYST,
        refusals=(NotFoundError.code,),
        parameters=(_ID,),
        examples=(Example(name="deleted", summary="One job", values=_SAMPLE_VALUES),),
    ),
    Operation(
        id="showJobResult",
        path=f"{PATH}/{{id}}/result",
        tag="jobs",
        summary="Get the rows of a job",
        description=f"JSON in pages, or the whole as CSV (at most {result.MOST_CSV_ROWS:,} rows), Parquet or workbook (xlsx, at "
        f"most {result.MOST_SHEET_ROWS:,} rows), by `format` or else by the Accept header. Refused (409) while the job is not "
        "done. Riskapi-Rule-Set and Riskapi-Dataset are those of the rows.",
        run=show_result,
        sample=sample_result,
        answers=ResultAnswer,
        refusals=(NotFoundError.code, ConflictError.code, JobOpenError.code),
        produces=tuple(FORMATS.values()),
        parameters=(
            _ID,
            Parameter(name="format", meaning="The form of the result; goes before the Accept header.",
                      choices=lambda _: tuple(FORMATS)),
            Parameter(name="limit", kind=Kind.INTEGER, default=100, minimum=1, maximum=MOST_ROWS,
                      meaning="How many rows a page of JSON has at most."),
            CURSOR,
        ),
        examples=(Example(name="rows", summary="The rows of two questions", values=_SAMPLE_VALUES),),
    ),
)  # fmt: skip
