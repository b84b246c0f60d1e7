"""The audit log as a file for others. Enters: entries. Leaves: lines of JSON or CSV, one at a time.

The JSON lines hold what the hashes were made of, so that anybody can check the chain; the CSV is for reading: cells that
a spreadsheet would run as a formula are written as text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from riskapi.entities.columns import shielded
from riskapi.store.audit import Entry
from riskapi.store.canonical import canonical_json

HEADER = ("tenant", "seq", "at", "actor", "action", "subject", "detail", "previous", "hash")


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """One JSON object a line, each with its line end."""
    for entry in entries:
        yield json.dumps(entry.plain(), ensure_ascii=False) + "\n"


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """A header and one record an entry, each with its line end."""
    yield _line(HEADER)
    for entry in entries:
        plain = entry.plain()
        yield _line([canonical_json(plain[name]) if name == "detail" else str(plain[name]) for name in HEADER])


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow([shielded(cell) for cell in cells])
    return buffer.getvalue()
