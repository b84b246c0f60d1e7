"""Answers about kept assessments. The record of one is `riskapi.store.shown.AssessmentRecord`, as the store has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from riskapi.assessment.answer import Answer
from riskapi.assessment.difference import Difference, VersionChange
from riskapi.store.shown import AssessmentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a kept assessment stands.

    `holds`: the question gives the same bytes now. `is_intact`: the kept bytes have their hash. `is_logged`: the audit log
    noted that hash; null where it notes none. `is_same_result`: nothing but the versions differs; null, like
    `recomputed_hash`, where the question cannot be answered now, which `failure` explains.
    """

    holds: bool
    is_intact: bool
    is_logged: bool | None
    recomputed_hash: str | None
    is_same_result: bool | None
    changed_versions: tuple[VersionChange, ...]
    failure: str | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentHead:
    """What stands before the answer, whose kept bytes are put after it as they are."""

    assessment: AssessmentRecord | None
    inputs: dict[str, Any]
    verification: Verification | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentAnswer(AssessmentHead):
    """A question with its answer; `assessment` is null where nothing is kept, `inputs` the question with its day."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentsAnswer:
    """Kept assessments; `total` counts those that were there when the list was begun."""

    assessments: tuple[AssessmentRecord, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunAnswer:
    """The question of a kept assessment put again, and what differs from the kept answer. Nothing is kept of it."""

    assessment: AssessmentRecord
    as_of: date
    difference: Difference
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedAnswer:
    """The assessment is gone; the audit log still says that there was one."""

    deleted: str
