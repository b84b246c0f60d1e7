"""Answers that a caller may keep. Enters: a request and the versions behind its answer. Leaves: an entity tag, a match.

The tag is weak, since the same answer may be sent compressed. It names what the answer is made from and not its bytes, so
that an unchanged answer costs no work.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final

from riskapi.api.frame.operation import Operation
from riskapi.assessment.answer import Versions

#: Families that rest on rules and datasets alone.
CACHEABLE: Final = ("rules", "facts", "companies", "datasets", "duties")
KEEP: Final = "private, no-cache"
NOT_MODIFIED: Final = 304


def is_cacheable(operation: Operation) -> bool:
    """Whether the answer depends on nothing but the request, the day, the rules and the datasets."""
    return operation.method == "GET" and operation.tag in CACHEABLE


def entity_tag(versions: Versions, path: str, query: bytes, today: date) -> str:
    """The tag of the answer; a new day is a new answer, because a date that is not given is today."""
    return weak_tag(
        versions.engine, versions.rule_set, versions.dataset, path, query.decode("latin-1"), today.isoformat()
    )


def weak_tag(*parts: str) -> str:
    """The tag of an answer that is made from these parts."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f'W/"{digest[:24]}"'


def matches(header: str | None, tag: str) -> bool:
    """Whether If-None-Match holds the tag; compared weakly, as for GET. `*` matches nothing: it guards writes."""
    bare = tag.removeprefix("W/")
    return header is not None and any(item.strip().removeprefix("W/") == bare for item in header.split(","))
