"""The OpenAPI document, made once for all tests over the same operations, rules and data. Tests must not change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from riskapi.api.description.openapi import describe
from riskapi.api.frame.operation import Operation
from riskapi.assessment.answer import Versions
from riskapi.workspace import Workspace

_MADE: dict[tuple[tuple[str, ...], Versions], dict[str, Any]] = {}


def document_of(operations: Sequence[Operation], workspace: Workspace) -> dict[str, Any]:
    """What `describe` makes."""
    key = (tuple(operation.id for operation in operations), workspace.versions)
    if key not in _MADE:
        _MADE[key] = describe(operations, workspace)
    return _MADE[key]
