"""How high pairings can score at most: a grid and groups of its companies in, one upper bound for each two groups out.

What a rule says of a pairing in one view is what it says of one of the companies, or stands in a table over both. So over
two groups it lies between the least and the most that it says of their members, and both ends are found side by side. The
companies of a group share their country, which alone decides in which views a rule is asked; over these views the ends
are joined as the answers themselves are (any view is enough; a mitigating rule needs all). Hence between the two ends
lies what the rule says of every pairing of the two groups.

A rule that could count at its upper end may count, one that counts even at its lower end surely does, and `Tally.most`
makes the most of that. No pairing of the groups can be over it: it has all that surely counts, nothing but what may, and
no gate but those that may fire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Final, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from riskapi.engine.answers import FIRED, NOT_FIRED, UNDETERMINED, Statuses
from riskapi.matrix.grid import Grid
from riskapi.matrix.patterns import Flags, Index
from riskapi.matrix.tally import Numbers
from riskapi.rules import Kind

#: Answers of rules, or flags.
Said = TypeVar("Said", npt.NDArray[np.int8], npt.NDArray[np.bool_])
#: Answers of all rules over all cells that are held at once.
_TOGETHER: Final = 8_000_000


@dataclass(frozen=True, slots=True)
class Groups:
    """Companies of one side put together: their places, group after group, and where each group starts."""

    order: Index
    starts: Index

    @classmethod
    def by(cls, codes: Index, places: Index) -> tuple[Groups, Index]:
        """The groups of the companies at these places that have one code, and the number of the group of each."""
        _, group_of = np.unique(codes[places], return_inverse=True)
        order = np.argsort(group_of, kind="stable")
        return cls(places[order], np.searchsorted(group_of[order], np.arange(group_of.max(initial=-1) + 1))), group_of

    @classmethod
    def single(cls, places: Index) -> Groups:
        """Each company by itself."""
        return cls(places, np.arange(len(places)))

    def __len__(self) -> int:
        return len(self.starts)

    def ends(self, how: np.ufunc, said: Said, axis: int) -> Said:
        """The least or the most of each group, of answers that lie by company along the axis."""
        ordered = said.take(self.order, axis)
        return ordered if len(self.order) == len(self) else how.reduceat(ordered, self.starts, axis)

    def parts(self, size: int) -> list[Groups]:
        """The groups in their order, about so many at a time; groups of several companies are not parted."""
        if len(self.order) != len(self):
            return [self]
        step = max(1, size)
        return [Groups.single(self.order[at : at + step]) for at in range(0, len(self), step)]


class Cells(Protocol):
    """What bounds are asked for: of each rule, an array over these cells."""

    def along(self, side: int, how: np.ufunc, said: Said) -> Said:
        """What all rules (rows) say of companies of one side (columns), laid along the cells."""
        ...

    def across(self, how: np.ufunc, codes: tuple[Index, Index], table: Statuses) -> Statuses:
        """What one rule says by a table over codes of both sides."""
        ...


@dataclass(frozen=True, slots=True)
class Blocks:
    """Every group of one side with every group of the other."""

    rows: Groups
    columns: Groups

    def along(self, side: int, how: np.ufunc, said: Said) -> Said:
        """Rules x rows x 1, or rules x 1 x columns."""
        found = (self.rows, self.columns)[side].ends(how, said, 1)
        return found[:, None, :] if side else found[:, :, None]

    def across(self, how: np.ufunc, codes: tuple[Index, Index], table: Statuses) -> Statuses:
        """Rows x columns."""
        by_row = self.rows.ends(how, table[codes[0]], 0)
        return self.columns.ends(how, by_row[:, codes[1]], 1)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Single pairings."""

    rows: Index
    columns: Index

    def along(self, side: int, how: np.ufunc, said: Said) -> Said:  # noqa: ARG002  # nothing to join
        """Rules x pairings x 1."""
        return said[:, (self.rows, self.columns)[side], None]

    def across(self, how: np.ufunc, codes: tuple[Index, Index], table: Statuses) -> Statuses:  # noqa: ARG002
        """Pairings x 1."""
        found: Statuses = table[codes[0][self.rows], codes[1][self.columns]][:, None]
        return found


