"""Text from outside: what may be shown again. Enters: any text. Leaves: whether it can be shown, or a form that can."""

from __future__ import annotations

import re

#: Control characters, and surrogates that stand alone: no name has them, and the latter cannot be written as UTF-8.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
MAX_SHOWN = 80


def can_be_shown(text: str) -> bool:
    """Whether the text has no control characters."""
    return _UNSHOWN.search(text) is None


def shown(text: str) -> str:
    """The start of the text, with a mark in place of what cannot be shown."""
    return _UNSHOWN.sub("\ufffd", text[:MAX_SHOWN])
