"""The facts of a sheet as tables, for back ends that ask in SQL: the parties of a side or their links in, frames out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from riskapi.engine.batch import POLARS_TYPES
from riskapi.facts.assembly import Party
from riskapi.facts.vocabulary import COMPANY_FACTS, Value
from riskapi.matrix.grid import Linked

_LEAVES: Final = {fact.name: POLARS_TYPES[fact.type] for fact in COMPANY_FACTS}
_LINKS: Final = pl.Schema(
    {"f": pl.Int32(), "h": pl.Int32(), "stake_0": pl.Float64(), "stake_1": pl.Float64(), "opposing": pl.Int64()}
)


def side_table(parties: Sequence[Party]) -> pl.DataFrame:
    """One row for each party: its place in the side, and a column for each fact of a company."""
    columns = [
        pl.Series(leaf, [_plain(party.values.get(leaf)) for party in parties], dtype=kind)
        for leaf, kind in _LEAVES.items()
    ]
    return pl.DataFrame([pl.Series("place", range(len(parties)), dtype=pl.Int32), *columns])


def links_table(linked: Iterable[Linked]) -> pl.DataFrame:
    """One row for each linked pairing: places, shares that each holds of the other, legislators opposing."""
    rows = [(item.row, item.column, *item.links.existing_stakes, item.links.legislators_opposing) for item in linked]
    return pl.DataFrame(rows, schema=_LINKS, orient="row")


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value
