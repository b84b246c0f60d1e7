from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from riskapi.store.ids import new_id
from tests.store.material import NOON


def test_an_id_is_a_uuid_of_version_7_that_tells_its_millisecond() -> None:
    made = UUID(new_id(NOON))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOON.timestamp() * 1000)


@given(st.integers(1, 10**9))
def test_a_later_id_sorts_behind(milliseconds: int) -> None:
    assert new_id(NOON) < new_id(NOON + timedelta(milliseconds=milliseconds))


def test_ids_of_one_moment_differ_in_all_their_random_bits() -> None:
    random = [UUID(new_id(NOON)).int & ((1 << 80) - 1) for _ in range(400)]
    assert len(set(random)) == 400
    seen, always = 0, (1 << 80) - 1
    for bits in random:
        seen |= bits
        always &= bits
    assert (seen & ~always).bit_count() == 74
