"""Cases through the rules and the score: a workspace and cases in, one `ScoredCase` each out.

The walk is that of an answer, up to the score: no comparables (they would see the case's own outcome), no claims, no
links between companies of the datasets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from riskapi.assessment.request import ScoreRequest
from riskapi.backtest.cases import Case
from riskapi.backtest.questions import Questioner
from riskapi.engine.evaluate import evaluate
from riskapi.facts.assembly import Links, Pairing
from riskapi.facts.parties import inline_party
from riskapi.rules import Rule, Status
from riskapi.scoring.score import Judged, Score, score
from riskapi.workspace import Workspace

#: The foreign party stands first in every question.
FOREIGN = 0


@dataclass(frozen=True, kw_only=True)
class ScoredCase:
    """A case with the result on the day before its announcement.

    `result` holds every rule in force with status and counted points (`contributions`); `open_facts` are those not known
    that could still decide a rule with points or a gate; `unread` is what the record says and the vocabulary has no word
    for; `band`, `band_low` and `band_high` are names of bands.
    """

    case: Case
    request: ScoreRequest
    result: Score
    open_facts: tuple[str, ...]
    unread: tuple[str, ...]
    band: str
    band_low: str
    band_high: str

    @property
    def points(self) -> float:
        """The score in points."""
        return self.result.points

    @property
    def is_open(self) -> bool:
        """Whether a fact that is not known could move the score."""
        return self.result.totals.low < self.result.totals.high

    @cached_property
    def statuses(self) -> Mapping[str, Status]:
        """Status of every rule that was in force and concerned the case, by id."""
        return {item.rule.id: item.status for item in self.result.contributions}

    @cached_property
    def counted(self) -> Mapping[str, float]:
        """Points that each rule counts, by id; rules that count nothing are left out."""
        return {item.rule.id: item.points for item in self.result.contributions if item.points}


def run_cases(workspace: Workspace, cases: Iterable[Case]) -> list[ScoredCase]:
    """Score each case as of the day before its announcement."""
    questioner = Questioner(workspace.vocabulary, workspace.groups)
    return [_run(workspace, questioner, case) for case in cases]


def _run(workspace: Workspace, questioner: Questioner, case: Case) -> ScoredCase:
    question = questioner.question(case.announcement)
    pairing = pairing_of(workspace, question.request)
    outcomes, _ = evaluate(workspace.book, pairing.viewpoints, pairing.as_of)
    result = score((Judged(item.rule, item.status) for item in outcomes), workspace.card)
    undetermined = [item for item in outcomes if item.status is Status.UNDETERMINED and matters(item.rule)]
    explanations = workspace.explainer.explain_all(undetermined).values()
    band, low, high = (workspace.card.band(value).name for value in (result.score, result.low, result.high))
    return ScoredCase(
        case=case,
        request=question.request,
        result=result,
        open_facts=tuple(sorted({name for explanation in explanations for name in explanation.open_facts})),
        unread=question.unread,
        band=band,
        band_low=low,
        band_high=high,
    )


def matters(rule: Rule) -> bool:
    """Whether the rule can move the score: by points or by the floor of its gate."""
    return rule.points != 0 or rule.gate is not None


def pairing_of(workspace: Workspace, request: ScoreRequest) -> Pairing:
    """The facts of a question whose parties are both described in it."""
    first, second = (
        inline_party(party.name, party.facts, workspace.groups, request.as_of) for party in request.parties
    )
    return workspace.assembler.pairing((first, second), request.deal, request.as_of, Links(), FOREIGN)


def rule_table(scored: Sequence[ScoredCase]) -> tuple[tuple[str, ...], list[list[Status | None]]]:
    """Ids of all rules that concerned a case, and one row of statuses a case; None where a rule did not concern it."""
    ids = tuple(sorted({rule_id for item in scored for rule_id in item.statuses}))
    return ids, [[item.statuses.get(rule_id) for rule_id in ids] for item in scored]
