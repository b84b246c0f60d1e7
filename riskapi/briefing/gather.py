"""What a briefing holds beside the answer: an answer and the workspace that gave it in, a `Briefing` out.

Owners come from the register as of the answer's day; duties are those at each border between where the goods are made and
where they are sold, as far as the answer says both, and once more for each party whose goods pay something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from riskapi.assessment.answer import Answer
from riskapi.assessment.whatif import WhatIfAnswer
from riskapi.briefing.material import Briefing
from riskapi.briefing.ownership import holdings
from riskapi.briefing.record import Record
from riskapi.tariffs import duty
from riskapi.tariffs.answer import DutyShown, duty_shown, makers_of
from riskapi.workspace import Workspace


def briefing_of(
    workspace: Workspace, answer: Answer, *, whatif: WhatIfAnswer | None = None, before: Record | None = None
) -> Briefing:
    """The briefing of an answer; `whatif` is that of the same question, `before` what an earlier briefing said."""
    companies = [(party.name, party.company_id) for party in answer.parties if party.company_id is not None]
    return Briefing(
        answer=answer,
        whatif=whatif,
        duties=tuple(duties_of(workspace, answer)),
        ownership=holdings(workspace.profiles.register(), companies, answer.as_of),
        before=before,
    )


def duties_of(workspace: Workspace, answer: Answer) -> Iterator[DutyShown]:
    """What the goods of the deal pay at each border, on the day of the contract; nothing where it is not told."""
    values = {fact.fact: fact.value for fact in answer.deal}
    product, origins, markets, signed_on = (
        values.get(f"deal.{leaf}") for leaf in ("product", "production_countries", "market_countries", "signed_on")
    )
    if not isinstance(product, str) or not isinstance(origins, tuple) or not isinstance(markets, tuple):
        return
    on = signed_on if isinstance(signed_on, date) else answer.as_of
    for origin in origins:
        for market in markets:
            goods = (product, str(origin), str(market), on)
            usual = duty_shown(duty(workspace.duties, *goods))
            if usual.origin_territory != usual.importer_territory:
                yield usual
                yield from _by_maker(workspace, answer, goods, usual)


def _by_maker(
    workspace: Workspace, answer: Answer, goods: tuple[str, str, str, date], usual: DutyShown
) -> Iterator[DutyShown]:
    """The duty for each party as the maker, where that party or its owner has a rate of its own. Who makes them is open."""
    register = workspace.profiles.register()
    for party in answer.parties:
        if party.company_id is not None:
            makers = makers_of(register, party.company_id, goods[-1])
            found = duty_shown(duty(workspace.duties, *goods, makers))
            if _rates(found) != _rates(usual):
                yield found


def _rates(found: DutyShown) -> set[tuple[str, float | None, bool | None]]:
    return {(row.measure_id, row.rate_pct, row.counts) for row in found.measures}


#: Forms that a venture between two firms may take, from the loosest to the closest.
FORMS: Final = ("supply", "licence", "contract_manufacturing", "minority_stake", "joint_venture", "majority_stake")


def usual_grid(answer: Answer) -> dict[str, list[str]]:
    """What to combine where the caller named nothing, as a what-if question has it: forms of the deal, and countries.

    The countries are where the deal is and where its parties are controlled from; empty where fewer than two are known.
    """
    told = {fact.fact: fact.value for fact in answer.deal}
    controlled = (fact.value for party in answer.parties for fact in party.facts if fact.fact == "control_country")
    places = dict.fromkeys(str(one) for one in (told.get("deal.activity_country"), *controlled) if one is not None)
    kind = told.get("deal.type")
    forms = dict.fromkeys([*([str(kind)] if kind is not None else []), *FORMS])
    axes = {"type": list(forms), "activity_country": list(places)}
    return axes if len(places) > 1 else {"type": list(forms)}
