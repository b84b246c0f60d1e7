"""Finds the few names worth comparing with a query among very many: words and signs in, positions of names out.

A name is found by a word that it shares with the query, or by a word that one of the query's may be a misspelling of;
a name in Han, kana or Hangul by two neighbouring signs. Nothing is judged here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log

from rapidfuzz import fuzz, process

from riskapi.entities.legal_forms import LONG_WORDS
from riskapi.entities.names import Keys, is_unspaced, read_as
from riskapi.entities.spelling import TOO_MUCH, slip
from riskapi.entities.words import COMMON, PLACES, SAME_WORD, TRADE

#: Words of more names than this are too frequent to look names up by, unless there is no other.
FREQUENT = 3000
#: Words less alike than this are not even near.
NEAR_WORD = 72.0


class WordIndex:
    """Names by their words. Built once; asking changes nothing."""

    def __init__(self, keys: Sequence[Keys]) -> None:
        self._names = len(keys)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_sign: dict[str, list[int]] = defaultdict(list)
        for position, key in enumerate(keys):
            self._add(position, key)
        self._words_like: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in {*self._by_word, *SAME_WORD, *LONG_WORDS}:
            self._words_like[word[0], len(word)].append(word)

    def _add(self, position: int, key: Keys) -> None:
        for word in dict.fromkeys(key.content):
            if is_unspaced(word):
                for sign in _signs(word):
                    self._by_sign[sign].append(position)
            elif word:
                self._by_word[word].append(position)

    def is_known(self, word: str) -> bool:
        """Whether any name, or the language of names, has this word."""
        known = (self._by_word, TRADE, COMMON, PLACES)
        return any(word in words for words in known)

    def meant_by(self, word: str) -> dict[str, float]:
        """Known words that the word may be a misspelling of, with the cost of the slip; itself where it is known."""
        found: dict[str, float] = {word: 0.0} if self.is_known(word) else {}
        for known in self._alike(word, 2):
            meant, cost = read_as(known), slip(word, known)
            if cost < found.get(meant, TOO_MUCH) and (not found or meant in TRADE or word not in found):
                found[meant] = cost
        return found

    def _alike(self, word: str, room: int) -> Iterable[str]:
        firsts = {word[0], word[1:2]} - {""}
        lengths = range(max(1, len(word) - room), len(word) + room + 1)
        pool = [known for first in firsts for length in lengths for known in self._words_like.get((first, length), ())]
        return [
            known for known, _, _ in process.extract(word, pool, scorer=fuzz.ratio, limit=12, score_cutoff=NEAR_WORD)
        ]

    def names_with(self, words: Iterable[str], limit: int) -> list[int]:
        """Positions of names that share words, the rarest words counting most."""
        weights: Counter[int] = Counter()
        postings = sorted((self._by_word[word] for word in set(words) if word in self._by_word), key=len)
        for number, positions in enumerate(postings):
            if len(positions) > FREQUENT and number > 0:
                break
            weight = log(1 + self._names / len(positions))
            for position in positions[: 4 * FREQUENT]:
                weights[position] += weight  # type: ignore[assignment]  # weights are fractions
        return [position for position, _ in weights.most_common(limit)]

    def names_with_signs(self, text: str, limit: int) -> list[int]:
        """Positions of names that share pairs of signs, for writing without spaces."""
        weights: Counter[int] = Counter()
        for positions in sorted((self._by_sign.get(sign, []) for sign in _signs(text)), key=len)[:6]:
            if len(positions) <= FREQUENT:
                weights.update(positions)
        return [position for position, _ in weights.most_common(limit)]


def _signs(text: str) -> set[str]:
    return {text[start : start + 2] for start in range(max(1, len(text) - 1))}
