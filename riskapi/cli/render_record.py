"""The record of reports and denials, and comparable deals. Enters: an answer. Leaves: rich renderables."""

from __future__ import annotations

from datetime import date

from rich.console import Group, RenderableType
from rich.text import Text

from riskapi.assessment.answer import Answer
from riskapi.assessment.words import amount, code_words, day, joined, plural, sentence_case
from riskapi.claims.grading import Grade
from riskapi.claims.model import Claim
from riskapi.claims.status import DealStatus
from riskapi.cli.style import Look, dated, indented, left_out, section, source
from riskapi.scoring.comparables import Comparable
from riskapi.scoring.likeness import RuleComparison, Standing

SHOWN_CLAIMS = 6
SHOWN_DEALS = 3
SHOWN_RULES = 3
ABOUT_GRADES = (
    "Grades on the Admiralty scale: A to F, how reliable the source is; 1 (confirmed) to 6 (cannot be judged), "
    "how credible the statement is."
)


def record(answer: Answer, look: Look) -> RenderableType:
    """Whether the deal is real is another question than the score: what was reported, denied, decided."""
    status = answer.deal_status
    note = "says nothing on the score, and the score nothing on it"
    if status is None:
        return section(
            "The record of reports and denials",
            Text("No deal between these two parties is on record in the datasets."),
            note=note,
        )
    parts: list[RenderableType] = [Text(_label(status), style="bold"), Text(status.headline)]
    parts += [Text()] if status.claims else []
    return section("The record of reports and denials", *parts, *statements(status, look), note=note)


def statements(status: DealStatus, look: Look) -> list[RenderableType]:
    """Who said what, each with its grade, and what to keep in mind of it."""
    parts: list[RenderableType] = []
    if status.claims:
        grades = {grade.claim_id: grade for grade in status.grades}
        shown, rest = look.cut(status.claims, SHOWN_CLAIMS)
        parts += [statement(claim, grades.get(claim.claim_id), status.headline, look) for claim in shown]
        parts += [part for part in (left_out(rest, "statement"), Text(ABOUT_GRADES, style="dim")) if part]
    return parts + [Text(f"Note: {line}") for line in status.warnings]


def _label(status: DealStatus) -> str:
    label = sentence_case(status.label)
    return f"{label} ({status.title})" if status.title else label


def statement(claim: Claim, grade: Grade | None, headline: str, look: Look) -> RenderableType:
    """One statement with its grade and source; its note only where the headline has not told it."""
    head = Text.assemble(
        (dated(claim.made_on, claim.made_precision), "bold"), f"  {claim.claimant} ", (code_words(claim.stance), "bold")
    )
    if claim.anonymous_sources is not None:
        head.append(f", {plural(claim.anonymous_sources, 'anonymous source')}")
    told = claim.note is not None and claim.note in headline and not look.everything
    below: list[RenderableType] = [Text(claim.note)] if claim.note and not told else []
    if grade is not None:
        below.append(Text(f"{grade.code}: {grade.words} ({'; '.join(grade.reasons)})", style="dim"))
    where = source(claim.source_url, full=look.everything)
    read = f"{where}, read {day(claim.as_of)}, {claim.confidence or 'no'} confidence"
    below.append(Text(read, style="dim"))
    return Group(head, indented(*below))


def comparables(answer: Answer, look: Look) -> RenderableType | None:
    """Past deals most like this one, what is alike and what differs, and what became of them."""
    if not answer.comparables:
        return None
    shown, rest = look.cut(answer.comparables, SHOWN_DEALS)
    parts = [_comparable(item, answer.as_of, look) for item in shown]
    note = "alike in facts and rules as of their announcement; names play no part"
    return section("Comparable deals", *parts, left_out(rest, "comparable deal"), note=note)


def _comparable(item: Comparable, as_of: date, look: Look) -> RenderableType:
    deal = item.deal
    ended = f" ({dated(deal.outcome_on, deal.outcome_precision)})" if deal.outcome_on else ""
    announced = f", announced {dated(deal.announced_on, deal.announced_precision)}: "
    outcome = code_words(deal.outcome or "") if item.outcome_known else f"outcome not known by {day(as_of)}"
    head = Text.assemble((deal.title, "bold"), announced, (outcome, "bold"), ended)
    below = [Text(deal.summary)] if deal.summary else []
    below += [_likeness(item)]
    below += [_rules_alike(item.rules, look)] if item.rules is not None else []
    scored = f"; scored {amount(item.scored.score)} by the rules of {day(item.scored.on)}" if item.scored else ""
    read = f"distance {item.distance:.2f} (0 is alike){scored}; {source(deal.source_url, full=look.everything)}"
    return Group(head, indented(*below, Text(f"{read}, {deal.confidence or 'no'} confidence", style="dim")))


def _likeness(item: Comparable) -> Text:
    """Which facts are alike, near, different and not known."""
    words = {Standing.SAME: "same", Standing.NEAR: "near", Standing.DIFFERENT: "different"}
    parts = [(word, item.standing(standing)) for standing, word in words.items()]
    parts.append(("known of one only", item.standing(Standing.NOT_KNOWN)))
    return Text(
        "; ".join(f"{word}: {', '.join(map(code_words, facts))}" for word, facts in parts if facts), style="dim"
    )


def _rules_alike(rules: RuleComparison, look: Look) -> Text:
    """Which rules fire for both deals; with `--all` also those that fire for one of them."""
    titles = [rule.title for rule in rules.both]
    common = joined(titles, len(titles) if look.everything else SHOWN_RULES) or "none"
    text = f"rules that fire for both: {common}"
    for where, only in (("here", rules.only_asked), ("there", rules.only_past)):
        if only and look.everything:
            text += f"; only {where}: {joined((rule.title for rule in only), len(only))}"
        elif only:
            text += f"; only {where}: {len(only)}"
    return Text(text, style="dim")
