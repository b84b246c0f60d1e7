"""Rows and examples of a table put into the text of its files: what did not change keeps its bytes, comments stay.

Enters: the text of a rule file or a CSV file, and the rows that it shall have. Leaves: the new text. What a row says is
compared by the text of its cells as a workbook shows them, so that `60%` stays `60%` and is not written as 0.6.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from riskapi.facts.vocabulary import FactType, Vocabulary
from riskapi.rules.table_rows import Grid, Row
from riskapi.workbench.table_columns import Column, from_cell, to_cell
from riskapi.workbench.table_file import DAY, FIRES, NAME, NONE, OPEN, UNKNOWN

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$")
_PLAIN = re.compile(r"[A-Za-z0-9<][^\n\[\]{},#?]*", re.ASCII)
#: Fields of a written mapping: a name and the text behind it, as it stands in the file.
Fields: TypeAlias = "dict[str, str]"


def same_row(old: Row, new: Row, columns: Mapping[str, Column]) -> bool:
    """Whether the rows say the same as a workbook shows them."""
    headers = dict.fromkeys((*old.cells, *new.cells))
    return all(as_shown(columns.get(header), old.text(header)) == new.text(header) for header in headers)


def as_shown(column: Column | None, text: str) -> str:
    """The text of a cell after a way through a workbook."""
    return text if column is None else from_cell(column, *to_cell(column, text))


def matched(old: Grid, new: Grid, name: str) -> list[tuple[Row | None, Row]]:
    """Each new row with the old one of the same name; of several with one name, in their order."""
    waiting: dict[str, deque[Row]] = defaultdict(deque)
    for row in old.rows:
        waiting[row.text(name)].append(row)
    return [(waiting[row.text(name)].popleft() if waiting[row.text(name)] else None, row) for row in new.rows]


# --- CSV


def csv_text(text: str, old: Grid, new: Grid, columns: Mapping[str, Column]) -> str:
    """The CSV file with the rows of `new`; `old` are those that it has."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = _LINES.findall(text)
    headers = list(new.headers)
    starts = [row.spot.line - 1 for row in old.rows]
    raw = {id(row): lines[at:to] for row, at, to in zip(old.rows, starts, [*starts[1:], len(lines)], strict=True)}
    same_heads = headers == list(old.headers)
    written = lines[: starts[0]] if same_heads and starts else [_csv_line(headers, ending)]
    for before, row in matched(old, new, "key"):
        if before is not None and same_heads and same_row(before, row, columns):
            written += raw[id(before)]
        else:
            written.append(_csv_line([_kept(before, row, header, columns) for header in headers], ending))
    closed = [line if line.endswith(("\n", "\r")) else line + ending for line in written[:-1]]
    return "".join([*closed, written[-1]])


def _kept(before: Row | None, row: Row, header: str, columns: Mapping[str, Column]) -> str:
    """The old spelling of a cell where it says the same."""
    old = before.text(header) if before else ""
    return old if before and as_shown(columns.get(header), old) == row.text(header) else row.text(header)


def _csv_line(cells: Sequence[str], ending: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator=ending).writerow(cells)
    return line.getvalue()


# --- YAML


@dataclass(frozen=True, slots=True)
class Change:
    """One list of a rule file that gets other items: where it is, what it had, what it shall have."""

    path: tuple[str | int, ...]
    old: Grid
    new: Grid
    name: str
    columns: Mapping[str, Column]
    written: Callable[[Row, Before], str]


def yaml_text(text: str, changes: Iterable[Change]) -> str:
    """The rule file with the items of all changes; lists that say the same already are left alone."""
    for change in changes:
        pairs = matched(change.old, change.new, change.name)
        same = [before for before, row in pairs if before is not None and same_row(before, row, change.columns)]
        if [id(row) for row in same] == [id(row) for row in change.old.rows] and len(same) == len(pairs):
            continue
        text = _with_items(text if text.endswith("\n") else f"{text}\n", change, pairs)
    return text


def _with_items(text: str, change: Change, pairs: Sequence[tuple[Row | None, Row]]) -> str:
    node = _node(yaml.compose(text, Loader=yaml.SafeLoader), change.path)
    items = dict(zip(map(id, change.old.rows), node.value, strict=True))

    def inner(before: Row | None, row: Row) -> str:
        item = items.get(id(before))
        if item is not None and before is not None and same_row(before, row, change.columns):
            return text[item.start_mark.index : item.end_mark.index]
        return change.written(row, Before(before, change.columns, {} if item is None else _fields(text, item)))

    if node.flow_style:
        listed = ", ".join(inner(before, row) for before, row in pairs)
        return f"{text[: node.start_mark.index]}[{listed}]{text[node.end_mark.index :]}"
    return _block(text, node, [(items.get(id(before)), before, row) for before, row in pairs], change, inner)


