"""What a briefing holds beside the answer: an answer and the workspace that gave it in, a `Briefing` out.

Owners come from the register as of the answer's day; duties are those at each border between where the goods are made and
where they are sold, as far as the answer says both.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from riskapi.assessment.answer import Answer
from riskapi.assessment.whatif import WhatIfAnswer
from riskapi.briefing.material import Briefing
from riskapi.briefing.ownership import holdings
from riskapi.briefing.record import Record
from riskapi.tariffs import duty
from riskapi.tariffs.answer import DutyShown, duty_shown
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
            found = duty_shown(duty(workspace.duties, product, str(origin), str(market), on))
            if found.origin_territory != found.importer_territory:
                yield found
