"""The engine: rules evaluated over the facts of one pairing (`evaluate`, Python) or of many (`batch`, DuckDB)."""

from __future__ import annotations

from riskapi.engine.evaluate import Dormant, Outcome, evaluate

__all__ = ["Dormant", "Outcome", "evaluate"]
