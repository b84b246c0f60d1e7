"""Codes and numbers of an answer in words, the same on every edge. Enters: codes, numbers, dates. Leaves: short texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

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
RULE_STATUS: Final = {"fired": "Applies", "undetermined": "May apply", "not_fired": "Does not apply"}
STATES: Final = {"not_yet": "not yet in force", "suspended": "suspended", "ended": "no longer in force"}
CONTROL: Final = {"parties": "the parties decide", "authority": "an authority decides", "business": "can be learnt"}
STANDING: Final = {
    "told": "told", "derived": "follows from what is told", "assumed": "assumed", "unknown": "not known",
}  # fmt: skip


def gate_words(code: str) -> str:
    """A kind of gate in words."""
    return GATES.get(code, code_words(code).capitalize())


def code_words(code: str) -> str:
    """A code as words: `partly_denies` is `partly denies`."""
    return code.replace("_", " ")


def fact_words(fact: str) -> str:
    """The name of a fact as words: `deal.model_year` is `model year`."""
    return code_words(fact.removeprefix("deal."))


def amount(value: float) -> str:
    """A score from 0 to 100 with one decimal; the ends, which no score reaches, are never claimed."""
    shown = f"{value:.1f}"
    return {"100.0": ">99.9", "0.0": "<0.1"}.get(shown, shown)


def between(low: float, high: float) -> str:
    """An interval of scores."""
    return f"{amount(low)} to {amount(high)}"


def result_words(score: float, low: float, high: float) -> str:
    """A score with its interval: `61.2 (50.0 to 70.1)`."""
    return f"{amount(score)} ({between(low, high)})"


def gate_counts(counts: Mapping[str, int]) -> str:
    """How many of each kind of gate, the heaviest first: `prohibition 1, duty 3`."""
    return ", ".join(f"{words.lower()} {counts[code]}" for code, words in GATES.items() if code in counts)


def may_apply(counts: Mapping[str, int]) -> str:
    """How many gates may apply, in all and of each kind."""
    return f"{sum(counts.values())}, depending on what is not known: {gate_counts(counts)}"


def points(value: float) -> str:
    """Points with their sign: +12, -3.5, 0."""
    return f"{value:+.10g}" if value else "0"


def plural(count: int, word: str, several: str | None = None) -> str:
    """`1 rule`, `2 rules`; `several` is the word for more than one where it takes more than an s."""
    return f"{count:,} {word if count == 1 else several or word + 's'}"


def sentence_case(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def shortened(text: str, most: int, ending: str = "…") -> str:
    """The text, cut at a word and given an ending where it is longer than `most`."""
    if len(text) <= most:
        return text
    room = most - len(ending.strip())  # a blank before the ending stands where the text was cut
    return text[:room].rsplit(" ", 1)[0].rstrip(",;:") + ending


def joined(texts: Iterable[str], most: int = 6) -> str:
    """Texts parted by commas; those after the first `most` are counted only."""
    found = list(texts)
    rest = len(found) - most
    return ", ".join(found[:most]) + (f" and {rest} more" if rest > 0 else "")


def day(value: date | None) -> str:
    """A date as text, or that there is none."""
    return value.isoformat() if value else "date not known"
