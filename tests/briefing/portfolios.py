"""Small portfolios for tests: real rows of the shipped book, and rows that are made up."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import polars as pl

from riskapi.briefing.portfolio_about import PortfolioAbout, about_portfolio
from riskapi.matrix.request import read_matrix
from riskapi.matrix.run import plan, run
from riskapi.matrix.schema import PILLARS, SCHEMA
from tests.shipped import AS_OF, shipped_workspace

REQUEST: Final[dict[str, Any]] = {
    "foreign": {"names": ["Xiaomi", "BYD", "Ford", "Hyundai Motor"]},
    "hosts": {"names": ["Ford", "Tesla"]},
    "templates": [
        {"name": "Venture", "deal": {"type": "joint_venture", "sector": "automotive", "activity_country": "US",
                                     "market_countries": ["US"], "model_year": 2028}},
        {"name": "Stake", "deal": {"type": "minority_stake", "activity_country": "US", "foreign_stake": 0.1}},
    ],
    "dates": [AS_OF.isoformat()],
}  # fmt: skip


@lru_cache(maxsize=1)
def demo_frame() -> pl.DataFrame:
    """Four firms, two hosts, two templates: fourteen pairings, since Ford is on both sides."""
    workspace = shipped_workspace()
    return pl.concat(run(workspace, plan(workspace, read_matrix(REQUEST, workspace, AS_OF))))


@lru_cache(maxsize=1)
def demo_about() -> PortfolioAbout:
    workspace = shipped_workspace()
    return about_portfolio(workspace, read_matrix(REQUEST, workspace, AS_OF), foreign="by name", warnings=["a warning"])


def rows(*pairs: tuple[str, str, float], template: str = "Venture") -> pl.DataFrame:
    """Rows of a matrix: foreign party, host, score; ids are the names in small letters with the place."""
    found: list[dict[str, Any]] = [
        {
            **dict.fromkeys(SCHEMA, None), **dict.fromkeys(PILLARS, 0.0), "date": AS_OF, "template": template,
            "foreign_id": foreign.lower(), "foreign": foreign, "host_id": host.lower(), "host": host, "score": score,
            "low": score, "high": score, "band": "low" if score < 20 else "severe", "gates": [], "possible_gates": [],
            "drivers": [], "undetermined": 0,
        }
        for foreign, host, score in pairs
    ]  # fmt: skip
    return pl.DataFrame(found, schema=SCHEMA)
