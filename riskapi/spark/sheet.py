"""One sheet of a matrix on a cluster: a plan's sheet and a session in, files of its rows in their order out.

The cluster answers the rules and joins the pairings. The patterns of answers that occur, a small part of the pairings,
come back, are scored here by the same code as on one machine, and go out again to be joined with the pairings.

All machines must see the folder in which sides, patterns and rows lie, under the same path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from riskapi.engine.batch import POLARS_TYPES
from riskapi.facts.vocabulary import Value
from riskapi.matrix.grid import Grid
from riskapi.matrix.panels import SCREENED_BY
from riskapi.matrix.patterns import Index, unpacked
from riskapi.matrix.plan import Sheet
from riskapi.matrix.request import Company
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.sheets import Sheets
from riskapi.matrix.tables import links_table, side_table
from riskapi.matrix.tally import Tally
from riskapi.spark.asked import OPPONENTS, STAKES, Asked
from riskapi.spark.queries import KEY, Queries

#: Rows of a part of the result, and patterns scored at a time.
ROWS_A_PART: Final = 1_000_000
PATTERNS: Final = 100_000


@dataclass(frozen=True)
class SparkSheet:
    """A sheet that is made on the cluster of `session`; its tables lie in `folder`, which must be empty."""

    session: SparkSession
    folder: Path
    sheets: Sheets
    sheet: Sheet

    def rows(self) -> DataFrame:
        """The rows of the sheet with the columns of `SCHEMA`: parts follow each other, as do the rows of a part."""
        return self._named(self._pairings())

    def highest(self, count: int) -> DataFrame:
        """The `count` rows with the highest scores, the highest first; of equal scores those that come first."""
        return self._named(self._pairings().orderBy(sql.desc("score"), "f", "h").limit(count))

    def _named(self, rows: DataFrame) -> DataFrame:
        constants = {"date": sql.lit(self.sheet.day), "template": sql.lit(self.sheet.template.name)}
        return rows.withColumns(constants).select(SCHEMA.names())

    def _pairings(self) -> DataFrame:
        """All pairings with their results in the order of the places `f` and `h`."""
        grids = self.sheets.grids(self.sheet)
        found = [self._grid(f"{number:03}", grid, columns) for number, (grid, columns) in enumerate(grids)]
        if len(found) == 1:
            return found[0]
        # Hosts of one grid lie between those of another.
        rows = reduce(DataFrame.unionByName, found).repartitionByRange(self._parts, "f", "h")
        return rows.sortWithinPartitions("f", "h")

    @property
    def _parts(self) -> int:
        pairings = self.sheet.stop - self.sheet.start
        return max(self.session.sparkContext.defaultParallelism, -(-pairings // ROWS_A_PART))

    def _grid(self, name: str, grid: Grid, columns: Index) -> DataFrame:
        """The pairings of all foreign companies with the hosts of one grid."""
        queries = Queries(Asked(grid.panels, self.sheets.workspace.vocabulary))
        links = self._links(name, columns)
        sides = self._sides(name, grid, columns, queries)
        looks = tuple(self._view(f"looks_{name}_{at}", queries.looks(side)) for at, side in enumerate(sides))
        patterns = self.session.sql(queries.patterns(sides, (looks[0], looks[1]), links))
        patterns.write.parquet(str(self.folder / f"patterns_{name}"))
        scored = self._scored(name, Tally([item.rule for item in queries.asked.rules], grid.card), queries)
        key = next(key for key in map(queries.key, count()) if _is_apart(scored, key))
        pairs = self.session.sql(queries.pairs(sides, links, key))
        results = scored.withColumn(KEY, sql.expr(key)).drop(*queries.pattern)
        return pairs.join(sql.broadcast(results), KEY).drop(KEY)

    # Tables that go out

    def _links(self, name: str, columns: Index) -> str:
        inside = set(columns.tolist())
        linked = [item for item in self.sheets.linked(self.sheet.day) if item.column in inside]
        names = dict(zip(("stake_0", "stake_1", "opposing"), (*STAKES, OPPONENTS), strict=True))
        return self._table(f"links_{name}", links_table(linked).rename(names))

    def _sides(self, name: str, grid: Grid, columns: Index, queries: Queries) -> tuple[str, str]:
        """What the companies of both sides decide, worked out on the cluster."""
        plan, kinds = self.sheets.plan, Kinds()
        foreign = kinds.with_kind(side_table(grid.sides.foreign), plan.foreign)
        hosts = kinds.with_kind(side_table(grid.sides.hosts), plan.hosts)[columns]
        seen = self._table(f"seen_{name}", kinds.seen(queries.asked))
        made = []
        for at, side in enumerate((foreign, hosts)):
            decided = self.session.sql(queries.side(at, self._table(f"companies_{name}_{at}", side), seen))
            target = str(self.folder / f"side_{name}_{at}")
            decided.write.parquet(target)
            read = self.session.read.parquet(target)
            # A join with a side that every worker has keeps the order of the other side, so that few rows are sorted here
            # in place of all pairings later.
            parts = self._parts if at == 0 else 1
            placed = read.repartitionByRange(parts, "place").sortWithinPartitions("place")
            placed = placed if at == 0 else sql.broadcast(placed)
            placed.createOrReplaceTempView(f"side_{name}_{at}")
            made.append(f"side_{name}_{at}")
        return made[0], made[1]

    def _table(self, name: str, frame: pl.DataFrame) -> str:
        target = self.folder / f"{name}.parquet"
        frame.write_parquet(target)
        self.session.read.parquet(str(target)).createOrReplaceTempView(name)
        return name

    def _view(self, name: str, query: str) -> str:
        self.session.sql(query).createOrReplaceTempView(name)
        return name

    # Patterns that come back

    def _scored(self, name: str, tally: Tally, queries: Queries) -> DataFrame:
        """The results of every pattern, with the words of the pattern to join them by."""
        target = self.folder / f"results_{name}"
        target.mkdir()
        rules = len(tally.rules)
        found = pl.scan_parquet(self.folder / f"patterns_{name}" / "*.parquet")
        for number, patterns in enumerate(found.collect_batches(chunk_size=PATTERNS, maintain_order=False)):
            words = [patterns[column].to_numpy().view(np.uint64) for column in queries.pattern]
            half = len(words) // 2
            results = tally.results(unpacked(words[:half], rules), unpacked(words[half:], rules))
            pl.concat([patterns, results], how="horizontal").write_parquet(target / f"{number:06}.parquet")
        return self.session.read.parquet(str(target))


def _is_apart(patterns: DataFrame, key: str) -> bool:
    """Whether every pattern has a key of its own."""
    keys = patterns.select(sql.expr(key).alias(KEY))
    return keys.groupBy(KEY).count().where("count > 1").isEmpty()


class Kinds:
    """Companies of a kind are alike to the screening of every place; each kind has a number."""

    def __init__(self) -> None:
        self._places: dict[tuple[Value, ...], int] = {}

    def with_kind(self, side: pl.DataFrame, companies: Sequence[Company]) -> pl.DataFrame:
        """The table of a side with the kind, id and name of each company."""
        keys = zip(*(side[leaf].to_list() for leaf in SCREENED_BY), strict=True)
        return side.with_columns(
            kind=pl.Series([self._places.setdefault(key, len(self._places)) for key in keys], dtype=pl.Int32),
            company_id=pl.Series([item.company_id for item in companies], dtype=pl.String),
            name=pl.Series([item.name for item in companies], dtype=pl.String),
        )

    def seen(self, asked: Asked) -> pl.DataFrame:
        """For each kind what every place makes of it: whether it is national there, and the facts that follow."""
        kinds = [dict(zip(SCREENED_BY, key, strict=True)) for key in self._places]
        columns = [pl.Series("kind", range(len(kinds)), dtype=pl.Int32)]
        for number, panel in enumerate(asked.panels):
            view = panel.views[0]
            national = [view.assembler.covers(panel.place, kind["control_country"], view.day) is True for kind in kinds]
            columns.append(pl.Series(f"national_{number}", national, dtype=pl.Boolean))
        for column, (number, look, name) in asked.places.items():
            view = asked.panels[number].views[look]
            values = [view.following(view.follows[name][0], kind)[name] for kind in kinds]
            columns.append(pl.Series(column, values, dtype=POLARS_TYPES[asked.type_of(column)]))
        return pl.DataFrame(columns)
