"""The long sheets of a portfolio: ranked rows in; Ranking and Drivers out, which lead to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from riskapi.assessment.words import GATES, gate_words, shortened
from riskapi.briefing.bulk import BulkValue, Leads
from riskapi.briefing.cells import Within
from riskapi.briefing.marks import band_tone
from riskapi.briefing.portfolio_about import PortfolioAbout
from riskapi.briefing.portfolio_rows import Rows, gate_kinds
from riskapi.briefing.sheets import Column, Form, LongTable, Scale, Sheet
from riskapi.briefing.steps import Step
from riskapi.matrix.schema import PILLARS

RANKING: Final = "Ranking"
DRIVERS: Final = "Drivers"
_TITLE: Final = 90
_RANKING_REMARKS: Final = (
    "Every pairing, the highest score first. Filter by firm, host, band or gate; the driver leads to the rules behind it.",
    "Lowest and highest: the range that what is not known leaves open. Points of pillars add up to the score with the base.",
)
_DRIVERS_REMARKS: Final = (
    "The rules that raise each pairing most, at most three, the heaviest first; the rank leads back to the ranking.",
    "Points are the weight of the rule where it counts; +10 points double the odds of an adverse outcome.",
)
_DRIVER_COLUMNS: Final = (
    Column("Rank", Form.COUNT, 7),
    Column("Foreign party", Form.TEXT, 26),
    Column("Host", Form.TEXT, 26),
    Column("Template", Form.TEXT, 26),
    Column("As of", Form.DATE, 13),
    Column("Place", Form.COUNT, 7),
    Column("Rule", Form.TEXT, 64),
    Column("Points", Form.CHANGE, 9),
    Column("Jurisdiction", Form.TEXT, 12),
    Column("Citation", Form.TEXT, 34),
    Column("Rule id", Form.TEXT, 48),
)


def first_row(remarks: Sequence[str]) -> int:
    """The row of the sheet that the first row of a single table is: below remarks, a blank line and the heads."""
    return len(remarks) + 3


def number_rows(rows: Rows) -> None:
    """Note with each record its row of Ranking, `row`, and of Drivers, `driver_row`."""
    driver_row = first_row(_DRIVERS_REMARKS)
    for row, record in enumerate(rows.records, first_row(_RANKING_REMARKS)):
        record["row"], record["driver_row"] = row, driver_row
        driver_row += len(record["drivers"] or ())


def ranking(rows: Rows, about: PortfolioAbout) -> Sheet:
    """All pairings with their figures."""
    columns = tuple(_ranking_columns(about))
    heads = [column.heading for column in columns]
    score, band = heads.index("Score") + 1, heads.index("Band") + 1
    steps = tuple(Step(item.at_least, band_tone(item.name), item.label) for item in about.bands)
    labels = {item.name: item.label for item in about.bands}
    lines = [tuple(_ranking_line(record, about, labels)) for record in rows.records]
    scale = Scale(steps=steps, first=band, last=band, by=score)
    table = LongTable("ranking", columns, lines, scale=scale, printed=heads.index("Rules left open") + 1)
    return Sheet(RANKING, (table,), _RANKING_REMARKS)


def _ranking_columns(about: PortfolioAbout) -> Iterator[Column]:
    yield Column("Rank", Form.COUNT, 7)
    yield Column("Foreign party", Form.TEXT, 26)
    yield Column("Host", Form.TEXT, 26)
    yield Column("Template", Form.TEXT, 26)
    yield Column("As of", Form.DATE, 13)
    yield Column("Score", Form.SCORE, 9)
    yield Column("Lowest", Form.SCORE, 9)
    yield Column("Highest", Form.SCORE, 9)
    yield Column("Band", Form.TEXT, 12)
    yield Column("Strongest driver", Form.TEXT, 52)
    yield Column("Gates that apply", Form.TEXT, 40)
    yield Column("Gates that may apply", Form.TEXT, 40)
    yield Column("Rules left open", Form.COUNT, 9)
    for name in PILLARS:
        pillar = name.removeprefix("pillar_")
        yield Column(about.pillars.get(pillar, pillar), Form.CHANGE, 13)
    yield Column("Foreign id", Form.TEXT, 22)
    yield Column("Host id", Form.TEXT, 22)


def _ranking_line(record: dict[str, Any], about: PortfolioAbout, labels: dict[str, str]) -> Iterator[BulkValue]:
    yield from (record["rank"], record["foreign"], record["host"], record["template"], record["date"])
    yield from (record["score"], record["low"], record["high"], labels.get(record["band"], record["band"]))
    drivers = record["drivers"]
    yield (
        Within(shortened(about.rule(drivers[0]).title, _TITLE), DRIVERS, f"A{record['driver_row']}")
        if drivers
        else None
    )
    yield gates_in_words(record["gates"])
    yield gates_in_words(record["possible_gates"])
    yield record["undetermined"]
    yield from (record[name] for name in PILLARS)
    yield from (record["foreign_id"], record["host_id"])


def gates_in_words(texts: Sequence[str] | None) -> str | None:
    """Kinds of gates with their number, the heaviest first: `Prohibition 2, Duty 1`."""
    counts = gate_kinds(texts)
    order = {code: place for place, code in enumerate(GATES)}
    kinds = sorted(counts, key=lambda kind: (order.get(kind, len(order)), kind))
    return ", ".join(f"{gate_words(kind)} {counts[kind]}" for kind in kinds) or None


def drivers(rows: Rows, about: PortfolioAbout) -> Sheet:
    """The rules behind each pairing."""
    lines = [line for record in rows.records for line in _driver_lines(record, about)]
    return Sheet(DRIVERS, (LongTable("drivers", _DRIVER_COLUMNS, lines),), _DRIVERS_REMARKS)


def _driver_lines(record: dict[str, Any], about: PortfolioAbout) -> Iterator[tuple[BulkValue, ...]]:
    for place, ident in enumerate(record["drivers"] or (), 1):
        rule = about.rule(ident)
        yield (
            Leads(record["rank"], RANKING, f"A{record['row']}"), record["foreign"], record["host"], record["template"],
            record["date"], place, rule.title, rule.points, rule.jurisdiction, shortened(rule.citation, _TITLE), ident,
        )  # fmt: skip
