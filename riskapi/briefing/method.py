"""How the result was come by: the sheet Method. Enters: a briefing. Leaves: a sheet of remarks one can look up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from riskapi.briefing.marks import STATUS_MARKS, band_mark
from riskapi.briefing.material import Briefing, content_hash, observed
from riskapi.briefing.sheets import CellValue, Column, Form, Mark, Sheet, Table, Tone
from riskapi.claims.grading import CREDIBILITY, RELIABILITY

SHEET: Final = "Method"
_COLUMNS: Final = (Column("About", Form.LONG, 22), Column("Item", Form.LONG, 34), Column("What it says", Form.ANY, 90))
_RESULT: Final = "Result"
SCORE_WORDS: Final = {
    "Score": "A scorecard from 0 to 100: 100 / (1 + 2^(-points / 10)). The points of the rules that apply are added to a "
    "base; +10 points double the odds of an adverse outcome. A floor holds the score up where a heavy gate applies.",
    "What the score is not": "No probability and no forecast. It says how much scrutiny the pairing would meet if it were "
    "proposed, not whether it is lawful, likely or real.",
    "Range": "The lowest and highest results that what is not known leaves open. Not a statistic.",
    "Groups": "Rules about the same thing form a group in which, as a rule, only the heaviest counts.",
    "Not known": "A rule that needs a fact which is not known may apply. It counts in the score only where its author says "
    "so, and is marked then. The few facts that are taken as the usual case unless told stand on the sheet Find out.",
    "Gates": "Legal consequences stand beside the score and have their own sheet.",
    "Report status": "Whether the deal is real is a separate answer, from what parties, authorities and media have said.",
    "Comparables": "Past deals most like this one; see the sheet for what is compared. They are no sample.",
}
_MARKS: Final = (
    (STATUS_MARKS["fired"], "The rule applies on what is known."),
    (STATUS_MARKS["undetermined"], "A fact is not known that decides whether the rule applies."),
    (STATUS_MARKS["not_fired"], "The rule was looked at and does not apply."),
    (Mark("lowers, denies", Tone.LOWERS), "Speaks for the deal, or against a report of it."),
)


def method(briefing: Briefing) -> Sheet:
    """Versions, hash, how to read the numbers, and the scales."""
    rows = [*_result(briefing), *_score(briefing), *_scales()]
    return Sheet(SHEET, (Table("method", _COLUMNS, rows),), (briefing.answer.notice,))


def _result(briefing: Briefing) -> Iterator[tuple[CellValue, ...]]:
    answer = briefing.answer
    yield _RESULT, "Question", answer.question
    yield _RESULT, "As of", answer.as_of
    yield _RESULT, "Program", f"riskapi {answer.versions.engine}"
    yield _RESULT, "Rules", answer.versions.rule_set
    yield _RESULT, "Data", answer.versions.dataset
    yield _RESULT, "SHA-256 of the content", content_hash(answer)
    yield (
        _RESULT,
        "To check it",
        "The file that `riskapi export` writes for the same question with --out NAME.json has this SHA-256.",
    )
    for warning in answer.warnings:
        yield "Warning", "Keep in mind", warning
    for note in briefing.notes:
        yield "Warning", "Of this briefing", note
    for warning in briefing.whatif.warnings if briefing.whatif else ():
        yield "Warning", "Of the what-if", warning
    for place in answer.jurisdictions:
        foreign = " and ".join(place.foreign_parties)
        told = f"{'; '.join(place.reasons)}. Foreign there: {foreign}. Rules looked at: {place.rules}."
        yield "Jurisdiction", place.label, told


def _score(briefing: Briefing) -> Iterator[tuple[CellValue, ...]]:
    for item, text in SCORE_WORDS.items():
        yield "How to read it", item, text
    answer = briefing.answer
    for band in dict.fromkeys((answer.band_low, answer.band, answer.band_high)):
        yield "Band", band_mark(band.name, band.label), f"{band.meaning} {observed(band, answer.versions.rule_set)}"


def _scales() -> Iterator[tuple[CellValue, ...]]:
    for mark, meaning in _MARKS:
        yield "Marks", mark, meaning
    for letter, meaning in RELIABILITY.items():
        yield "Admiralty scale", f"{letter}: reliability of the speaker", meaning
    for figure, meaning in CREDIBILITY.items():
        yield "Admiralty scale", f"{figure}: credibility of the claim", meaning
