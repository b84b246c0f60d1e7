"""What was used of late, up to a number: keys and values in, the values that are still kept out."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Recent(Generic[V]):
    """Keeps between `most` and twice as many values. When the newer half is full, the older one is forgotten.

    What is asked for moves to the newer half, so that what is used again and again stays. For use from several threads:
    two that ask at once may both miss, and the later one's value is kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._newer: dict[Hashable, V] = {}
        self._older: dict[Hashable, V] = {}

    def get(self, key: Hashable) -> V | None:
        """The value; None where there is none."""
        found = self._newer.get(key)
        if found is None:
            found = self._older.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Hashable, value: V) -> V:
        """Keep the value, and give it back."""
        if len(self._newer) >= self._most:
            self._older, self._newer = self._newer, {}
        self._newer[key] = value
        return value
