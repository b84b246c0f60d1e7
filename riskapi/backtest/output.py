"""The report as data: JSON with keys that do not change, and a table of cases.

Figures are plain numbers under their names; the interval of each stands under the same name in `intervals`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from riskapi.backtest.metrics import Bin, Estimate, Share
from riskapi.backtest.misses import Miss
from riskapi.backtest.report import Baseline, CaseResult, PartRow, Ranking, Report

_DECIMALS = 6
DEFINITIONS = {
    "adverse": "prohibited, forced_divestiture, withdrawn_after_objection, abandoned_pending_review",
    "conditions": "cleared_with_conditions",
    "cleared": "cleared, completed_without_known_review",
    "china": "country of the ultimate owner is CN or HK",
    "us": "the United States reviewed the deal",
    "auc": "adverse against conditions and cleared, by points; ties count half",
    "somers_d": "of points given cleared < conditions < adverse",
    "brier": "of probabilities from a logistic curve over points, fitted without the fold of the case",
    "intervals": "percentile bootstrap over deal families",
    "undetermined_share": "share of cases in which a fact that is not known could move the score",
}
CASE_COLUMNS = (
    "case_id", "as_of", "regime", "host_country", "owner_country", "sector", "deal_type", "outcome", "class",
    "confidence", "family", "score", "low", "high", "points", "band", "probability", "rules", "open_facts",
)  # fmt: skip


def report_data(report: Report) -> dict[str, Any]:
    """The report as JSON data."""
    figures = {**_ranking(report.ranking), "somers_d": report.somers_d, "brier": report.brier}
    return {
        **_values(figures),
        "n": report.n,
        "baselines": {name: _baseline(item) for name, item in report.baselines.items()},
        "intervals": _intervals(figures),
        "classes": dict(report.classes),
        "excluded": dict(report.excluded),
        "unreadable": [str(problem) for problem in report.problems],
        "brier_constant": _rounded(report.brier_constant),
        "bands": [
            {"name": row.name, "label": row.label, "at_least": row.at_least, "cleared": row.cleared,
             "conditions": row.conditions, **_share(row.observed)}
            for row in report.bands
        ],
        "reliability": [_bin(row) for row in report.reliability],
        "by": None if report.by is None else
              {"dimension": report.by.dimension.value, "rows": [_part(row) for row in report.by.rows]},
        "misses": {
            "missed": [_miss(item) for item in report.misses.missed],
            "false_alarms": [_miss(item) for item in report.misses.false_alarms],
        },
        "undetermined_share": _rounded(report.undetermined_share),
        "band_open_share": _rounded(report.band_open_share),
        "open_facts": dict(report.open_facts),
        "unread": dict(report.unread),
        "families": report.families,
        "definitions": DEFINITIONS,
        "versions": asdict(report.versions),
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)


def _ranking(ranking: Ranking) -> dict[str, Estimate]:
    return {"auc": ranking.auc, "auc_china": ranking.auc_china, "auc_us": ranking.auc_us}


def _values(figures: Mapping[str, Estimate]) -> dict[str, float | None]:
    return {name: _rounded(item.value) for name, item in figures.items()}


def _intervals(figures: Mapping[str, Estimate]) -> dict[str, dict[str, float | int | None]]:
    return {
        name: {"low": _rounded(item.low), "high": _rounded(item.high), "n": item.n, "adverse": item.adverse}
        for name, item in figures.items()
    }


def _baseline(item: Baseline) -> dict[str, Any]:
    ranking, gain = _ranking(item.ranking), _ranking(item.gain)
    return {
        "label": item.label,
        **_values(ranking),
        "intervals": _intervals(ranking),
        "gain": {**_values(gain), "intervals": _intervals(gain)},
    }


def _share(item: Share) -> dict[str, Any]:
    return {
        "n": item.n,
        "adverse": item.adverse,
        "rate": _rounded(item.rate),
        "low": _rounded(item.low),
        "high": _rounded(item.high),
    }


def _bin(item: Bin) -> dict[str, Any]:
    ends = {"lowest": item.lowest, "highest": item.highest, "predicted": item.predicted}
    return {name: _rounded(value) for name, value in ends.items()} | _share(item.observed)


def _part(row: PartRow) -> dict[str, Any]:
    auc = {"auc": row.auc}
    return {
        "value": row.value,
        **_share(row.observed),
        "mean_score": _rounded(row.mean_score),
        **_values(auc),
        "intervals": _intervals(auc),
    }


def _miss(item: Miss) -> dict[str, Any]:
    numbers = {"score": item.score, "low": item.low, "high": item.high, "points": item.points}
    return {
        "case_id": item.case_id,
        "title": item.title,
        "outcome": item.outcome,
        "as_of": item.as_of.isoformat(),
        **{name: _rounded(value) for name, value in numbers.items()},
        "waterfall": [asdict(step) for step in item.waterfall],
        "open_facts": list(item.open_facts),
    }


def cases_csv(report: Report) -> str:
    """One row a case, as the figures used it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CASE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_case(item) for item in report.cases)
    return text.getvalue()


def _case(item: CaseResult) -> dict[str, Any]:
    scored, case = item.scored, item.scored.case
    known, result = case.announcement, scored.result
    counted = sorted(scored.counted.items(), key=lambda entry: (-abs(entry[1]), entry[0]))
    return {
        "case_id": case.case_id,
        "as_of": scored.request.as_of.isoformat(),
        "regime": case.regime,
        "host_country": known.host_country,
        "owner_country": case.owner_country,
        "sector": known.sector,
        "deal_type": known.deal_type,
        "outcome": case.outcome.value,
        "class": case.outcome_class.name.lower() if case.outcome_class is not None else None,
        "confidence": case.confidence,
        "family": item.family,
        "score": _rounded(result.score),
        "low": _rounded(result.low),
        "high": _rounded(result.high),
        "points": scored.points,
        "band": scored.band,
        "probability": _rounded(item.probability),
        "rules": " ".join(f"{rule}:{points:+g}" for rule, points in counted),
        "open_facts": " ".join(scored.open_facts),
    }


def band_record(report: Report) -> str:
    """What `backtest.json` of a rules folder holds: outcome rates by band, for answers to show."""
    made = report.versions
    bands = {row.name: _share(row.observed) for row in report.bands}
    head = {"rule_set": made.rule_set, "dataset": made.dataset, "cases": made.cases, "n": report.n}
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in bands.items())
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    return "\n".join(["{", *lines, '  "bands": {', rows, "  }", "}", ""])
