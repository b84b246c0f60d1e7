"""POST /v1/whatif: what would change the result of a question; the same object as `riskapi whatif --json`."""

from __future__ import annotations

from riskapi.api.frame.operation import Asked, Example, Operation
from riskapi.api.operations.scores import XIAOMI_FORD
from riskapi.assessment.whatif import WhatIfAnswer
from riskapi.errors import UnsettledNameError
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace

PLACES = {
    "grid": {
        "foreign_stake": [0.1, 0.24, 0.49],
        "activity_country": ["US", "MX", "CA"],
        "market_countries": [["US"], ["US", "CA"], ["CA"]],
    },
    "prefer": {"foreign_stake": "high", "market_countries": [["US", "CA"], ["US"], ["CA"]]},
}


def what_if(workspace: Workspace, asked: Asked) -> WhatIfAnswer:
    """The answer to the what-if question in the body."""
    return workspace.whatif(asked.body, today=asked.today)


OPERATIONS = (
    Operation(
        id="createWhatIf",
        method="POST",
        path="/v1/whatif",
        tag="scores",
        summary="Say what would change the result of a pairing",
        description="Each deal fact that a rule reads by itself (its alternatives, the score of each, the rules that "
        "switch); the smallest changes that reach a lower band or lift a gate; with `grid` every combination of chosen "
        "facts, and with `prefer` the Pareto front of what the caller likes against the score. Facts in `keep` are not "
        "changed. No alternative is said to be lawful: the gates that remain are listed with each.",
        run=what_if,
        answers=WhatIfAnswer,
        takes_body=True,
        scope=Scope.ANALYST,
        body_schema="WhatIfRequest",
        refusals=("json-malformed", "body-too-large", "media-type-unsupported", UnsettledNameError.code),
        examples=(
            Example(
                name="xiaomi-ford",
                summary="Xiaomi and Ford, cars, as a joint venture whatever else changes; over stakes, places and markets",
                body={**XIAOMI_FORD, **PLACES, "keep": ["type"]},
            ),
        ),
    ),
)
