"""Opens a built database for reading, and reads the code lists that the fact vocabulary needs.

Enters: the path of a database, or of the datasets folder. Leaves: a connection, its version, the code lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from riskapi.errors import DataError, Problem
from riskapi.warehouse.build import DatasetVersion
from riskapi.warehouse.countries import country_names
from riskapi.warehouse.load import capped, domains_of, read_table
from riskapi.warehouse.tables import CODES, SCHEMA_VERSION

REBUILD = "run `riskapi data build`"


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads the database at `path`.

    Raises `DataError` where it is missing, damaged or of another schema.

    The tables cannot be changed through it; temporary tables can be made beside them. A database that is replaced
    later is seen by connections opened later, while this one keeps the state that it opened.
    """
    if not path.is_file():
        raise DataError(_problem("database-missing", path, "there is no database of the datasets"))
    con = duckdb.connect(":memory:")
    try:
        _attach(con, path)
        version = read_version(con)
    except duckdb.Error as error:
        con.close()
        detail = f"the file is not a database of the datasets: {_first_line(error)}"
        raise DataError(_problem("database-unreadable", path, detail)) from error
    if version.schema_version != SCHEMA_VERSION:
        con.close()
        detail = f"the database has schema {version.schema_version}, this program needs {SCHEMA_VERSION}"
        raise DataError(_problem("schema-version", path, detail))
    return con


def _attach(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Show the tables of the file as views of a database in memory.

    DuckDB keeps one instance for each path and process, so opening the path itself would show the replaced file as long
    as any older connection is open; and `USE` would not reach the cursors of the connection.
    """
    quoted = str(path).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS stored (READ_ONLY)")
    names = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'stored' ORDER BY table_name"
    ).fetchall()
    for (name,) in names:
        con.execute(f'CREATE VIEW "{name}" AS FROM stored."{name}"')


def read_version(con: duckdb.DuckDBPyConnection) -> DatasetVersion:
    """The version that the database was built with."""
    found = con.execute("SELECT digest, schema_version FROM meta").fetchone()
    if found is None:
        raise duckdb.Error("meta is empty")
    tables = con.execute("SELECT table_name, rows, newest_as_of FROM meta_tables ORDER BY table_name").fetchall()
    return DatasetVersion(
        digest=found[0],
        schema_version=found[1],
        rows={name: count for name, count, _ in tables},
        newest_as_of={name: newest for name, _, newest in tables},
    )


def code_domains(source: Path | duckdb.DuckDBPyConnection) -> Mapping[str, Mapping[str, str]]:
    """Code list -> code -> label, with the countries as list `country`.

    `source` is the datasets folder (no database needed) or an open database. Raises `DataError` for a broken codes.csv.
    """
    if isinstance(source, Path):
        rows, problems = read_table(source / CODES.file, CODES, {})
        if problems:
            raise DataError(capped(problems))
        return domains_of(rows)
    domains: dict[str, dict[str, str]] = {"country": dict(country_names())}
    for domain, code, label in source.execute("SELECT domain, code, label FROM codes ORDER BY domain, code").fetchall():
        domains.setdefault(domain, {})[code] = label
    return domains


def _problem(code: str, path: Path, detail: str) -> Problem:
    return Problem(code=code, detail=detail, file=str(path), hint=REBUILD)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
