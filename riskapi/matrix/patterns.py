"""Rows of bits that are the same, found once: words in, their distinct patterns and who has which out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from riskapi.engine.bits import WIDTH, Words, words_for

Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Odd numbers that mix words into one; equal mixtures are checked word by word.
_MIXERS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


def distinct(words: Sequence[Words]) -> tuple[Index, Index]:
    """For each row the number of its pattern, and for each pattern the first row that has it. A word is a column."""
    for mixer in _MIXERS:
        mixed = np.zeros(len(words[0]), dtype=np.uint64)
        for word in words:
            mixed = (mixed ^ word) * np.uint64(mixer)
            mixed ^= mixed >> np.uint64(29)
        _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
        if all(np.array_equal(word, word[first][inverse]) for word in words):
            return inverse, first
    _, first, inverse = np.unique(np.stack(words, axis=1), axis=0, return_index=True, return_inverse=True)
    return inverse.reshape(-1), first


def unpacked(words: Sequence[Words], count: int) -> Flags:
    """One column for each of the first `count` bits; a column lies in one piece of memory."""
    found = np.empty((len(words[0]), count), dtype=bool, order="F")
    for place in range(count):
        found[:, place] = (words[place // WIDTH] >> np.uint64(place % WIDTH)) & np.uint64(1)
    return found


def packed(flags: Flags) -> list[Words]:
    """The words of columns of flags, at least one."""
    words = [np.zeros(len(flags), dtype=np.uint64) for _ in range(words_for(flags.shape[1]))]
    for place in range(flags.shape[1]):
        words[place // WIDTH] |= flags[:, place].astype(np.uint64) << np.uint64(place % WIDTH)
    return words
