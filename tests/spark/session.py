"""Spark for tests: a session in this process, and conditions evaluated by it through our SQL.

Everything stays on the loopback address and below one folder; when a session ends, so does its Java process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from riskapi.errors import SettingsError
from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.language import Node, to_sql
from riskapi.language.dialect import SPARK
from riskapi.spark.extra import require_spark
from tests.conformance.polars_evaluator import frame_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOOPBACK: Final = "127.0.0.1"
#: For Java processes that end before better machine code would pay.
SHORT_LIVED: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_SETTINGS: Final = {
    "spark.driver.extraJavaOptions": " ".join(SHORT_LIVED),
    "spark.driver.memory": "1g",
    "spark.executor.extraJavaOptions": " ".join(SHORT_LIVED),
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
}


def skip_without_spark() -> None:
    """Skip what needs Spark where it cannot start."""
    try:
        require_spark()
    except SettingsError as missing:
        pytest.skip(str(missing))


@contextmanager
def spark_session(folder: Path, master: str = "local[1]") -> Iterator[SparkSession]:
    """The session of the product on a master, by default in this process; it keeps its files below the folder."""
    skip_without_spark()
    from riskapi.spark.session import spark_session as opened  # needs an optional library

    places = {"spark.local.dir": folder / "spark-local", "spark.sql.warehouse.dir": folder / "spark-warehouse"}
    settings = [f"{name}={value}" for name, value in {**_SETTINGS, **places}.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", LOOPBACK)
        with opened(master, settings) as session:
            yield session


class SparkEvaluator:
    """Conditions on rows of facts, which go in as Parquet."""

    def __init__(self, session: SparkSession, vocabulary: Vocabulary, folder: Path) -> None:
        self.session = session
        self.vocabulary = vocabulary
        self.folder = folder
        self._asked = count()

    def outcomes(self, trees: Sequence[Node], rows: Sequence[Mapping[str, Value]]) -> list[list[bool | None]]:
        """For each tree its outcome on every row."""
        self.folder.mkdir(exist_ok=True)
        file = self.folder / f"facts_{next(self._asked)}.parquet"
        frame_of(rows, self.vocabulary).with_row_index("position").write_parquet(file)
        answers = [f"{to_sql(tree, SPARK)} AS outcome_{index}" for index, tree in enumerate(trees)]
        query = f"SELECT position, {', '.join(answers)} FROM parquet.{SPARK.column(str(file))}"
        found = sorted(self.session.sql(query).collect(), key=lambda row: row["position"])
        return [[row[index + 1] for row in found] for index in range(len(trees))]
