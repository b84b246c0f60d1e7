"""Whether the service can answer well. Enters: a workspace, a day, checks. Leaves: every reason why it cannot.

A part that the service needs beside rules and data (the store) adds its own check: a function that gives a `Problem`, or
None while all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeAlias

import duckdb

from riskapi.errors import Problem
from riskapi.workspace import Workspace

Check: TypeAlias = Callable[[], Problem | None]

CODE = "not-ready"


def reasons(workspace: Workspace, today: date, max_age: int, checks: Iterable[Check]) -> list[Problem]:
    """Every reason why questions cannot be answered, or not from good data. `max_age` is in days, 0 is any age."""
    found = [_unreadable(workspace), _stale(workspace, today, max_age), *(check() for check in checks)]
    return [problem for problem in found if problem is not None]


def age_in_days(workspace: Workspace, today: date) -> int | None:
    """Days since the newest source of the datasets was read; None where no table tells."""
    newest = max((day for day in workspace.dataset.newest_as_of.values() if day is not None), default=None)
    return None if newest is None else (today - newest).days


def _unreadable(workspace: Workspace) -> Problem | None:
    try:
        workspace.connection.cursor().execute("SELECT count(*) FROM companies").fetchone()
    except duckdb.Error:
        return Problem(code=CODE, detail="the datasets cannot be read", hint="see the log; restart the service")
    if not workspace.book.rules:
        return Problem(code=CODE, detail="there are no rules", hint="see RISKAPI_RULES")
    return None


def _stale(workspace: Workspace, today: date, max_age: int) -> Problem | None:
    age = age_in_days(workspace, today) if max_age else None
    if age is None or age <= max_age:
        return None
    detail = f"the newest source of the datasets was read {age} days ago, at most {max_age} are allowed"
    return Problem(code="data-stale", detail=detail, hint="run `riskapi data refresh`; see RISKAPI_MAX_DATA_AGE")
