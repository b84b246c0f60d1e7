"""What the cases say about the points: a workspace and cases in, proposals with their evidence out.

Every figure that speaks of quality is out of fold: the points that scored a case were fitted without its deal family
(nested: the penalty is chosen without it too), or without anything later than its announcement. Proposals come from the
fit to all cases; whoever accepts them edits rule files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from threadpoolctl import threadpool_limits

from riskapi.backtest.baselines import FOLDS, Predict, baseline_pairs, out_of_fold, owner_country
from riskapi.backtest.calibration import FEWEST_CASES, Design, Fit, chosen_penalty, fit, predictor
from riskapi.backtest.cases import Case, CaseFile, OutcomeClass
from riskapi.backtest.expert import CalibrationRecord, load_record
from riskapi.backtest.folds import Truth, Whole, families, fold_numbers
from riskapi.backtest.metrics import SEED, Estimate, Numbers, Pairs, Sample, Share, calibrated, draws, ranks_of, wilson
from riskapi.backtest.report import CHINA, US, Provenance, Ranking
from riskapi.backtest.run import ScoredCase, run_cases
from riskapi.errors import Problem, RequestError
from riskapi.workspace import Workspace

#: Bootstrap samples behind the spread of a rule's points.
SPREAD_DRAWS = 100
#: Proposals are whole points; a change of less than one point is none.
STEP = 1.0
#: Turning points of the host regimes that the record leans on: FINSA and FIRRMA in force.
ERAS = (
    (date.min, "before 2007-10-24"),
    (date(2007, 10, 24), "2007-10-24 to 2018-08-12"),
    (date(2018, 8, 13), "from 2018-08-13"),
)
#: First days of the spans that are predicted from all earlier announcements.
CUTS = (date(2012, 1, 1), date(2016, 1, 1), date(2018, 8, 13), date(2021, 1, 1))
#: Cases of each class that a span and its past must have.
FEWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One rule: expert points, points in force, fitted points with their spread, and the cases behind it.

    `proposed` is None where the cases are too few or the change is less than a point.
    """

    rule_id: str
    pillar: str
    group: str | None
    expert: float
    current: float
    fitted: float
    spread: float
    counted: Share
    proposed: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """Cases of one host or era: what happened, and what the fitted points led to expect, out of fold."""

    name: str
    observed: Share
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The whole report.

    `nested`: cross-validation by deal family; `later`: each span predicted from earlier announcements only; `expert` and
    `current`: the points as experts gave them and as they are in force, without any fit; `country`: the owner's country
    alone, in the same folds; `gain`: how much better nested points rank than that.
    """

    n: int
    adverse: int
    penalty: float
    pillars: Mapping[str, float]
    nested: Ranking
    later: Ranking
    expert: Ranking
    current: Ranking
    country: Ranking
    gain: Ranking
    proposals: tuple[Proposal, ...]
    hosts: tuple[Residual, ...]
    eras: tuple[Residual, ...]
    versions: Provenance


def calibrate(workspace: Workspace, file: CaseFile) -> Calibration:
    """Fit the points to the cases and say how well that would have worked on others.

    Raises `RequestError` where the cases are too few to learn from.
    """
    scored = run_cases(workspace, [case for case in file.cases if case.outcome_class is not None])
    record = load_record(workspace.settings.rules, workspace.book)
    with threadpool_limits(limits=1):
        return _Study(workspace, file, scored, record).report()


class _Study:
    """The arrays that all figures are made from."""

    def __init__(
        self, workspace: Workspace, file: CaseFile, scored: Sequence[ScoredCase], record: CalibrationRecord
    ) -> None:
        self.workspace, self.file, self.scored = workspace, file, scored
        self.kept: list[Case] = [item.case for item in scored]
        self.truth: Truth = np.array([case.outcome_class is OutcomeClass.ADVERSE for case in self.kept], dtype=np.bool_)
        self.family: Whole = families(self.kept)
        folds = fold_numbers(self.truth, self.family, FOLDS, SEED) if scored else None
        if folds is None:
            raise RequestError(
                Problem(
                    code="too-few-cases",
                    detail="the file has too few deal families of either outcome to learn from",
                    hint="at least ten adverse and ten other outcomes of different parties are wanted",
                )
            )
        self.folds = folds
        self.all: Whole = np.arange(len(scored), dtype=np.int64)
        self.design = Design.of(scored, workspace.card, record.expert_points(), record.order_pairs(), record.fixed)
        self.sample = Sample(ranks_of([int(case.outcome_class or 0) for case in self.kept]), draws(self.family))
        self.china: Truth = np.array([case.owner_country in CHINA for case in self.kept])
        self.us: Truth = np.array([case.announcement.host_country == US for case in self.kept])
        self.announced = [case.announcement.announced for case in self.kept]

    def report(self) -> Calibration:
        """Every figure."""
        learn = predictor(self.design, self.truth, self.family)
        penalty = chosen_penalty(self.design, self.truth, self.family, self.all)
        final = fit(self.design, self.truth, self.all, penalty)
        nested, country = self.pairs_of(learn), self.pairs_of(owner_country(self.kept, self.truth))
        expected = calibrated(out_of_fold(learn, self.folds), self.truth, self.folds)
        now = np.array([rule.points for rule in self.design.rules])
        return Calibration(
            n=len(self.kept),
            adverse=int(self.truth.sum()),
            penalty=penalty,
            pillars=final.pillars,
            nested=self.ranking(nested),
            later=self.ranking(self.later(learn)),
            expert=self.ranking(self.pairs(self.design.total(self.design.expert, self.all))),
            current=self.ranking(self.pairs(self.design.total(now, self.all))),
            country=self.ranking(country),
            gain=self.gain(nested, country),
            proposals=self.proposals(final),
            hosts=self.residuals(expected, [case.announcement.host_country for case in self.kept]),
            eras=self.residuals(expected, [_era(day) for day in self.announced], ordered=True),
            versions=self.versions(),
        )

    def pairs(self, points: Numbers) -> Pairs:
        """Pairs won by points that were fitted to nothing."""
        return Pairs.of(points, self.truth.astype(np.int64))

    def pairs_of(self, predict: Predict) -> Pairs:
        """Pairs won out of fold."""
        found = baseline_pairs(predict, self.truth, self.family)
        return found if found is not None else self.pairs(np.zeros(len(self.kept)))

    def later(self, learn: Predict) -> Pairs:
        """Pairs won in spans of which nothing was learned, nor of anything after them."""
        total = Pairs(np.zeros((len(self.kept),) * 2), np.zeros((len(self.kept),) * 2))
        days = np.array([day.toordinal() for day in self.announced])
        for start, end in zip(CUTS, (*CUTS[1:], date.max), strict=True):
            past = np.flatnonzero(days < start.toordinal())
            span = np.flatnonzero((days >= start.toordinal()) & (days < end.toordinal()))
            # Siblings of what is learned are left out of the span, as in the folds.
            span = span[~np.isin(self.family[span], self.family[past])]
            if min(self.truth[past].sum(), (~self.truth[past]).sum()) < FEWEST or not len(span):
                continue
            scores, folds = np.zeros(len(self.kept)), np.full(len(self.kept), -1)
            scores[span], folds[span] = learn(past, span), 1
            within = Pairs.of(scores, self.truth.astype(np.int64))
            inside = folds == 1
            mask = (inside[:, None] & inside[None, :]).astype(np.float64)
            total = total + Pairs(within.won * mask, within.counted * mask)
        return total

    def ranking(self, pairs: Pairs) -> Ranking:
        """The figure over all, over Chinese owners and over the United States."""
        return self._each(lambda chosen: self.sample.ranking(pairs, chosen))

    def gain(self, pairs: Pairs, other: Pairs) -> Ranking:
        """By how much the first ranks better than the second."""
        return self._each(lambda chosen: self.sample.gain(pairs, other, chosen))

    def _each(self, figure: Callable[[Truth | None], Estimate]) -> Ranking:
        return Ranking(auc=figure(None), auc_china=figure(self.china), auc_us=figure(self.us))

    def proposals(self, final: Fit) -> tuple[Proposal, ...]:
        """Every rule that counted in a case, the largest change first."""
        spread = self.spread(final.penalty)
        table = self.design.matrix(final.points)
        rows = []
        for index, rule in enumerate(self.design.rules):
            counts = table[:, index] > 0
            rows.append(
                Proposal(
                    rule_id=rule.id,
                    pillar=rule.pillar.value,
                    group=rule.group,
                    expert=float(self.design.expert[index]),
                    current=rule.points,
                    fitted=float(final.points[index]),
                    spread=float(spread[index]),
                    counted=wilson(int(self.truth[counts].sum()), int(counts.sum())),
                    proposed=_proposed(float(final.points[index]), rule.points, int(final.counted[index]))
                    if index not in self.design.fixed
                    else None,
                )
            )
        return tuple(sorted(rows, key=lambda row: (row.proposed is None, -abs(row.fitted - row.current), row.rule_id)))

    def spread(self, penalty: float) -> Numbers:
        """Standard deviation of each rule's fitted points over samples of deal families."""
        samples = draws(self.family, SPREAD_DRAWS)
        points = [fit(self.design, self.truth, np.repeat(self.all, row.astype(int)), penalty).points for row in samples]
        result: Numbers = np.std(points, axis=0)
        return result

    def residuals(self, expected: Numbers, names: Sequence[str], *, ordered: bool = False) -> tuple[Residual, ...]:
        """What happened beside what was expected, by name; the largest parts first unless they have an order."""
        labels = np.array(names)
        rows = [
            Residual(
                name=str(name),
                observed=wilson(int(self.truth[labels == name].sum()), int((labels == name).sum())),
                expected=float(expected[labels == name].mean()),
            )
            for name in np.unique(labels)
        ]
        order = [label for _, label in ERAS]
        return tuple(sorted(rows, key=lambda row: order.index(row.name) if ordered else (-row.observed.n, row.name)))

    def versions(self) -> Provenance:
        """What produced the figures."""
        made = self.workspace.versions
        return Provenance(
            engine=made.engine, rule_set=made.rule_set, dataset=made.dataset, cases=self.file.version,
            seed=SEED, draws=SPREAD_DRAWS, level=0.95,
        )  # fmt: skip


def _era(day: date) -> str:
    return next(label for start, label in reversed(ERAS) if start <= day)


def _proposed(fitted: float, current: float, counted: int) -> float | None:
    """Whole points of the sign that the rule has; a rule that counts at all keeps one point."""
    if counted < FEWEST_CASES or abs(fitted - current) < STEP:
        return None
    whole = float(max(1, round(abs(fitted))))
    found = whole if current > 0 else -whole
    return found if found != current else None
