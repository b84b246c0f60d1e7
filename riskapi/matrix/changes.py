"""Two matrices held against each other: what makes them, or their rows, in; the pairings whose answer moved out.

They are of the same pairings on two days, by two rule sets or from two versions of the datasets. Only what moved is kept in
memory: both are made and compared a part at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from riskapi.matrix.behind import Asked, explained
from riskapi.matrix.moved import NOTHING, Movement
from riskapi.matrix.moved_words import fact_words, facts_of, heaviest, reason_words, row_words, rows_of
from riskapi.matrix.plan import Plan
from riskapi.matrix.request import Company, MatrixRequest
from riskapi.matrix.run import CHUNK, run
from riskapi.matrix.run import plan as planned
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.single import request_of
from riskapi.workspace import Workspace

#: What names a pairing in the rows of a matrix, but for the day.
_KEYS: Final = ("template", "foreign_id", "host_id")
_PAIRING: Final = ("template", "foreign_id", "foreign", "host_id", "host")
_NUMBERS: Final = ("score", "low", "high")
_LISTS: Final = ("gates", "drivers")
_WHY: Final = {
    "way": pl.String(),
    **dict.fromkeys(("reasons", "facts", "rows"), pl.List(pl.String())),
}


@dataclass(frozen=True)
class Compared:
    """The same pairings in two worlds or on two days; `gone` and `new` are companies that only one world knows."""

    workspaces: tuple[Workspace, Workspace]
    plans: tuple[Plan, Plan]
    gone: tuple[Company, ...] = ()
    new: tuple[Company, ...] = ()

    @property
    def days(self) -> tuple[date, date]:
        """The days of both."""
        return self.plans[0].dates[0], self.plans[1].dates[0]

    @property
    def pairings(self) -> int:
        """How many pairings are compared."""
        return self.plans[1].pairings

    def asked(self, row: dict[str, str]) -> tuple[Asked, Asked]:
        """The question of a row, in both."""
        template = next(item for item in self.plans[1].templates if item.name == row["template"])
        one, two = (
            Asked(world, request_of(world, row["foreign_id"], row["host_id"], template, day))
            for world, day in zip(self.workspaces, self.days, strict=True)
        )
        return one, two


def between_days(workspace: Workspace, request: MatrixRequest) -> Compared:
    """The pairings of a request on the first and on the second of its two days."""
    one, two = (planned(workspace, replace(request, dates=(day,))) for day in request.dates)
    return Compared((workspace, workspace), (one, two))


def between_worlds(before: Workspace, after: Workspace, request: MatrixRequest, earlier: MatrixRequest) -> Compared:
    """The pairings of a request of one day, as it was settled in both worlds: a company selected in either is looked at."""
    known = [set(world.profiles.register().companies) for world in (before, after)]
    sides: list[tuple[Company, ...]] = []
    gone: dict[str, Company] = {}
    new: dict[str, Company] = {}
    for side in ("foreign", "hosts"):
        both = {item.company_id: item for item in (*getattr(earlier, side), *getattr(request, side))}
        sides.append(tuple(item for item in both.values() if all(item.company_id in ids for ids in known)))
        gone |= {key: item for key, item in both.items() if key not in known[1]}
        new |= {key: item for key, item in both.items() if key not in known[0]}
    shared = replace(request, foreign=sides[0], hosts=sides[1])
    plans = (planned(before, shared), planned(after, shared))
    return Compared((before, after), plans, tuple(gone.values()), tuple(new.values()))


def moved_between(compared: Compared, report: Callable[[int], None] = lambda _: None) -> pl.DataFrame:
    """What `moved_rows` makes of both matrices; `report` is told how many pairings have been compared."""
    found = [moved_rows(SCHEMA.to_frame(), SCHEMA.to_frame())]
    done = 0
    streams = (_even(run(world, plan)) for world, plan in zip(compared.workspaces, compared.plans, strict=True))
    for one, two in zip(*streams, strict=True):
        found.append(moved_rows(one, two))
        done += len(two)
        report(done)
    return _largest_first(pl.concat(found))


def _even(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in frames of one size: where a matrix is cut hangs on its facts, and those are not the same."""
    waiting = SCHEMA.to_frame()
    for frame in frames:
        waiting = pl.concat([waiting, frame])
        while len(waiting) >= CHUNK:
            yield waiting[:CHUNK]
            waiting = waiting[CHUNK:]
    if len(waiting):
        yield waiting


def with_reasons(moved: pl.DataFrame, why: Sequence[Movement]) -> pl.DataFrame:
    """Rows of `moved_between` with columns that say why, null for rows after those that `why` explains.

    `way` is the direction; `reasons` are the rules, `facts` what changed of whom, `rows` what the datasets say of it.
    """
    told = [
        {
            "way": item.way.value,
            "reasons": [reason_words(reason) for reason in heaviest(item)],
            "facts": [fact_words(change) for change in facts_of(item)],
            "rows": [row_words(*row) for row in rows_of(facts_of(item))],
        }
        for item in why
    ]
    rest = [dict.fromkeys(_WHY)] * (len(moved) - len(told))
    return moved.hstack(pl.DataFrame([*told, *rest], schema=_WHY))


def movements(compared: Compared, moved: pl.DataFrame) -> Iterator[Movement]:
    """Why: for each row of `moved_between` the rules, facts and rows behind it."""
    for row in moved.select(_KEYS).iter_rows(named=True):
        yield explained(*compared.asked(row))


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
    return _largest_first(found).select(*_PAIRING, *order, "change", *changes)


def _largest_first(found: pl.DataFrame) -> pl.DataFrame:
    return found.sort(pl.col("change").abs(), descending=True, maintain_order=True)
