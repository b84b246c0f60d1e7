from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from riskapi.store.audit import Entry
from riskapi.store.audit_export import HEADER, csv_lines, json_lines
from tests.store.material import HARMLESS, NOON


def entry(subject: str) -> Entry:
    return Entry(
        tenant="default", seq=1, at=NOON, actor=subject, action="tested", subject=subject, detail={"n": 1},
        previous="0" * 64, hash="1" * 64,
    )  # fmt: skip


def test_each_line_is_one_entry() -> None:
    lines = list(json_lines([entry("a"), entry("b\u2028c")]))
    assert [json.loads(line)["subject"] for line in lines] == ["a", "b\u2028c"]
    assert all(line.count("\n") == 1 for line in lines)


def test_the_table_has_the_fields_of_the_json() -> None:
    (header, row) = csv.reader(io.StringIO("".join(csv_lines([entry("a")]))))
    assert tuple(header) == HEADER == tuple(entry("a").plain())
    assert row[2:7] == ["2026-11-22T12:00:00.000000Z", "a", "tested", "a", '{"n":1}']


def test_no_cell_of_the_table_is_a_formula() -> None:
    texts = [*HARMLESS, "=1+1", "+A1", "-A1", "@SUM(A1)"]
    rows = list(csv.reader(io.StringIO("".join(csv_lines(map(entry, texts))))))[1:]
    assert len(rows) == len(texts)
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_nothing_is_read_before_it_is_asked_for() -> None:
    def endless() -> Iterator[Entry]:
        while True:
            yield entry("a")

    lines = csv_lines(endless())
    assert [next(lines)[:7] for _ in range(3)] == ["tenant,", "default", "default"]