@dataclass(frozen=True)
class Bounds:
    """Upper bounds of the scores of a grid, as rounded scores are."""

    grid: Grid

    def most(self, cells: Cells, *, linked: bool = False) -> Numbers:
        """The bound of each cell; of `linked` pairings rules on links may say anything."""
        exists = self._exists(cells)
        low, high = (self._joined(cells, how, exists) for how in (np.minimum, np.maximum))
        if linked:
            low[self._on_links], high[self._on_links] = NOT_FIRED, FIRED * (exists[0] | exists[1])[self._on_links]
        needed = np.where(self._careful, UNDETERMINED, FIRED)[:, None, None]
        shape = high.shape[1:]
        flags = [found.reshape(len(found), prod(shape)).T for found in (low >= needed, high >= needed, high == FIRED)]
        return self.grid.tally.most(*flags).reshape(shape)

    def blocks(self, rows: Groups, columns: Groups) -> Numbers:
        """The bounds of every group of rows with every group of columns, worked out in parts."""
        some = _TOGETHER // max(1, len(self.grid.bits))
        tall, wide = rows.parts(some // len(columns)), columns.parts(some // len(rows))
        return np.block([[self.most(Blocks(one, other)) for other in wide] for one in tall])

    def _exists(self, cells: Cells) -> tuple[Flags, Flags]:
        """In which of the two views each rule is asked."""
        one, other = (cells.along(side, np.maximum, self._national[side]) for side in (0, 1))
        always = self._always[:, None, None]
        return ~one & (other | always), ~other & (one | always)

    def _joined(self, cells: Cells, how: np.ufunc, exists: tuple[Flags, Flags]) -> Statuses:
        """One end of what each rule says over the views in which it is asked."""
        seen = [self._seen(cells, how, view) for view in (0, 1)]
        found: Statuses = np.maximum(seen[0] * exists[0], seen[1] * exists[1])
        for place in self._mitigating:
            views = [np.where(there[place], said[place], FIRED) for said, there in zip(seen, exists, strict=True)]
            found[place] = np.minimum(*views) * (exists[0][place] | exists[1][place])
        return found

    def _seen(self, cells: Cells, how: np.ufunc, view: int) -> Statuses:
        """One end of what each rule says in one view."""
        found = np.maximum(*(cells.along(side, how, self._said[view][side]) for side in (0, 1)))
        for place, bit in enumerate(self.grid.bits):
            answer = bit.answers[view].table
            if answer is not None:
                one, other, table = answer
                # In the second view the hosts are the foreign companies.
                found[place] = cells.across(how, *(((other, one), table.T) if view else ((one, other), table)))
        return found

    # Of all rules, in their order

    @cached_property
    def _said(self) -> Sequence[tuple[Statuses, Statuses]]:
        """For each view what the rules say by the rows' and by the columns' side alone; nothing is not fired."""
        return [(self._by(view, 0), self._by(view, 1)) for view in (0, 1)]

    def _by(self, view: int, side: int) -> Statuses:
        found = np.full((len(self.grid.bits), len(self.grid.sides.answers[side].foreign)), NOT_FIRED)
        for place, bit in enumerate(self.grid.bits):
            answer = bit.answers[view]
            statuses = answer.foreign if side == view else answer.host
            if statuses is not None:
                found[place] = statuses
        return found

    @cached_property
    def _national(self) -> tuple[Flags, Flags]:
        """Which companies of each side are controlled from the place of the rule's panel."""
        return self._controlled(0), self._controlled(1)

    def _controlled(self, side: int) -> Flags:
        found = np.zeros((len(self.grid.bits), len(self.grid.sides.answers[side].foreign)), dtype=bool)
        for place, bit in enumerate(self.grid.bits):
            found[place] = self.grid.national(bit.panel, side)
        return found

    @cached_property
    def _always(self) -> Flags:
        return np.array([bit.panel.always for bit in self.grid.bits], dtype=bool)

    @cached_property
    def _careful(self) -> Flags:
        return np.array([bit.rule.caution for bit in self.grid.bits], dtype=bool)

    @cached_property
    def _on_links(self) -> Flags:
        return np.array([bit.is_of_links for bit in self.grid.bits], dtype=bool)

    @cached_property
    def _mitigating(self) -> Index:
        return np.flatnonzero([bit.rule.kind is Kind.MITIGATING for bit in self.grid.bits])
