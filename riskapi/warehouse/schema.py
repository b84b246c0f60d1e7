"""The vocabulary in which a table is described: columns, types, keys, spans.

Enters: nothing. Leaves: the classes that `tables` fills in, and what follows from them without reading any data:
the DuckDB definition and the data dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The value types of the tables, as DuckDB spells them."""

    TEXT = "VARCHAR"
    DATE = "DATE"
    INTEGER = "INTEGER"
    NUMBER = "DOUBLE"
    LIST = "VARCHAR[]"  # of text, joined with | in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    `domain` names a code list of `codes.csv` (or `country`); `values` is a closed list of its own; `also` are codes
    allowed beside either; `check` names the rule for check digits in `identifiers`; `references` are `table.column`
    names, one of which must hold the value. `required` means that an empty cell is an error; otherwise empty is "not
    known".
    """

    name: str
    meaning: str
    kind: Kind = Kind.TEXT
    required: bool = False
    domain: str | None = None
    values: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    pattern: str | None = None
    check: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The columns that say when a row holds; an empty start is "since before records", an empty end "still".

    `last_day_included` tells whether the end column is the last day (true) or the first day after (false).
    Rows with equal `subject` columns may not hold on one day.
    """

    start: str
    end: str
    subject: tuple[str, ...]
    last_day_included: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One CSV file of the datasets; `key` names the columns that no two rows share."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    span: Span | None = None

    @property
    def file(self) -> str:
        """Name of the file inside the datasets folder."""
        return f"{self.name}.csv"

    @property
    def header(self) -> tuple[str, ...]:
        """The column names in the order of the file."""
        return tuple(column.name for column in self.columns)

    def has_provenance(self) -> bool:
        """Whether each row tells its source."""
        return "source_url" in self.header


def ddl(table: Table) -> str:
    """The DuckDB statement that creates the table; column comments carry the meanings."""
    columns = ",\n  ".join(
        f'"{column.name}" {column.kind.value}{" NOT NULL" if column.required else ""}' for column in table.columns
    )
    return f'CREATE TABLE "{table.name}" (\n  {columns}\n)'


def data_dictionary(tables: Iterable[Table]) -> str:
    """The reference page of the tables, as Markdown."""
    return "\n".join(part for table in tables for part in _section(table))


def _section(table: Table) -> list[str]:
    lines = [f"## {table.file}", "", f"{table.meaning} Key: {', '.join(f'`{name}`' for name in table.key)}.", ""]
    if table.span:
        end = "the last day" if table.span.last_day_included else "the first day no longer"
        lines += [f"A row holds from `{table.span.start}` to `{table.span.end}` ({end}).", ""]
    lines += ["| column | type | required | allowed | meaning |", "|---|---|---|---|---|"]
    lines += [
        f"| `{c.name}` | {c.kind.name.lower()} | {'yes' if c.required else ''} | {allowed(c)} | {c.meaning} |"
        for c in table.columns
    ]
    return [*lines, ""]


def allowed(column: Column) -> str:
    """What a cell may hold, in words; empty where any value of the type may stand."""
    parts = []
    if column.domain:
        parts.append(f"codes of `{column.domain}`")
    if column.values:
        parts.append(", ".join(f"`{value}`" for value in column.values))
    parts += [f"`{value}`" for value in column.also]
    if column.references:
        parts.append("an id of " + " or ".join(f"`{target}`" for target in column.references))
    if column.minimum is not None or column.maximum is not None:
        parts.append(f"{_bound(column.minimum)} to {_bound(column.maximum)}")
    if column.unit:
        parts.append(column.unit)
    return "; ".join(parts)


def _bound(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"
