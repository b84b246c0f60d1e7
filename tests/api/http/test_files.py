from __future__ import annotations

import io

import pytest

from riskapi.api.http import files
from riskapi.api.http.files import pieces, size_of


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 35])
def test_a_file_comes_whole_in_pieces_and_is_closed(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE_BYTES", 10)
    content = bytes(range(size))
    file = io.BytesIO(content)
    assert size_of(file) == size
    found = list(pieces(file))
    assert b"".join(found) == content
    assert max(map(len, found), default=0) <= 10
    assert file.closed


def test_a_file_is_closed_when_nobody_wants_the_rest() -> None:
    file = io.BytesIO(b"x" * 1_000_000)
    rest = pieces(file)
    next(rest)
    rest.close()  # type: ignore[attr-defined]  # a generator
    assert file.closed


def test_the_size_is_counted_from_where_the_file_stands() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    assert (size_of(file), file.tell()) == (6, 4)
