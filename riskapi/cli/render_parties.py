"""The parties, the jurisdictions, and the end of the page. Enters: an answer. Leaves: rich renderables."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from riskapi.assessment.answer import Answer, FactShown, PartyAnswer
from riskapi.assessment.words import code_words, plural
from riskapi.cli.render_rules import evidence_text
from riskapi.cli.style import Look, indented, rows, section

#: Facts of a party that the concise page shows; lists of official lists are shown with their rows.
KEY_FACTS = ("seat_country", "incorporation_country", "control_country", "state_ownership", "sectors")
LISTS = ("designations", "former_designations", "owner_designations")
LIST_WORDS = {
    "designations": "On official lists",
    "former_designations": "Formerly on official lists",
    "owner_designations": "Owners on official lists",
}


def parties(answer: Answer, look: Look) -> RenderableType:
    """Who the parties are taken to be, in the order of their names, with the deal as told."""
    ordered = sorted(answer.parties, key=lambda party: (party.name.casefold(), party.company_id or ""))
    parts: list[RenderableType] = [_party(party, look) for party in ordered]
    return section("Parties and deal as taken", *parts, _deal(answer, look))


def _party(party: PartyAnswer, look: Look) -> RenderableType:
    head = Text.assemble((party.name, "bold"), f"  {_identity(party)}")
    facts = {fact.fact: fact for fact in party.facts}
    table = rows(28, None)
    for fact in party.facts if look.everything else [facts[name] for name in KEY_FACTS if name in facts]:
        if fact.fact not in LISTS:
            table.add_row(Text(code_words(fact.fact).capitalize(), style="dim"), _fact(fact, look))
    for name in LISTS:
        if name in facts and (facts[name].value or name == "designations"):
            table.add_row(Text(LIST_WORDS[name], style="dim"), _fact(facts[name], look, rows_always=True))
    return Group(head, indented(table))


def _identity(party: PartyAnswer) -> str:
    if party.company_id is None:
        return "described by the caller: nothing of it comes from the datasets"
    asked = f"; asked as `{party.asked_as}`, {party.match}" if party.asked_as != party.name else f"; {party.match}"
    extra = "; some facts told by the caller" if party.described_by == "datasets and caller" else ""
    return f"id {party.company_id}{asked}{extra}"


def _fact(fact: FactShown, look: Look, *, rows_always: bool = False) -> RenderableType:
    value = Text(fact.text)
    if any(row.confidence == "told" for row in fact.evidence):
        value.append(" (told by the caller)", style="dim")
    if not (look.everything or (rows_always and fact.value)):
        return value
    return Group(value, *[evidence_text(row, look) for row in fact.evidence])


def _deal(answer: Answer, look: Look) -> RenderableType:
    told = [fact for fact in answer.deal if any(row.confidence == "told" for row in fact.evidence)]
    table = rows(28, None)
    for fact in answer.deal if look.everything else told:
        words = code_words(fact.fact.partition(".")[2]).capitalize()
        aside = (
            "" if fact in told else "  (" + "; ".join(row.statement.rpartition(": ")[2] for row in fact.evidence) + ")"
        )
        table.add_row(Text(words, style="dim"), Text.assemble(fact.text, (aside, "dim")))
    if not told and not look.everything:
        return Group(Text("Deal", style="bold"), indented(Text("nothing was told of the deal")))
    return Group(Text("Deal", style="bold"), indented(table))


def jurisdictions(answer: Answer) -> RenderableType:
    """Which governments' instruments were applied, why, and who is foreign there."""
    if not answer.jurisdictions:
        return section("Jurisdictions looked at", Text("none: neither party is foreign anywhere concerned"))
    lines = [
        Text.assemble(
            (item.label, "bold"),
            f"  {plural(item.rules, 'rule')}; {'; '.join(item.reasons)}",
            f"; foreign there: {' and '.join(sorted(item.foreign_parties))}",
        )
        for item in answer.jurisdictions
    ]
    return section("Jurisdictions looked at", *lines)


def warnings(answer: Answer, look: Look) -> RenderableType | None:
    """What the reader must keep in mind."""
    if not answer.warnings:
        return None
    return section("Keep in mind", *[Text(f"{look.sign('• ', '* ')}{line}") for line in answer.warnings])


def closing(answer: Answer) -> RenderableType:
    """What the answer was made from, and what it is not."""
    made = answer.versions
    line = f"\nriskapi {made.engine}, rules {made.rule_set}, data {made.dataset}, as of {answer.as_of.isoformat()}"
    return Group(Text(line, style="dim"), Text(answer.notice, style="dim"))
