"""100,000 pairings on a cluster of two workers: DuckDB's answers in every field, also when a worker is lost meanwhile."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import polars as pl
import pytest

from riskapi.matrix.by_sql import by_sql
from riskapi.matrix.plan import Plan
from tests.matrix.questions import CARS, planned, question
from tests.shipped import shipped_workspace
from tests.spark.cluster import Cluster, standalone_cluster
from tests.spark.session import skip_without_spark, spark_session

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]

SIDE = 317
PAIRINGS = 100_000
LINKED = ["geely", "volvo-cars", "catl", "polestar", "ford"]


@pytest.fixture(scope="module")
def plan() -> Plan:
    everybody = sorted(shipped_workspace().profiles.register().companies)
    chance = random.Random(17)  # noqa: S311  # test data
    sides = [list(dict.fromkeys([*LINKED, *chance.sample(everybody, SIDE)])) for _ in range(2)]
    return planned(question(sides[0], sides[1], CARS))


@pytest.fixture(scope="module")
def by_duckdb(plan: Plan) -> pl.DataFrame:
    found = pl.concat(by_sql(shipped_workspace(), plan))
    assert len(found) == plan.pairings >= PAIRINGS
    return found


class OnCluster:
    """The run of the plan on a cluster with two executors."""

    def __init__(self, plan: Plan, cluster: Cluster, session: Any, folder: Path) -> None:
        from riskapi.spark.run import SparkRun  # needs an optional library

        self.cluster, self.folder, self.session = cluster, folder, session
        self.run = SparkRun(shipped_workspace(), plan, session, folder)

    @property
    def executors(self) -> int:
        """How many there are besides the driver."""
        return len(self.session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - 1

    def wait_for_executors(self, count: int) -> None:
        """Wait until there are so many."""
        end = monotonic() + 60
        while self.executors != count and monotonic() < end:
            sleep(0.1)
        assert self.executors == count

    def kill_in_the_last_stage(self, number: int, done: list[bool]) -> None:
        """Kill a worker as soon as tasks run that make the rows; `done` then says whether the rows were ready before."""
        tracker, end = self.session.sparkContext.statusTracker(), monotonic() + 300
        while monotonic() < end:
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            if list(self.folder.glob(".riskapi-*/rows/_temporary")) and any(s and s.numActiveTasks for s in stages):
                self.cluster.kill_worker(number)
                done.append(bool(list(self.folder.glob(".riskapi-*/rows/_SUCCESS"))))
                return
            sleep(0.02)


@pytest.fixture(scope="module")
def on_cluster(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnCluster]:
    skip_without_spark()
    folder = tmp_path_factory.mktemp("cluster")
    with standalone_cluster(folder) as cluster, spark_session(folder, cluster.url) as session:
        found = OnCluster(plan, cluster, session, folder)
        found.wait_for_executors(2)
        yield found


def test_all_fields_are_those_of_duckdb_and_stay_so_when_a_worker_is_lost(
    on_cluster: OnCluster, by_duckdb: pl.DataFrame
) -> None:
    assert pl.concat(on_cluster.run.rows()).equals(by_duckdb)
    ready: list[bool] = []
    killer = Thread(target=on_cluster.kill_in_the_last_stage, args=(1, ready))
    killer.start()
    found = pl.concat(on_cluster.run.rows())
    killer.join()
    assert ready == [False]
    on_cluster.wait_for_executors(1)
    assert found.equals(by_duckdb)
