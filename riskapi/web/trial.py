"""The score of a question without its account: for sliders, matrices and timelines, which ask many times.

Enters: a question and a day. Leaves: a `Trial` with the range, the band and the rules by status. The figures are those of the
full answer, from the same engine and scorecard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from riskapi.assessment.request import read_request
from riskapi.engine.evaluate import evaluate
from riskapi.facts.assembly import Pairing
from riskapi.rules import Status
from riskapi.scoring.score import Judged, score
from riskapi.scoring.scorecard import Band
from riskapi.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One result; `fired` and `open` are rule ids, `gates` those of fired rules with a gate."""

    score: float
    low: float
    high: float
    band: Band
    fired: frozenset[str]
    open: frozenset[str]
    gates: tuple[str, ...]
    parties: tuple[str, str]

    def figures(self) -> tuple[float, float, float]:
        """What a change would move."""
        return (self.low, self.score, self.high)


def try_question(workspace: Workspace, data: Mapping[str, Any], today: date) -> Trial:
    """The result of a question in the form of a request body; raises like `Workspace.ask`."""
    return try_pairing(workspace, workspace.pairing(read_request(data, workspace.vocabulary, today)))


def try_pairing(workspace: Workspace, pairing: Pairing) -> Trial:
    """The result of a pairing whose facts are assembled."""
    outcomes, _ = evaluate(workspace.book, pairing.viewpoints, pairing.as_of)
    found = score((Judged(item.rule, item.status) for item in outcomes), workspace.card)
    fired = [item.rule for item in outcomes if item.status is Status.FIRED]
    one, other = pairing.parties
    return Trial(
        score=found.score,
        low=found.low,
        high=found.high,
        band=workspace.card.band(found.score),
        fired=frozenset(rule.id for rule in fired),
        open=frozenset(item.rule.id for item in outcomes if item.status is Status.UNDETERMINED),
        gates=tuple(rule.id for rule in fired if rule.gate is not None),
        parties=(one.name, other.name),
    )
