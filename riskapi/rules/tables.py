"""Decision tables: a rule file with tables in, the same file with an ordinary rule for every row of them out.

A rule entry with `table:` says once what its rows share; a row adds its inputs (what must hold) and its outputs (what
differs). Nothing behind this module knows of tables: every value of an expanded rule keeps the place where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from riskapi.errors import Problem, did_you_mean
from riskapi.facts.vocabulary import Vocabulary
from riskapi.rules.source import Data, Origin, Path_, Source
from riskapi.rules.table_conditions import FREE, KEY, OUTPUTS, SPAN, WHEN, Conditions, texts_of
from riskapi.rules.table_examples import TableExamples
from riskapi.rules.table_rows import Cell, Grid, Row, Spot, read_csv, rows_inside

#: Shared texts in which `{row.column}` stands for a cell.
_TEXTS: tuple[Path_, ...] = (("title",), ("citation",), ("because",), ("notes",), ("effect", "why"))
_SLOT = re.compile(r"\{row\.([^{}]+)\}")
_KEY_FORM = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_FILE_FORM = re.compile(r"[a-z0-9][a-z0-9._-]*\.csv")
_HITS = ("max", "sum")
_FIELDS = ("rows", "file", "hit")
_Placed: TypeAlias = tuple[Path_, tuple[int, int], Origin]


@dataclass(frozen=True, slots=True)
class Expansion:
    """The file with its tables expanded, and what is wrong with the tables."""

    source: Source
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How tables are read: CSV files lie in `folder`.

    Without a vocabulary no cell is looked at, and only the places of the result are of use. `grids` are rows, by the id
    of their table, that take the place of those in the files.
    """

    folder: Path
    vocabulary: Vocabulary | None
    examples: bool = True
    grids: Mapping[str, Grid] = field(default_factory=dict)


def expanded(source: Source, reading: Reading) -> Expansion:
    """The file with a rule for every row of its tables; without a table it comes back as it is."""
    entries = source.data.get("rules") if isinstance(source.data, dict) else None
    if not isinstance(source.data, dict) or not isinstance(entries, list) or not any(map(is_table, entries)):
        return Expansion(source)
    build = _Build(source, reading.examples)
    problems: list[Problem] = []
    for index, entry in enumerate(entries):
        if is_table(entry):
            table = _Table(source, index, reading)
            for row in table.rows():
                build.add(index, row)
            problems += table.problems
        else:
            build.add(index, _Expanded(entry))
    build.new.data = {**source.data, "rules": build.rules}
    return Expansion(build.new, tuple(problems))


def is_table(entry: Data) -> bool:
    """Whether an entry of `rules` is a table and no rule."""
    return isinstance(entry, dict) and "table" in entry


def is_table_file(path: Path) -> bool:
    """Whether a rule file in the same folder names the CSV file."""
    name = path.name.encode()
    return any(name in rules.read_bytes() for rules in path.parent.glob("*.yaml"))


@dataclass(frozen=True, slots=True)
class _Expanded:
    """One rule: its data and the values with places of their own (None: no place).

    `line_here` is the line of the rule file that names the file of the rows; `made_of` has, for each example, the number
    of the one of its table, None where the examples are its own.
    """

    data: Data
    moved: Mapping[Path_, Spot | None] = field(default_factory=dict)
    line_here: int = 1
    made_of: tuple[int, ...] | None = None


