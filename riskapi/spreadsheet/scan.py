"""A first look at the XML of a workbook, before anything builds a table from it: parts in, what they hold out, or a refusal.

A few bytes can announce a table of seventeen thousand million cells, or repeat one long text in each of them; both are
counted here without being built. Cells whose formula has failed, or was never worked out, are noted: to a reader of values
they look empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from riskapi.spreadsheet.problems import FileRefusedError, refused

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 1_000
#: Places of the tables, empty ones included, and the cells that are filled, of all sheets together.
MOST_PLACES: Final = 2_000_000
MOST_CELLS: Final = 1_000_000
MOST_TEXT: Final = 50_000_000
DEEPEST: Final = 60
_NOTED: Final = 1_000  # references that are kept of a kind
_CHUNK: Final = 1 << 20
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_SPLIT: Final = "split the file, or copy the rows into a new workbook"


@dataclass(slots=True)
class Scanned:
    """What a part holds: how far its table reaches (counted from 1), and the places of formulas that have no value."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    formulas: int = 0
    unsolved: list[tuple[int, int]] = field(default_factory=list)
    failed: list[tuple[int, int]] = field(default_factory=list)


def scan(parts: Mapping[str, bytes], most_cells: int = MOST_CELLS) -> Mapping[str, Scanned]:
    """What each part holds; raises `FileRefusedError` where together it is too much, or no sound XML."""
    shared: list[int] = []
    tally = _Tally(most_cells)
    strings = [name for name in parts if name.lower().endswith("sharedstrings.xml")]
    found = {}
    for name in (*strings, *(name for name in parts if name not in strings)):
        reader = _Reader(shared, tally, has_shared=name in strings)
        reader.read(parts[name])
        found[name] = reader.found
        tally.add_table(reader.found)
    return found


@dataclass(slots=True)
class _Tally:
    """Sums over all parts."""

    most_cells: int
    cells: int = 0
    text: int = 0
    places: int = 0

    def add_table(self, found: Scanned) -> None:
        self.places += found.rows * found.columns
        if self.places > MOST_PLACES:
            raise refused("workbook-too-large", f"the sheets have more than {MOST_PLACES:,} places", _SPLIT)

    def add_cell(self) -> None:
        self.cells += 1
        if self.cells > self.most_cells:
            raise refused("workbook-too-large", f"more than {self.most_cells:,} cells are filled", _SPLIT)

    def add_text(self, length: int) -> None:
        self.text += length
        if self.text > MOST_TEXT:
            raise refused("workbook-too-large", f"the texts have more than {MOST_TEXT:,} characters", _SPLIT)


class _Reader:
    """Reads one part by its events."""

    def __init__(self, shared: list[int], tally: _Tally, *, has_shared: bool) -> None:
        self.found = Scanned()
        self._shared, self._tally, self._has_shared = shared, tally, has_shared
        self._depth = 0
        self._row = self._column = 0
        self._kind = ""  # of the cell
        self._has_formula = self._has_value = False
        self._index: list[str] | None = None  # pieces of the number of a shared text
        self._starts = {"row": self._on_row, "c": self._on_cell, "v": self._on_value, "is": self._on_value,
                        "f": self._on_formula, "si": self._on_shared}  # fmt: skip
        self._ends = {"c": self._off_cell, "v": self._off_value}

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        try:
            for start in range(0, len(content) + 1, _CHUNK):
                parser.Parse(content[start : start + _CHUNK], start + _CHUNK > len(content))
        except FileRefusedError:
            raise
        except (expat.ExpatError, ValueError, LookupError):
            hint = "open it in Excel or LibreOffice and save it again as .xlsx"
            raise refused("workbook-broken", "a part of the workbook is no sound XML", hint) from None

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise refused("workbook-unsafe", "the XML of the workbook is nested too deep", _SPLIT)
        work = self._starts.get(tag.rpartition("}")[2])
        if work is not None:
            work(attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        work = self._ends.get(tag.rpartition("}")[2])
        if work is not None:
            work()

    def _data(self, text: str) -> None:
        self._tally.add_text(len(text))
        if self._has_shared and self._shared:
            self._shared[-1] += len(text)
        if self._index is not None:
            self._index.append(text)

    def _on_shared(self, _: Mapping[str, str]) -> None:
        if not self._has_shared:
            raise refused("workbook-unsafe", "shared texts stand in a part that has none in any workbook", _SPLIT)
        self._shared.append(0)

    def _on_row(self, attributes: Mapping[str, str]) -> None:
        given = attributes.get("r", "")
        self._row = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else self._row + 1  # noqa: PLR2004 - digits
        self._column = 0

    def _on_cell(self, attributes: Mapping[str, str]) -> None:
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        if match:
            self._column, self._row = _column_number(match.group(1)), int(match.group(2))
        else:
            self._column += 1
        self._kind = attributes.get("t", "")
        self._has_formula = self._has_value = False

    def _on_value(self, _: Mapping[str, str]) -> None:
        if not self._has_value:
            self._has_value = True
            self._tally.add_cell()
            self._reach()
        self._index = [] if self._kind == "s" else None

    def _on_formula(self, _: Mapping[str, str]) -> None:
        if not self._has_formula:
            self._has_formula = True
            self.found.formulas += 1
            self._reach()

    def _off_value(self) -> None:
        index = "".join(self._index or ()).strip()
        if index.isascii() and index.isdigit() and len(index) < 9 and int(index) < len(self._shared):  # noqa: PLR2004 - digits
            self._tally.add_text(self._shared[int(index)])
        self._index = None

    def _off_cell(self) -> None:
        if self._kind == "e" and len(self.found.failed) < _NOTED:
            self.found.failed.append((self._row, self._column))
        elif self._has_formula and not self._has_value and len(self.found.unsolved) < _NOTED:
            self.found.unsolved.append((self._row, self._column))

    def _reach(self) -> None:
        found = self.found
        found.cells += 1
        found.rows, found.columns = max(found.rows, self._row), max(found.columns, self._column)
        if found.rows > MOST_ROWS or found.columns > MOST_COLUMNS:
            detail = f"a sheet reaches beyond {MOST_ROWS:,} rows or {MOST_COLUMNS:,} columns"
            raise refused("workbook-too-large", detail, _SPLIT)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _refuse_doctype(*_: Any) -> None:  # noqa: ANN401  # the arguments of the parser, which nobody reads
    detail = "the XML of the workbook declares a document type, which no spreadsheet program writes"
    raise refused("workbook-unsafe", detail, "open it in Excel or LibreOffice and save it again as .xlsx")
