"""A matrix made by Spark is the matrix made on one machine, row for row and in every column."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from riskapi.matrix.plan import Plan
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import best, run
from riskapi.matrix.run import plan as plan_of
from riskapi.matrix.schema import SCHEMA
from riskapi.settings import Settings
from riskapi.spark.queries import Queries
from riskapi.workspace import Workspace
from tests.matrix.questions import CARS, planned, question
from tests.shipped import AS_OF, shipped_workspace
from tests.small import small_rules
from tests.spark.session import skip_without_spark, spark_session

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]

LINKED = ["geely", "volvo-cars", "catl", "polestar", "ford"]
STAKE: dict[str, Any] = {
    "name": "stake",
    "deal": {"type": "minority_stake", "sector": "ev_battery", "activity_country": "DE", "pair.existing_stake": 0.2},
}
AT_HOST: dict[str, Any] = {"name": "home", "deal": {"type": "joint_venture", "foreign_stake": 0.3}, "at_host": True}


def drawn(count: int, seed: int) -> list[str]:
    everybody = sorted(shipped_workspace().profiles.register().companies)
    return random.Random(seed).sample(everybody, count)  # noqa: S311  # test data


def on_one_machine(plan: Plan) -> pl.DataFrame:
    return pl.concat(run(shipped_workspace(), plan))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Makes the run of a plan on a session of this process."""
    skip_without_spark()
    from riskapi.spark.run import SparkRun  # needs an optional library

    folder = tmp_path_factory.mktemp("spark")
    with spark_session(folder) as session:
        yield lambda plan, workspace: SparkRun(workspace, plan, session, folder)


@dataclass(frozen=True, slots=True)
class Small:
    """Two sheets over a rule book of one instrument, which Spark plans in a fraction of the time."""

    workspace: Workspace
    plan: Plan

    @property
    def rows(self) -> pl.DataFrame:
        return pl.concat(run(self.workspace, self.plan))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    rules = Path(small_rules(tmp_path_factory.mktemp("rules"))["RISKAPI_RULES"])
    with Workspace.open(replace(Settings.from_environment(), rules=rules)) as workspace:
        body = question([*drawn(14, 1), *LINKED], [*drawn(12, 2), *LINKED], CARS, STAKE)
        yield Small(workspace, plan_of(workspace, read_matrix(body, workspace, AS_OF)))


def test_rows_are_those_of_one_machine_with_linked_pairings_among_them(made: Any) -> None:
    plan = planned(question([*drawn(14, 1), *LINKED], [*drawn(12, 2), *LINKED], STAKE))
    found, wanted = pl.concat(made(plan, shipped_workspace()).rows(chunk=100)), on_one_machine(plan)
    assert [name for name in wanted.columns if not found[name].equals(wanted[name])] == []
    assert found.schema == SCHEMA


def test_a_deal_at_the_host_is_asked_at_the_place_of_each(made: Any) -> None:
    plan = planned(question([*drawn(9, 3), *LINKED], ["volvo-cars", "ford", "catl"], AT_HOST))
    assert pl.concat(made(plan, shipped_workspace()).rows()).equals(on_one_machine(plan))


def test_a_run_goes_on_at_any_row(made: Any, small: Small) -> None:
    start = small.plan.sheets[1].start + 17
    frames = list(made(small.plan, small.workspace).rows(start=start, chunk=40))
    assert pl.concat(frames).equals(small.rows[start:])
    assert max(map(len, frames)) == 40


def test_the_highest_rows_are_found_with_the_first_of_equal_ones(made: Any, small: Small) -> None:
    wanted = best([small.rows], 60)
    assert any(one == other for one, other in pairwise(wanted["score"]))  # ties, or nothing is shown
    assert made(small.plan, small.workspace).highest(60).equals(wanted)


def test_a_folder_of_files_is_gone_on_with_where_it_ends(made: Any, small: Small, tmp_path: Path) -> None:
    told: list[int] = []
    made(small.plan, small.workspace).write(tmp_path, told.append)
    kept = tmp_path / "sheet-0000" / "_SUCCESS"
    changed = kept.stat().st_mtime_ns
    (tmp_path / "sheet-0001" / "_SUCCESS").unlink()  # as if it had been stopped there
    made(small.plan, small.workspace).write(tmp_path, told.append)
    found = pl.read_parquet(tmp_path / "sheet-*" / "part-*.parquet").select(SCHEMA.names())
    order = ["date", "template", "foreign_id", "host_id"]
    assert found.sort(order).equals(small.rows.sort(order))
    assert kept.stat().st_mtime_ns == changed
    assert told == [sheet.stop for sheet in small.plan.sheets] * 2


def test_nothing_is_left_in_the_shared_folder(made: Any, small: Small) -> None:
    task = made(small.plan, small.workspace)
    assert next(task.rows()).height > 0
    assert [path.name for path in task.shared.iterdir() if path.name.startswith(".riskapi")] == []


def test_patterns_that_share_a_key_get_other_keys(made: Any, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    first = Queries.key

    def unlucky(queries: Queries, seed: int) -> str:
        asked.append(seed)
        return first(queries, seed) if seed else "CAST(7 AS BIGINT)"

    monkeypatch.setattr(Queries, "key", unlucky)
    assert pl.concat(made(small.plan, small.workspace).rows()).equals(small.rows)
    assert asked[:2] == [0, 1]  # the other sheet may have one pattern only
