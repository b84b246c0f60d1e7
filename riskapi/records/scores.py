"""Answers to several questions at once. What `POST /v1/scores` answers is `riskapi.assessment.answer.Answer`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from riskapi.assessment.answer import Answer, GateAnswer, Versions

if TYPE_CHECKING:
    from riskapi.spreadsheet.results import RowAnswer


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
    def of(cls, answer: Answer | RowAnswer) -> ScoreRow:
        """The row of an answer."""
        return cls(
            question=answer.question, as_of=answer.as_of, score=answer.score, low=answer.low, high=answer.high,
            band=answer.band if isinstance(answer.band, str) else answer.band.name, gates=answer.gates,
            warnings=answer.warnings,
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
