"""The first page: the form of a question, empty or filled in. Enters: an address. Leaves: the form."""

from __future__ import annotations

from typing import Final

from riskapi.web.fields import FIRST, Field, described_fields, fields_of
from riskapi.web.places import places
from riskapi.web.question import Question
from riskapi.web.scales import segments
from riskapi.web.visit import Shown, Visit

#: Questions to try, each with the reason why it is worth a look. They are examples of use, not statements on these firms.
EXAMPLES: Final = (
    (
        "Xiaomi and Ford",
        "a reported and denied venture for electric cars in the United States",
        "a=Xiaomi&b=Ford&type=joint_venture&sector=automotive&activity_country=US&market_countries=US&model_year=2028",
    ),
    (
        "The same in Mexico",
        "the plant moved over the border",
        "a=Xiaomi&b=Ford&type=joint_venture&sector=automotive&activity_country=MX&market_countries=MX&model_year=2028",
    ),
    (
        "Nippon Steel and U.S. Steel",
        "a takeover between two allied countries",
        "a=Nippon+Steel&b=U.S.+Steel&type=acquisition&sector=steel_metals&activity_country=US",
    ),
)


def home(visit: Visit) -> Shown:
    """The form; what the address holds is filled in."""
    question = Question.read(visit.pairs)
    context = {
        "question": question,
        "fields": fields_of(FIRST, question, visit.workspace.vocabulary),
        "more": more_fields(visit, question),
        "described": described_fields(question, visit.workspace.vocabulary),
        "country": places(visit.workspace),
        "examples": EXAMPLES,
        "segments": segments(visit.workspace.card),
        "counts": _counts(visit),
    }
    return Shown(template="home.html", context=context)


def more_fields(visit: Visit, question: Question) -> tuple[Field, ...]:
    """Fields for what the address tells beyond the first questions."""
    tellable = [fact.name for fact in visit.workspace.vocabulary.tellable]
    told = [name for name in tellable if name not in FIRST and name.removeprefix("deal.") in question.deal]
    return fields_of(told, question, visit.workspace.vocabulary)


def _counts(visit: Visit) -> dict[str, int]:
    workspace = visit.workspace
    in_force = sum(rule.is_in_force(visit.today) for rule in workspace.book.rules)
    return {
        "rules": in_force,
        "companies": len(workspace.names.companies),
        "deals": len(tuple(workspace.ledger.deals())),
    }
