"""The cluster that tests run on is a real one: its workers share the work, and one may be lost."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from tests.spark.cluster import Cluster, standalone_cluster
from tests.spark.session import spark_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]


def working(session: SparkSession) -> set[str]:
    """The folders of the workers that took part in a query."""
    where = "java_method('java.lang.System', 'getProperty', 'user.dir')"
    rows = session.sql(f"SELECT DISTINCT {where} AS folder FROM range(0, 1000, 1, 8)").collect()
    return {Path(row["folder"]).parents[1].name for row in rows}


def working_in_the_end(session: SparkSession, wanted: set[str]) -> set[str]:
    """Who works: as soon as it is those wanted, since executors take seconds to start."""
    end = monotonic() + 60
    while (found := working(session)) != wanted and monotonic() < end:
        sleep(0.1)
    return found


def is_left(cluster: Cluster) -> bool:
    return any(daemon.process.poll() is None for daemon in (cluster.master, *cluster.workers))


def test_two_workers_share_a_query_and_one_goes_on_when_the_other_is_killed(tmp_path: Path) -> None:
    with standalone_cluster(tmp_path) as cluster, spark_session(tmp_path, cluster.url) as session:
        assert working_in_the_end(session, {"worker-0", "worker-1"}) == {"worker-0", "worker-1"}
        cluster.kill_worker(0)
        assert working_in_the_end(session, {"worker-1"}) == {"worker-1"}
        assert session.sql("SELECT sum(id) AS total FROM range(0, 1000, 1, 8)").collect()[0]["total"] == 499_500
    assert not is_left(cluster)
