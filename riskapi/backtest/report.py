"""The back-test as one object: cases and a workspace in, every figure with its interval out.

All edges show this object and nothing else. Points are ranked; probabilities, where they are needed, come from a curve
that is fitted without the fold of the case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from threadpoolctl import threadpool_limits

from riskapi.backtest.baselines import FOLDS, Predict, baseline_pairs, case_columns, owner_country
from riskapi.backtest.cases import Case, CaseFile, OutcomeClass
from riskapi.backtest.folds import Truth, Whole, families, fold_numbers
from riskapi.backtest.metrics import (
    DRAWS,
    LEVEL,
    SEED,
    Bin,
    Estimate,
    Numbers,
    Pairs,
    Sample,
    Share,
    calibrated,
    draws,
    ranks_of,
    reliability,
    squared_errors,
    wilson,
)
from riskapi.backtest.misses import Misses, find_misses
from riskapi.backtest.run import ScoredCase, run_cases
from riskapi.errors import Problem, RequestError
from riskapi.scoring.scorecard import Scorecard
from riskapi.workspace import Workspace

BINS = 10
CHINA = ("CN", "HK")
US = "US"


class Dimension(StrEnum):
    """What cases can be parted by."""

    REGIME = "regime"
    COUNTRY = "country"
    SECTOR = "sector"
    YEAR = "year"
    CONFIDENCE = "confidence"


_VALUE: Mapping[Dimension, Callable[[Case], str]] = {
    Dimension.REGIME: lambda case: case.regime,
    Dimension.COUNTRY: lambda case: case.owner_country or "not known",
    Dimension.SECTOR: lambda case: case.announcement.sector,
    Dimension.YEAR: lambda case: str(case.announcement.announced.year),
    Dimension.CONFIDENCE: lambda case: case.confidence,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How well cases are ranked: all, those with an owner in China or Hong Kong, those that the United States reviewed."""

    auc: Estimate
    auc_china: Estimate
    auc_us: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A prediction without rules; `gain` is by how much the score ranks better than it, on the same bootstrap samples."""

    label: str
    ranking: Ranking
    gain: Ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class BandRow:
    """What became of the cases of one band."""

    name: str
    label: str
    at_least: float
    cleared: int
    conditions: int
    observed: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """The cases with one value of a dimension."""

    value: str
    observed: Share
    auc: Estimate
    mean_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Cases by one dimension, the largest part first."""

    dimension: Dimension
    rows: tuple[PartRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What produced the figures; the same in all of these, the same figures."""

    engine: str
    rule_set: str
    dataset: str
    cases: str
    seed: int
    draws: int
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case of the figures; `probability` is None where there are too few cases for a curve."""

    scored: ScoredCase
    family: int
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole back-test.

    `n` cases are in the figures, `excluded` counts the others by outcome, `problems` tells what could not be read.
    `somers_d` is over cleared < conditions < adverse. `brier` is after calibration, `brier_constant` that of always
    stating the overall rate. `undetermined_share`: part of the cases in which a fact that is not known could move the
    score; `band_open_share`: could move it to another band; `open_facts` counts cases by such fact.
    """

    n: int
    classes: Mapping[str, int]
    excluded: Mapping[str, int]
    problems: tuple[Problem, ...]
    ranking: Ranking
    somers_d: Estimate
    brier: Estimate
    brier_constant: float
    baselines: Mapping[str, Baseline]
    bands: tuple[BandRow, ...]
    reliability: tuple[Bin, ...]
    by: Part | None
    misses: Misses
    undetermined_share: float
    band_open_share: float
    open_facts: Mapping[str, int]
    unread: Mapping[str, int]
    families: int
    versions: Provenance
    cases: tuple[CaseResult, ...]


def backtest(workspace: Workspace, file: CaseFile, by: Dimension | None = None) -> Report:
    """Score the cases of a file and hold the scores against the outcomes; raises `RequestError` where none has a class."""
    scored = run_cases(workspace, [case for case in file.cases if case.outcome_class is not None])
    if not scored:
        detail = "no case of the file has an outcome that can be judged"
        raise RequestError(Problem(code="no-cases", detail=detail, hint="pending and denied deals are left out"))
    # The tables are small: several threads would wait for one another, and could add up in another order.
    with threadpool_limits(limits=1):
        return _Study(workspace, file, scored).report(by)


class _Study:
    """The arrays that all figures are made from."""

    def __init__(self, workspace: Workspace, file: CaseFile, scored: Sequence[ScoredCase]) -> None:
        self.workspace, self.file, self.scored = workspace, file, scored
        self.kept = [item.case for item in scored]
        self.points: Numbers = np.array([item.points for item in scored])
        self.ranks = ranks_of([int(case.outcome_class or 0) for case in self.kept])
        self.truth: Truth = np.asarray(self.ranks == OutcomeClass.ADVERSE)
        self.family: Whole = families(self.kept)
        self.sample = Sample(self.ranks, draws(self.family))
        self.pairs = Pairs.of(self.points, self.truth)
        self.china: Truth = np.array([case.owner_country in CHINA for case in self.kept])
        self.us: Truth = np.array([case.announcement.host_country == US for case in self.kept])
        self.probability = self._probability()

    def _probability(self) -> Numbers | None:
        folds = fold_numbers(self.truth, self.family, FOLDS, SEED)
        return None if folds is None else calibrated(self.points, self.truth, folds)

    def report(self, by: Dimension | None) -> Report:
        """Every figure."""
        scored, count = self.scored, len(self.scored)
        left_out = Counter(case.outcome.value for case in self.file.cases if case.outcome_class is None)
        probability = self.probability
        return Report(
            n=count,
            classes={level.name.lower(): int((self.ranks == level).sum()) for level in OutcomeClass},
            excluded=dict(left_out.most_common()),
            problems=self.file.problems,
            ranking=self.ranking(self.pairs),
            somers_d=self.sample.somers_d(Pairs.of(self.points, self.ranks)),
            brier=self.brier(),
            brier_constant=float(self.truth.mean() * (1 - self.truth.mean())),
            baselines=self.baselines(),
            bands=_bands(scored, self.workspace.card),
            reliability=() if probability is None else reliability(probability, self.truth, BINS),
            by=None if by is None else self.part(by),
            misses=find_misses(scored, self.workspace.card),
            undetermined_share=sum(item.is_open for item in scored) / count,
            band_open_share=sum(item.band_low != item.band_high for item in scored) / count,
            open_facts=dict(Counter(name for item in scored if item.is_open for name in item.open_facts).most_common()),
            unread=dict(Counter(text for item in scored for text in item.unread).most_common()),
            families=len(np.unique(self.family)),
            versions=self.versions(),
            cases=tuple(self.case_result(index) for index in range(count)),
        )

    def ranking(self, pairs: Pairs) -> Ranking:
        """How well the pairs are won, over all and in the two parts of interest."""
        rank = self.sample.ranking
        return Ranking(auc=rank(pairs), auc_china=rank(pairs, self.china), auc_us=rank(pairs, self.us))

    def brier(self) -> Estimate:
        """Mean squared error of the calibrated probability."""
        if self.probability is None:
            return Estimate(value=None, low=None, high=None, n=len(self.ranks), adverse=int(self.truth.sum()))
        return self.sample.mean(squared_errors(self.probability, self.truth))

    def baselines(self) -> dict[str, Baseline]:
        """Country of the owner alone, and a regression on the columns of the records."""
        known: dict[str, tuple[str, Predict]] = {
            "owner_country": ("Owner country alone", owner_country(self.kept, self.truth)),
            "case_columns": ("Regression on columns", case_columns(self.kept, self.truth, self.family)),
        }
        found = {}
        for name, (label, predict) in known.items():
            pairs = baseline_pairs(predict, self.truth, self.family)
            if pairs is not None:
                found[name] = Baseline(label=label, ranking=self.ranking(pairs), gain=self.gain(pairs))
        return found

    def gain(self, baseline: Pairs) -> Ranking:
        """By how much the score ranks better than the baseline."""
        above = self.sample.gain
        return Ranking(
            auc=above(self.pairs, baseline),
            auc_china=above(self.pairs, baseline, self.china),
            auc_us=above(self.pairs, baseline, self.us),
        )

    def part(self, dimension: Dimension) -> Part:
        """The cases by one dimension."""
        values = np.array([_VALUE[dimension](case) for case in self.kept])
        rows = [self.part_row(str(value), np.asarray(values == value)) for value in np.unique(values)]
        return Part(dimension=dimension, rows=tuple(sorted(rows, key=lambda row: (-row.observed.n, row.value))))

    def part_row(self, value: str, chosen: Truth) -> PartRow:
        """The cases with one value."""
        scores = [item.result.score for item, within in zip(self.scored, chosen, strict=True) if within]
        return PartRow(
            value=value,
            observed=wilson(int(self.truth[chosen].sum()), int(chosen.sum())),
            auc=self.sample.ranking(self.pairs, chosen),
            mean_score=float(np.mean(scores)),
        )

    def versions(self) -> Provenance:
        """What produced the figures."""
        made = self.workspace.versions
        return Provenance(
            engine=made.engine,
            rule_set=made.rule_set,
            dataset=made.dataset,
            cases=self.file.version,
            seed=SEED,
            draws=DRAWS,
            level=LEVEL,
        )

    def case_result(self, index: int) -> CaseResult:
        """One case as the figures used it."""
        probability = None if self.probability is None else float(self.probability[index])
        return CaseResult(scored=self.scored[index], family=int(self.family[index]), probability=probability)


def _bands(scored: Sequence[ScoredCase], card: Scorecard) -> tuple[BandRow, ...]:
    rows = []
    for band in card.bands:
        classes = Counter(item.case.outcome_class for item in scored if item.band == band.name)
        rows.append(
            BandRow(
                name=band.name,
                label=band.label,
                at_least=band.at_least,
                cleared=classes[OutcomeClass.CLEARED],
                conditions=classes[OutcomeClass.CONDITIONS],
                observed=wilson(classes[OutcomeClass.ADVERSE], classes.total()),
            )
        )
    return tuple(rows)
