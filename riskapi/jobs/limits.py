"""What jobs may ask for, and how long things last. Enters: nothing. Leaves: `JobLimits`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """`pairings` and `questions` bound one job, `open_jobs` those of a tenant that have not ended.

    Results are kept for `kept_days` behind the end of a job. A worker that is not heard of for `lease` has lost its job.
    """

    pairings: int = 1_000_000
    questions: int = 10_000
    open_jobs: int = 20
    kept_days: int = 30
    lease: timedelta = timedelta(seconds=30)
