"""Two matrices held against each other: their rows in, the pairings whose answer moved out."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskapi.matrix.moved import NOTHING

#: What names a pairing in the rows of a matrix, but for the day.
_KEYS: Final = ("template", "foreign_id", "host_id")
_PAIRING: Final = ("template", "foreign_id", "foreign", "host_id", "host")
_NUMBERS: Final = ("score", "low", "high")
_LISTS: Final = ("gates", "drivers")


def moved_rows(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The pairings of two matrices (columns of `SCHEMA`) that do not have the same answer, the largest change first.

    Columns: template and parties, `score`, `low`, `high` and `band` with `_before` and `_after`, `change` of the score,
    and lists of what came and went: `gates_gained`, `gates_lost`, `drivers_gained`, `drivers_lost`.
    """
    columns = [*_NUMBERS, "band", *_LISTS]
    both = before.select(*_PAIRING, *(pl.col(name).alias(f"{name}_before") for name in columns)).join(
        after.select(*_KEYS, *(pl.col(name).alias(f"{name}_after") for name in columns)), on=_KEYS, how="inner"
    )
    moved = pl.any_horizontal(
        *((pl.col(f"{name}_before") - pl.col(f"{name}_after")).abs() > NOTHING for name in _NUMBERS),
        pl.col("band_before") != pl.col("band_after"),
        pl.col("gates_before") != pl.col("gates_after"),
    )
    found = both.filter(moved).with_columns(
        (pl.col("score_after") - pl.col("score_before")).round(4).alias("change"),
        *(
            pl.col(f"{name}_{one}").list.set_difference(f"{name}_{other}").list.sort().alias(f"{name}_{word}")
            for name in _LISTS
            for word, one, other in (("gained", "after", "before"), ("lost", "before", "after"))
        ),
    )
    order = [f"{name}_{side}" for name in (*_NUMBERS, "band") for side in ("before", "after")]
    changes = [f"{name}_{word}" for name in _LISTS for word in ("gained", "lost")]
    return found.sort(pl.col("change").abs(), descending=True, maintain_order=True).select(
        *_PAIRING, *order, "change", *changes
    )
