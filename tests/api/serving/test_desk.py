from __future__ import annotations

from datetime import timedelta

import pytest

from riskapi.api.serving.desk import limits_of
from riskapi.api.serving.options import Options
from riskapi.jobs.limits import JobLimits


def test_without_settings_the_limits_are_those_that_are_documented() -> None:
    assert limits_of(Options()) == JobLimits()


def test_the_limits_are_those_of_the_options() -> None:
    options = Options(job_pairings=5, job_questions=6, job_queue=7, job_days=8, job_lease=9)
    wanted = JobLimits(pairings=5, questions=6, open_jobs=7, kept_days=8, lease=timedelta(seconds=9))
    assert limits_of(options) == wanted


@pytest.mark.parametrize(("retention", "days"), [("forever", 30), ("7", 7), ("365", 30), ("nothing", 0)])
def test_results_are_kept_no_longer_than_anything_else(retention: str, days: int) -> None:
    assert limits_of(Options(retention=retention)).kept_days == days
