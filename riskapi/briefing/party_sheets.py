"""Who the parties are: the sheets Parties, Ownership and Designations. Enters: a briefing. Leaves: sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from riskapi.assessment.answer import FactShown, PartyAnswer
from riskapi.assessment.words import fact_words
from riskapi.briefing.marks import lines
from riskapi.briefing.material import Briefing
from riskapi.briefing.ownership import Holding
from riskapi.briefing.sheets import CellValue, Column, Form, Mark, Sheet, Table, Tone
from riskapi.briefing.sources import Sources, cell
from riskapi.facts.evidence import Evidence

PARTIES: Final = "Parties"
OWNERSHIP: Final = "Ownership"
DESIGNATIONS: Final = "Designations"
DEAL: Final = "The deal"

_FACT_COLUMNS: Final = (
    Column("Of", Form.LONG, 18),
    Column("Fact", Form.LONG, 26),
    Column("Value", Form.LONG, 40),
    Column("Rests on", Form.LONG, 60),
    Column("Meaning", Form.LONG, 56),
)
_EVIDENCE: Final = 6


def parties(briefing: Briefing, sources: Sources) -> Sheet:
    """The facts used of both parties and of the deal, with what each rests on."""
    rows = [row for party in briefing.answer.parties for row in _party(party, sources)]
    rows += [_fact(DEAL, fact, sources) for fact in briefing.answer.deal]
    remarks = (
        "Facts as of the day of the briefing. What is not known and what is assumed say so.",
        "The match says how the name in the question was settled; it is no part of the score.",
    )
    return Sheet(PARTIES, (Table("facts", _FACT_COLUMNS, rows),), remarks)


def _party(party: PartyAnswer, sources: Sources) -> Iterator[tuple[CellValue, ...]]:
    yield (party.name, "asked as", party.asked_as, f"match: {party.match}", "The name in the question.")
    yield (
        party.name,
        "company id",
        party.company_id,
        f"described by {party.described_by}",
        "Stable identifier in the datasets.",
    )
    yield from (_fact(party.name, fact, sources) for fact in party.facts)


def _fact(of: str, fact: FactShown, sources: Sources) -> tuple[CellValue, ...]:
    unknown = fact.value is None
    said = sources.statements(fact.evidence[:_EVIDENCE], PARTIES)
    if len(fact.evidence) > _EVIDENCE:
        said.append(f"and {len(fact.evidence) - _EVIDENCE} rows more")
    value = Mark("not known", Tone.OPEN) if unknown else fact.text
    return (of, fact_words(fact.fact), value, lines(said), fact.meaning)


_HOLDING_COLUMNS: Final = (
    Column("Party", Form.LONG, 16),
    Column("Level", Form.COUNT, 7),
    Column("Owner", Form.LONG, 30),
    Column("Owner is", Form.LONG, 18),
    Column("Country", Form.LONG, 14),
    Column("Holds", Form.LONG, 14),
    Column("Share", Form.SHARE, 9),
    Column("Of", Form.LONG, 24),
    Column("Path to the party", Form.LONG, 40),
    Column("Capital along the path", Form.SHARE, 12),
    Column("Control", Form.LONG, 14),
    Column("Since", Form.DATE, 11),
    Column("Source", Form.LONG, 14),
    Column("Dated", Form.DATE, 11),
    Column("Confidence", Form.TEXT, 11),
    Column("Note", Form.LONG, 36),
)


def ownership(briefing: Briefing, sources: Sources) -> Sheet:
    """Every holding on record above the parties."""
    rows = [_holding(item, sources) for item in briefing.ownership]
    found = {item.party for item in briefing.ownership}
    without = [party.name for party in briefing.answer.parties if party.name not in found]
    remarks = [
        "Level 1 holds the party itself, level 2 an owner of it, and so on. An empty share is not known, which is not zero.",
        "Capital along the path multiplies the shares of capital; control is marked where the chain of control runs.",
    ]
    if without:
        remarks.append(f"No holder is on record for {' and '.join(without)}; that does not mean that there is none.")
    return Sheet(OWNERSHIP, (Table("ownership", _HOLDING_COLUMNS, rows),), tuple(remarks))


def _holding(item: Holding, sources: Sources) -> tuple[CellValue, ...]:
    told = f"{item.owner}: {item.kind} of {item.held}"
    return (
        item.party, item.level, item.owner, item.owner_is, item.owner_country, item.kind, item.share, item.held,
        " → ".join(item.path), item.share_along_path, Mark("chain of control", Tone.APPLIES) if item.is_control else None,
        item.since, cell(sources.cite(item.source_url, told, item.as_of, OWNERSHIP, 2)), item.as_of, item.confidence, item.note,
    )  # fmt: skip


# Designations

_LISTED: Final = {
    "designations": Mark("on the list", Tone.APPLIES),
    "owner_designations": Mark("owner on the list", Tone.APPLIES),
    "former_designations": Mark("no longer", Tone.QUIET),
}
_OFF = re.compile(r"taken off it on (\d{4}-\d{2}-\d{2})")
_DESIGNATION_COLUMNS: Final = (
    Column("Party", Form.LONG, 18),
    Column("Standing", Form.LONG, 18),
    Column("What the list says", Form.LONG, 70),
    Column("From", Form.DATE, 12),
    Column("Off since", Form.DATE, 12),
    Column("Citation", Form.LONG, 40),
    Column("Source", Form.LONG, 14),
    Column("Dated", Form.DATE, 12),
    Column("Confidence", Form.TEXT, 11),
    Column("Note", Form.LONG, 36),
)


def designations(briefing: Briefing, sources: Sources) -> Sheet:
    """Places on official lists: of the parties, of their owners, and former ones."""
    rows = [
        _designation(party.name, fact.fact, row, sources)
        for party in briefing.answer.parties
        for fact in party.facts
        if fact.fact in _LISTED
        for row in fact.evidence
        if row.table == "designations"
    ]
    remarks = [f"Official lists that the datasets know, as of {briefing.answer.as_of}."]
    named = {row[0] for row in rows}
    none = [party.name for party in briefing.answer.parties if party.name not in named]
    if none:
        remarks.append(f"On none of these lists, now or before: {' and '.join(none)}.")
    return Sheet(DESIGNATIONS, (Table("designations", _DESIGNATION_COLUMNS, rows),), tuple(remarks))


def _designation(party: str, fact: str, row: Evidence, sources: Sources) -> tuple[CellValue, ...]:
    off = _OFF.search(row.statement)
    return (
        party, _LISTED[fact], row.statement, _day(row.key.rpartition("/")[2]), _day(off.group(1)) if off else None,
        row.citation, cell(sources.evidence([row], DESIGNATIONS)), row.as_of, row.confidence, row.note,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
