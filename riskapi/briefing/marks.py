"""Words of an answer on their grounds, and as the text of a cell. Enters: codes, texts. Leaves: marks, tones, cell texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from riskapi.assessment.words import RULE_STATUS, joined
from riskapi.briefing.cells import Mark, Tone

_MOST_LISTED: Final = 1_000
STATUS_MARKS: Final = {
    "fired": Mark(RULE_STATUS["fired"], Tone.APPLIES),
    "undetermined": Mark(RULE_STATUS["undetermined"], Tone.OPEN),
    "not_fired": Mark(RULE_STATUS["not_fired"], Tone.QUIET),
}


def band_mark(name: str, label: str | None = None) -> Mark:
    """The band on its ground."""
    return Mark(label or name.capitalize(), band_tone(name))


def band_tone(name: str) -> Tone:
    """The ground of a band; a band of a private scorecard has none."""
    return Tone(name) if name in Tone.__members__.values() else Tone.QUIET


def listed(texts: Iterable[str], most: int = _MOST_LISTED) -> str | None:
    """Texts parted by commas, None without any; more than `most` are counted only."""
    return joined(texts, most) or None


def lines(texts: Iterable[str]) -> str | None:
    """Texts on lines of their own, None without any."""
    return "\n".join(texts) or None
