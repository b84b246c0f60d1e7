"""When to try again: exponential back-off with jitter that honours `Retry-After`, bounded in tries and in waiting.

Enters: the number of the try and what the server said. Leaves: seconds to wait, or None: give up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: Answers that may be better next time.
PASSING_STATUSES = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`tries` in all, with waits of `first` seconds, then twice as long each time up to `longest`.

    A server may ask for waits of up to `asked` seconds.
    """

    tries: int = 5
    first: float = 1.0
    longest: float = 60.0
    asked: float = 300.0

    def wait(self, failed: int, asked: float | None, jitter: Callable[[], float]) -> float | None:
        """Seconds to wait after the `failed`th try (from 1); `jitter` gives a number from 0 to 1.

        None where the tries are used up or the server asks for more patience than there is.
        """
        if failed >= self.tries or (asked is not None and asked > self.asked):
            return None
        step = min(self.longest, self.first * 2.0 ** (failed - 1))
        return max(asked or 0.0, step * (0.5 + jitter() / 2))


def seconds_asked(header: str | None, now: datetime) -> float | None:
    """What `Retry-After` asks for, as seconds from `now`; None where it is missing or makes no sense."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