class _Build:
    """The expanded file while rule after rule is added; every value keeps the place where it was written."""

    def __init__(self, source: Source, examples: bool) -> None:  # noqa: FBT001  # private
        self.source, self.examples = source, examples
        self.new = Source(source.file)
        self.rules: list[Data] = []
        self.by_entry: dict[str | int, list[_Placed]] = {}
        self.by_example: dict[int, dict[str | int, list[_Placed]]] = {}
        for path, place in source.places.items():
            if path[:1] != ("rules",) or path == ("rules",):
                self.new.places[path] = place
            elif path[2:3] != ("table",) and (examples or path[2:3] != ("examples",)):
                origin = source.origins.get(path) or Origin(source.file, ".".join(map(str, path)), place[0])
                self.by_entry.setdefault(path[1], []).append((path[2:], place, origin))

    def add(self, index: int, rule: _Expanded) -> None:
        """Append the rule that comes from the entry with that index."""
        target: Path_ = ("rules", len(self.rules))
        new = self.new
        for rest, place, origin in self.by_entry.get(index, ()):
            if rule.made_of is None or rest[:1] != ("examples",):
                new.places[(*target, *rest)], new.origins[(*target, *rest)] = place, origin
        for number, example in enumerate(rule.made_of or ()):
            for rest, place, origin in self._examples(index).get(example, ()):
                inside = (*target, "examples", number, *rest)
                new.places[inside], new.origins[inside] = place, origin
        for rest, spot in rule.moved.items():
            if spot is None:
                new.places.pop((*target, *rest), None)
                continue
            here = spot.line if spot.file == self.source.file else rule.line_here
            new.places[(*target, *rest)] = (spot.line, spot.column)
            new.origins[(*target, *rest)] = Origin(spot.file, spot.name, here)
        if rule.moved:
            entry = _entry(self.source, index)
            new.tables[len(self.rules)] = str(entry.get("id"))
        self.rules.append(rule.data)

    def _examples(self, index: int) -> dict[str | int, list[_Placed]]:
        """The places inside the examples of an entry, by the number of the example."""
        if index not in self.by_example:
            found: dict[str | int, list[_Placed]] = {}
            for rest, place, origin in self.by_entry.get(index, ()):
                if rest[:1] == ("examples",) and len(rest) > 1:
                    found.setdefault(rest[1], []).append((rest[2:], place, origin))
            self.by_example[index] = found
        return self.by_example[index]


