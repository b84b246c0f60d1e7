"""The decision tables of a rule book as they stand in its files: folders in, tables with rows and examples as text out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from riskapi.rules.source import Data, Path_, Source, read_source
from riskapi.rules.table_rows import Cell, Grid, Row, Spot, read_csv, rows_inside
from riskapi.rules.tables import is_table

#: Columns of examples that are no facts, in their order around the facts.
NAME, DAY, FIRES, OPEN = "name", "as_of", "fires", "undetermined"
#: What stands in a workbook for a fact that is told as not known, and for an empty list.
UNKNOWN, NONE = "unknown", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """One table: its id, the rule file and its place in it, the CSV file of its rows if there is one."""

    id: str
    instrument: str
    path: Path
    shown: str
    source: Source
    index: int
    csv: Path | None
    rows: Grid
    examples: Grid

    @property
    def entry(self) -> Mapping[str, Data]:
        """The entry of `rules` that holds the table."""
        return entry_of(self.source, self.index)

    @property
    def where(self) -> Data:
        """The named parts."""
        return self.entry.get("where")


def find_tables(folders: Iterable[Path]) -> list[TableFile]:
    """All tables below the folders, by file; raises `RuleError` where a file with a table is no YAML."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            if b"table:" in path.read_bytes():
                found += list(tables_of(read_source(path, path.relative_to(folder).as_posix()), path))
    return found


def tables_of(source: Source, path: Path) -> Iterator[TableFile]:
    """The tables of one rule file."""
    data = source.data if isinstance(source.data, dict) else {}
    rules = data.get("rules")
    for index, entry in enumerate(rules if isinstance(rules, list) else []):
        table = entry.get("table") if isinstance(entry, dict) and is_table(entry) else None
        if not isinstance(entry, dict) or not isinstance(table, dict):
            continue
        name = table.get("file")
        csv = path.parent / name if isinstance(name, str) else None
        yield TableFile(
            id=str(entry.get("id")),
            instrument=str(data.get("instrument")),
            path=path,
            shown=source.file,
            source=source,
            index=index,
            csv=csv,
            rows=_rows(source, index, csv),
            examples=_examples(source, index, entry.get("examples")),
        )


def entry_of(source: Source, index: int) -> Mapping[str, Data]:
    """The entry of `rules` with that number."""
    rules = source.data.get("rules") if isinstance(source.data, dict) else None
    entry = rules[index] if isinstance(rules, list) else None
    return entry if isinstance(entry, dict) else {}


def _rows(source: Source, index: int, csv: Path | None) -> Grid:
    if csv is None:
        return rows_inside(source, ("rules", index, "table", "rows"))
    return read_csv(csv, csv.name) if csv.is_file() else Grid()


def _examples(source: Source, index: int, examples: Data) -> Grid:
    """Examples as rows: name, day, one column for each fact that any of them gives, the rows that fire or are open."""
    grid = Grid()
    items = [item for item in examples if isinstance(item, dict)] if isinstance(examples, list) else []
    facts = dict.fromkeys(fact for item in items for fact in _given(item))
    for header in (NAME, DAY, *facts, FIRES, OPEN):
        grid.headers[header] = Spot(source.file, 1, 1, header)
    for number, item in enumerate(examples if isinstance(examples, list) else []):
        if isinstance(item, dict):
            grid.rows.append(_example(source, ("rules", index, "examples", number), item))
    return grid


def _given(item: Mapping[str, Data]) -> Mapping[str, Data]:
    given = item.get("given")
    return given if isinstance(given, dict) else {}


def _example(source: Source, path: Path_, item: Mapping[str, Data]) -> Row:
    spot = Spot(source.file, source.place(path)[0], 1, ".".join(map(str, path)))
    texts = {name: _text(item[name]) for name in (NAME, DAY, FIRES, OPEN) if name in item}
    texts |= {fact: _text(value) for fact, value in _given(item).items()}
    return Row(spot, {header: Cell(text, spot) for header, text in texts.items()})


def _text(value: Data) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or NONE
    return str(value)
