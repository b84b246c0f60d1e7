"""The columns of a matrix: nothing in, the names and types that every row of every output has, out.

One row is one pairing on one day and one kind of deal, as `Workspace.answer` would answer it with the party of the
column `foreign` as foreign party. Everything is flat but four lists; `flat` joins those where a format has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from riskapi.rules.model import Pillar

#: Joins the entries of a list in formats without lists (CSV, spreadsheets).
SEPARATOR: Final = "; "
#: Rules that the column `drivers` names at most.
MOST_DRIVERS: Final = 3

PILLARS: Final = tuple(f"pillar_{pillar.value}" for pillar in Pillar)
LISTS: Final = ("gates", "possible_gates", "drivers")

#: Meaning of each column, in the order of the columns.
MEANINGS: Final[Mapping[str, str]] = {
    "date": "The as-of date of rules and facts.",
    "template": "Name of the kind of deal.",
    "foreign_id": "The party that one-sided facts of the deal speak of.",
    "foreign": "Its name.",
    "host_id": "The other party.",
    "host": "Its name.",
    "score": "From 0 to 100, four decimals.",
    "low": "Lower end of the interval.",
    "high": "Upper end of the interval.",
    "band": "Name of the band that the score lies in.",
    "gates": "Gates that fired, as gate:rule_id, the heaviest first.",
    "possible_gates": "Gates of rules that are undetermined, in the same form.",
    **{name: f"Points that rules of the pillar {name.removeprefix('pillar_')} count." for name in PILLARS},
    "drivers": "Ids of the rules that raise the score most, at most three, the heaviest first.",
    "undetermined": "Number of rules that what is not known leaves open.",
}

_TYPES: Final[Mapping[str, Any]] = {
    "date": pl.Date(),
    "score": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "undetermined": pl.Int32(),
    **dict.fromkeys(PILLARS, pl.Float64()),
    **dict.fromkeys(LISTS, pl.List(pl.String())),
}

#: Names and types of the columns, in order.
SCHEMA: Final = pl.Schema({name: _TYPES.get(name, pl.String()) for name in MEANINGS})


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with lists as text."""
    return frame.with_columns(pl.col(pl.List(pl.String())).list.join(SEPARATOR))
