"""The highest pairings of a plan without making them all: sheets of a plan in, the rows with the highest scores out.

Bounds say of ever smaller parts how high they can score at most: of a sheet, by the countries of both sides; of each
foreign company with all hosts of a country, and of each host with all foreign companies of one; of a pairing, which is
under both. The parts with the highest bounds come first, and what cannot come among the highest rows so far is left out.
What is left is scored as every other pairing is. Linked pairings are left out of all that, and have bounds of their own.

Of rows with equal scores the first in the order of the plan is wanted, while parts are looked at in another order. So the
rows that are kept carry their number, and a part is left out for an equal bound only if it lies behind all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from riskapi.matrix.bounds import Blocks, Bounds, Groups, Pairs
from riskapi.matrix.grid import Grid, Linked, places_of
from riskapi.matrix.patterns import Flags, Index
from riskapi.matrix.plan import Plan, Sheet
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.sheets import PAIRINGS, Sheets
from riskapi.matrix.single import DECIMALS
from riskapi.matrix.tally import NOTHING_LEFT_OUT, Numbers
from riskapi.workspace import Workspace

#: Pairings of classes that are scored before it is asked again which of the others may still be high enough.
TOGETHER: Final = 10_000
_NUMBER: Final = "number"
_NOBODY: Final = np.empty(0, dtype=np.int64)
#: Less than the least distance of two scores.
_HALF_A_STEP: Final = 0.5 * 10.0**-DECIMALS


class Kept:
    """The highest rows so far, with their numbers in the plan."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._rows = SCHEMA.to_frame().with_columns(pl.Series(_NUMBER, [], dtype=pl.Int64))

    def rows(self, first: int = 0) -> pl.DataFrame:
        """Those from row `first` of the plan on, the highest first; of equal scores the first of the plan."""
        return self._rows.filter(pl.col(_NUMBER) >= first).drop(_NUMBER)

    def add(self, frame: pl.DataFrame, numbers: Index) -> None:
        """Keep of these rows, too, those that are among the highest."""
        both = pl.concat([self._rows, frame.with_columns(pl.Series(_NUMBER, numbers))])
        self._rows = both.sort(["score", _NUMBER], descending=[True, False]).head(self.count)

    def above(self, first: int) -> float:
        """What the score of a row behind the first `first` rows of the plan must be over to be kept."""
        if len(self._rows) < self.count:
            return NOTHING_LEFT_OUT
        lowest, last = float(self._rows["score"][-1]), int(self._rows[_NUMBER][-1])
        return lowest if first > last else lowest - _HALF_A_STEP


@dataclass(frozen=True, slots=True)
class _Part:
    """The hosts of one place of a sheet, with the bound of their scores."""

    sheet: Sheet
    place: str | None
    columns: Index
    bound: float


@dataclass(frozen=True, slots=True)
class _Found:
    """Some pairings of classes: `index` says which of the results each has, -1 where it is too low or not looked at."""

    results: pl.DataFrame
    index: Index
    row_of: Index
    column_of: Index


