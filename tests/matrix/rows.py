"""Rows of one plan made in two ways, held against each other column by column."""

from __future__ import annotations

import polars as pl


def assert_same_rows(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """All columns are equal, in type and in every row; the first row that is not is shown."""
    assert found.schema == wanted.schema
    assert found.height == wanted.height
    for column in wanted.columns:
        both = pl.DataFrame({"found": found[column], "wanted": wanted[column]})
        wrong = both.with_row_index().filter(pl.col("found").ne_missing(pl.col("wanted")))
        assert wrong.is_empty(), f"{column}: {wanted.row(wrong['index'][0], named=True)} gave {wrong.row(0)}"
