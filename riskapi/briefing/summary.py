"""The first sheet: everything that a reader in a hurry needs, on one sheet of paper. Enters: a briefing. Leaves: a page.

Four columns: what it is, what it says, the law or result, where more of it stands. The lines are short, the details are
behind the links.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from riskapi.briefing import change_sheets, deal_sheets, party_sheets, rule_sheets
from riskapi.briefing.changes import SHEET as CHANGES
from riskapi.briefing.changes import summary_of_changes
from riskapi.briefing.material import (
    QUESTIONS,
    WAYS,
    Briefing,
    Driver,
    change_words,
    content_hash,
    drivers,
    observed,
    question_words,
    range_words,
    ways,
)
from riskapi.briefing.method import SHEET as METHOD
from riskapi.briefing.record import SHEET as RECORD
from riskapi.briefing.record import record_of
from riskapi.briefing.sheets import CellValue, Look, Mark, Page, Styled, Tone, Within
from riskapi.briefing.sources import SHEET as SOURCES
from riskapi.briefing.sources import Sources, cell
from riskapi.briefing.waterfall import SHEET as WATERFALL
from riskapi.briefing.words import GATES, RULE_STATUS, amount, band_mark, between, gate_words, points, shortened

SHEET: Final = "Summary"
_WIDTHS: Final = (18, 73, 28, 18)
_MOST_GATES: Final = 5
_READ_AT: Final = 2
_CITATION: Final = 90
_Line: TypeAlias = Sequence[Styled | None]
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
    lines: list[_Line] = [
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
    return Page(SHEET, _WIDTHS, lines)


def _line(
    label: CellValue | Styled,
    text: CellValue,
    beside: CellValue = None,
    place: CellValue = None,
    *,
    look: Look = Look.BODY,
) -> _Line:
    first = label if isinstance(label, Styled) else Styled(label, Look.LABEL)
    return (first, Styled(text, look), Styled(beside), Styled(place))


def _heading(text: str, note: CellValue = None) -> Iterator[_Line]:
    yield ()
    yield (
        *(Styled(one, Look.HEADING) for one in (text, "", "")),
        Styled(note if note is not None else "", Look.HEADING),
    )


def _to(sheet: str) -> Within:
    return Within(f"see {sheet}", sheet)


def _head(briefing: Briefing) -> Iterator[_Line]:
    yield (Styled(f"Scrutiny briefing: {briefing.title}", Look.TITLE),)
    yield _line("Question", briefing.answer.question)
    yield _line("As of", briefing.answer.as_of, look=Look.DATE)


def _result(briefing: Briefing) -> Iterator[_Line]:
    answer = briefing.answer
    yield from _heading("Result")
    yield _line("Score, 0 to 100", answer.score, band_mark(answer.band.name, answer.band.label), look=Look.FIGURE)
    yield _line("Lowest", answer.low, band_mark(answer.band_low.name, answer.band_low.label), look=Look.SCORE)
    yield _line("Highest", answer.high, band_mark(answer.band_high.name, answer.band_high.label), look=Look.SCORE)
    yield _line("Range", range_words(answer))
    yield _line(f"{answer.band.label} means", answer.band.meaning)
    past = observed(answer.band, answer.versions.rule_set)
    yield _line("Past deals in this band", past, None, _to(deal_sheets.COMPARABLES))


def _status(briefing: Briefing, sources: Sources) -> Iterator[_Line]:
    status = briefing.answer.deal_status
    if status is None:
        yield _line("Is the deal real?", "No deal between the two is on record.")
        return
    numbers = sources.claims(status, SHEET)
    label = status.label[:1].upper() + status.label[1:]
    yield _line("Is the deal real?", f"{label}. {status.headline}", None, cell(numbers))


def _drivers(briefing: Briefing, sources: Sources) -> Iterator[_Line]:
    up, down = drivers(briefing)
    yield from _heading("What raises the score most", _to(WATERFALL))
    yield from _ranked(up, sources, "No rule raises it.")
    yield from _heading("What lowers it most", _to(WATERFALL))
    yield from _ranked(down, sources, "No rule lowers it.")


def _ranked(found: Sequence[Driver], sources: Sources, none: str) -> Iterator[_Line]:
    if not found:
        yield _line(None, none)
    for item in found:
        rule = item.rule
        open_ = " Counted although it is not known whether it applies." if item.is_open else ""
        read_at = cell(sources.law(rule.sources, rule.instrument, SHEET, _READ_AT))
        cited = f"{rule.jurisdiction}: {shortened(rule.citation, _CITATION)}"
        yield _line(Styled(item.points, Look.POINTS), f"{rule.title}. {rule.because}{open_}", cited, read_at)


def _gates(briefing: Briefing, sources: Sources) -> Iterator[_Line]:
    applies = [gate for gate in briefing.answer.gates if gate.status == "fired"]
    may = Counter(gate.gate for gate in briefing.answer.gates if gate.status != "fired")
    yield from _heading("Legal gates", _to(rule_sheets.GATES))
    for gate in applies[:_MOST_GATES]:
        rule = briefing.rules[gate.rule]
        read_at = cell(sources.law(rule.sources, rule.instrument, SHEET, _READ_AT))
        cited = f"{gate.jurisdiction}: {shortened(gate.citation, _CITATION)}"
        yield _line(
            Styled(RULE_STATUS["fired"]), f"{gate_words(gate.gate)}: {gate.title}. {gate.authority}", cited, read_at
        )
    if len(applies) > _MOST_GATES:
        yield _line(None, f"and {len(applies) - _MOST_GATES} more that apply", None, _to(rule_sheets.GATES))
    if not applies:
        yield _line(None, "No gate applies on what is known.")
    if may:
        counts = ", ".join(f"{words.lower()} {may[code]}" for code, words in GATES.items() if code in may)
        yield _line(Styled(RULE_STATUS["undetermined"]), f"{may.total()}, depending on what is not known: {counts}")


def _questions(briefing: Briefing) -> Iterator[_Line]:
    yield from _heading("What to find out first", _to(change_sheets.FIND_OUT))
    for number, item in enumerate(briefing.answer.unknowns[:QUESTIONS], 1):
        yield _line(f"Question {number}", question_words(item), f"moves the ends by {item.moves:.0f}")
    if not briefing.answer.unknowns:
        yield _line(None, "Nothing that is not known could move the result.")


def _ways(briefing: Briefing) -> Iterator[_Line]:
    if briefing.whatif is None:
        return
    found = ways(briefing.whatif)
    yield from _heading("What would lower it", _to(change_sheets.WHAT_IF))
    for number, item in enumerate(found[:WAYS], 1):
        result = item.way.result
        needs = "; ".join(change.needs.rstrip(".") for change in item.way.changes)
        text = f"{'; '.join(change_words(item.way))}. Needs: {needs}."
        reached = f"{amount(result.score)} ({between(result.low, result.high)}), {result.band.capitalize()}"
        yield _line(f"Change {number}", text, reached)
    none = "No change of up to two facts does."
    yield _line(None, "No alternative is said to be lawful, available or wise." if found else none)


def _changes(briefing: Briefing) -> Iterator[_Line]:
    if briefing.before is None:
        return
    now = record_of(briefing.answer, content_hash(briefing.answer))
    yield from _heading("Since the earlier briefing", _to(CHANGES))
    found = summary_of_changes(briefing.before, now)
    for key, (old, new) in found.items():
        title = now.items["result", key].title
        if isinstance(old, int | float) and isinstance(new, int | float):
            yield _line(title, f"{amount(old)} then, {amount(new)} now", points(round(new - old, 1)))
        else:
            yield _line(title, f"{old} then, {new} now")
    if not found:
        yield _line(None, "The result is the same.")


def _foot(briefing: Briefing) -> Iterator[_Line]:
    answer = briefing.answer
    versions = answer.versions
    yield from _heading("Keep in mind")
    yield _line(Styled(Mark("Not legal advice", Tone.OPEN)), answer.notice)
    for warning in answer.warnings:
        yield _line("Warning", warning)
    yield _line(
        "Made from", f"riskapi {versions.engine}, rules {versions.rule_set}, data {versions.dataset}", None, _to(METHOD)
    )
    yield _line("SHA-256", content_hash(answer))


def _contents(briefing: Briefing) -> Iterator[_Line]:
    yield from _heading("In this workbook")
    missing = {
        CHANGES: briefing.before is None,
        change_sheets.GRID: briefing.whatif is None or briefing.whatif.grid is None,
    }
    found = [sheet for sheet in _CONTENTS if not missing.get(sheet)]
    across = len(_WIDTHS)
    for start in range(0, len(found), across):
        yield tuple(Styled(Within(sheet, sheet)) for sheet in found[start : start + across])
