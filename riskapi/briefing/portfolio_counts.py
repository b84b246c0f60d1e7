"""What many pairings have in common: ranked rows in; the sheets Gates, Driving rules and Distributions out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from riskapi.assessment.words import GATES, gate_words, shortened
from riskapi.briefing.cells import TONES
from riskapi.briefing.charts import WHOLE, Bars, Chart
from riskapi.briefing.marks import band_tone
from riskapi.briefing.portfolio_about import PortfolioAbout, RuleAbout
from riskapi.briefing.portfolio_rows import Rows
from riskapi.briefing.sheets import CellValue, Column, Form, Link, Sheet, Table

GATES_SHEET: Final = "Gates"
RULES: Final = "Driving rules"
DISTRIBUTIONS: Final = "Distributions"
#: Width of the classes of scores and of ranges.
SCORE_STEP: Final = 5
RANGE_STEP: Final = 10
_TOP: Final = 100
_EDGE: Final = "7F7F7F"  # pale bands would not be seen on white
_LABEL: Final = 40

_GATE_COLUMNS: Final = (
    Column("Gate", Form.LONG, 20),
    Column("Rule", Form.LONG, 52),
    Column("Jurisdiction", Form.TEXT, 12),
    Column("Authority", Form.LONG, 34),
    Column("Law", Form.LONG, 34),
    Column("Pairings it applies to", Form.COUNT, 11),
    Column("Share", Form.SHARE, 9),
    Column("Pairings it may apply to", Form.COUNT, 11),
    Column("Rule id", Form.LONG, 46),
)


def gates(rows: Rows) -> Counter[str]:
    """Pairings by the rule whose gate applies; also those that only may, with 0."""
    return Counter({**dict.fromkeys(rows.possible_gates, 0), **rows.gates})


def gates_sheet(rows: Rows, about: PortfolioAbout) -> Sheet:
    """Each rule with a gate, and how many pairings it meets."""
    order = {code: place for place, code in enumerate(GATES)}
    counts = gates(rows)
    found = sorted(counts, key=lambda one: (order.get(about.rule(one).gate or "", len(order)), -counts[one], one))
    lines = [tuple(_gate_line(about.rule(ident), rows)) for ident in found]
    remarks = (
        "By rule: the pairings that its legal consequence applies to, and those it may, depending on what is not known.",
    )
    return Sheet(GATES_SHEET, (Table("gates", _GATE_COLUMNS, lines),), remarks)


def _gate_line(rule: RuleAbout, rows: Rows) -> Iterator[CellValue]:
    yield from (
        gate_words(rule.gate) if rule.gate else "not in the book",
        rule.title,
        rule.jurisdiction,
        rule.authority,
    )
    yield Link(rule.citation, rule.address)
    applies = rows.gates[rule.id]
    yield from (applies, applies / rows.count if rows.count else None, rows.possible_gates[rule.id], rule.id)


_RULE_COLUMNS: Final = (
    Column("Rule", Form.LONG, 60),
    Column("Points", Form.CHANGE, 9),
    Column("Pillar", Form.LONG, 26),
    Column("Jurisdiction", Form.TEXT, 12),
    Column("Law", Form.LONG, 40),
    Column("Among the drivers of", Form.COUNT, 11),
    Column("Share", Form.SHARE, 9),
    Column("Rule id", Form.LONG, 46),
)


def rules_sheet(rows: Rows, about: PortfolioAbout) -> Sheet:
    """Each rule that is a driver, and of how many pairings."""
    lines = [tuple(_rule_line(about.rule(ident), count, rows)) for ident, count in _most(rows.drivers)]
    remarks = ("Rules that are among the three heaviest of at least one pairing; share of all pairings.",)
    return Sheet(RULES, (Table("driving_rules", _RULE_COLUMNS, lines),), remarks)


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _rule_line(rule: RuleAbout, count: int, rows: Rows) -> Iterator[CellValue]:
    yield from (rule.title, rule.points, rule.pillar, rule.jurisdiction, Link(rule.citation, rule.address))
    yield from (count, count / rows.count, rule.id)


# Distributions


def distributions(rows: Rows, about: PortfolioAbout) -> Sheet:
    """How the scores spread: by band, in steps, and how wide the ranges are; each with a chart over its cells."""
    frame = rows.frame
    widths = (frame["high"] - frame["low"]).to_list()
    tables = (
        _by_band(rows, about),
        _classes("scores", "Scores in steps of five", frame["score"].to_list(), SCORE_STEP, "score"),
        _classes("ranges", "How far apart lowest and highest are", widths, RANGE_STEP, "width of the range"),
    )
    return Sheet(
        DISTRIBUTIONS,
        tables,
        ("Figures are numbers of pairings; each chart is drawn from the cells beside it.",),
    )


def _by_band(rows: Rows, about: PortfolioAbout) -> Table:
    counts = Counter(zip(*(rows.frame[name].to_list() for name in ("template", "date", "band")), strict=True))
    names = [band.name for band in about.bands]
    parts = {key[:2]: [counts[*key[:2], name] for name in names] for key in sorted(counts)}
    labels = [shortened(f"{template}, {day}", _LABEL) for template, day in parts]
    lines: list[tuple[CellValue, ...]] = [
        (label, sum(found), *found) for label, found in zip(labels, parts.values(), strict=True)
    ]
    columns = (
        Column("Template and day", Form.TEXT, 40),
        Column("Pairings", Form.COUNT, 10),
        *(Column(band.label, Form.COUNT, 11) for band in about.bands),
    )
    return Table("bands", columns, lines, "Pairings by band", _band_chart(about, labels, list(parts.values())))


def _band_chart(about: PortfolioAbout, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> Chart:
    bands = about.bands
    said = "; ".join(
        f"{label}: " + ", ".join(f"{band.label} {count}" for band, count in zip(bands, found, strict=True))
        for label, found in zip(labels, counts, strict=True)
    )
    return Chart(
        title="Pairings by band",
        description=f"Stacked bars. {said}",
        labels=1,
        bars=tuple(
            Bars(place, TONES[band_tone(band.name)][0], in_legend=True, edge=_EDGE)
            for place, band in enumerate(bands, 3)
        ),
        axis="pairings",
        lying=True,
        height_cm=max(6.0, 3.5 + 0.9 * len(labels)),
        width_cm=20,
        beside=True,
    )


def _classes(name: str, title: str, values: Iterable[float], step: int, axis: str) -> Table:
    """Classes from 0 to 100 with their lower ends included, the last with both."""
    starts = range(0, _TOP, step)
    counts = Counter(min(int(value // step), len(starts) - 1) for value in values)
    lines = [(f"{low} to {low + step}", low, low + step, counts[place]) for place, low in enumerate(starts)]
    columns = (
        Column("Class", Form.TEXT, 40),
        Column("From", Form.COUNT, 10),
        Column("Below", Form.COUNT, 11),
        Column("Pairings", Form.COUNT, 11),
    )
    said = ", ".join(f"{label}: {count}" for label, _, _, count in lines if count)
    chart = Chart(
        title=f"{title}: number of pairings",
        description=f"Columns by {axis}. {said}",
        labels=1,
        bars=(Bars(4, WHOLE),),
        axis="pairings",
        beside=True,
        gap=8,
        width_cm=20,
        height_cm=9,
    )
    return Table(name, columns, lines, title, chart)
