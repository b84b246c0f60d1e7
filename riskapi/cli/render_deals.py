"""Deals on the page: the list, and one deal with what was said of it. Enters: cleaned records. Leaves: rich renderables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.assessment.words import code_words, day, plural, sentence_case
from riskapi.claims.grading import Grade
from riskapi.claims.model import Claim, Role
from riskapi.claims.positions import Position
from riskapi.claims.record import DealRecord, DealShort, DealShown
from riskapi.claims.status import Contradiction
from riskapi.cli.render_record import statements
from riskapi.cli.style import Look, dated, indented, left_out, rows, section, source

SHOWN_CONTRADICTIONS = 6
PARTY_WORDS = {Role.FOREIGN_PARTY: "foreign party", Role.HOST_PARTY: "host party", Role.REGULATOR: "authority"}


def deals_table(deals: Sequence[DealShort], total: int, as_of: date) -> RenderableType:
    """One row for each deal, and how many there are in all."""
    if not deals:
        return Text(f"No deal of this kind was on record on {as_of}.")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(width=10)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(overflow="fold", max_width=38)
    for item in deals:
        label = item.label + ("; opposed" if item.opposed else "")
        name = Group(Text(item.deal.title, style="bold"), Text(item.deal.deal_id, style="dim"))
        table.add_row(Text(day(item.known_from) if item.known_from else ""), name, Text(label))
    shown = "" if total == len(deals) else f"; the latest {len(deals)} are shown (--limit {total} shows all)"
    return Group(table, Text(f"{plural(total, 'deal')} on record on {as_of}{shown}", style="dim"))


def deal_page(shown: DealShown, look: Look) -> RenderableType:
    """One deal as it was known on the day."""
    status = shown.status
    head = Text(status.title or "", style="bold underline")
    parts: list[RenderableType] = [head, Text(f"{status.deal_id}, as known on {shown.as_of}", style="dim")]
    parts.append(indented(Text(sentence_case(status.label), style="bold"), Text(status.headline)))
    if shown.deal is not None:
        parts.append(section("Record", _record(shown.deal, look)))
    if status.positions:
        parts.append(section("Where those who would know stand", *[_position(item) for item in status.positions]))
    if status.claims:
        parts.append(section("Who said what", *statements(status, look)))
    if status.contradictions:
        parts.append(_contradictions(status.contradictions, status.grades, look))
    return Group(*parts)


def _record(deal: DealRecord, look: Look) -> RenderableType:
    table = rows(14, None)
    for label, value in _lines(deal, look):
        table.add_row(Text(label, style="dim"), Text(value))
    return table


def _lines(deal: DealRecord, look: Look) -> Iterable[tuple[str, str]]:
    yield "Foreign party", _party(deal.foreign_name, deal.foreign_country, deal.foreign_company_id)
    yield "Host party", _party(deal.host_name, deal.host_country, deal.host_company_id)
    yield "Form", code_words(deal.deal_type or "not known")
    yield "Sector", code_words(deal.sector or "not known")
    yield "Activity in", deal.activity_country or "not known"
    if deal.foreign_share is not None:
        yield "Foreign share", f"{deal.foreign_share:g} %"
    if deal.value_usd_m is not None:
        yield "Value", f"{deal.value_usd_m:,.10g} million US dollars"
    yield "Announced", dated(deal.announced_on, deal.announced_precision)
    if deal.outcome is not None:
        yield "Outcome", f"{code_words(deal.outcome)}, {dated(deal.outcome_on, deal.outcome_precision)}"
    if deal.summary:
        yield "Summary", deal.summary
    where = source(deal.source_url, full=look.everything)
    yield "Source", f"{where}, read {day(deal.as_of)}, {deal.confidence or 'no'} confidence"


def _party(name: str | None, country: str | None, company_id: str | None) -> str:
    ident = f"id {company_id}" if company_id else "not in the tables"
    return f"{name or 'not known'} ({country or 'country not known'}), {ident}"


def _position(position: Position) -> RenderableType:
    claim = position.claim
    who = f"{PARTY_WORDS.get(position.role, code_words(position.role))}: "
    text = Text.assemble(
        who,
        (code_words(position.stance), "bold"),
        f" ({claim.claimant}, {dated(claim.made_on, claim.made_precision)})",
    )
    for later in position.beyond:
        made = dated(later.made_on, later.made_precision)
        text.append(f"; {position.named(later)} is on record with less confidence ({made})")
    return text


def _contradictions(found: Sequence[Contradiction], grades: Sequence[Grade], look: Look) -> RenderableType:
    """Pairs of statements side by side."""
    codes = {grade.claim_id: grade.code for grade in grades}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for heading in ("says so", "denies it"):
        table.add_column(heading, ratio=1, overflow="fold")
    shown, rest = look.cut(found, SHOWN_CONTRADICTIONS)
    for pair in shown:
        table.add_row(_side(pair.affirmed, codes), _side(pair.denied, codes, in_part=pair.in_part))
    return section("What contradicts what", table, left_out(rest, "pair"))


def _side(claim: Claim, codes: dict[str, str], *, in_part: bool = False) -> Text:
    grade = codes.get(claim.claim_id, "not graded")
    text = Text.assemble(
        (dated(claim.made_on, claim.made_precision), "bold"),
        f" {claim.claimant} {code_words(claim.stance)}",
        (f" [{grade}]", "dim"),
    )
    if claim.note:
        text.append(f"\n{claim.note}")
    if in_part:
        text.append("\nA narrow denial: the rest is left open.", style="dim")
    return text