class Search:
    """Looks for the highest rows of a plan, in as many of its sheets at a time as is wanted."""

    def __init__(self, workspace: Workspace, plan: Plan, count: int) -> None:
        self.sheets, self.kept = Sheets(workspace, plan), Kept(count)
        self._everybody = np.arange(len(plan.foreign))
        #: Pairings of classes, and linked ones, whose scores were worked out.
        self.scored = 0

    def over(self, sheets: Sequence[Sheet], report: Callable[[int], object] = lambda _: None) -> None:
        """Keep the highest rows of these sheets, which follow each other, with those so far.

        `report` is told after every step how far the work is, in pairings: half of it is to find the bounds of sheets.
        """
        parts: list[_Part] = []
        start, stop = sheets[0].start, sheets[-1].stop
        half = (stop - start) // 2
        for sheet in sheets:
            parts += self._parts(sheet)
            report(start + (sheet.stop - start) // 2)
        for left, part in zip(range(len(parts) - 1, -1, -1), _in_order(parts), strict=True):
            if part.bound > self.kept.above(part.sheet.start):
                self._look(part)
            report(stop - half * left // len(parts))

    def _parts(self, sheet: Sheet) -> Iterator[_Part]:
        for place, columns in self.sheets.places(sheet).items():
            grid = self.sheets.grid(sheet, place)
            sides = enumerate((self._everybody, columns))
            blocks = [Groups.by(_countries(grid, side), companies)[0] for side, companies in sides]
            bounds = Bounds(grid)
            highest = float(bounds.most(Blocks(*blocks)).max(initial=NOTHING_LEFT_OUT))
            linked = bounds.most(Pairs(*places_of(self._linked(sheet, columns))), linked=True)
            yield _Part(sheet, place, columns, max(highest, float(linked.max(initial=NOTHING_LEFT_OUT))))

    def _linked(self, sheet: Sheet, columns: Index) -> list[Linked]:
        """The linked pairings with these hosts, in the order of the plan."""
        inside = set(columns.tolist())
        return [item for item in self.sheets.linked(sheet.day) if item.column in inside]

    def _look(self, part: _Part) -> None:
        grid = self.sheets.grid(part.sheet, part.place)
        bounds = Bounds(grid)
        linked = self._linked(part.sheet, part.columns)
        self._look_apart(part, bounds, linked)
        barred = np.zeros((len(self.sheets.plan.foreign), len(self.sheets.plan.hosts)), dtype=bool)
        barred[places_of(linked)] = True
        barred[self.sheets.own >= 0, self.sheets.own[self.sheets.own >= 0]] = True
        for found in self._classes_over(part, bounds):
            self._spread(part, found, barred)

    def _look_apart(self, part: _Part, bounds: Bounds, linked: Sequence[Linked]) -> None:
        """Linked pairings, one by one."""
        above = self.kept.above(part.sheet.start)
        may = bounds.most(Pairs(*places_of(linked)), linked=True)[:, 0] > above
        left = [item for item, is_left in zip(linked, may, strict=True) if is_left]
        results, which = bounds.grid.results_of(_NOBODY, _NOBODY, left, above)
        self.scored += len(left)
        self._keep(part.sheet, results, which, places_of(left))

    def _classes_over(self, part: _Part, bounds: Bounds) -> Iterator[_Found]:
        """The classes of companies with bounds that are high enough, some at a time, with their results."""
        grid = bounds.grid
        (rows, row_of), (columns, column_of) = grid.classes(self._everybody, 0), grid.classes(part.columns, 1)
        highest = self._of_pairs(bounds, rows, columns)
        order = np.argsort(-highest.reshape(-1), kind="stable")
        for at in range(0, len(order), TOGETHER):
            above = self.kept.above(part.sheet.start)
            some = order[at : at + TOGETHER]
            some = some[highest.reshape(-1)[some] > above]
            if not len(some):
                return
            one, other = np.divmod(some, len(columns))
            results, which = grid.results_of(rows[one], columns[other], (), above)
            self.scored += len(some)
            index = np.full(highest.shape, -1)
            over = results["score"].to_numpy()[which] > above
            index.reshape(-1)[some[over]] = which[over]
            yield _Found(results, index, row_of, column_of)

    def _of_pairs(self, bounds: Bounds, rows: Index, columns: Index) -> Numbers:
        """The bounds of every row with every column: neither can be over what it reaches with a country of the other side."""
        (by_row, row_at), (by_column, column_at) = (
            Groups.by(_countries(bounds.grid, side), places) for side, places in enumerate((rows, columns))
        )
        with_columns = bounds.blocks(Groups.single(rows), by_column)[:, column_at]
        with_rows = bounds.blocks(by_row, Groups.single(columns))[row_at]
        return np.minimum(with_columns, with_rows)

    def _spread(self, part: _Part, found: _Found, barred: Flags) -> None:
        """Keep what is high enough of all pairings of the classes that were found, but not of those that are barred."""
        rows, columns = (
            np.flatnonzero(np.isin(class_of, hit))
            for class_of, hit in zip((found.row_of, found.column_of), np.nonzero(found.index >= 0), strict=True)
        )
        height = max(1, PAIRINGS // max(1, len(columns)))
        for at in range(0, len(rows), height):
            some, hosts = rows[at : at + height], part.columns[columns]
            index = found.index[found.row_of[some][:, None], found.column_of[columns][None, :]]
            index[barred[some[:, None], hosts[None, :]]] = -1
            one, other = np.nonzero(index >= 0)
            self._keep(part.sheet, found.results, index[one, other], (some[one], hosts[other]))

    def _keep(self, sheet: Sheet, results: pl.DataFrame, which: Index, places: tuple[Index, Index]) -> None:
        """Keep what is high enough of pairings at these places, in the order of the plan, each with the result that it has."""
        scores = results["score"].to_numpy()[which]
        chosen = highest_of(scores, self.kept.count, self.kept.above(sheet.start))
        rows, columns = places[0][chosen], places[1][chosen]
        own = self.sheets.own[rows]
        numbers = sheet.start + np.array(self.sheets.plan.offsets)[rows] + columns - ((own >= 0) & (own < columns))
        self.kept.add(self.sheets.frame(sheet, results, which[chosen], (rows, columns)), numbers)


def _in_order(parts: Sequence[_Part]) -> list[_Part]:
    """The parts with the highest bounds first, but those of one day together, since they share what its companies are."""
    best: dict[date, float] = {}
    for part in parts:
        best[part.sheet.day] = max(part.bound, best.get(part.sheet.day, NOTHING_LEFT_OUT))
    return sorted(parts, key=lambda part: (-best[part.sheet.day], part.sheet.day, -part.bound))


def highest_of(scores: Numbers, count: int, above: float) -> Index:
    """Places of the `count` highest scores over `above` in their order; of equal ones the first."""
    lowest = np.partition(scores, -count)[-count] if len(scores) > count else -np.inf
    over = np.flatnonzero((scores > lowest) & (scores > above))
    ties = np.flatnonzero(scores == lowest)[: count - int((scores > lowest).sum())] if lowest > above else over[:0]
    return np.sort(np.concatenate([over, ties]))


def _countries(grid: Grid, side: int) -> Index:
    return grid.sides.answers[side].foreign.coded(("control_country",)).codes
