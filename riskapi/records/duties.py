"""The answer about the duty on a good."""

from __future__ import annotations

from dataclasses import dataclass

from riskapi.assessment.answer import Versions
from riskapi.tariffs.answer import DutyShown, PeriodShown


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAnswer(DutyShown):
    """The duty on a day, and with `since` every change up to that day (null where it was not asked for)."""

    history: tuple[PeriodShown, ...] | None
    versions: Versions
