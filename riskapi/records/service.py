"""Answers about the service itself: whether it lives, whether it can answer."""

from __future__ import annotations

from dataclasses import dataclass

from riskapi.assessment.answer import Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthAnswer:
    """The process is alive."""

    status: str
    engine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyAnswer:
    """Rules and datasets are open and can be read."""

    status: str
    rules: int
    versions: Versions
