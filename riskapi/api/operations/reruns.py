"""A kept answer beside a new one to the same question. Enters: kept bytes, a workspace. Leaves: whether they differ.

`riskapi.assessment.difference` says how.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from riskapi.assessment.answer import to_json
from riskapi.assessment.difference import VersionChange, result_of, version_changes
from riskapi.errors import RiskapiError
from riskapi.records.assessments import Verification
from riskapi.store.assessments import Stored
from riskapi.store.canonical import sha256_of
from riskapi.workspace import Workspace


def verified(workspace: Workspace, stored: Stored, logged: str | None) -> Verification:
    """Answer a kept question again, as of its day, and compare the bytes. `logged` is the hash in the audit log."""
    is_logged = None if logged is None else logged == stored.summary.content_hash
    changed = version_changes(stored.summary.versions, workspace.versions)
    body, failure = None, None
    try:
        body = to_json(workspace.ask(stored.inputs, today=stored.summary.as_of))
    except RiskapiError as error:
        failure = error.problems[0].detail
    holds = body == stored.body and stored.is_intact and is_logged is not False
    return Verification(
        holds=holds,
        is_intact=stored.is_intact,
        is_logged=is_logged,
        recomputed_hash=None if body is None else sha256_of(body),
        is_same_result=None if body is None else result_of(json.loads(stored.body)) == result_of(json.loads(body)),
        changed_versions=changed,
        failure=failure,
        says=_sentence(stored, is_logged, changed, failure, holds=holds),
    )


def _sentence(
    stored: Stored, is_logged: object, changed: Iterable[VersionChange], failure: str | None, *, holds: bool
) -> str:
    if not stored.is_intact:
        return "the kept bytes do not have their hash: the store was changed or is damaged"
    if is_logged is False:
        return "the audit log noted another hash when this was kept: the store was changed"
    if holds:
        return "the same question gives the same bytes"
    parts = ", ".join(f"{item.part} {item.kept} is {item.now} now" for item in changed)
    if failure is not None:
        return f"the question cannot be answered now ({failure})" + (f"; {parts}" if parts else "")
    if parts:
        return f"the bytes differ, since versions have changed: {parts}"
    return "the bytes differ although all versions are the same: tell whoever runs the service"
