"""Which text the store keeps.

Enters: named texts. Leaves: nothing, or a `RequestError` with everything that is wrong. Databases differ in what they
refuse (a NUL, half a surrogate pair, a text that is too long): it is refused here, so that they do not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from riskapi.errors import Problem, RequestError

#: Most characters of each text; a name that is not here may have as many as OTHER.
LIMITS: Final[Mapping[str, int]] = {
    "tenant": 64, "name": 120, "label": 200, "actor": 200, "action": 80, "subject": 200, "route": 200,
    "idempotency_key": 255, "question": 2000, "reason": 2000, "entity_id": 120,
}  # fmt: skip
OTHER: Final = 4000
MAY_BREAK_LINES: Final = frozenset({"reason"})

#: C0 and C1 control characters, DEL, and halves of surrogate pairs.
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_REFUSED_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TENANT = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")


def check_texts(**texts: str | None) -> None:
    """Raise `RequestError` naming every text that cannot be kept; None is not looked at."""
    problems = [problem for field, text in texts.items() if text is not None and (problem := _problem_of(field, text))]
    if problems:
        raise RequestError(problems)


def is_storable(text: str) -> bool:
    """Whether any row can hold the text; a look-up of another one finds nothing."""
    return len(text) <= OTHER and not _REFUSED_IN_LINES.search(text)


def _problem_of(field: str, text: str) -> Problem | None:
    most = LIMITS.get(field, OTHER)
    if not text.strip():
        return Problem(
            code="text-empty", field=field, detail=f"`{field}` is empty", hint="write a text, or leave it out"
        )
    if len(text) > most:
        return Problem(code="too-long", field=field, detail=f"`{field}` has {len(text):,} characters",
                       hint=f"at most {most:,} characters")  # fmt: skip
    if (_REFUSED_IN_LINES if field in MAY_BREAK_LINES else _REFUSED).search(text):
        return Problem(code="control-character", field=field, detail=f"`{field}` holds a control character",
                       hint="take out control characters, line ends and halves of surrogate pairs")  # fmt: skip
    if field == "tenant" and not _TENANT.fullmatch(text):
        return Problem(code="tenant-malformed", field=field, detail=f"`{text[:64]}` is not the name of a tenant",
                       hint="use a-z, 0-9, `.`, `_` and `-`, beginning and ending with a letter or digit")  # fmt: skip
    return None
