"""Whether newly read rows can be trusted: enough of them, readable, and not much fewer or poorer than before.

Enters: the rows of one source, and those of the last good snapshot. Leaves: problems; none means that the rows may be used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from riskapi.errors import Problem
from riskapi.refresh.model import EntityKind, ListedEntity, Rows
from riskapi.refresh.source import Source

#: A list or source that loses more than this share at once has most likely been read wrongly.
MOST_LOST = 0.20
#: Below so many rows a share says little.
FEW = 20
#: Share of entries that may be unreadable.
MOST_UNREADABLE = 0.01
#: A field that so many percentage points fewer rows have than before has most likely been renamed.
MOST_THINNED = 0.20
_SHOWN = 5

#: Fields that publications may leave empty for one row and not for all.
_OPTIONAL: dict[str, Callable[[ListedEntity], Any]] = {
    "address_countries": lambda entity: entity.address_countries,
    "kind": lambda entity: entity.kind is not EntityKind.UNKNOWN,
    "listed_on": lambda entity: any(listing.listed_on for listing in entity.listings),
    "aliases": lambda entity: entity.aliases,
}


def gate_problems(source: Source, new: Rows, old: Rows, *, accept_shrink: bool = False) -> list[Problem]:
    """What speaks against the new rows; `accept_shrink` lets fewer rows pass, and nothing else."""
    problems = [*_unreadable(source, new), *_too_few(source, new), *_thinned(source, new.entities, old.entities)]
    return problems if accept_shrink else [*problems, *_shrunk(source, new, old)]


def _unreadable(source: Source, new: Rows) -> Iterator[Problem]:
    count, all_entries = len(new.problems), new.count() + len(new.problems)
    if count > MOST_UNREADABLE * all_entries:
        first = "; ".join(problem.detail for problem in new.problems[:_SHOWN])
        yield Problem(
            code="entries-unreadable",
            field=source.id,
            detail=f"{count} of {all_entries} entries cannot be read: {first}",
            hint="the publisher has changed the format or added a list: correct the source's module",
        )


def _too_few(source: Source, new: Rows) -> Iterator[Problem]:
    if new.count() < source.at_least:
        hint = "the publication is incomplete, or its format has changed"
        detail = f"{new.count()} rows, and there should be at least {source.at_least}"
        yield Problem(code="rows-too-few", field=source.id, detail=detail, hint=hint)


def _shrunk(source: Source, new: Rows, old: Rows) -> Iterator[Problem]:
    before, after = _counts(old), _counts(new)
    for what in sorted(before):
        lost = before[what] - after[what]
        vanished = after[what] == 0
        if (before[what] >= FEW and lost > MOST_LOST * before[what]) or vanished:
            yield Problem(
                code="rows-shrunk",
                field=source.id,
                detail=f"{what}: {after[what]} rows instead of {before[what]}",
                hint="look at the publication; if the rows are really gone, repeat with --accept-shrink",
            )


def _counts(rows: Rows) -> Counter[str]:
    counts = Counter(f"list {listing.list}" for entity in rows.entities for listing in entity.listings)
    tables: tuple[tuple[str, Sequence[object]], ...] = (
        ("listed entities", rows.entities),
        ("notices", rows.notices),
        ("legal entities", rows.legal_entities),
        ("parents", rows.parents),
    )
    return counts + Counter({name: len(found) for name, found in tables if found})


def _thinned(source: Source, new: Sequence[ListedEntity], old: Sequence[ListedEntity]) -> Iterator[Problem]:
    if len(new) < FEW or len(old) < FEW:
        return
    for field, is_filled in _OPTIONAL.items():
        before, after = (sum(bool(is_filled(entity)) for entity in rows) / len(rows) for rows in (old, new))
        if before - after > MOST_THINNED:
            yield Problem(
                code="field-vanished",
                field=source.id,
                detail=f"`{field}` is filled in {after:.0%} of the rows, and was in {before:.0%}",
                hint="the publisher has renamed a field: correct the source's module",
            )
