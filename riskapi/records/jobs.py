"""Answers about jobs: how far one is, a page of them, a page of the rows of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import ValidatorFunctionWrapHandler, WrapValidator

from riskapi.assessment.answer import Versions
from riskapi.store.shown import State


def _known(value: Any, check: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401  # what a service sent
    """The state of that name; one that a newer service has and this version does not know stays its name."""
    return check(value) if not isinstance(value, str) or value in set(State) else value


_State: TypeAlias = Annotated[State, WrapValidator(_known)]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How many items of how many are done; `remaining_seconds` at the pace up to now, null where there is none yet."""

    item: str
    done: int
    total: int
    remaining_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProblem:
    """Why a job failed; `pointer` goes into the body that it was made from."""

    code: str
    detail: str
    pointer: str | None
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLinks:
    """Addresses; null where there is nothing to be had."""

    job: str
    cancel: str | None
    result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAnswer:
    """A job. `versions` are those of its rows, null before it begins.

    `notes` tell what to know of the question, such as names that were taken as misspellings, and what happened on the way.
    `rows` counts those of the result, `kept_until` is when it is deleted by itself.
    """

    id: str
    kind: str
    state: _State
    label: str | None
    as_of: date
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None
    kept_until: datetime | None
    progress: JobProgress
    rows: int
    is_cancelling: bool
    restarts: int
    notes: tuple[str, ...]
    problems: tuple[JobProblem, ...]
    versions: Versions | None
    links: JobLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsAnswer:
    """Jobs; `total` counts those that were there when the list was begun."""

    jobs: tuple[JobAnswer, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultAnswer:
    """A page of the rows of a job in their order; `total` counts all of them."""

    job: JobAnswer
    rows: tuple[dict[str, Any], ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDeletedAnswer:
    """The job and its result are gone; the audit log still says that there was one."""

    deleted: str
