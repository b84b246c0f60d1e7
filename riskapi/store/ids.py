"""Identifiers that sort by time and cannot be guessed.

Enters: the time. Leaves: UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

_RANDOM_BITS = 74
_RAND_A_BITS, _RAND_B_BITS = 12, 62


def new_id(now: datetime) -> str:
    """A new identifier; `now` bears its time zone. Those of one millisecond come in any order."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random = secrets.randbits(_RANDOM_BITS)
    rand_a, rand_b = random >> _RAND_B_BITS, random & ((1 << _RAND_B_BITS) - 1)
    version_and_a = (7 << _RAND_A_BITS) | rand_a
    variant_and_b = (2 << _RAND_B_BITS) | rand_b
    return str(UUID(int=(milliseconds << 80) | (version_and_a << 64) | variant_and_b))
