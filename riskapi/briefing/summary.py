"""The first sheet: everything that a reader in a hurry needs, on one sheet of paper. Enters: a briefing. Leaves: a page.

The lines are short, the details are behind the links.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from riskapi.assessment.words import amount, gate_words, may_apply, points, result_words, sentence_case
from riskapi.briefing import change_sheets, deal_sheets, party_sheets, rule_sheets
from riskapi.briefing.changes import SHEET as CHANGES
from riskapi.briefing.changes import summary_of_changes
from riskapi.briefing.marks import STATUS_MARKS, band_mark
from riskapi.briefing.material import (
    QUESTIONS,
    WAYS,
    Briefing,
    Driver,
    change_words,
    content_hash,
    drivers,
    needs_words,
    observed,
    question_words,
    range_words,
    ways,
)
from riskapi.briefing.method import SHEET as METHOD
from riskapi.briefing.record import SHEET as RECORD
from riskapi.briefing.record import record_of
from riskapi.briefing.sheets import Look, Page, Styled, Within
from riskapi.briefing.sources import SHEET as SOURCES
from riskapi.briefing.sources import Sources, cell
from riskapi.briefing.summary_lines import WIDTHS, Line, cited, foot, heading, line, see
from riskapi.briefing.waterfall import SHEET as WATERFALL

SHEET: Final = "Summary"
_MOST_GATES: Final = 5
_READ_AT: Final = 2
_CONTENTS: Final = (
    WATERFALL,
    rule_sheets.RULES,
    rule_sheets.GATES,
    rule_sheets.CLOCKS,
    party_sheets.PARTIES,
    party_sheets.OWNERSHIP,
    party_sheets.DESIGNATIONS,
    deal_sheets.CLAIMS,
    deal_sheets.COMPARABLES,
    deal_sheets.DUTIES,
    change_sheets.SENSITIVITY,
    change_sheets.FIND_OUT,
    change_sheets.WHAT_IF,
    change_sheets.GRID,
    SOURCES,
    METHOD,
    CHANGES,
    RECORD,
)


def summary(briefing: Briefing, sources: Sources) -> Page:
    """The page; the sources that it cites have the first numbers."""
    lines: list[Line] = [
        *_head(briefing),
        *_result(briefing),
        *_status(briefing, sources),
        *_drivers(briefing, sources),
        *_gates(briefing, sources),
        *_questions(briefing),
        *_ways(briefing),
        *_changes(briefing),
        *_foot(briefing),
        *_contents(briefing),
    ]
    return Page(SHEET, WIDTHS, lines)


def _head(briefing: Briefing) -> Iterator[Line]:
    yield (Styled(f"Scrutiny briefing: {briefing.title}", Look.TITLE),)
    yield line("Question", briefing.answer.question)
    yield line("As of", briefing.answer.as_of, look=Look.DATE)


def _result(briefing: Briefing) -> Iterator[Line]:
    answer = briefing.answer
    yield from heading("Result")
    yield line("Score, 0 to 100", answer.score, band_mark(answer.band.name, answer.band.label), look=Look.FIGURE)
    yield line("Lowest", answer.low, band_mark(answer.band_low.name, answer.band_low.label), look=Look.SCORE)
    yield line("Highest", answer.high, band_mark(answer.band_high.name, answer.band_high.label), look=Look.SCORE)
    yield line("Range", range_words(answer))
    yield line(f"{answer.band.label} means", answer.band.meaning)
    past = observed(answer.band, answer.versions.rule_set)
    yield line("Past deals in this band", past, None, see(deal_sheets.COMPARABLES))


def _status(briefing: Briefing, sources: Sources) -> Iterator[Line]:
    status = briefing.answer.deal_status
    if status is None:
        yield line("Is the deal real?", "No deal between the two is on record.")
        return
    numbers = sources.claims(status, SHEET)
    yield line("Is the deal real?", f"{sentence_case(status.label)}. {status.headline}", None, cell(numbers))


def _drivers(briefing: Briefing, sources: Sources) -> Iterator[Line]:
    up, down = drivers(briefing)
    yield from heading("What raises the score most", see(WATERFALL))
    yield from _ranked(up, sources, "No rule raises it.")
    yield from heading("What lowers it most", see(WATERFALL))
    yield from _ranked(down, sources, "No rule lowers it.")


def _ranked(found: Sequence[Driver], sources: Sources, none: str) -> Iterator[Line]:
    if not found:
        yield line(None, none)
    for item in found:
        rule = item.rule
        read_at = cell(sources.law(rule.sources, rule.instrument, SHEET, _READ_AT))
        yield line(
            Styled(item.points, Look.POINTS),
            f"{rule.title}. {rule.because}{item.note}",
            cited(rule.jurisdiction, rule.citation),
            read_at,
        )


def _gates(briefing: Briefing, sources: Sources) -> Iterator[Line]:
    applies = [gate for gate in briefing.answer.gates if gate.status == "fired"]
    may = Counter(gate.gate for gate in briefing.answer.gates if gate.status != "fired")
    yield from heading("Legal gates", see(rule_sheets.GATES))
    for gate in applies[:_MOST_GATES]:
        rule = briefing.rules[gate.rule]
        read_at = cell(sources.law(rule.sources, rule.instrument, SHEET, _READ_AT))
        law = cited(gate.jurisdiction, gate.citation)
        text = f"{gate_words(gate.gate)}: {gate.title}. {gate.authority}"
        yield line(Styled(STATUS_MARKS["fired"]), text, law, read_at)
    if len(applies) > _MOST_GATES:
        yield line(None, f"and {len(applies) - _MOST_GATES} more that apply", None, see(rule_sheets.GATES))
    if not applies:
        yield line(None, "No gate applies on what is known.")
    if may:
        yield line(Styled(STATUS_MARKS["undetermined"]), may_apply(may))


def _questions(briefing: Briefing) -> Iterator[Line]:
    yield from heading("What to find out first", see(change_sheets.FIND_OUT))
    for number, item in enumerate(briefing.answer.unknowns[:QUESTIONS], 1):
        yield line(f"Question {number}", question_words(item), f"moves the ends by {item.moves:.0f}")
    if not briefing.answer.unknowns:
        yield line(None, "Nothing that is not known could move the result.")


def _ways(briefing: Briefing) -> Iterator[Line]:
    if briefing.whatif is None:
        return
    found = ways(briefing.whatif)
    yield from heading("What would lower it", see(change_sheets.WHAT_IF))
    for number, item in enumerate(found[:WAYS], 1):
        result = item.way.result
        text = f"{'; '.join(change_words(item.way))}. Needs: {needs_words(item.way)}."
        reached = f"{result_words(result.score, result.low, result.high)}, {result.band.capitalize()}"
        yield line(f"Change {number}", text, reached)
    none = "No change of up to two facts does."
    yield line(None, "No alternative is said to be lawful, available or wise." if found else none)


def _changes(briefing: Briefing) -> Iterator[Line]:
    if briefing.before is None:
        return
    now = record_of(briefing.answer, content_hash(briefing.answer))
    yield from heading("Since the earlier briefing", see(CHANGES))
    found = summary_of_changes(briefing.before, now)
    for key, (old, new) in found.items():
        title = now.items["result", key].title
        if isinstance(old, int | float) and isinstance(new, int | float):
            yield line(title, f"{amount(old)} then, {amount(new)} now", points(round(new - old, 1)))
        else:
            yield line(title, f"{old} then, {new} now")
    if not found:
        yield line(None, "The result is the same.")


def _foot(briefing: Briefing) -> Iterator[Line]:
    answer = briefing.answer
    versions = answer.versions
    made_from = f"riskapi {versions.engine}, rules {versions.rule_set}, data {versions.dataset}"
    yield from foot(answer.notice, answer.warnings, made_from, METHOD, content_hash(answer))


def _contents(briefing: Briefing) -> Iterator[Line]:
    yield from heading("In this workbook")
    missing = {
        CHANGES: briefing.before is None,
        change_sheets.GRID: briefing.whatif is None or briefing.whatif.grid is None,
    }
    found = [sheet for sheet in _CONTENTS if not missing.get(sheet)]
    across = len(WIDTHS)
    for start in range(0, len(found), across):
        yield tuple(Styled(Within(sheet, sheet)) for sheet in found[start : start + across])
