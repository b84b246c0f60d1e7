"""The first and the last sheet of a portfolio: ranked rows and their terms in; Summary and Method out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from riskapi.assessment.words import gate_words, plural, result_words, shortened
from riskapi.briefing import portfolio_counts, portfolio_tables
from riskapi.briefing.marks import band_mark
from riskapi.briefing.method import SCORE_WORDS
from riskapi.briefing.portfolio_about import PortfolioAbout
from riskapi.briefing.portfolio_grid import Grid
from riskapi.briefing.portfolio_rows import Rows
from riskapi.briefing.sheets import CellValue, Column, Form, Look, Page, Sheet, Styled, Table, Within
from riskapi.briefing.summary_lines import WIDTHS, Line, cited, foot, heading, line, see

SUMMARY: Final = "Summary"
METHOD: Final = "Method"
_ENDS: Final = 10
_MOST_GATES: Final = 6
_TITLE: Final = 60


def summary(rows: Rows, about: PortfolioAbout, grids: Sequence[Grid], content_hash: str) -> Page:
    """What was asked, how the answers spread, both ends of the ranking, the gates, and where the rest is."""
    lines = [
        *_head(rows, about), *_bands(rows, about), *_ends(rows, about), *_gates(rows, about),
        *_foot(about, content_hash), *_contents(grids),
    ]  # fmt: skip
    return Page(SUMMARY, WIDTHS, lines)


def title_of(rows: Rows) -> str:
    """`Scrutiny of 372 pairings`."""
    return f"Scrutiny of {plural(rows.count, 'pairing')}"


def _head(rows: Rows, about: PortfolioAbout) -> Iterator[Line]:
    yield (Styled(title_of(rows), Look.TITLE),)
    yield line("Question", question(rows))
    yield line("Foreign parties", about.foreign)
    yield line("Hosts", about.hosts)
    for name in rows.templates:
        told = "; ".join(f"{fact}: {value}" for fact, value in about.templates.get(name, ()))
        yield line("Template", f"{name}: {told or 'nothing was told of the deal'}")
    for place, day in enumerate(rows.dates):
        yield line("" if place else "As of", day, look=Look.DATE)


def question(rows: Rows) -> str:
    """The question in a sentence."""
    kinds = "one kind of deal" if len(rows.templates) == 1 else f"{len(rows.templates)} kinds of deal"
    days = "one day" if len(rows.dates) == 1 else f"{len(rows.dates)} days"
    return f"How much scrutiny would each of these pairings meet, with {kinds} and as of {days}?"


def _bands(rows: Rows, about: PortfolioAbout) -> Iterator[Line]:
    yield from heading("How many in each band", see(portfolio_counts.DISTRIBUTIONS))
    for band in reversed(about.bands):
        share = f"{100 * rows.bands[band.name] / rows.count:.1f} %" if rows.count else "none"
        yield line(Styled(band_mark(band.name, band.label)), band.meaning, f"{rows.bands[band.name]:,} ({share})")


def _ends(rows: Rows, about: PortfolioAbout) -> Iterator[Line]:
    top, rest = rows.records[:_ENDS], rows.records[_ENDS:]
    for name, records in (("Highest", top), ("Lowest", rest[-_ENDS:])):
        if records:
            yield from heading(f"{name} {len(records)}", see(portfolio_tables.RANKING))
            yield from (_pairing(record, rows, about) for record in records)
    if not top:
        yield line(None, "There is no pairing.")


def _pairing(record: dict[str, Any], rows: Rows, about: PortfolioAbout) -> Line:
    """One line: band, who with whom and the strongest driver, result, place in the ranking."""
    several = (rows.templates, record["template"]), (rows.dates, str(record["date"]))
    which = ", ".join(text for values, text in several if len(values) > 1)
    why = f": {shortened(about.rule(record['drivers'][0]).title, _TITLE)}" if record["drivers"] else ""
    text = f"{record['foreign']} and {record['host']}{f' ({which})' if which else ''}{why}"
    result = result_words(record["score"], record["low"], record["high"])
    labels = {band.name: band.label for band in about.bands}
    mark = band_mark(record["band"], labels.get(record["band"]))
    place = Within(f"rank {record['rank']:,}", portfolio_tables.RANKING, f"A{record['row']}")
    return (Styled(mark), Styled(text), Styled(result), Styled(place))


def _gates(rows: Rows, about: PortfolioAbout) -> Iterator[Line]:
    yield from heading("Legal gates met most", see(portfolio_counts.GATES_SHEET))
    most = sorted(rows.gates.items(), key=lambda item: (-item[1], item[0]))
    for ident, count in most[:_MOST_GATES]:
        rule = about.rule(ident)
        gate = gate_words(rule.gate) if rule.gate else "Gate"
        yield line(
            gate, f"{rule.title}. {rule.authority}", cited(rule.jurisdiction, rule.citation), plural(count, "pairing")
        )
    if not most:
        yield line(None, "No gate applies to any pairing on what is known.")


def _foot(about: PortfolioAbout, content_hash: str) -> Iterator[Line]:
    made_from = f"riskapi {about.engine}, rules {about.rule_set}, data {about.dataset}"
    yield from foot(about.notice, about.warnings, made_from, METHOD, f"{content_hash} (of the rows as CSV)")


def _contents(grids: Sequence[Grid]) -> Iterator[Line]:
    yield from heading("In this workbook")
    for grid in grids:
        yield line(Styled(Within(grid.title, grid.title)), f"{grid.template}, as of {grid.day}")
    for sheet, what in (
        (portfolio_tables.RANKING, "every pairing with its figures"),
        (portfolio_tables.DRIVERS, "the rules behind each pairing"),
        (portfolio_counts.GATES_SHEET, "legal consequences by rule"),
        (portfolio_counts.RULES, "the rules that drive scores most often"),
        (portfolio_counts.DISTRIBUTIONS, "how scores and ranges spread"),
        (METHOD, "how to read the numbers, and the versions"),
    ):
        yield line(Styled(Within(sheet, sheet)), what)


# Method

_METHOD_COLUMNS: Final = (
    Column("About", Form.LONG, 22), Column("Item", Form.LONG, 34), Column("What it says", Form.ANY, 90),
)  # fmt: skip
_READING: Final = {
    **{item: SCORE_WORDS[item] for item in ("Score", "What the score is not")},
    "Lowest and highest": "The results that what is not known leaves open. Not a statistic. Two pairings whose ranges overlap "
    "are not told apart by their scores alone.",
    "One template for all": "Every pairing is asked with the same facts of the deal. What is not told there is not known, for "
    "every pairing; the briefing of one pairing says what to find out first.",
    "Gates": "Legal consequences stand beside the score: kinds and numbers in the ranking, rules on the sheet Gates.",
    "Colours": "They follow the numbers and repeat what the cell says in words; light to dark, for any colour vision.",
}


def method(rows: Rows, about: PortfolioAbout, content_hash: str) -> Sheet:
    """Versions, hash, bands, and how to read the numbers."""
    lines = [*_made_from(rows, about, content_hash), *(("How to read it", *item) for item in _READING.items()),
             *_scales(about)]  # fmt: skip
    return Sheet(METHOD, (Table("method", _METHOD_COLUMNS, lines),), (about.notice,))


def _made_from(rows: Rows, about: PortfolioAbout, content_hash: str) -> Iterator[tuple[CellValue, ...]]:
    yield "Result", "Pairings", rows.count
    yield "Result", "Program", f"riskapi {about.engine}"
    yield "Result", "Rules", about.rule_set
    yield "Result", "Data", about.dataset
    yield "Result", "SHA-256 of the rows", content_hash
    yield "Result", "To check it", "The .csv file of the same matrix has this SHA-256."
    for name, told in about.templates.items():
        for fact, value in told:
            yield f"Template {name}", fact, value
    for warning in about.warnings:
        yield "Warning", "Keep in mind", warning


def _scales(about: PortfolioAbout) -> Iterator[tuple[CellValue, ...]]:
    for band in about.bands:
        yield "Band", band_mark(band.name, band.label), f"From {band.at_least:g}. {band.meaning}"
