"""What has changed since an earlier briefing: two records in, the sheet of changes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from riskapi.assessment.words import RULE_STATUS, STATES, gate_words
from riskapi.briefing.record import Item, Record, Value
from riskapi.briefing.sheets import CellValue, Column, Form, Mark, Sheet, Table, Tone

SHEET: Final = "Changes"
_COLUMNS: Final = (
    Column("What", Form.TEXT, 16),
    Column("Item", Form.LONG, 58),
    Column("Change", Form.TEXT, 16),
    Column("Before", Form.ANY, 34),
    Column("Now", Form.ANY, 34),
    Column("Difference", Form.CHANGE, 12),
    Column("Id", Form.TEXT, 50),
)
#: Sorts of items with their names, in the order of the sheet; of those marked, the value is told and not the status.
_SORTS: Final = (
    ("result", "Result", True),
    ("party", "Party", True),
    ("deal", "Deal fact", True),
    ("gate", "Gate", False),
    ("rule", "Rule", False),
    ("unknown", "Open question", True),
)
_NEW, _GONE, _OTHER = Mark("new", Tone.APPLIES), Mark("gone", Tone.LOWERS), Mark("changed", Tone.OPEN)


def changes_sheet(before: Record, now: Record) -> Sheet:
    """One row for everything that differs."""
    rows = [row for sort, name, by_value in _SORTS for row in _sort(before, now, sort, name, by_value=by_value)]
    return Sheet(SHEET, (Table("changes", _COLUMNS, rows),), tuple(_remarks(before, now, len(rows))))


def _remarks(before: Record, now: Record, count: int) -> Iterator[str]:
    yield (
        f"Since the briefing as of {before.value('result', 'as_of')}: {count} differences."
        if count
        else "No difference."
    )
    parties = [sorted(str(item.value) for item in record.of("party").values()) for record in (before, now)]
    if parties[0] != parties[1]:
        yield "Careful: the earlier briefing speaks of other parties; the differences are those of two questions."
    elif before.value("result", "rule_set") != now.value("result", "rule_set"):
        yield "The rules are another version: a difference may come from the rules, the data, the date or the question."


def _sort(before: Record, now: Record, sort: str, name: str, *, by_value: bool) -> Iterator[tuple[CellValue, ...]]:
    old, new = _of(before, sort), _of(now, sort)
    for key in dict.fromkeys((*new, *old)):
        if sort == "rule" and _is_idle(old.get(key)) and _is_idle(new.get(key)):
            continue  # a rule that came or went without ever applying here
        row = _row(old.get(key), new.get(key), by_value=by_value)
        if row is not None:
            item = new.get(key) or old[key]
            yield (name, item.title or key, *row, key)


def _of(record: Record, sort: str) -> Mapping[str, Item]:
    """The items of a sort; rules that are not in force stand with the others, the hash of the content differs anyway."""
    found = {**record.of("dormant"), **record.of(sort)} if sort == "rule" else record.of(sort)
    return {key: item for key, item in found.items() if (sort, key) != ("result", "content")}


def _is_idle(item: Item | None) -> bool:
    return item is None or item.status == "not_fired"


def _row(old: Item | None, new: Item | None, *, by_value: bool) -> tuple[CellValue, ...] | None:
    if old is not None and new is not None and (old.status, old.value) == (new.status, new.value):
        return None
    mark = _NEW if old is None else _GONE if new is None else _OTHER
    return (mark, _shown(old, by_value=by_value), _shown(new, by_value=by_value), _difference(old, new))


def _shown(item: Item | None, *, by_value: bool) -> CellValue:
    if item is None:
        return None
    if by_value:
        return item.value
    words = RULE_STATUS.get(item.status or "") or STATES.get(item.status or "", item.status)
    counts = item.value not in (None, 0) and item.status not in STATES  # a rule not in force counts nothing
    return f"{words}, {_told(item.value)}" if counts else words


def _told(value: Value) -> str:
    return f"{value:+g} points" if isinstance(value, int | float) else gate_words(str(value)).lower()


def _difference(old: Item | None, new: Item | None) -> float | None:
    before, now = (item.value if item else None for item in (old, new))
    if any(item and item.status in STATES for item in (old, new)):
        return None
    if not isinstance(before, int | float) or not isinstance(now, int | float):
        return None
    return round(now - before, 4) or None


def summary_of_changes(before: Record, now: Record) -> Mapping[str, tuple[Value, Value]]:
    """The figures of the result that differ, before and now."""
    old, new = before.of("result"), now.of("result")
    return {
        key: (old[key].value, new[key].value)
        for key in ("score", "low", "high", "band", "deal_status", "rule_set", "dataset", "as_of")
        if key in old and key in new and old[key].value != new[key].value
    }
