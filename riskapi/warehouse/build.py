"""Makes one database file out of the tables, and puts it in place in one step.

Enters: the datasets folder and callbacks that derive further tables. Leaves: the file, and its `DatasetVersion`.
The same rows always get the same version, whatever their order in the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_hex

import duckdb

from riskapi.warehouse.database import append, create
from riskapi.warehouse.load import Dataset, load_dataset
from riskapi.warehouse.rows import Cell, Row
from riskapi.warehouse.schema import Column, Kind, Table
from riskapi.warehouse.tables import SCHEMA_VERSION, TABLES

Derive = Callable[[duckdb.DuckDBPyConnection], None]

META = Table(
    name="meta",
    meaning="Which data this database was made of.",
    key=("digest",),
    columns=(
        Column(name="version", required=True, meaning="First twelve digits of the digest."),
        Column(name="digest", required=True, meaning="SHA-256 over the schema version and every row."),
        Column(name="schema_version", kind=Kind.INTEGER, required=True, meaning="Version of the table shapes."),
    ),
)
META_TABLES = Table(
    name="meta_tables",
    meaning="What each table held when the database was made.",
    key=("table_name",),
    columns=(
        Column(name="table_name", required=True, meaning="The table."),
        Column(name="rows", kind=Kind.INTEGER, required=True, meaning="Its rows."),
        Column(name="newest_as_of", kind=Kind.DATE, meaning="The newest date that a row's source was read on."),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersion:
    """Names one state of the datasets.

    `digest` is the whole SHA-256; `version` the twelve digits that people see. `newest_as_of` is None for a table
    without provenance.
    """

    digest: str
    schema_version: int
    rows: Mapping[str, int]
    newest_as_of: Mapping[str, date | None]

    @property
    def version(self) -> str:
        """The version as shown."""
        return self.digest[:12]


def build(
    folder: Path,
    target: Path,
    derive: Sequence[Derive] = (),
    tables: Sequence[Table] = TABLES,
    lay_over: Callable[[Dataset], Dataset] | None = None,
) -> DatasetVersion:
    """Check the tables in `folder` and replace the database at `target` by one made of them.

    `lay_over` may add rows to the checked tables; they count in the version. `derive` are called with the open
    connection before the switch. Whatever fails (`DataError` for broken tables) leaves the old database as it was and no
    other file behind; readers of the old file keep it.
    """
    dataset = load_dataset(folder, tables)
    if lay_over is not None:
        dataset = lay_over(dataset)
    version = version_of(dataset, tables)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{token_hex(4)}.draft")
    try:
        _write(draft, dataset, version, derive, tables)
        draft.replace(target)
    finally:
        for debris in (draft, draft.with_name(draft.name + ".wal")):
            debris.unlink(missing_ok=True)
    return version


def version_of(dataset: Dataset, tables: Sequence[Table] = TABLES) -> DatasetVersion:
    """The version of checked tables; the order of rows does not matter, every value does."""
    digest = hashlib.sha256(f"schema {SCHEMA_VERSION}\n".encode())
    for table in sorted(tables, key=lambda table: table.name):
        digest.update(f"table {table.name} {json.dumps(table.header)}\n".encode())
        for line in sorted(_canonical(table, row) for row in dataset.rows[table.name]):
            digest.update(line.encode() + b"\n")
    return DatasetVersion(
        digest=digest.hexdigest(),
        schema_version=SCHEMA_VERSION,
        rows={table.name: len(dataset.rows[table.name]) for table in tables},
        newest_as_of={table.name: _newest(table, dataset.rows[table.name]) for table in tables},
    )


def _canonical(table: Table, row: Row) -> str:
    return json.dumps([_canonical_cell(row[name]) for name in table.header], ensure_ascii=False)


def _canonical_cell(cell: Cell) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def _newest(table: Table, rows: Sequence[Row]) -> date | None:
    if not table.has_provenance():
        return None
    return max((day for row in rows if isinstance(day := row["as_of"], date)), default=None)


def _write(
    draft: Path, dataset: Dataset, version: DatasetVersion, derive: Sequence[Derive], tables: Sequence[Table]
) -> None:
    draft.unlink(missing_ok=True)
    with duckdb.connect(str(draft)) as con:
        con.begin()  # one transaction: each statement by itself would wait for the disk, and there are hundreds
        for table in tables:
            create(con, table)
            append(con, table, ([row[name] for name in table.header] for row in dataset.rows[table.name]))
        _write_meta(con, version)
        con.commit()
        for step in derive:
            step(con)


def _write_meta(con: duckdb.DuckDBPyConnection, version: DatasetVersion) -> None:
    create(con, META)
    append(con, META, [(version.version, version.digest, version.schema_version)])
    create(con, META_TABLES)
    append(con, META_TABLES, [(name, count, version.newest_as_of[name]) for name, count in version.rows.items()])
