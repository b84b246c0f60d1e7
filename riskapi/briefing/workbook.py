"""The briefing of one pairing as a workbook. Enters: a `Briefing`. Leaves: the bytes of an .xlsx file.

Everything comes from the answer object (and the other answers given with it), so that the workbook shows what the command
line and the service show. The same briefing always gives the same bytes.
"""

from __future__ import annotations

from riskapi.briefing import change_sheets, deal_sheets, method, party_sheets, rule_sheets
from riskapi.briefing.changes import changes_sheet
from riskapi.briefing.material import Briefing, content_hash
from riskapi.briefing.record import record_of, record_sheet
from riskapi.briefing.sheets import Document, Page, Paper, Sheet, document_bytes
from riskapi.briefing.sources import Sources
from riskapi.briefing.summary import summary
from riskapi.briefing.waterfall import waterfall


def briefing_workbook(briefing: Briefing, *, paper: Paper = Paper.A4) -> bytes:
    """The workbook, set up for the paper that it is to be printed on."""
    answer = briefing.answer
    document = Document(
        title=f"Scrutiny briefing: {briefing.title}",
        subject=answer.question,
        keywords=f"as of {answer.as_of}; rules {answer.versions.rule_set}; data {answer.versions.dataset}",
        day=answer.as_of,
        foot=f"{briefing.title}, as of {answer.as_of}. Not legal advice.",
        paper=paper,
    )
    return document_bytes(_sheets(briefing), document)


def _sheets(briefing: Briefing) -> list[Sheet | Page]:
    sources = Sources()
    now = record_of(briefing.answer, content_hash(briefing.answer))
    combined = change_sheets.grid(briefing)
    found: list[Sheet | Page] = [
        summary(briefing, sources),
        waterfall(briefing),
        rule_sheets.rules(briefing, sources),
        rule_sheets.gates(briefing, sources),
        rule_sheets.clocks(briefing),
        party_sheets.parties(briefing, sources),
        party_sheets.ownership(briefing, sources),
        party_sheets.designations(briefing, sources),
        deal_sheets.claims(briefing, sources),
        deal_sheets.comparables(briefing, sources),
        deal_sheets.duties(briefing, sources),
        change_sheets.sensitivity(briefing),
        change_sheets.find_out(briefing),
        change_sheets.what_if(briefing),
        *([combined] if combined else []),
        sources.sheet(),
        method.method(briefing),
    ]
    if briefing.before is not None:
        found.append(changes_sheet(briefing.before, now))
    return [*found, record_sheet(now)]