def _block(
    text: str,
    node: Any,  # noqa: ANN401  # nodes of YAML
    wanted: Sequence[tuple[Any, Row | None, Row]],
    change: Change,
    inner: Callable[[Row | None, Row], str],
) -> str:
    """A list with an item on each `- `: whole lines are moved, with the remarks above them."""
    lines = text.splitlines(keepends=True)
    starts = [_start(lines, item) for item in node.value]
    ends = [_end(lines, item) for item in node.value]
    indent = " " * node.start_mark.column
    top = starts[0]
    while lines[top - 1].lstrip().startswith("#"):
        top -= 1
    above = {id(item): lines[at:to] for item, at, to in zip(node.value, [top, *ends], starts, strict=False)}
    written: list[str] = []
    for item, before, row in wanted:
        written += above.get(id(item), []) if item is not None else []
        if item is not None and before is not None and same_row(before, row, change.columns):
            written += lines[_start(lines, item) : _end(lines, item)]
            continue
        body = lines[_start(lines, item) : _end(lines, item)] if item is not None else []
        written += [line for line in body if line.lstrip().startswith("#")]
        written.append(f"{indent}- {inner(before, row)}{_remark_behind(text, item)}\n")
    return "".join([*lines[:top], *written, *lines[ends[-1] :]])


def _start(lines: Sequence[str], item: Any) -> int:  # noqa: ANN401
    """The line with the dash of an item, which may stand alone above it."""
    line = int(item.start_mark.line)
    if lines[line][: item.start_mark.column].strip():
        return line
    return next(above for above in range(line - 1, -1, -1) if lines[above].lstrip().startswith("-"))


def _end(lines: Sequence[str], item: Any) -> int:  # noqa: ANN401
    """The line behind an item; empty lines and remarks behind it belong to what follows."""
    end = int(item.end_mark.line) + (
        1 if item.end_mark.column and lines[item.end_mark.line][: item.end_mark.column].strip() else 0
    )
    while end > item.start_mark.line + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _remark_behind(text: str, item: Any) -> str:  # noqa: ANN401
    """A remark on the last line of an item in braces."""
    if item is None or not item.flow_style:
        return ""
    rest = text[item.end_mark.index :].split("\n", 1)[0]
    return rest if rest.strip().startswith("#") else ""


def _node(root: Any, path: Sequence[str | int]) -> Any:  # noqa: ANN401
    node = root
    for part in path:
        pick = node.value
        node = pick[part] if isinstance(part, int) else next(value for key, value in pick if key.value == part)
    return node


def _fields(text: str, item: Any) -> Fields:  # noqa: ANN401
    """The fields of a written mapping; those of `given` under the names of the facts."""
    found: Fields = {}
    for key, value in item.value:
        if key.value == "given" and isinstance(value, yaml.MappingNode):
            found |= _fields(text, value)
        elif "\n" not in text[value.start_mark.index : value.end_mark.index]:
            found[str(key.value)] = text[value.start_mark.index : value.end_mark.index]
    return found


@dataclass(frozen=True, slots=True)
class Before:
    """How a row was written: its text as a workbook shows it, and as it stands in the file."""

    row: Row | None
    columns: Mapping[str, Column]
    fields: Fields

    def spelt(self, header: str, text: str, render: Callable[[str], str]) -> str:
        """The old spelling of a value where it says the same, else a new one."""
        written = header in self.fields and self.row is not None
        old = as_shown(self.columns.get(header), self.row.text(header)) if self.row is not None else ""
        return self.fields[header] if written and old == text else render(text)


def row_written(row: Row, before: Before) -> str:
    """A row of a table in braces."""
    cells = {header: cell.text for header, cell in row.cells.items() if cell.text}
    return _braces((header, before.spelt(header, text, scalar)) for header, text in cells.items())


def example_written(vocabulary: Vocabulary) -> Callable[[Row, Before], str]:
    """A function that writes an example in braces."""

    def written(row: Row, before: Before) -> str:
        def spelt(header: str, render: Callable[[str], str]) -> list[tuple[str, str]]:
            text = row.text(header)
            return [(header, before.spelt(header, text, render))] if text else []

        facts = [header for header in row.cells if header not in (NAME, DAY, FIRES, OPEN)]
        given = _braces(pair for fact in facts for pair in spelt(fact, _value(fact, vocabulary)))
        ends = [*spelt(FIRES, _keys), *spelt(OPEN, _keys)]
        return _braces([*spelt(NAME, scalar), *spelt(DAY, _days), ("given", given), *ends])

    return written


def _braces(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{scalar(name)}: {value}" for name, value in pairs) + "}"


def scalar(text: str) -> str:
    """The text as a value inside braces, in quotation marks where it needs them."""
    plain = _PLAIN.fullmatch(text) and ": " not in text and not text.endswith((":", " ")) and text != "null"
    return text if plain else json.dumps(text, ensure_ascii=False)


def listed(text: str) -> list[str]:
    """The values between the commas of a cell."""
    return [] if text == NONE else [item.strip() for item in text.split(",") if item.strip()]


def _brackets(text: str) -> str:
    return f"[{', '.join(scalar(item) for item in listed(text))}]"


def _keys(text: str) -> str:
    return text if text == "all" else _brackets(text)


def _days(text: str) -> str:
    return _brackets(text) if "," in text else scalar(text)


def _value(fact: str, vocabulary: Vocabulary) -> Callable[[str], str]:
    holds_list = fact in vocabulary and vocabulary[fact].type is FactType.LIST

    def render(text: str) -> str:
        return "null" if text == UNKNOWN else _brackets(text) if holds_list else scalar(text)

    return render
