"""Compares a query with names word by word, and says whether every difference is explained.

Enters: the keys of a query. Leaves: alignments with a score of 0 to 100. A name is alike for one of three reasons: words
are misspelt, words that say what the firm does or where it sits are left out, or words of its other names are added.
Any other word, and the name is another firm's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from riskapi.entities.legal_forms import GROUP_WORDS, LONG_WORDS
from riskapi.entities.names import Keys, is_unspaced
from riskapi.entities.resolution import CODE_KINDS, FORMER, LENT_KINDS, UNIT, KnownName
from riskapi.entities.retrieval import WordIndex
from riskapi.entities.spelling import budget
from riskapi.entities.words import COMMON, PLACES, TRADE

#: Score from which an alignment may be a match, and by how much it must lead the next company.
ACCEPT = 82.0
MARGIN = 2.5
#: So many words tell a firm together, even where none of them does alone.
TELLING_TOGETHER = 2
#: Names that are compared word by word at most.
POOL = 60

MISSPELT, MISSING, ADDED, GROUP = 8.0, 3.0, 3.0, 4.0
#: Stands in the reason of a match that takes a word for another spelling.
MISSPELLING = "a misspelling of this name"


@dataclass(frozen=True, slots=True)
class Alignment:
    """The name at `position` and how well it explains the query."""

    position: int
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Differences:
    """Words that agree, words that only the query has, words that only the name has, and the cost of misspellings.

    `alone`: the query or the name is one word, so that no second one bears it out.
    """

    matched: tuple[str, ...]
    added: tuple[str, ...]
    missing: tuple[str, ...]
    cost: float
    alone: bool


class Aligner:
    """Compares; holds the names by position and every company's own words."""

    def __init__(self, names: Sequence[KnownName], keys: Sequence[Keys], words: WordIndex) -> None:
        self._names, self._keys, self._words = names, keys, words
        self._own: dict[str, set[str]] = defaultdict(set)
        for known, key in zip(names, keys, strict=True):
            if known.kind not in CODE_KINDS and known.kind not in (UNIT, FORMER):
                self._own[known.company_id].update(key.content)

    def pool(self, keys: Keys) -> list[int]:
        """The names that may be alike."""
        if is_unspaced(keys.core):
            return self._words.names_with_signs(keys.core, POOL)
        meant = {word for written in keys.content for word in self._words.meant_by(written)}
        return self._words.names_with(meant, POOL)

    def align(self, keys: Keys) -> Iterable[Alignment]:
        """Every name that explains the whole query."""
        if is_unspaced(keys.core) or not keys.content:
            return
        meant = {written: self._words.meant_by(written) for written in dict.fromkeys(keys.content)}
        for position in self._words.names_with({word for words in meant.values() for word in words}, POOL):
            known = self._names[position]
            if known.kind not in CODE_KINDS and known.kind != UNIT:
                found = self._compare(position, keys.content, meant)
                if found:
                    yield found

    def _compare(
        self, position: int, query: Sequence[str], meant: Mapping[str, Mapping[str, float]]
    ) -> Alignment | None:
        name = list(self._keys[position].content)
        alone = min(sum(word not in GROUP_WORDS for word in words) for words in (query, name)) <= 1
        added, matched, cost = [], [], 0.0
        for word in query:
            best = min((known for known in name if known in meant[word]), key=meant[word].__getitem__, default=None)
            if best is not None and meant[word][best] <= budget(len(best), alone=alone):
                name.remove(best)
                matched.append(best)
                cost += meant[word][best]
            elif form := next((form for form in LONG_WORDS if form in meant[word]), None):
                cost += meant[word][form] / 2
            else:
                added.append(word)
        if not self._is_explained(position, _Differences(tuple(matched), tuple(added), tuple(name), cost, alone)):
            return None
        score = 100.0 - MISSPELT * cost - sum(map(_weight, name)) - ADDED * len(added)
        return Alignment(position, score, _reason(cost, name, added))

    def _is_explained(self, position: int, found: _Differences) -> bool:
        """Whether the differences leave no doubt which firm is meant."""
        known, latin = self._names[position], self._keys[position].latin
        together = len(found.matched) >= TELLING_TOGETHER and not found.added and not found.missing
        if not (together or any(map(_is_telling, found.matched))):
            return False
        if found.cost and (latin or known.kind in LENT_KINDS):
            return False
        if found.alone and (found.cost or latin) and (known.kind == "alias" or found.added or found.missing):
            return False
        return self._may_add(known, found) and self._may_miss(position, found)

    def _may_add(self, known: KnownName, found: _Differences) -> bool:
        """Whether the words that the query adds are the company's own, and not of its trade: those make another firm."""
        own = self._own[known.company_id]
        return all(
            word in GROUP_WORDS or (word in own and (word in PLACES or (_is_telling(word) and len(found.matched) > 1)))
            for word in found.added
        )

    def _may_miss(self, position: int, found: _Differences) -> bool:
        """Whether the words that the query leaves out do not tell this firm from another.

        A single word is never short for a longer name: too many firms begin alike.
        """
        if len(found.matched) < 2 and not all(word in GROUP_WORDS for word in found.missing):  # noqa: PLR2004 - a pair
            return False
        first = self._keys[position].content[0]
        return all(word in TRADE or (word in PLACES and word == first) for word in found.missing)


def _is_telling(word: str) -> bool:
    return word not in TRADE and word not in COMMON and word not in PLACES and len(word) > 1


def _weight(word: str) -> float:
    return GROUP if word in GROUP_WORDS else MISSING


def _reason(cost: float, missing: Sequence[str], added: Sequence[str]) -> str:
    parts = []
    if cost:
        parts.append(MISSPELLING)
    if missing:
        parts.append(f"this name without {', '.join(missing)}")
    if added:
        parts.append(f"this name with {', '.join(added)}, which the company's other names have too")
    return "; ".join(parts) or "the same words"
