"""What a staged snapshot changes: rows added, removed and changed, and the companies of the datasets that this touches.

Enters: the rows before and after. Leaves: `Difference`; `report` writes it for people and programs.
The day on which a row was read is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskapi.refresh.known import KnownCompanies
from riskapi.refresh.model import Rows
from riskapi.refresh.tables import LIST_MEMBERSHIPS, LISTED_ENTITIES, TABLES, cells_of
from riskapi.warehouse.schema import Table

#: Columns that say when something was read and not what it said.
_NO_CHANGE = frozenset({"as_of", "first_seen_on"})

Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that says something else: column -> (before, after)."""

    before: Cells
    after: Cells
    columns: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChanges:
    """What changed in one table, in the order of its key. A new entity's memberships are not told apart from it."""

    table: str
    added: tuple[Cells, ...]
    removed: tuple[Cells, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A company of the datasets whose very name stands in a row that changed.

    `agrees` tells whether the countries agree, None where one of them is not known: a namesake is only likely then.
    """

    company_id: str
    company_name: str
    change: str
    entity_id: str
    listed_name: str
    lists: tuple[str, ...]
    agrees: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that a snapshot changes; `since` is None for the first one."""

    since: str | None
    tables: tuple[TableChanges, ...]
    touched: tuple[Touched, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return any(self.tables)

    @property
    def touched_companies(self) -> tuple[str, ...]:
        """Ids of the companies whose answers may move, sorted."""
        return tuple(sorted({touched.company_id for touched in self.touched if touched.agrees is not False}))


def difference(before: Rows, after: Rows, known: KnownCompanies | None = None, since: str | None = None) -> Difference:
    """Compare two states of all tables."""
    old, new = cells_of(before), cells_of(after)
    tables = {table.name: _compared(table, old[table.name], new[table.name]) for table in TABLES}
    tables[LIST_MEMBERSHIPS.name] = _of_staying_entities(tables)
    touched = tuple(_touched(tables, known)) if known else ()
    return Difference(since=since, tables=tuple(tables.values()), touched=touched)


def _compared(table: Table, before: Sequence[Cells], after: Sequence[Cells]) -> TableChanges:
    old = {tuple(cells[name] for name in table.key): cells for cells in before}
    new = {tuple(cells[name] for name in table.key): cells for cells in after}
    changes = (_change(table, old[key], cells) for key, cells in new.items() if key in old)
    return TableChanges(
        table=table.name,
        added=tuple(cells for key, cells in new.items() if key not in old),
        removed=tuple(cells for key, cells in old.items() if key not in new),
        changed=tuple(change for change in changes if change.columns),
    )


def _change(table: Table, before: Cells, after: Cells) -> Change:
    columns = {
        name: (before[name], after[name])
        for name in table.header
        if name not in _NO_CHANGE and not _same(before[name], after[name])
    }
    return Change(before=before, after=after, columns=columns)


def _same(one: object, other: object) -> bool:
    """Lists are compared without regard to order: publications shuffle them."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    return one == other


def _of_staying_entities(tables: Mapping[str, TableChanges]) -> TableChanges:
    entities = tables[LISTED_ENTITIES.name]
    come, gone = ({cells["entity_id"] for cells in rows} for rows in (entities.added, entities.removed))
    found = tables[LIST_MEMBERSHIPS.name]
    return TableChanges(
        table=found.table,
        added=tuple(cells for cells in found.added if cells["entity_id"] not in come),
        removed=tuple(cells for cells in found.removed if cells["entity_id"] not in gone),
        changed=found.changed,
    )


def _touched(tables: Mapping[str, TableChanges], known: KnownCompanies) -> Iterator[Touched]:
    entities = tables[LISTED_ENTITIES.name]
    moved = [("added", cells) for cells in entities.added]
    moved += [("removed", cells) for cells in entities.removed]
    moved += [("changed", change.after) for change in entities.changed]
    for change, cells in moved:
        if cells["kind"] != "person":
            yield from _touched_by(change, cells, known)


def _touched_by(change: str, cells: Cells, known: KnownCompanies) -> Iterator[Touched]:
    named = dict.fromkeys(known.named(cells["name"]), cells["name"])
    for alias in cells["aliases"]:
        named = {**dict.fromkeys(known.named(alias, strictly=True), alias), **named}
    for company_id, name in sorted(named.items()):
        company = known.companies[company_id]
        countries = {*cells["address_countries"], *filter(None, [cells["country"]])}
        agrees = bool(countries & company.countries) if countries and company.countries else None
        yield Touched(company_id=company_id, company_name=company.name, change=change, entity_id=cells["entity_id"],
                      listed_name=str(name), lists=cells["lists"], agrees=agrees)  # fmt: skip
