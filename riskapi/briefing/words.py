"""Codes and numbers of an answer in the words of a briefing. Enters: codes, numbers. Leaves: short texts and tones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from riskapi.briefing.cells import Mark, Tone

#: Kinds of gates, the heaviest first.
GATES: Final = {
    "prohibition": "Prohibition",
    "licence_required": "Licence required",
    "mandatory_filing": "Mandatory filing",
    "review_jurisdiction": "Review possible",
    "ineligibility": "Ineligibility",
    "tariff": "Duty",
    "disclosure": "Disclosure",
}
RULE_STATUS: Final = {
    "fired": Mark("Applies", Tone.APPLIES),
    "undetermined": Mark("May apply", Tone.OPEN),
    "not_fired": Mark("Does not apply", Tone.QUIET),
}
STATES: Final = {"not_yet": "not yet in force", "suspended": "suspended", "ended": "no longer in force"}
CONTROL: Final = {"parties": "the parties decide", "authority": "an authority decides", "business": "can be learnt"}
STANDING: Final = {
    "told": "told", "derived": "follows from what is told", "assumed": "assumed", "unknown": "not known",
}  # fmt: skip


def gate_words(code: str) -> str:
    """A kind of gate in words."""
    return GATES.get(code, in_words(code).capitalize())


def in_words(code: str) -> str:
    """A code as words: `partly_denies` is `partly denies`."""
    return code.replace("_", " ")


def fact_words(fact: str) -> str:
    """The name of a fact as words: `deal.model_year` is `model year`."""
    return in_words(fact.removeprefix("deal."))


def band_mark(name: str, label: str | None = None) -> Mark:
    """The band on its ground."""
    return Mark(label or name.capitalize(), band_tone(name))


def band_tone(name: str) -> Tone:
    """The ground of a band; a band of a private scorecard has none."""
    return Tone(name) if name in Tone.__members__.values() else Tone.QUIET


def amount(value: float) -> str:
    """A score with one decimal; the ends, which no score reaches, are never claimed."""
    shown = f"{value:.1f}"
    return {"100.0": ">99.9", "0.0": "<0.1"}.get(shown, shown)


def between(low: float, high: float) -> str:
    """An interval of scores."""
    return f"{amount(low)} to {amount(high)}"


def points(value: float) -> str:
    """Points with their sign: +12, -3.5, 0."""
    return f"{value:+.10g}" if value else "0"


def plural(count: int, word: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def shortened(text: str, most: int) -> str:
    """The text, cut at a word where it is longer than `most`."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def listed(texts: Iterable[str], most: int = 1_000) -> str | None:
    """Texts parted by commas, None without any; more than `most` are counted only."""
    found = list(texts)
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" and {rest} more" if rest > 0 else "") if found else None


def lines(texts: Iterable[str]) -> str | None:
    """Texts on lines of their own, None without any."""
    return "\n".join(texts) or None


def day(value: date | None) -> str:
    """A date as text, or that there is none."""
    return value.isoformat() if value else "date not known"
