"""What a briefing is made from. Enters: nothing. Leaves: `Briefing`, the hash of its content, its sentences in short.

Only the answer is needed. The rest are other answers to the same question, each of which adds a sheet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from riskapi.assessment.answer import Answer, BandAnswer, RuleAnswer, UnknownAnswer, WaterfallStep, to_json
from riskapi.assessment.whatif import WayShown, WhatIfAnswer
from riskapi.assessment.words import between, fact_words, points, result_words
from riskapi.briefing.ownership import Holding
from riskapi.briefing.record import Record
from riskapi.tariffs.answer import DutyShown

DRIVERS: Final = 3
QUESTIONS: Final = 3
WAYS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """Everything that a briefing shows; `before` is what an earlier briefing said, `notes` are warnings of its maker."""

    answer: Answer
    whatif: WhatIfAnswer | None = None
    duties: tuple[DutyShown, ...] = ()
    ownership: tuple[Holding, ...] = ()
    before: Record | None = None
    notes: tuple[str, ...] = ()
    rules: dict[str, RuleAnswer] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", {rule.id: rule for rule in self.answer.rules})

    @property
    def title(self) -> str:
        """The two parties."""
        return " and ".join(party.name for party in self.answer.parties)


def content_hash(answer: Answer) -> str:
    """SHA-256 of the answer as JSON: the file that `riskapi export --out x.json` writes has the same."""
    return hashlib.sha256(to_json(answer)).hexdigest()


@dataclass(frozen=True, slots=True)
class Driver:
    """A rule that moves the score; `is_open`: it counts although it is not known whether it applies."""

    rule: RuleAnswer
    points: float
    is_open: bool

    @property
    def note(self) -> str:
        """What is to be said after the reason of one that is open."""
        return " Counted although it is not known whether it applies." if self.is_open else ""


def drivers(briefing: Briefing) -> tuple[tuple[Driver, ...], tuple[Driver, ...]]:
    """The rules that raise the score most, and those that lower it most."""
    steps = [step for step in briefing.answer.waterfall if step.rule in briefing.rules]
    ranked = sorted(steps, key=lambda step: (-abs(step.points), step.rule or ""))
    up = [_driver(briefing, step) for step in ranked if step.points > 0]
    down = [_driver(briefing, step) for step in ranked if step.points < 0]
    return tuple(up[:DRIVERS]), tuple(down[:DRIVERS])


def _driver(briefing: Briefing, step: WaterfallStep) -> Driver:
    rule = briefing.rules[step.rule or ""]
    return Driver(rule, step.points, rule.counted_while_unknown)


def observed(band: BandAnswer, rule_set: str) -> str:
    """What became of past deals in the band, without a word of probability; `rule_set` is that of the answer."""
    rates = band.observed
    if rates is None or rates.rate is None or rates.low is None or rates.high is None:
        return "Not measured: no back-test is recorded with these rules."
    share = f"{100 * rates.rate:.0f} % ({100 * rates.low:.0f} to {100 * rates.high:.0f} %)"
    told = f"Of {rates.n} past deals on record in this band {rates.adverse} were stopped or given up: {share}; no random sample."
    return told if rates.rule_set == rule_set else f"{told} Scored by other rules: {rates.rule_set}."


def range_words(answer: Answer) -> str:
    """Between which bands the result lies."""
    low, high = answer.band_low, answer.band_high
    span = f"{low.label} throughout" if low.name == high.name else f"{low.label} to {high.label}"
    return f"{between(answer.low, answer.high)}: {span}, depending on what is not known"


def question_words(item: UnknownAnswer) -> str:
    """What to find out, and between which results the answer to it decides."""
    ends = sorted((item.lowest, item.highest), key=lambda trial: (trial.score, trial.low, trial.high))
    low, high = (result_words(one.score, one.low, one.high) for one in ends)
    about = f"{item.party}: " if item.party else ""
    return f"{about}{item.question} Score then: {low if low == high else f'from {low} to {high}'}."


@dataclass(frozen=True, slots=True)
class Served:
    """A way with all that it reaches: names of bands, ids of the rules whose gates it lifts."""

    way: WayShown
    bands: tuple[str, ...]
    lifts: tuple[str, ...]


def ways(whatif: WhatIfAnswer | None) -> Sequence[Served]:
    """The smallest changes, each once, the least first."""
    found: dict[tuple[object, ...], Served] = {}
    for target in whatif.targets if whatif else ():
        for way in target.ways:
            key = tuple((change.fact, str(change.value)) for change in way.changes)
            before = found.get(key, Served(way, (), ()))
            bands = (*before.bands, target.label) if target.kind == "band" else before.bands
            lifts = (*before.lifts, target.name) if target.kind == "gate" else before.lifts
            found[key] = Served(way, bands, lifts)
    return sorted(found.values(), key=lambda item: (len(item.way.changes), item.way.effort, item.way.result.score))


def change_words(way: WayShown) -> Iterator[str]:
    """The changes of a way, each in a few words."""
    for change in way.changes:
        fact = fact_words(change.fact)
        yield f"{fact}: " + (
            f"settle on {change.text}" if change.settles else f"{change.text} in place of {change.before_text}"
        )


def needs_words(way: WayShown) -> str:
    """What the changes of a way need."""
    return "; ".join(change.needs.rstrip(".") for change in way.changes)


def points_words(driver: Driver) -> str:
    """The points of a driver with a mark where it is open whether they count."""
    return f"{points(driver.points)}{' (?)' if driver.is_open else ''}"
