"""What the store keeps and callers see as it is: the record of an assessment, the state of a job.

No database is imported here, so that the client need not load one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from riskapi.assessment.answer import Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord:
    """A kept assessment without its answer; `content_hash` is the SHA-256 of the answer's bytes."""

    id: str
    created_at: datetime
    created_by: str
    label: str | None
    question: str
    as_of: date
    band: str
    score: float
    low: float
    high: float
    versions: Versions
    content_hash: str


class State(StrEnum):
    """Where a job is; the last three are the ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
