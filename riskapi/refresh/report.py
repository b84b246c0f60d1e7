"""A difference for people (Markdown) and for programs (JSON). Enters: a `Difference`. Leaves: text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from riskapi.refresh.difference import Cells, Change, Difference, TableChanges, Touched

#: Rows of one kind that the Markdown shows; the JSON has all.
SHOWN = 200
_TITLES = {
    "listed_entities": "Listed entities",
    "list_memberships": "Places on lists of entities that stay",
    "list_notices": "Official documents",
    "legal_entities": "Legal entities",
    "parents": "Parents",
}
_NAMED_BY = ("name", "title", "legal_name", "list", "parent_lei")
_KEYED_BY = ("entity_id", "document_id", "lei", "child_lei")
_AGREEMENT = {True: "the same", False: "another", None: "not known"}


def as_json(difference: Difference) -> str:
    """Everything, as JSON text."""
    values = {
        "since": difference.since,
        "touched_companies": difference.touched_companies,
        "touched": [_plain_touched(touched) for touched in difference.touched],
        "tables": {
            changes.table: {
                "added": [_plain(cells) for cells in changes.added],
                "removed": [_plain(cells) for cells in changes.removed],
                "changed": [_plain_change(change) for change in changes.changed],
            }
            for changes in difference.tables
        },
    }
    return json.dumps(values, indent=1, ensure_ascii=False, default=_value) + "\n"


def _plain(cells: Cells) -> dict[str, Any]:
    return {name: value for name, value in cells.items() if value not in (None, ())}


def _plain_change(change: Change) -> dict[str, Any]:
    columns = {name: {"before": old, "after": new} for name, (old, new) in change.columns.items()}
    return {"row": _plain(change.after), "columns": columns}


def _plain_touched(touched: Touched) -> dict[str, Any]:
    return {name: getattr(touched, name) for name in touched.__dataclass_fields__}


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value)


def as_markdown(difference: Difference) -> str:
    """The page for review: counts, companies that are touched, then the rows."""
    first = "This is the first snapshot: every row is new."
    lines = ["# What this snapshot changes", "", f"Since snapshot `{difference.since}`." if difference.since else first]
    if not difference:
        return "\n".join([*lines, "", "Nothing changes.", ""])
    lines += ["", "| table | added | removed | changed |", "|---|---|---|---|"]
    lines += [
        f"| {_TITLES[changes.table]} | {len(changes.added)} | {len(changes.removed)} | {len(changes.changed)} |"
        for changes in difference.tables
    ]
    lines += ["", *_touched_lines(difference.touched)]
    for changes in difference.tables:
        lines += _table_lines(changes, is_first=difference.since is None)
    return "\n".join([*lines, ""])


def _touched_lines(touched: Sequence[Touched]) -> Iterator[str]:
    yield "## Companies of the datasets that are touched"
    yield ""
    if not touched:
        yield "None by its exact name."
        return
    yield "Their answers may move. Where the country is another, the entry is most likely a namesake."
    yield ""
    yield "| company | change | name on the list | lists | country |"
    yield "|---|---|---|---|---|"
    for one in touched[:SHOWN]:
        lists = ", ".join(one.lists)
        cells = (f"{one.company_name} ({one.company_id})", one.change, one.listed_name, lists, _AGREEMENT[one.agrees])
        yield _row(cells)
    yield from _rest(len(touched))


def _table_lines(changes: TableChanges, *, is_first: bool) -> Iterator[str]:
    if not changes or is_first:
        return
    yield from ("", f"## {_TITLES[changes.table]}")
    for title, rows in (("Added", changes.added), ("Removed", changes.removed)):
        if rows:
            yield from ("", f"### {title}", "", "| id | what | lists |", "|---|---|---|")
            yield from (_row((_id(cells), _name(cells), ", ".join(cells.get("lists") or ()))) for cells in rows[:SHOWN])
            yield from _rest(len(rows))
    if changes.changed:
        yield from ("", "### Changed", "", "| id | what | column | before | after |", "|---|---|---|---|---|")
        for change in changes.changed[:SHOWN]:
            for column, (old, new) in change.columns.items():
                yield _row((_id(change.after), _name(change.after), column, _shown(old), _shown(new)))
        yield from _rest(len(changes.changed))


def _rest(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield from ("", f"and {count - SHOWN} more, in the JSON file")


def _id(cells: Cells) -> str:
    return next(str(cells[name]) for name in _KEYED_BY if name in cells)


def _name(cells: Cells) -> str:
    return next(str(cells[name]) for name in _NAMED_BY if name in cells)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    """Names come from outside: none may end a cell, start a tag or become a link."""
    for sign in "\\`*[]|<>":
        text = text.replace(sign, f"\\{sign}")
    return text
