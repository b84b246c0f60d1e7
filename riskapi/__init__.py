"""riskapi: how much regulatory and political scrutiny a company pairing would meet, from whom, why, and what would change it.

from riskapi import Workspace

with Workspace.open() as workspace:
    answer = workspace.score("Xiaomi", "Ford", type="joint_venture", activity_country="US", as_of="2026-11-22")
    print(answer.score, answer.low, answer.high, answer.band.label)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from riskapi.assessment.answer import Answer, to_json
    from riskapi.errors import RiskapiError
    from riskapi.workspace import Workspace

__all__ = ["Answer", "RiskapiError", "Workspace", "__version__", "to_json"]

_HOMES = {
    "Answer": "riskapi.assessment.answer",
    "to_json": "riskapi.assessment.answer",
    "RiskapiError": "riskapi.errors",
    "Workspace": "riskapi.workspace",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # public names are loaded when first used, so that parts stay importable alone
    if name not in _HOMES:
        raise AttributeError(f"module 'riskapi' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
