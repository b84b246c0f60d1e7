"""What would change the result: an address in; sliders that score again, smallest changes and sensitivities out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from riskapi.assessment.whatif import FactSwing, WhatIfAnswer
from riskapi.assessment.whatif_request import read_whatif
from riskapi.facts.vocabulary import FactType
from riskapi.rules import Rule
from riskapi.web.fields import Field, fields_of
from riskapi.web.question import Question, as_typed, parameter_of, question_in, read_question
from riskapi.web.result import ask, settled_question
from riskapi.web.scales import Bar, bars, segments
from riskapi.web.trial import Trial, try_question
from riskapi.web.visit import Shown, Visit
from riskapi.workspace import Workspace

#: What the parties of most deals can choose; facts that are told or open come after these.
LEVERS: Final = (
    "deal.type",
    "deal.activity_country",
    "deal.market_countries",
    "deal.foreign_stake",
    "deal.model_year",
    "deal.foreign_control",
    "deal.foreign_board_seat",
    "deal.foreign_supplies_technology",
)
MOST_LEVERS: Final = 14
#: Facts of the sensitivity table.
MOST_SWINGS: Final = 15
#: Ends of a slider where the fact itself has none that help.
_ENDS: Final = {
    "deal.model_year": ("2024", "2036"),
    "deal.foreign_stake": ("0", "100"),
    "deal.host_stake": ("0", "100"),
}
BASE: Final = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A field of the what-if form, with a slider where its values run from one end to another."""

    field: Field
    ends: tuple[str, str] | None


def show_what_if(visit: Visit) -> Shown:
    """The page: sliders at once, the search for smallest changes when the page has come."""
    question = read_question(visit)
    answer = ask(visit, question)
    pinned = settled_question(question, answer)
    trial = try_question(visit.workspace, pinned.body(visit.workspace.vocabulary), visit.today)
    context = {
        "question": question,
        "pinned": pinned,
        "query": pinned.query(),
        "answer": answer,
        "levers": levers(pinned, visit.workspace, [item.fact for item in answer.unknowns if item.party is None]),
        "segments": segments(visit.workspace.card),
        **compared(visit.workspace, trial, trial),
    }
    shown = {item.field.name for item in context["levers"]}
    context["hidden"] = [pair for pair in pinned.pairs() if pair[0] not in shown]
    return Shown(template="what_if.html", context=context)


def levers(question: Question, workspace: Workspace, open_facts: Iterable[str]) -> list[Lever]:
    """The fields: usual levers, then what was told, then what is open and can be told."""
    tellable = {fact.name: fact for fact in workspace.vocabulary.tellable}
    told = [name for name in tellable if parameter_of(name) in question.deal]
    wanted = list(dict.fromkeys([*LEVERS, *told, *(name for name in open_facts if name in tellable)]))[:MOST_LEVERS]
    kept = list(dict.fromkeys([*wanted, *told]))
    return [
        Lever(field=field, ends=_ENDS.get(name))
        for name, field in zip(kept, fields_of(kept, question, workspace.vocabulary), strict=True)
        if tellable[name].type is not FactType.LIST or field.kind == "text"
    ]


def show_live(visit: Visit) -> Shown:
    """The result of what the form holds now, beside that of the question as it was."""
    base = question_in(visit.text(BASE) or "")
    now = read_question(visit, BASE)
    workspace = visit.workspace
    before = try_question(workspace, base.body(workspace.vocabulary), visit.today)
    after = try_question(workspace, now.body(workspace.vocabulary), visit.today)
    context = {"segments": segments(workspace.card), "query": now.query(), **compared(workspace, before, after)}
    return Shown(template="parts/live.html" if visit.is_part else "live.html", context=context)


def compared(workspace: Workspace, before: Trial, after: Trial) -> dict[str, Any]:
    """Two results with the rules that switch between them."""
    by_id = workspace.book.by_id

    def rules(ids: Iterable[str]) -> list[Rule]:
        return sorted((by_id[one] for one in ids), key=lambda rule: (-abs(rule.points), rule.id))

    return {
        "before": before,
        "after": after,
        "applies": rules(after.fired - before.fired),
        "no_longer": rules(before.fired - after.fired),
        "opened": rules(after.open - before.open - before.fired),
        "settled": rules(before.open - after.open - after.fired),
        "gates": rules(after.gates),
    }


def show_ways(visit: Visit) -> Shown:
    """Smallest changes and sensitivities; takes about a second."""
    question = read_question(visit)
    workspace = visit.workspace
    found = workspace.what_if(read_whatif(question.body(workspace.vocabulary), workspace.vocabulary, visit.today))
    swings = [item for item in found.facts if item.swing > 0][:MOST_SWINGS]
    context = {
        "found": found,
        "rules": {rule.id: rule for rule in found.rules},
        "swings": [Swing(item, bar) for item, bar in zip(swings, _bars(swings), strict=True)],
        "links": _links(question, found, workspace),
        "query": question.query(),
        "bands": {band.name: band.label for band in workspace.card.bands},
    }
    return Shown(template="parts/ways.html" if visit.is_part else "ways.html", context=context)


@dataclass(frozen=True, slots=True)
class Swing:
    """A fact by itself with its bar from the lowest score to the highest."""

    item: FactSwing
    bar: Bar


def _bars(swings: list[FactSwing]) -> list[Bar]:
    return bars([(item.lowest, item.highest) for item in swings], extra=(0.0, 100.0))


def _links(question: Question, found: WhatIfAnswer, workspace: Workspace) -> dict[tuple[str, int], str]:
    """The address of the question after each way: keyed by the target's name and the way's place."""
    links = {}
    for target in found.targets:
        for index, way in enumerate(target.ways):
            deal = dict(question.deal)
            for name in way.dropped:
                deal.pop(parameter_of(name), None)
            for change in way.changes:
                deal[parameter_of(change.fact)] = as_typed(workspace.vocabulary[change.fact], change.value)
            links[target.name, index] = replace(question, deal=deal).query()
    return links