class _Table:
    """One entry with a table; collects problems with their places."""

    def __init__(self, source: Source, index: int, reading: Reading) -> None:
        self.source, self.reading = source, reading
        self.path: Path_ = ("rules", index)
        self.entry = _entry(source, index)
        self.conditions = Conditions(reading.vocabulary, self.entry.get("where"))
        self.problems: list[Problem] = []
        self.id = self._id()
        self.hit = self._hit()
        self.grid = reading.grids[self.id] if self.id in reading.grids else self._read(reading.folder)
        self.problems += self.grid.problems
        line, column = source.place(self.path)
        self.spot = Spot(source.file, line, column, f"rules.{index}")
        self.lacking = self._lacking()

    # --- form

    def _problem(self, path: Path_, code: str, detail: str, hint: str | None = None) -> None:
        self.problems.append(self.source.problem((*self.path, *path), code, detail, hint))

    def _id(self) -> str:
        """The id of the table; where it has none that can be used, one that causes no further problems."""
        name = self.entry.get("id")
        if isinstance(name, str):
            return name
        self._problem(
            (), "missing-field", "`id` is missing", "the id of each row is that of the table, a dot and its key"
        )
        data = self.source.data
        return str(data.get("instrument") if isinstance(data, dict) else None)

    def _hit(self) -> str:
        table = self.entry["table"]
        hit: Data = table.get("hit", "max") if isinstance(table, dict) else "max"
        if hit not in _HITS:
            hint = "max: only the heaviest row that fires counts; sum: all count; or name a `group` under `effect`"
            self._problem(("table", "hit"), "bad-value", f"`{str(hit)[:60]}` is neither max nor sum", hint)
        return str(hit)

    def _read(self, folder: Path) -> Grid:
        table = self.entry["table"]
        if not isinstance(table, dict) or ("rows" in table) is ("file" in table):
            self._problem(
                ("table",), "bad-value", "`table` holds either `rows`, or `file`: the name of a CSV file in this folder"
            )
            return Grid()
        for name in table:
            if name not in _FIELDS:
                hint = did_you_mean(name, _FIELDS)
                self._problem(("table", name), "unknown-field", f"there is no field `{name}` here", hint)
        if "rows" in table:
            return rows_inside(self.source, (*self.path, "table", "rows"))
        file = table["file"]
        if not isinstance(file, str) or not _FILE_FORM.fullmatch(file):
            detail = "`file` is the plain name of a CSV file, in small letters"
            self._problem(("table", "file"), "bad-value", detail, "put it beside the rule file: us.law.duties.csv")
            return Grid()
        if not (folder / file).is_file():
            self._problem(("table", "file"), "no-file", f"there is no file `{file}` beside the rule file")
            return Grid()
        return read_csv(folder / file, _beside(self.source.file, file))

    def _lacking(self) -> list[Path_]:
        """Fields that neither the entry nor a column has: where they must be there, that is one problem, not one a row."""
        columns = self.grid.headers
        fields = [path for header, path in OUTPUTS.items() if header not in columns]
        fields += [("in_force",)] * (not any(name in columns for name in SPAN))
        return [path for path in fields if (*self.path, *path) not in self.source.places]

    # --- rows

    def rows(self) -> Iterator[_Expanded]:
        """A rule for every row."""
        self.conditions.check_headers(self.grid)
        shared = self._shared_condition()
        keys = self._keys()
        made = [self._rule(key, row, shared) for key, row in zip(keys, self.grid.rows, strict=True)]
        if made and self.reading.examples and "examples" in self.entry:
            made = self._with_examples(keys, made)
        self.problems += self.conditions.problems
        if not self.problems:
            self._check_parts_used(shared)
        yield from made

    def _with_examples(self, keys: Sequence[str], made: Sequence[_Expanded]) -> list[_Expanded]:
        # Rows with the same key were told already; an example means the first of them.
        own = [key if key not in keys[:index] else f"{key} #{index}" for index, key in enumerate(keys)]
        reader = TableExamples(self.source, self.path, own, [rule.data for rule in made])
        found = reader.of_rows(self.entry.get("examples"))
        self.problems += reader.problems
        return [
            replace(rule, data={**rule.data, "examples": item.examples}, made_of=item.made_of)
            for rule, item in zip(made, found, strict=True)
            if isinstance(rule.data, dict)
        ]

    def _shared_condition(self) -> str | None:
        """What holds for all rows."""
        text = self.entry.get("when")
        if text is None:
            return None
        if not isinstance(text, str):
            self._problem(("when",), "bad-value", "a condition is text")
            return "true"
        line, column = self.source.place((*self.path, "when"))
        spot = Spot(self.source.file, line, column, f"rules.{self.path[1]}.when")
        return self.conditions.written(text, spot, offsets=True)

    def _keys(self) -> list[str]:
        seen: dict[str, Row] = {}
        for row in self.grid.rows:
            cell = row.cells.get(KEY, Cell("", row.spot))
            if not _KEY_FORM.fullmatch(cell.text):
                detail = f"`{cell.text[:60]}` cannot be part of an id" if cell.text else "the row has no key"
                hint = "small letters, digits and hyphens, such as battery-2026; a key is never changed later"
                self.problems.append(cell.spot.problem("row-key", detail, hint))
            elif cell.text in seen:
                first = seen[cell.text].spot
                detail = f"another row (line {first.line}) has the key `{cell.text}`"
                self.problems.append(cell.spot.problem("row-key", detail, "each row needs a key of its own"))
            seen.setdefault(cell.text, row)
        return [row.text(KEY) for row in self.grid.rows]

    def _rule_id(self, key: str) -> str:
        """The id of a row's rule; a key that cannot be one was told already."""
        return f"{self.id}.{key if _KEY_FORM.fullmatch(key) else 'row'}"

    def _rule(self, key: str, row: Row, shared: str | None) -> _Expanded:
        moved: dict[Path_, Spot | None] = {(): row.spot, (WHEN,): row.spot, ("examples",): None}
        moved |= dict.fromkeys(self.lacking, self.spot)
        data: dict[str, Data] = {name: value for name, value in self.entry.items() if name not in ("table", "examples")}
        effect = data.get("effect")
        data["effect"] = dict(effect) if isinstance(effect, dict) else {} if effect is None else effect
        data["id"] = self._rule_id(key)
        self._fill_texts(data, row)
        self._set_outputs(data, row, moved)
        self._set_span(data, row, moved)
        if self.hit == "max" and isinstance(data["effect"], dict):
            data["effect"].setdefault("group", self.id)
        conditions = [*([shared] if shared else []), *self.conditions.of_row(row)]
        if not conditions and self.conditions.vocabulary is not None:
            hint = "fill in a cell of an input column, or write `when` for all rows"
            self.problems.append(row.spot.problem("bad-cell", f"the row `{key[:60]}` asks for nothing", hint))
        data["when"] = " and ".join(conditions) or "true"
        self._drop_idle_parts(data)
        line = self.source.place((*self.path, "table", "file"))[0]
        return _Expanded(data, moved, line)

    def _fill_texts(self, data: dict[str, Data], row: Row) -> None:
        for path in _TEXTS:
            holder = data if len(path) == 1 else data.get(str(path[0]))
            text = holder.get(str(path[-1])) if isinstance(holder, dict) else None
            if isinstance(holder, dict) and isinstance(text, str):
                holder[str(path[-1])] = _SLOT.sub(partial(self._slot, row, path), text)

    def _slot(self, row: Row, path: Path_, match: re.Match[str]) -> str:
        name = match[1]
        header = f"{FREE}{name}" if f"{FREE}{name}" in self.grid.headers else name
        if header not in self.grid.headers:
            hint = did_you_mean(header, self.grid.headers) or f"add a column `{FREE}{name}`"
            self._problem(path, "unknown-column", f"{match[0]}: the table has no column `{header}`", hint)
            return ""
        text = row.text(header)
        if not text:
            spot = row.cells[header].spot if header in row.cells else row.spot
            detail = f"the cell under `{header}` is empty, and `{'.'.join(map(str, path))}` speaks of it"
            self.problems.append(spot.problem("bad-cell", detail, "fill it in, or give the row a text of its own"))
        return text.replace("{", "{{").replace("}", "}}") if path == ("because",) else text

    def _set_outputs(self, data: dict[str, Data], row: Row, moved: dict[Path_, Spot | None]) -> None:
        for header, cell in row.cells.items():
            path = OUTPUTS.get(header)
            if path is None or not cell.text:
                continue
            holder = data if len(path) == 1 else data["effect"]
            if isinstance(holder, dict):
                # `-` says that this row has none, where the others share one.
                if cell.text == "-":
                    holder.pop(str(path[-1]), None)
                else:
                    holder[str(path[-1])] = cell.text
                moved[path] = cell.spot

    def _set_span(self, data: dict[str, Data], row: Row, moved: dict[Path_, Spot | None]) -> None:
        own = {name: row.cells[name] for name in SPAN if row.text(name)}
        if not own:
            return
        spans = data.get("in_force", [{}])
        if not isinstance(spans, list) or len(spans) != 1 or not isinstance(spans[0], dict):
            spot = next(iter(own.values())).spot
            detail = "the shared `in_force` has several spans, so a row cannot change one"
            self.problems.append(spot.problem("bad-cell", detail, "write the row as a rule of its own"))
            return
        data["in_force"] = [{**spans[0], **{name: cell.text for name, cell in own.items()}}]
        if "in_force" not in self.entry:
            moved["in_force",] = row.spot
        for name, cell in own.items():
            moved["in_force", 0, name] = cell.spot

    def _drop_idle_parts(self, data: dict[str, Data]) -> None:
        """A row keeps the named parts that it uses, so that what other rows need does not count as idle."""
        if isinstance(data.get("where"), dict):
            data["where"] = self.conditions.needed([str(data["when"]), *texts_of(data.get("unless"))])

    def _check_parts_used(self, shared: str | None) -> None:
        if self.conditions.vocabulary is None:
            return
        cells = [cell.text for row in self.grid.rows for cell in row.cells.values()]
        texts = [shared or "", *texts_of(self.entry.get("unless")), *self.grid.headers, *cells]
        needed = self.conditions.needed(texts)
        for name in (name for name in self.conditions.where if name not in needed):
            hint = "delete it, or make it a column or a part of `when`"
            self._problem(("where", name), "unused-part", f"the part `{name}` is used nowhere", hint)


def _entry(source: Source, index: int) -> Mapping[str, Data]:
    rules = source.data.get("rules") if isinstance(source.data, dict) else None
    entry = rules[index] if isinstance(rules, list) else None
    return entry if isinstance(entry, dict) else {}


def _beside(file: str, name: str) -> str:
    folder, slash, _ = file.rpartition("/")
    return f"{folder}{slash}{name}"
