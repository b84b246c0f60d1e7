"""POST /v1/scores: a question in, the answer object out; the same bytes as `riskapi score --json`."""

from __future__ import annotations

from riskapi.api.frame.operation import Asked, Example, Operation, Reply
from riskapi.assessment.answer import Answer
from riskapi.errors import UnsettledNameError
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace

XIAOMI_FORD = {
    "parties": ["Xiaomi", "Ford"],
    "deal": {
        "type": "joint_venture",
        "sector": "automotive",
        "activity_country": "US",
        "market_countries": ["US"],
        "model_year": 2028,
    },
    "as_of": "2026-11-22",
}
DESCRIBED = {
    "parties": [
        {
            "name": "A battery maker of our own",
            "inline": True,
            "facts": {"seat_country": "CN", "incorporation_country": "CN", "control_country": "CN"},
        },
        "ford",
    ],
    "deal": {"type": "licence", "sector": "ev_battery", "activity_country": "US", "foreign_supplies_technology": True},
    "as_of": "2026-11-22",
}
#: A question with two mistakes.
MISTAKEN = {"parties": ["Xiaomi", "Frod Motors of Nowhere"], "deal": {"type": "jv"}, "as_of": "2026-11-22"}


def score(workspace: Workspace, asked: Asked) -> Reply:
    """The answer to the question in the body."""
    return Reply(content=workspace.ask_json(asked.body, today=asked.today))


OPERATIONS = (
    Operation(
        id="createScore",
        method="POST",
        path="/v1/scores",
        tag="scores",
        summary="Score a pairing of two companies",
        description="How much regulatory scrutiny the pairing would meet, from whom, why, and what would change it. A "
        "fact that is left out or null is not known, and widens the interval. A name that matches no company, or "
        "several, is refused with candidates.",
        run=score,
        answers=Answer,
        takes_body=True,
        scope=Scope.ANALYST,
        refusals=("json-malformed", "body-too-large", "media-type-unsupported", UnsettledNameError.code),
        examples=(
            Example(
                name="xiaomi-ford", summary="Xiaomi and Ford, joint venture, cars, United States", body=XIAOMI_FORD
            ),
            Example(name="described-company", summary="A company that the caller describes, licence", body=DESCRIBED),
        ),
    ),
)
