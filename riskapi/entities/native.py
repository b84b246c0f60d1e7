"""Names in writing without spaces: which stored names a query contains, or equals but for a place and the trade.

Enters: the core of a query in Han, kana or Hangul. Leaves: positions of names. In such writing one different sign is
another word, so nothing is ever taken for a misspelling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from riskapi.entities.names import Keys, is_unspaced
from riskapi.entities.resolution import CODE_KINDS, UNIT, KnownName
from riskapi.entities.words import HAN_GROUP, HAN_PLACES, HAN_TRADE

#: What is left of a name must still say which firm it is.
SHORTEST_LATIN, SHORTEST = 3, 2


class NativeIndex:
    """Stored names in writing without spaces, whole and without place and trade."""

    def __init__(self, names: Sequence[KnownName], keys: Sequence[Keys]) -> None:
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._short: dict[str, list[int]] = defaultdict(list)
        self._places: dict[str, set[str]] = defaultdict(set)
        self._names = names
        for position, (known, key) in enumerate(zip(names, keys, strict=True)):
            if is_unspaced(key.core) and known.kind not in CODE_KINDS:
                self._add(position, known, key.core)

    def _add(self, position: int, known: KnownName, core: str) -> None:
        self._whole[core].append(position)
        place, rest = _place_and_rest(core)
        if place:
            self._places[known.company_id].add(place)
        if known.kind != UNIT:
            for form in {rest, *_without_trade(core), *_without_trade(rest)} - {core}:
                if len(form) > SHORTEST:
                    self._short[form].append(position)

    def same_but_for_trade(self, core: str) -> list[int]:
        """Names that the query is short for, or has with the place where their firm is known to sit."""
        place, rest = _place_and_rest(core)
        found = [position for form in {core, _without_group(core)} for position in self._short.get(form, ())]
        if place and len(rest) >= SHORTEST:
            found += [
                position
                for form in {rest, _without_group(rest)}
                for position in (*self._whole.get(form, ()), *self._short.get(form, ()))
                if place in self._places[self._names[position].company_id]
            ]
        found += [position for position in self._whole.get(_without_group(core), ()) if _without_group(core) != core]
        return list(dict.fromkeys(found))

    def inside(self, core: str) -> list[int]:
        """Names that stand inside the query, the longest first."""
        lengths = range(min(len(core), 20), 1, -1)
        return [
            position
            for length in lengths
            for start in range(len(core) - length + 1)
            for position in self._whole.get(core[start : start + length], ())
        ]


def _place_and_rest(core: str) -> tuple[str, str]:
    for place in HAN_PLACES:
        if core.startswith(place):
            rest = core.removeprefix(place)
            rest = rest[1:] if rest[:1] in ("省", "市") else rest
            return (place, rest) if len(rest) >= SHORTEST else ("", core)
    return "", core


def _without_trade(core: str) -> Iterator[str]:
    """The name with one word after another taken off its end."""
    rest = core
    while True:
        word = next((word for word in sorted(HAN_TRADE, key=len, reverse=True) if rest.endswith(word)), None)
        if word is None or len(rest) - len(word) < SHORTEST:
            return
        rest = rest.removesuffix(word)
        yield rest


def _without_group(core: str) -> str:
    for word in sorted(HAN_GROUP, key=len, reverse=True):
        if core.endswith(word) and len(core) - len(word) >= SHORTEST:
            return core.removesuffix(word)
    return core
