"""Requests that ask: questions, files of pairings, kept answers. Enters: what is asked. Leaves: a `Call`, unsent.

Scores, batch, what-if and rerun change nothing in the service, so they may be sent again like reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import quote

from riskapi.assessment.answer import Answer
from riskapi.assessment.whatif import WhatIfAnswer
from riskapi.client.call import Call, Received
from riskapi.client.pages import PageCall
from riskapi.client.reading import document, file_reader, is_repeat, read_as
from riskapi.client.writing import (
    Day,
    dated,
    delete_call,
    file_call,
    get_call,
    media_type_of,
    pages_call,
    post_call,
    query_of,
    segment,
    stored,
)
from riskapi.records.assessments import AssessmentAnswer, RerunAnswer, Verification
from riskapi.records.scores import BatchAnswer
from riskapi.store.shown import AssessmentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer(AssessmentAnswer):
    """What `keep` gives; `is_repeat` where an earlier request with the same Idempotency-Key had kept it already."""

    is_repeat: bool = False


# Questions


def score(
    first: str | Mapping[str, Any],
    second: str | Mapping[str, Any],
    *,
    as_of: date | str,
    foreign_party: str | None = None,
    **deal: Any,  # noqa: ANN401  # deal facts are checked against the vocabulary
) -> Call[Answer]:
    """Score two parties (names, ids, or descriptions) and the facts of a deal: `type="joint_venture", ...`."""
    question = {"parties": [first, second], "deal": deal, "as_of": as_of, "foreign_party": foreign_party}
    return ask(question, today=date.min)


def ask(data: object, *, today: date) -> Call[Answer]:
    """Answer a question in the form of a request body; `today` is the as-of date where it states none."""
    return post_call("/v1/scores", dated(data, today), Answer)


def whatif(data: object, *, today: date) -> Call[WhatIfAnswer]:
    """What would change the result of a question in the form of a request body with `grid`, `prefer` and `keep`."""
    return post_call("/v1/whatif", dated(data, today), WhatIfAnswer)


def batch(questions: Sequence[object], *, full: bool = False) -> Call[BatchAnswer]:
    """A row or a problem for each question; a bad one fails alone. With `full` each row brings its whole answer."""
    return post_call("/v1/scores/batch", {"questions": list(questions), "full": full}, BatchAnswer)


# Files


def batch_file(content: bytes, form: str = "xlsx", *, answer: str | None = None, as_of: Day = None) -> Call[bytes]:
    """A file of pairings (`form` xlsx or csv) with columns added that tell the answers; `answer` is the form that it gets.

    `template` gives a workbook to fill in.
    """
    wanted = media_type_of(answer or form)
    return Call(
        method="POST", path="/v1/scores/batch", query=query_of(as_of=as_of), body=content, read=file_reader(wanted),
        headers={"content-type": media_type_of(form)}, accept=wanted,
    )  # fmt: skip


def template() -> Call[bytes]:
    """A workbook for pairings, to be filled in and sent to `batch_file`."""
    return file_call("/v1/scores/template.xlsx", "xlsx")


# Assessments


def keep(
    data: object, *, today: date, label: str | None = None, idempotency_key: str | None = None
) -> Call[KeptAnswer]:
    """Answer a question and keep both. It is kept once, however often it has to be sent."""
    return stored("/v1/assessments", dated(data, today), label, idempotency_key, _kept)


def _kept(received: Received) -> KeptAnswer:
    found = read_as(AssessmentAnswer, document(received))
    told = {item.name: getattr(found, item.name) for item in fields(AssessmentAnswer)}
    return KeptAnswer(**told, is_repeat=is_repeat(received))


def assessments(  # noqa: PLR0913  # the filters of the service
    *,
    party: str | None = None,
    label: str | None = None,
    band: str | None = None,
    as_of_from: Day = None,
    as_of_to: Day = None,
    created_from: Day = None,
    created_to: Day = None,
    order: str | None = None,
    page_size: int | None = None,
) -> PageCall[AssessmentRecord]:
    """Kept assessments, the newest first, as they are when the walk begins."""
    query = query_of(
        party=party, label=label, band=band, as_of_from=as_of_from, as_of_to=as_of_to, created_from=created_from,
        created_to=created_to, order=order, limit=page_size,
    )  # fmt: skip
    return pages_call("/v1/assessments", query, AssessmentRecord, "assessments")


def assessment(assessment_id: str) -> Call[AssessmentAnswer]:
    """A kept assessment."""
    return get_call(f"/v1/assessments/{segment(assessment_id)}", AssessmentAnswer)


def verify(assessment_id: str) -> Call[Verification]:
    """Whether the same question would give the same bytes now, and if not, why."""

    def read(received: Received) -> Verification:
        found = document(received)
        return read_as(Verification, found.get("verification") if isinstance(found, dict) else None)

    return Call(method="GET", path=f"/v1/assessments/{segment(assessment_id)}", query=(("verify", "true"),), read=read)


def rerun(assessment_id: str, *, as_of: Day = None) -> Call[RerunAnswer]:
    """A kept question by the rules and data of now, on its own day or another, and what differs."""
    body = {} if as_of is None else {"as_of": as_of}
    return post_call(f"/v1/assessments/{segment(assessment_id)}/rerun", body, RerunAnswer)


def delete_assessment(assessment_id: str) -> Call[None]:
    """Delete a kept assessment."""
    return delete_call(f"/v1/assessments/{segment(assessment_id)}")


def assessment_file(assessment_id: str, form: str = "xlsx") -> Call[bytes]:
    """A kept assessment as a briefing workbook (xlsx), a page to print (html) or a table of its rules (csv)."""
    return file_call(f"/v1/assessments/{segment(assessment_id)}.{quote(form, safe='')}", form)
