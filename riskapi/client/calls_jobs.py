"""Requests for long work: matrices, many questions, and how far they are. Leaves: a `Call`, unsent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeAlias

from riskapi.client.call import Call, Received
from riskapi.client.pages import PageCall
from riskapi.client.reading import document, is_repeat, read_as
from riskapi.client.writing import delete_call, file_call, pages_call, query_of, segment, stored
from riskapi.records.jobs import JobAnswer

#: Companies of one side of a matrix: a selector such as `control_country=CN`, names, or the body's own form.
Side: TypeAlias = str | Sequence[str | Mapping[str, Any]] | Mapping[str, Any]
#: Kinds of deal: facts by name, or the body's own form.
Templates: TypeAlias = Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]]

_LARGEST_RESULT: Final = 1_000_000_000
_RESULT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job; when it is worth to look again, in seconds, None where it has ended; whether its key had made it before."""

    record: JobAnswer
    look_again: float | None
    is_repeat: bool


def _job_seen(received: Received) -> JobSeen:
    record = read_as(JobAnswer, document(received))
    told = received.headers.get("retry-after", "")
    pause = float(told) if told.isascii() and told.isdecimal() else 1.0
    return JobSeen(record, pause if record.ended_at is None else None, is_repeat(received))


def matrix(  # noqa: PLR0913  # the question has that many sides
    foreign: Side,
    hosts: Side,
    templates: Templates,
    *,
    dates: Sequence[date | str] | None = None,
    top: int | None = None,
    label: str | None = None,
    idempotency_key: str | None = None,
) -> Call[JobSeen]:
    """Score every company of one side with every company of the other, for each kind of deal and each day.

    A side is a selector such as `control_country=CN,sector=automotive`, or a list of names; `templates` are the facts of
    each kind of deal by its name. Without `dates` the day of the service is taken.
    """
    body: dict[str, Any] = {"foreign": _side(foreign), "hosts": _side(hosts), "templates": _templates(templates)}
    if dates is not None:
        body["dates"] = list(dates)
    if top is not None:
        body["top"] = top
    return stored("/v1/matrix", body, label, idempotency_key, _job_seen)


def _side(side: Side) -> object:
    if isinstance(side, str):
        return {"select": side}
    return side if isinstance(side, Mapping) else {"names": list(side)}


def _templates(templates: Templates) -> list[object]:
    if isinstance(templates, Mapping):
        return [{"name": name, "deal": deal} for name, deal in templates.items()]
    return list(templates)


def batch_job(
    questions: Sequence[object], *, label: str | None = None, idempotency_key: str | None = None
) -> Call[JobSeen]:
    """Score far more questions than `batch` takes. A question without a day is put on that of the service."""
    return stored("/v1/jobs/scores", {"questions": list(questions)}, label, idempotency_key, _job_seen)


def jobs(
    *,
    state: str | None = None,
    kind: str | None = None,
    label: str | None = None,
    page_size: int | None = None,
) -> PageCall[JobAnswer]:
    """The jobs that pass the filters, the newest first."""
    return pages_call("/v1/jobs", query_of(state=state, kind=kind, label=label, limit=page_size), JobAnswer, "jobs")


def job(job_id: str) -> Call[JobSeen]:
    """A job by its id, to wait for or to fetch its rows."""
    return Call(method="GET", path=f"/v1/jobs/{segment(job_id)}", read=_job_seen)


def cancel_job(job_id: str) -> Call[JobSeen]:
    """The end of a job; asked a second time it would be refused, since the job has ended."""
    return Call(method="POST", path=f"/v1/jobs/{segment(job_id)}/cancel", read=_job_seen, may_repeat=False)


def delete_job(job_id: str) -> Call[None]:
    """A job and its result, gone."""
    return delete_call(f"/v1/jobs/{segment(job_id)}")


def job_result(job_id: str, form: str) -> Call[bytes]:
    """The rows of a job as a file."""
    call = file_call(f"/v1/jobs/{segment(job_id)}/result", form, format=form)
    return replace(call, most_bytes=_LARGEST_RESULT, budget=_RESULT_SECONDS)
