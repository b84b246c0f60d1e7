"""The rows of one sheet of a matrix by columns: a plan and a place in it in, frames of rows out.

A sheet is made in blocks of foreign companies, so that memory depends on the size of a block and not on that of the matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl

from riskapi.facts.assembly import Links, Party
from riskapi.facts.links import links_between
from riskapi.facts.parties import dataset_party
from riskapi.matrix.grid import Grid, Linked, Sides
from riskapi.matrix.panels import panels
from riskapi.matrix.patterns import Index
from riskapi.matrix.plan import Plan, Sheet
from riskapi.matrix.request import Company
from riskapi.matrix.schema import SCHEMA
from riskapi.matrix.single import told_of
from riskapi.workspace import Workspace

#: Foreign companies of a block with so many classes of hosts at most, and so many pairings.
CLASSES: Final = 250_000
PAIRINGS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class _Block:
    """Some foreign companies, the first of which is at `top`, with all hosts.

    `index` says which of the distinct `results` each pairing has, `cells` are the pairings that are rows, in order.
    """

    top: int
    results: pl.DataFrame
    index: Index
    cells: Index


class Sheets:
    """Makes the sheets of one plan; what companies look like on a day is worked out once for all templates."""

    def __init__(self, workspace: Workspace, plan: Plan) -> None:
        self.workspace, self.plan = workspace, plan
        self.sides = lru_cache(maxsize=2)(self._make_sides)
        self.linked = lru_cache(maxsize=2)(self._find_linked)
        hosts = {item.company_id: place for place, item in enumerate(plan.hosts)}
        self.own = np.array([hosts.get(item.company_id, -1) for item in plan.foreign], dtype=np.int64)
        self._names = tuple(
            (pl.Series([item.company_id for item in side]), pl.Series([item.name for item in side]))
            for side in (plan.foreign, plan.hosts)
        )

    def frames(self, sheet: Sheet, first: int, chunk: int) -> Iterator[pl.DataFrame]:
        """The rows of a sheet from row `first` of it on, in frames of at most `chunk` rows."""
        for block in self._blocks(sheet, first):
            for at in range(0, len(block.cells), chunk):
                cells = block.cells[at : at + chunk]
                rows, columns = np.divmod(cells, block.index.shape[1])
                yield self.frame(sheet, block.results, block.index.reshape(-1)[cells], (rows + block.top, columns))

    def _blocks(self, sheet: Sheet, first: int) -> Iterator[_Block]:
        offsets, grids = self.plan.offsets, self.grids(sheet)
        classes = sum(len(grid.classes(columns, side=1)[0]) for grid, columns in grids)
        height = max(1, min(CLASSES // classes, PAIRINGS // len(self.plan.hosts)))
        start = next(place for place in range(len(offsets)) if offsets[place + 1] > first)
        for top in range(start, len(self.plan.foreign), height):
            rows = slice(top, min(top + height, len(self.plan.foreign)))
            results, index = self._results(sheet, grids, rows)
            cells = np.flatnonzero(np.arange(index.shape[1])[None, :] != self.own[rows][:, None])
            yield _Block(top, results, index, cells[max(first - offsets[top], 0) :])

    def grids(self, sheet: Sheet) -> list[tuple[Grid, Index]]:
        """A grid for the hosts of each place of the deal: one, but where the deal is at the host."""
        return [(self.grid(sheet, place), columns) for place, columns in self.places(sheet).items()]

    def places(self, sheet: Sheet) -> Mapping[str | None, Index]:
        """Where the deal is said to be, beyond what the template tells, and the hosts for which it is there."""
        if not sheet.template.at_host:
            return {None: np.arange(len(self.plan.hosts))}
        countries = np.array([party.control_country or "" for party in self.sides(sheet.day).hosts])
        return {str(country) or None: np.flatnonzero(countries == country) for country in np.unique(countries)}

    def grid(self, sheet: Sheet, place: str | None) -> Grid:
        """The grid for one of the places."""
        sides, workspace = self.sides(sheet.day), self.workspace
        told = told_of(sheet.template, place)
        seen = panels(workspace.assembler, workspace.book, told, sheet.day, sides.countries)
        return Grid(sides, seen, workspace.card)

    def _results(self, sheet: Sheet, grids: Iterable[tuple[Grid, Index]], rows: slice) -> tuple[pl.DataFrame, Index]:
        """The distinct results of some foreign companies, and which one each pairing has."""
        index = np.empty((rows.stop - rows.start, len(self.plan.hosts)), dtype=np.int64)
        found: list[pl.DataFrame] = []
        count = 0
        for grid, columns in grids:
            results, places = grid.results(rows, columns, self.linked(sheet.day))
            index[:, columns] = places + count
            count += len(results)
            found.append(results)
        return pl.concat(found), index

    def frame(self, sheet: Sheet, results: pl.DataFrame, which: Index, places: tuple[Index, Index]) -> pl.DataFrame:
        """The rows of pairings at these places of both sides, each with the one of the results that it has."""
        rows, columns = places
        (foreign_ids, foreign), (host_ids, hosts) = self._names
        head = pl.DataFrame(
            {
                "foreign_id": foreign_ids.gather(rows),
                "foreign": foreign.gather(rows),
                "host_id": host_ids.gather(columns),
                "host": hosts.gather(columns),
            }
        ).with_columns(date=pl.lit(sheet.day), template=pl.lit(sheet.template.name))
        body = results.select(pl.all().gather(pl.Series(which)))
        return pl.concat([head, body], how="horizontal").select(SCHEMA.names()).match_to_schema(SCHEMA)

    # Companies of a day

    def _make_sides(self, day: date) -> Sides:
        parties: dict[str, Party] = {}

        def party(company: Company) -> Party:
            if company.company_id not in parties:
                profile = self.workspace.profiles.get(company.company_id, day)
                parties[company.company_id] = dataset_party(profile, {}, {}, self.workspace.groups, day)
            return parties[company.company_id]

        return Sides.of([party(item) for item in self.plan.foreign], [party(item) for item in self.plan.hosts])

    def _find_linked(self, day: date) -> tuple[Linked, ...]:
        """The pairings in which a fact of both parties together is known, in the order of rows."""
        rows = {item.company_id: place for place, item in enumerate(self.plan.foreign)}
        columns = {item.company_id: place for place, item in enumerate(self.plan.hosts)}
        sides, found = self.sides(day), []
        for one, other in sorted(self._candidates()):
            for row, column in {(rows.get(one), columns.get(other)), (rows.get(other), columns.get(one))}:
                if row is not None and column is not None:
                    links = self._links((sides.foreign[row], sides.hosts[column]), day)
                    if links.legislators_opposing or links.existing_stakes != (None, None):
                        found.append(Linked(row, column, links))
        return tuple(sorted(found, key=lambda item: (item.row, item.column)))

    def _candidates(self) -> set[tuple[str, str]]:
        """Companies that hold each other on some day, or that a reported deal names together."""
        holders = self.workspace.profiles.register().holders
        holdings = {(edge.owner_id, held) for held, edges in holders.items() for edge in edges}
        deals = ((deal.foreign_company_id, deal.host_company_id) for deal in self.workspace.ledger.deals())
        pairs = holdings | {(one, other) for one, other in deals if one and other}
        return {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}

    def _links(self, parties: tuple[Party, Party], day: date) -> Links:
        return links_between(self.workspace.profiles.register().holders, self.workspace.ledger, parties, day)
