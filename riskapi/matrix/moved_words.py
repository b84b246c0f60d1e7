"""The words of a movement, the same for terminal, files and reports: reasons and facts that changed in, short texts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from riskapi.assessment.words import code_words, points
from riskapi.facts.evidence import Evidence
from riskapi.facts.vocabulary import Value
from riskapi.matrix.moved import FactChange, Movement, Reason

_SIDES: Final = ("foreign.", "host.")


def heaviest(movement: Movement) -> list[Reason]:
    """The reasons, those that change the points most first."""
    return sorted(movement.reasons, key=lambda reason: -abs(reason.delta))


def says(reason: Reason) -> str:
    """What the rule says before and after; what it counts may also hang on another rule of its group."""
    if reason.before == reason.after:
        words = code_words(reason.after or "")
        if not reason.points_after:
            return f"{words}; a heavier rule of its group counts in its place now"
        return f"{words}; it counts now in place of another of its group" if not reason.points_before else words
    return code_words(f"{reason.before or 'not in force'} → {reason.after or 'not in force'}")


def reason_words(reason: Reason) -> str:
    """A whole reason: rule, what it says, points."""
    return f"{reason.rule_id}: {says(reason)} ({points(round(reason.delta, 4))})"


def facts_of(movement: Movement) -> list[FactChange]:
    """The facts behind all reasons, each once, those of the heaviest reason first."""
    return list(dict.fromkeys(change for reason in heaviest(movement) for change in reason.facts))


def fact_words(change: FactChange) -> str:
    """`designations of Alpha (alpha): gained us_1260h`; `control country of Alpha (alpha): CN → not known`."""
    name = change.fact
    for side in _SIDES if change.company else ():
        name = name.removeprefix(side)
    whose = f" of {change.company}" if change.company else ""
    return f"{code_words(name)}{whose}: {_change(change.before, change.after)}"


def rows_of(changes: Iterable[FactChange]) -> Iterator[tuple[str, Evidence]]:
    """The rows behind the facts, each once, with what became of it: `new` or `gone`."""
    marked = (
        (word, row)
        for change in changes
        for word, rows in (("new", change.rows_after), ("gone", change.rows_before))
        for row in rows
    )
    yield from dict.fromkeys(marked)


def row_words(word: str, row: Evidence) -> str:
    """`new: Alpha is listed on the ... (citation; address)`."""
    where = "; ".join(text for text in (row.citation, row.source_url) if text)
    return f"{word}: {row.statement}" + (f" ({where})" if where else "")


def _change(before: Value, after: Value) -> str:
    if isinstance(before, tuple) and isinstance(after, tuple):
        sides = (
            ("gained", [code for code in after if code not in before]),
            ("lost", [code for code in before if code not in after]),
        )
        return "; ".join(f"{word} {', '.join(codes)}" for word, codes in sides if codes)
    return f"{_value(before)} → {_value(after)}"


def _value(value: Value) -> str:
    if value is None:
        return "not known"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)
