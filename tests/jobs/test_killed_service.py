"""The service, killed in the middle of jobs; `python -m tests.jobs.killed_service --times 50` for more."""

from __future__ import annotations

import pytest

from tests.jobs import killed_service


@pytest.mark.server
@pytest.mark.slow
def test_no_job_is_lost_or_doubled_when_the_service_is_killed() -> None:
    killed_service.run(1, is_alone=True)
