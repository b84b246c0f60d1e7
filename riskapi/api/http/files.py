"""Answers that are too large for memory. Enters: an open file. Leaves: its size, and its bytes piece by piece."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Final

PIECE_BYTES: Final = 1 << 18


def size_of(file: BinaryIO) -> int:
    """Bytes from the place where the file stands to its end."""
    here = file.tell()
    size = file.seek(0, os.SEEK_END) - here
    file.seek(here)
    return size


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The bytes from there on; closes the file at its end, or when nobody wants more."""
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece
